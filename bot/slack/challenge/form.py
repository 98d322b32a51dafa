"""The form in which a challenge is written: how it is drawn, and how its fields are read back into a draft."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bot.coach.challenges import Defaults
from bot.core.calendar import HOUR, at_local, place_of, zone_of
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
from bot.slack.blocks import actions, button, confirm, context, field, modal, option
from bot.slack.form import CHANNEL_ID, FieldError, minute_in
from bot.slack.message import Block, escape

WRITE_CHALLENGE = "write-challenge"  # the form
MORE_OPTIONS, OTHER_TEMPLATES = "more-options", "other-templates"  # the buttons in it
FREE = "free"  # stands for a template where there is none
CLOSING_HOUR, FRIDAY, MIN_DAYS = 17, 4, 4
TITLE, TASK, DONE_WHEN, QUESTION, SKILL, MINUTES, CHANNEL, PRIVATE_CHANNEL, GOAL, OPTIONS = (
    "title", "task", "done-when", "question", "skill", "minutes", "channel", "private-channel", "goal", "options",
)  # fmt: skip
START_DATE, START_TIME, END_DATE, END_TIME = "start-date", "start-time", "end-date", "end-time"
SHOWS, CALLS = "shows", "calls"  # the options
NINE = 9 * HOUR

_PUBLIC, _PRIVATE = (
    {"type": "conversations_select", "filter": {"include": [kind], "exclude_bot_users": True}}
    for kind in ("public", "private")
)
_MEANS_PRIVATE = (
    "Used instead of the public one. Outside of it, only you and those who take part see the challenge. Type /invite "
    "@roleshift there first."
)
_OPTIONS = {
    SHOWS: option("Show answers with a name in the thread", SHOWS),
    CALLS: option("Remind people who joined once, two days before the end", CALLS),
}
_MORE = button("More options", MORE_OPTIONS)
_OTHER_TEMPLATES = button(
    "Other templates",
    OTHER_TEMPLATES,
    confirm=confirm(
        "Choose another template?", "What you typed here is lost. The channel stays.", "Other templates", "Stay here"
    ),
)


class DraftRef(NamedTuple):
    """What the form carries along: the id of the draft and the slug of its template, or FREE."""

    challenge_id: str
    template: str

    @classmethod
    def parse(cls, metadata: str) -> "DraftRef":
        """Read what `Draft.metadata` wrote. Raise ValueError for anything else."""
        challenge_id, _, template = metadata.partition(" ")
        if re.fullmatch(r"[0-9a-f]{16}", challenge_id) is None:
            raise ValueError(metadata)
        return cls(challenge_id, template)


@dataclass(frozen=True, slots=True)
class Draft:
    """A challenge that is being written: its id, its template (None: own words), and the channel to offer first.

    `task`: what to do, if there is no template.
    """

    challenge_id: str
    template: ChallengeTemplate | None
    channel: str | None
    task: str = ""

    @property
    def metadata(self) -> str:
        """Return what its form carries along."""
        return f"{self.challenge_id} {self.template.slug if self.template else FREE}"


def from_template(draft: Draft, catalog: Catalog, defaults: Defaults, now: datetime) -> Block:
    """Return the form for a new challenge, filled in from its template, with only the fields that everybody needs."""
    return _form(draft.metadata, catalog, _values_of(draft, defaults, now), defaults.zone, [_MORE, _OTHER_TEMPLATES])


def with_more(draft: Draft, catalog: Catalog, defaults: Defaults, typed: Mapping[str, str], now: datetime) -> Block:
    """Return the form for a new challenge with all fields. What was typed stays."""
    values = _values_of(draft, defaults, now)
    goal, last_day = typed.get(GOAL, ""), typed.get(END_DATE, "")
    with suppress(ValueError):
        values = replace(values, end=datetime.combine(date.fromisoformat(last_day), values.end.timetz()))
    values = replace(
        values,
        title=typed.get(TITLE, ""),
        task=typed.get(TASK, ""),
        done_when=typed.get(DONE_WHEN, ""),
        goal=int(goal) if goal.isascii() and goal.isdigit() else None,
    )
    return _form(draft.metadata, catalog, values, defaults.zone, [_OTHER_TEMPLATES])


def from_draft(draft: Challenge, catalog: Catalog, defaults: Defaults, now: datetime) -> Block:
    """Return the form with everything that was written. A start in the past becomes "at once"."""
    chosen = [(SHOWS, draft.shows_entries), (CALLS, draft.calls_last)]
    starts_at = draft.starts_at if draft.starts_at and draft.starts_at > now else None
    values = _Values(
        title=draft.title,
        task=draft.task,
        done_when=draft.done_when,
        question=draft.question or "",
        skill=draft.skill if draft.skill in catalog.skills else None,
        minutes=draft.minutes,
        channel=draft.channel,
        private=draft.private,
        goal=draft.goal,
        start=starts_at.astimezone(zone_of(defaults.zone)) if starts_at else None,
        end=draft.ends_at.astimezone(zone_of(defaults.zone)),
        options=tuple(name for name, is_on in chosen if is_on),
    )
    return _form(f"{draft.challenge_id} {draft.template or FREE}", catalog, values, defaults.zone, [])


@dataclass(frozen=True, slots=True)
class _Values:
    """What stands in the form when it opens. `start` and `end` are in the writer's time zone."""

    title: str
    task: str
    done_when: str
    question: str
    skill: str | None
    minutes: int | None
    channel: str | None
    end: datetime
    private: bool = False
    goal: int | None = None
    start: datetime | None = None
    options: tuple[str, ...] = ()


