"""Writing a challenge: the template, the form, the preview; each a modal above the one before."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.coach.challenges import Blank
from bot.core.calendar import zone_of
from bot.core.catalog import Catalog, ChallengeTemplate
from bot.core.challenges import Challenge, has_last_call
from bot.slack.message import Block, escape
from bot.slack.screens.blocks import actions, button, confirm, context, divider, field, option, plain, section, worded
from bot.slack.screens.challenge import card
from bot.slack.screens.dates import for_all

TEMPLATES, FORM, PREVIEW = "choose-template", "write-challenge", "post-challenge"  # the forms' own ids
TEMPLATE, FREE = "template", "free"  # the first form's field, and its choice for one's own words
TITLE, TASK, DONE_WHEN, QUESTION, SKILL, MINUTES, CHANNEL, PRIVATE_CHANNEL, GOAL, OPTIONS = (
    "title", "task", "done-when", "question", "skill", "minutes", "channel", "private-channel", "goal", "options",
)  # fmt: skip
START_DATE, START_TIME, END_DATE, END_TIME = "start-date", "start-time", "end-date", "end-time"
SHOWS, CALLS = "shows", "calls"  # the options
TITLE_MOST, TASK_MOST, LINE_MOST, GOAL_MOST, MINUTES_MOST = 80, 2000, 200, 100_000, 600
CLOSING_HOUR, FRIDAY, DAYS_LEAST = 17, 4, 4

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
_MORE = button("More options", "more-options")
_OTHER_TEMPLATES = button(
    "Other templates",
    "other-templates",
    confirm=confirm(
        "Choose another template?", "What you typed here is lost. The channel stays.", "Other templates", "Stay here"
    ),
)


def templates(catalog: Catalog, channel: str | None = None, chosen: str = "") -> Block:
    """The first modal: which template, or one's own words. `channel` is the one that the form will offer first."""
    groups: list[Block] = [
        {
            "label": plain(theme.name),
            "options": [option(one.name, one.slug) for one in catalog.challenges.values() if one.theme == theme.slug],
        }
        for theme in catalog.themes.values()
    ]
    own: Block = {"label": plain("Your own"), "options": [option("In my own words", FREE)]}
    shown = [own, *(group for group in groups if group["options"])]
    before = next((each for group in shown for each in group["options"] if each["value"] == chosen), None)
    menu = _with({"type": "static_select", "option_groups": shown}, "initial_option", before)
    return {
        "type": "modal",
        "callback_id": f"roleshift:{TEMPLATES}",
        "private_metadata": channel or "",
        "title": plain("Start a challenge"),
        "submit": plain("Next"),
        "close": plain("Close"),
        "blocks": [
            section("The whole team tries one thing for a while. Nothing is posted before you have seen it."),
            field(TEMPLATE, "What should they try?", {**menu, "placeholder": plain("Choose a template")}),
        ],
    }


@dataclass(frozen=True, slots=True)
class Draft:
    """A challenge that is being written: its id, its template (None: own words), and the channel to offer first."""

    challenge_id: str
    template: ChallengeTemplate | None
    channel: str | None

    @property
    def metadata(self) -> str:
        """What its form carries along."""
        return f"{self.challenge_id} {self.template.slug if self.template else FREE}"


def from_template(draft: Draft, catalog: Catalog, blank: Blank, now: datetime) -> Block:
    """Return the form for a new challenge as its template says, with the fields that everybody needs."""
    return _form(draft.metadata, catalog, _values_of(draft, blank, now), blank.zone, is_short=True)


def with_more(draft: Draft, catalog: Catalog, blank: Blank, typed: Mapping[str, str], now: datetime) -> Block:
    """Return the same form with all fields; what was typed stays."""
    values = _values_of(draft, blank, now)
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
    return _form(draft.metadata, catalog, values, blank.zone)


def not_shown(template: ChallengeTemplate | None) -> dict[str, str]:
    """Return what the fields behind *More options* hold where nobody opened them."""
    fields = {END_TIME: f"{CLOSING_HOUR}:00", OPTIONS: CALLS}
    if template is None:
        return fields
    own = {QUESTION: template.evidence, SKILL: template.skill or "", MINUTES: str(template.minutes or "")}
    return fields | own


def _values_of(draft: Draft, blank: Blank, now: datetime) -> "_Values":
    template = draft.template
    return _Values(
        title=template.name if template else "",
        task=template.do if template else "",
        done_when=template.done_when if template else "",
        question=template.evidence if template else "",
        skill=template.skill if template else None,
        minutes=template.minutes if template else None,
        channel=draft.channel,
        end=_friday(now, blank.zone),
        options=(CALLS,),
    )


def from_draft(one: Challenge, catalog: Catalog, blank: Blank, now: datetime) -> Block:
    """The form for one that is not posted, with all that was written; a start that is over means at once."""
    chosen = [(SHOWS, one.shows_entries), (CALLS, one.calls_last)]
    starts_at = one.starts_at if one.starts_at and one.starts_at > now else None
    values = _Values(
        title=one.title,
        task=one.task,
        done_when=one.done_when,
        question=one.question or "",
        skill=one.skill if one.skill in catalog.skills else None,
        minutes=one.minutes,
        channel=one.channel,
        private=one.private,
        goal=one.goal,
        start=starts_at.astimezone(zone_of(blank.zone)) if starts_at else None,
        end=one.ends_at.astimezone(zone_of(blank.zone)),
        options=tuple(name for name, is_on in chosen if is_on),
    )
    return _form(f"{one.challenge_id} {one.template or FREE}", catalog, values, blank.zone)


