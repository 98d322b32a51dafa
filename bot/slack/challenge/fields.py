"""The fields of the form of a challenge, and how they are read back into a draft."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.core.calendar import HOUR, at_local, zone_of
from bot.core.catalog import Catalog
from bot.core.challenges import (
    MAX_GOAL,
    MAX_MINUTES,
    MAX_SENTENCE,
    MAX_TASK,
    MAX_TITLE,
    Challenge,
    InvalidPeriod,
    check_period,
)
from bot.core.content_types import ChallengeTemplate
from bot.core.member import MemberKey
from bot.slack.form import CHANNEL_ID, FieldError, minute_in
from bot.slack.message import escape

TITLE, TASK, DONE_WHEN, QUESTION, SKILL, MINUTES, CHANNEL, PRIVATE_CHANNEL, GOAL, OPTIONS = (
    "title", "task", "done-when", "question", "skill", "minutes", "channel", "private-channel", "goal", "options",
)  # fmt: skip
START_DATE, START_TIME, END_DATE, END_TIME = "start-date", "start-time", "end-date", "end-time"
SHOWS, CALLS = "shows", "calls"  # the options
NINE = 9 * HOUR


@dataclass(frozen=True, slots=True)
class Filled:
    """The fields of the form by name; days and times are meant in `zone`."""

    fields: dict[str, str]
    zone: str | None
    now: datetime

    def read(
        self, who: MemberKey, challenge_id: str, template: ChallengeTemplate | None, catalog: Catalog
    ) -> Challenge:
        """Return the draft. Raise FieldError for the first field that is wrong."""
        starts_at, ends_at = self._period()
        options = self._get(OPTIONS).split()
        channel, is_private = self._channel()
        skill = self._get(SKILL)
        return Challenge(
            workspace_id=who.workspace_id,
            challenge_id=challenge_id,
            started_by=who.member_id,
            title=self._words(TITLE, MAX_TITLE),
            task=self._words(TASK, MAX_TASK),
            done_when=self._words(DONE_WHEN, MAX_SENTENCE),
            question=self._words(QUESTION, MAX_SENTENCE, optional=True) or None,
            channel=channel,
            starts_at=starts_at,
            ends_at=ends_at,
            template=template.slug if template else None,
            minutes=self._number(MINUTES, MAX_MINUTES),
            skill=skill if skill in catalog.skills else None,
            goal=self._number(GOAL, MAX_GOAL),
            shows_entries=SHOWS in options,
            calls_last=CALLS in options,
            private=is_private,
        )

    def _get(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    def _channel(self) -> tuple[str, bool]:
        """Return the channel and whether it is private.

        The bot has no scope to read channels, so the field decides: each offers one kind. A "G" is private too.
        """
        private = self._get(PRIVATE_CHANNEL)
        chosen = private or self._get(CHANNEL)
        if CHANNEL_ID.fullmatch(chosen) is None:  # a direct message is refused, whatever a form contains
            raise FieldError(PRIVATE_CHANNEL if private else CHANNEL, "Choose a channel.")
        return chosen, bool(private) or chosen.startswith("G")

    def _words(self, name: str, most: int, *, optional: bool = False) -> str:
        words = self._get(name)
        if not words and not optional:
            raise FieldError(name, "A few words are needed here.")
        if len(escape(words)) > most:  # Slack counts escaped characters
            raise FieldError(name, f"{most} letters at most; &, < and > count for several.")
        return words

    def _number(self, name: str, most: int) -> int | None:
        words = self._get(name)
        if not words:
            return None
        if not words.isascii() or not words.isdigit() or not 1 <= int(words[:9]) <= most:
            raise FieldError(name, f"A whole number from 1 to {most:,}, or nothing.")
        return int(words)

    def _period(self) -> tuple[datetime | None, datetime]:
        """Return the start, which is None for "at once", and the end."""
        ends_at = self._moment(END_DATE, END_TIME)
        if ends_at is None:
            raise FieldError(END_DATE, "Choose the last day.")
        starts_at = self._start()
        try:
            check_period(starts_at, ends_at, self.now)
        except InvalidPeriod as error:
            raise FieldError(START_DATE if error.is_start else END_DATE, str(error)) from None
        return starts_at, ends_at

    def _start(self) -> datetime | None:
        day, time = self._get(START_DATE), self._get(START_TIME)
        if time and not day:
            raise FieldError(START_DATE, "Choose the day too, or leave both empty.")
        if not time and day == f"{self.now.astimezone(zone_of(self.zone)):%Y-%m-%d}":
            return None  # today without a time means at once
        return self._moment(START_DATE, START_TIME)

    def _moment(self, day_field: str, time_field: str) -> datetime | None:
        day, time = self._get(day_field), self._get(time_field)
        if not day:
            return None
        minute = minute_in(self.fields, time_field) if time else NINE
        try:
            at = at_local(date.fromisoformat(day), minute, self.zone)
        except (ValueError, OverflowError):
            raise FieldError(day_field, "There is no such day.") from None
        if at < self.now:
            raise FieldError(day_field, "That is over already.")
        return at
