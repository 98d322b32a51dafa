"""The form in which a challenge is written: it draws its fields, reads them back and keeps them as a draft."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bot.coach import challenges
from bot.coach.challenges import Defaults
from bot.core.calendar import place_of, zone_of
from bot.core.catalog import Catalog
from bot.core.challenges import MAX_GOAL, MAX_MINUTES, MAX_SENTENCE, MAX_TASK, MAX_TITLE, Challenge
from bot.core.content_types import ChallengeTemplate
from bot.slack.blocks import actions, button, confirm, context, field, modal, option
from bot.slack.challenge.fields import (
    CALLS,
    CHANNEL,
    DONE_WHEN,
    END_DATE,
    END_TIME,
    GOAL,
    MINUTES,
    OPTIONS,
    PRIVATE_CHANNEL,
    QUESTION,
    SHOWS,
    SKILL,
    START_DATE,
    START_TIME,
    TASK,
    TITLE,
    Filled,
)
from bot.slack.challenge.preview import preview
from bot.slack.challenge.rights import check_may_run, check_may_start
from bot.slack.form import Form, Pushed
from bot.slack.message import Block
from bot.slack.request import Request

EDIT = "edit-challenge"  # the button that opens the form for a draft
WRITE_CHALLENGE = "write-challenge"  # the form
MORE_OPTIONS, OTHER_TEMPLATES = "more-options", "other-templates"  # the buttons in it
FREE = "free"  # stands for a template where there is none
CLOSING_HOUR, FRIDAY, MIN_DAYS = 17, 4, 4

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
    """A challenge that is being written: its id, its template (None: own words), and the channel to offer first."""

    challenge_id: str
    template: ChallengeTemplate | None
    channel: str | None

    @property
    def metadata(self) -> str:
        """Return what its form carries along."""
        return f"{self.challenge_id} {self.template.slug if self.template else FREE}"


async def edit(request: Request, challenge_id: str) -> Form:
    """Answer *Change it* and *Look and post*: open the form with everything that was written."""
    await check_may_run(request, challenge_id)
    draft = await request.find(challenges.draft_of, request.who, challenge_id)
    defaults = await request.find(challenges.defaults, request.who)
    return Form(from_draft(draft, request.catalog, defaults, request.now))


async def submit(request: Request, draft: DraftRef, fields: dict[str, str]) -> Pushed:
    """Keep what was written as a draft and preview it. Raise FieldError for what is wrong in the form."""
    await check_may_start(request)
    defaults = await request.find(challenges.defaults, request.who)
    template = request.catalog.challenges.get(draft.template)
    filled = Filled(_not_shown(template) | fields, defaults.zone, request.now)
    written = filled.read(request.who, draft.challenge_id, template, request.catalog)

    def pushed(kept: Challenge) -> Pushed:
        return Pushed(preview(kept, request.now))

    return await request.write(challenges.keep, request.who, written, then=pushed)


async def show_more(request: Request, draft: DraftRef, fields: dict[str, str]) -> Block:
    """Answer *More options*: draw all fields, with what was typed so far."""
    defaults = await request.find(challenges.defaults, request.who)
    template = request.catalog.challenges.get(draft.template)
    shown = Draft(draft.challenge_id, template, fields.get(CHANNEL))
    return with_more(shown, request.catalog, defaults, fields, request.now)


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
        task=template.do if template else "",
        done_when=template.done_when if template else "",
        question=template.evidence if template else "",
        skill=template.skill if template else None,
        minutes=template.minutes if template else None,
        channel=draft.channel,
        end=_friday(now, defaults.zone),
        options=(CALLS,),
    )


def _not_shown(template: ChallengeTemplate | None) -> dict[str, str]:
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