def preview(one: Challenge, now: datetime) -> Block:
    """What will be posted, where and when; nothing is before its button is pressed."""
    start = f"It is posted {for_all(one.starts_at)}" if one.starts_at else "It is posted at once"
    told = [
        f"{start} in <#{one.channel}>.",
        "It is private: outside that channel, only you and those who take part see it." if one.private else "",
        f"Whoever did it is asked: _{escape(one.question)}_" if one.question else "No line is asked for.",
        "Lines with a name appear in the thread." if one.shows_entries and one.question else "",
        "Who joined is reminded once, if they said yes to direct messages." if has_last_call(one, now) else "",
        "If Slack refuses the post, I tell you by direct message.",
    ]
    return {
        "type": "modal",
        "callback_id": f"roleshift:{PREVIEW}",
        "private_metadata": one.challenge_id,
        "title": plain("Preview"),
        "submit": plain("Post it"),
        "close": plain("Change it"),
        "blocks": [*card.preview(one), divider(), context(" ".join(filter(None, told)))],
    }


def posted(one: Challenge, now: datetime) -> Block:
    """What the preview turns into; closing it closes all."""
    later = one.starts_at if one.starts_at and one.starts_at > now else None
    when = for_all(later) if later else "as soon as Slack takes it"
    text = (
        f"You started *{escape(one.title)}*. It is posted in <#{one.channel}> {when}. "
        "If Slack refuses it, I send you a direct message with the fix."
    )
    return {
        "type": "modal",
        "clear_on_close": True,
        "title": plain("Challenge"),
        "close": plain("Done"),
        "blocks": [worded(text), context("`/roleshift challenge` shows how it goes, closes and cancels it.")],
    }


@dataclass(frozen=True, slots=True)
class _Values:
    """What stands in the form when it opens; `start` and `end` are local."""

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


def _form(metadata: str, catalog: Catalog, values: _Values, zone: str | None, *, is_short: bool = False) -> Block:
    rest = [actions(_MORE, _OTHER_TEMPLATES)] if is_short else _optional(catalog, values)
    return {
        "type": "modal",
        "callback_id": f"roleshift:{FORM}",
        "private_metadata": metadata,
        "title": plain("Start a challenge"),
        "submit": plain("Preview"),
        "close": plain("Close"),
        "blocks": [
            *_needed(values, closes=f"Until {CLOSING_HOUR}:00." if is_short else ""),
            *rest,
            context(f"Days and times are those of {zone or 'UTC'}."),
        ],
    }


def _needed(values: _Values, closes: str) -> list[Block]:
    until = "Ends the sentence: you know it worked when …"
    return [
        field(TITLE, "Title", _text(TITLE_MOST, values.title)),
        field(TASK, "What to do", _text(TASK_MOST, values.task, multiline=True)),
        field(DONE_WHEN, "Done when", _text(LINE_MOST, values.done_when), hint=until),
        field(CHANNEL, "Public channel", _channels(_PUBLIC, None if values.private else values.channel), optional=True),
        field(END_DATE, "Last day", _day(values.end), hint=closes),
        field(GOAL, "Goal: number of people", _number(1, GOAL_MOST, values.goal), optional=True),
    ]


def _optional(catalog: Catalog, values: _Values) -> list[Block]:
    skills = {skill.slug: option(skill.name, skill.slug) for skill in catalog.skills.values()}
    menu: Block = {"type": "static_select", "options": list(skills.values())}
    asks = "They answer in one line, for the recap. Empty: nothing is asked."
    return [
        field(END_TIME, "Until", _time(values.end)),
        field(QUESTION, "Ask everybody who did it", _text(LINE_MOST, values.question), hint=asks, optional=True),
        field(
            PRIVATE_CHANNEL,
            "Or a private channel",
            _channels(_PRIVATE, values.channel if values.private else None),
            hint=_MEANS_PRIVATE,
            optional=True,
        ),
        _more(values),
        field(START_DATE, "First day", _day(values.start), hint="Empty: now.", optional=True),
        field(START_TIME, "From", _time(values.start), hint="Empty: 09:00; today, now.", optional=True),
        field(MINUTES, "Minutes it takes", _number(1, MINUTES_MOST, values.minutes), optional=True),
        field(
            SKILL,
            "Skill it practises",
            _with(menu, "initial_option", skills.get(values.skill or "")),
            optional=True,
        ),
    ]


def _channels(element: Block, chosen: str | None) -> Block:
    return _with(element, "initial_conversation", chosen)


def _more(values: _Values) -> Block:
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
    """The first Friday that leaves four days, at closing time."""
    local = now.astimezone(zone_of(zone))
    days = (FRIDAY - local.weekday()) % 7
    last = local + timedelta(days=days if days >= DAYS_LEAST else days + 7)
    return last.replace(hour=CLOSING_HOUR, minute=0)