def _values_of(draft: Draft, defaults: Defaults, now: datetime) -> _Values:
    template = draft.template
    return _Values(
        title=template.name if template else "",
        task=template.do if template else draft.task,
        done_when=template.done_when if template else "",
        question=template.evidence if template else "",
        skill=template.skill if template else None,
        minutes=template.minutes if template else None,
        channel=draft.channel,
        end=_friday(now, defaults.zone),
        options=(CALLS,),
    )


def not_shown(template: ChallengeTemplate | None) -> dict[str, str]:
    """Return the values of the fields behind *More options*, which count if nobody opened them."""
    fields = {END_TIME: f"{CLOSING_HOUR}:00", OPTIONS: CALLS}
    if template is None:
        return fields
    own = {QUESTION: template.evidence, SKILL: template.skill or "", MINUTES: str(template.minutes or "")}
    return fields | own


def _form(metadata: str, catalog: Catalog, values: _Values, zone: str | None, buttons: list[Block]) -> Block:
    is_short = _MORE in buttons
    blocks = [
        *_needed(values, is_short=is_short),
        *([] if is_short else _optional(catalog, values)),
        *([actions(*buttons)] if buttons else []),
        context(f"Days and times are those of {place_of(zone or 'UTC')}."),
    ]
    return modal("Start a challenge", blocks, form=WRITE_CHALLENGE, metadata=metadata, submit="Preview", close="Close")


def _needed(values: _Values, *, is_short: bool) -> list[Block]:
    until = "Ends the sentence: you know it worked when …"
    closes = f"Until {CLOSING_HOUR}:00." if is_short else ""
    channels = _with(_PUBLIC, "initial_conversation", None if values.private else values.channel)
    where = "Public channel" if is_short else "Public channel (or a private one, below)"
    return [
        field(TITLE, "Title", _text(MAX_TITLE, values.title)),
        field(TASK, "What to do", _text(MAX_TASK, values.task, multiline=True)),
        field(DONE_WHEN, "Done when", _text(MAX_SENTENCE, values.done_when), hint=until),
        field(CHANNEL, where, channels, optional=not is_short),
        field(END_DATE, "Last day", _day(values.end), hint=closes),
        field(GOAL, "Goal: number of people", _number(1, MAX_GOAL, values.goal), optional=True),
    ]


def _optional(catalog: Catalog, values: _Values) -> list[Block]:
    skills = {skill.slug: option(skill.name, skill.slug) for skill in catalog.skills.values()}
    menu: Block = {"type": "static_select", "options": list(skills.values())}
    asks = "They answer in one line, for the recap. Empty: nothing is asked."
    channels = _with(_PRIVATE, "initial_conversation", values.channel if values.private else None)
    skill = _with(menu, "initial_option", skills.get(values.skill or ""))
    return [
        field(END_TIME, "Until", _time(values.end)),
        field(QUESTION, "Ask everybody who did it", _text(MAX_SENTENCE, values.question), hint=asks, optional=True),
        field(PRIVATE_CHANNEL, "Or a private channel", channels, hint=_MEANS_PRIVATE, optional=True),
        _also(values),
        field(START_DATE, "First day", _day(values.start), hint="Empty: now.", optional=True),
        field(START_TIME, "From", _time(values.start), hint="Empty: 09:00; today, now.", optional=True),
        field(MINUTES, "Minutes it takes", _number(1, MAX_MINUTES, values.minutes), optional=True),
        field(SKILL, "Skill it practises", skill, optional=True),
    ]


def _also(values: _Values) -> Block:
    chosen = [_OPTIONS[name] for name in values.options]
    boxes: Block = {"type": "checkboxes", "options": list(_OPTIONS.values())}
    return field(OPTIONS, "Also", {**boxes, "initial_options": chosen} if chosen else boxes, optional=True)


def _day(at: datetime | None) -> Block:
    return _with({"type": "datepicker"}, "initial_date", at and f"{at:%Y-%m-%d}")


def _time(at: datetime | None) -> Block:
    return _with({"type": "timepicker"}, "initial_time", at and f"{at:%H:%M}")


def _number(least: int, most: int, value: int | None) -> Block:
    bounds = {"is_decimal_allowed": False, "min_value": str(least), "max_value": str(most)}
    return _with({"type": "number_input", **bounds}, "initial_value", value and str(value))


def _text(most: int, value: str, *, multiline: bool = False) -> Block:
    element: Block = {"type": "plain_text_input", "multiline": multiline, "max_length": most}
    return _with(element, "initial_value", value)


def _with(element: Block, key: str, value: object) -> Block:
    return {**element, key: value} if value else element


def _friday(now: datetime, zone: str | None) -> datetime:
    """Return the closing hour of the first Friday that is at least four days away."""
    local = now.astimezone(zone_of(zone))
    days = (FRIDAY - local.weekday()) % 7
    last = local + timedelta(days=days if days >= MIN_DAYS else days + 7)
    return last.replace(hour=CLOSING_HOUR, minute=0)


@dataclass(frozen=True, slots=True)
class Fields:
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
