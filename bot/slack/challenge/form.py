"""The form in which a challenge is written: how it is drawn, and how its fields are read back into a draft.

What stands in it is a dictionary, from the names of fields to what Slack sends for them; a moment is a Unix time.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self

from bot.coach.challenges import Defaults
from bot.core.calendar import zone_of
from bot.core.catalog import Catalog
from bot.core.challenges import MAX_GOAL, MAX_SENTENCE, MAX_TASK, MAX_TITLE, Challenge, InvalidPeriod, check_period
from bot.core.content_types import ChallengeTemplate
from bot.core.member import MemberKey
from bot.slack.blocks import actions, button, modal, option
from bot.slack.form import CHANNEL_ID, FieldError, channel_menu, choice, choices, field, text_box
from bot.slack.message import Block, escape
from bot.slack.noun import parse_id

WRITE_CHALLENGE, MORE_OPTIONS = "write-challenge", "more-options"  # the form, and the button in it
FREE = "free"  # stands for a template where there is none
CLOSING_HOUR, FRIDAY, MIN_DAYS = 17, 4, 4
TITLE, TASK, DONE_WHEN, QUESTION, SKILL, CHANNEL, PRIVATE_CHANNEL, GOAL, OPTIONS = (
    "title", "task", "done-when", "question", "skill", "channel", "private-channel", "goal", "options",
)  # fmt: skip
START, END = "start", "end"
SHOWS, CALLS = "shows", "calls"  # the options

_OPTIONS = [
    option("Show answers with a name in the thread", SHOWS),
    option("Remind people once, two days before the end", CALLS),
]


class DraftRef(NamedTuple):
    """What the form carries along: the id of the draft and the slug of its template, or FREE."""

    challenge_id: str
    template: str

    @classmethod
    def parse(cls, metadata: str) -> Self:
        """Read what `str` wrote. Raise ValueError for anything else."""
        challenge_id, _, template = metadata.partition(" ")
        return cls(parse_id(challenge_id), template)

    def __str__(self) -> str:
        return f"{self.challenge_id} {self.template}"


def of_template(
    template: ChallengeTemplate | None, defaults: Defaults, now: datetime, task: str = ""
) -> dict[str, str]:
    """Return what a new challenge begins with. `task`: what to do, if there is no template."""
    fields = {TASK: task, CHANNEL: defaults.channel or "", OPTIONS: CALLS, END: _as_field(_friday(now, defaults.zone))}
    if template is None:
        return fields
    return fields | {
        TITLE: template.name,
        TASK: template.do,
        DONE_WHEN: template.done_when,
        QUESTION: template.evidence,
        SKILL: template.skill or "",
    }


def of_draft(draft: Challenge, now: datetime) -> dict[str, str]:
    """Return everything that was written. A start in the past becomes "at once"."""
    starts_at = draft.starts_at if draft.starts_at and draft.starts_at > now else None
    chosen = ((SHOWS, draft.shows_entries), (CALLS, draft.calls_last))
    return {
        TITLE: draft.title,
        TASK: draft.task,
        DONE_WHEN: draft.done_when,
        QUESTION: draft.question or "",
        SKILL: draft.skill or "",
        PRIVATE_CHANNEL if draft.private else CHANNEL: draft.channel,
        GOAL: str(draft.goal or ""),
        OPTIONS: " ".join(name for name, is_on in chosen if is_on),
        START: _as_field(starts_at) if starts_at else "",
        END: _as_field(draft.ends_at),
    }


def draw(ref: DraftRef, catalog: Catalog, fields: Mapping[str, str], *, short: bool = False) -> Block:
    """Return the form. `short`: with only the fields that everybody needs."""
    blocks = [
        field(TITLE, "Title", text_box(MAX_TITLE, fields.get(TITLE))),
        field(TASK, "What to do", text_box(MAX_TASK, fields.get(TASK), multiline=True)),
        field(DONE_WHEN, "Done when", text_box(MAX_SENTENCE, fields.get(DONE_WHEN))),
        field(CHANNEL, "Public channel", channel_menu("public", chosen=fields.get(CHANNEL)), optional=not short),
        field(END, "Until", _moment(fields.get(END))),
        field(GOAL, "Goal: number of people", _goal(fields.get(GOAL)), optional=True),
        *([actions(button("More options", MORE_OPTIONS))] if short else _more(fields, catalog)),
    ]
    return modal("Start a challenge", blocks, form=WRITE_CHALLENGE, metadata=str(ref), submit="Preview")


def _more(fields: Mapping[str, str], catalog: Catalog) -> list[Block]:
    question = text_box(MAX_SENTENCE, fields.get(QUESTION))
    private = channel_menu("private", chosen=fields.get(PRIVATE_CHANNEL))
    means = "Only its members and those who take part see it. Type /invite @roleshift there first."
    boxes = choices("checkboxes", _OPTIONS, fields.get(OPTIONS, "").split())
    skills = [option(skill.name, skill.slug) for skill in catalog.skills.values()]
    skill = choice("static_select", skills, fields.get(SKILL))
    return [
        field(QUESTION, "Ask everybody who did it", question, hint="One line, for the recap.", optional=True),
        field(PRIVATE_CHANNEL, "Or a private channel", private, hint=means, optional=True),
        field(OPTIONS, "Also", boxes, optional=True),
        field(START, "From", _moment(fields.get(START)), hint="Empty: at once.", optional=True),
        field(SKILL, "Skill it practises", skill, optional=True),
    ]


def _moment(seconds: str | None) -> Block:
    element: Block = {"type": "datetimepicker"}
    return {**element, "initial_date_time": int(seconds)} if seconds else element


def _goal(number: str | None) -> Block:
    element = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": str(MAX_GOAL)}
    return {**element, "initial_value": number} if number else element


def _as_field(at: datetime) -> str:
    return str(int(at.timestamp()))


def _friday(now: datetime, zone: str | None) -> datetime:
    """Return the closing hour of the first Friday that is at least four days away."""
    local = now.astimezone(zone_of(zone))
    days = (FRIDAY - local.weekday()) % 7
    last = local + timedelta(days=days if days >= MIN_DAYS else days + 7)
    return last.replace(hour=CLOSING_HOUR, minute=0, second=0, microsecond=0)


def read(fields: Mapping[str, str], who: MemberKey, draft: DraftRef, catalog: Catalog, now: datetime) -> Challenge:
    """Return the draft. Raise FieldError for the first field that is wrong."""
    filled = {name: words.strip() for name, words in fields.items()}
    template = catalog.challenges.get(draft.template)
    starts_at, ends_at = _period(filled, now)
    options = filled.get(OPTIONS, "").split()
    channel, is_private = _channel(filled)
    skill = filled.get(SKILL, "")
    return Challenge(
        workspace_id=who.workspace_id,
        challenge_id=draft.challenge_id,
        started_by=who.member_id,
        title=_words(filled, TITLE, MAX_TITLE),
        task=_words(filled, TASK, MAX_TASK),
        done_when=_words(filled, DONE_WHEN, MAX_SENTENCE),
        question=_words(filled, QUESTION, MAX_SENTENCE, optional=True) or None,
        channel=channel,
        starts_at=starts_at,
        ends_at=ends_at,
        template=template.slug if template else None,
        minutes=template.minutes if template else None,
        skill=skill if skill in catalog.skills else None,
        goal=_number(filled.get(GOAL, "")),
        shows_entries=SHOWS in options,
        calls_last=CALLS in options,
        private=is_private,
    )


def _channel(filled: Mapping[str, str]) -> tuple[str, bool]:
    """Return the channel and whether it is private.

    The bot has no scope to read channels, so the field decides: each offers one kind. A "G" is private too.
    """
    private = filled.get(PRIVATE_CHANNEL, "")
    chosen = private or filled.get(CHANNEL, "")
    if CHANNEL_ID.fullmatch(chosen) is None:  # a direct message is refused, whatever a form contains
        raise FieldError(PRIVATE_CHANNEL if private else CHANNEL, "Choose a channel.")
    return chosen, bool(private) or chosen.startswith("G")


def _words(filled: Mapping[str, str], name: str, most: int, *, optional: bool = False) -> str:
    words = filled.get(name, "")
    if not words and not optional:
        raise FieldError(name, "A few words are needed here.")
    if len(escape(words)) > most:  # Slack counts escaped characters
        raise FieldError(name, f"{most} letters at most; &, < and > count for several.")
    return words


def _number(goal: str) -> int | None:
    if not goal:
        return None
    if not goal.isascii() or not goal.isdigit() or not 1 <= int(goal[:9]) <= MAX_GOAL:
        raise FieldError(GOAL, f"A whole number from 1 to {MAX_GOAL:,}, or nothing.")
    return int(goal)


def _period(filled: Mapping[str, str], now: datetime) -> tuple[datetime | None, datetime]:
    """Return the start, which is None for "at once", and the end."""
    starts_at, ends_at = _at(filled, START, now), _at(filled, END, now)
    if ends_at is None:
        raise FieldError(END, "Choose when it ends.")
    try:
        check_period(starts_at, ends_at, now)
    except InvalidPeriod as error:
        raise FieldError(START if error.is_start else END, str(error)) from None
    return starts_at, ends_at


def _at(filled: Mapping[str, str], name: str, now: datetime) -> datetime | None:
    if not filled.get(name):
        return None
    try:
        at = datetime.fromtimestamp(int(filled[name]), UTC)
    except (ValueError, OverflowError, OSError):
        raise FieldError(name, "There is no such day.") from None
    if at < now:
        raise FieldError(name, "That is over already.")
    return at
