"""What comes by direct message without being asked at that moment: the weekly tip, its reminder, the welcome."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Self

from bot.coach import nudges
from bot.coach.nudges import Another, Reminder
from bot.core.catalog import Catalog, Lesson
from bot.core.nudges import Choice
from bot.core.outbox import Delivery
from bot.slack.message import Block, Message, Rendered, escape
from bot.slack.request import Request
from bot.slack.screens import tip, tips
from bot.slack.screens.blocks import actions, button, context, section
from bot.slack.screens.dates import moment

USEFUL, NOT_USEFUL, ANOTHER, REMIND = "useful", "not-useful", "another", "remind"


@dataclass(frozen=True, slots=True)
class OfWeek:
    """What *Another one* and *Remind me tomorrow* carry: the idempotency key of the weekly tip on which they stand."""

    key: str

    @property
    def value(self) -> str:
        """Return the button's value."""
        return self.key

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read the button's value. Raise ValueError."""
        if re.fullmatch(r"nudge:[A-Z0-9]{1,32}:\d{4}-W\d{2}", value) is None:
            raise ValueError
        return cls(value)


@dataclass(frozen=True, slots=True)
class Judged:
    """What *Useful* and *Not useful* carry: the tip that they are about."""

    tip_id: str

    @property
    def value(self) -> str:
        """Return the button's value."""
        return self.tip_id

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read the button's value. Raise ValueError."""
        if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value) is None:
            raise ValueError
        return cls(value)


def weekly(catalog: Catalog, one: Delivery, choice: Choice) -> Message:
    """The tip of the week."""
    return _with_tip(catalog, choice, "Your tip for this week", _buttons(choice.lesson, one.key))


def reminder(catalog: Catalog, choice: Choice) -> Message:
    """Return the tip of this week again, because the member asked for it."""
    return _with_tip(catalog, choice, "You asked me to remind you", _reminder_buttons(choice.lesson))


def welcome(first_due_at: datetime | None, zone: str | None) -> Message:
    """Say once when the first tip comes and how to stop."""
    first = f" The first one comes on {moment(first_due_at, zone)}." if first_due_at else ""
    text = f"One message a week. Stop with one click.{first}"
    return Message(
        text,
        [
            section(text),
            actions(
                button("A tip now", "tip"), button("Choose day and time", tips.CHOOSE), button("Stop", "tips", "off")
            ),
            context("Going away? `/roleshift pause 2 weeks` holds them back for a while."),
        ],
    )


def _with_tip(catalog: Catalog, choice: Choice, lead: str, buttons: Block) -> Message:
    text = f"{lead}: {escape(choice.lesson.tip.title)}"
    return Message(text, [_lead(lead), tip.body(choice.lesson), context(tip.why(catalog, choice)), buttons])


@lru_cache(maxsize=8)
def _lead(text: str) -> Block:
    return Rendered(context(escape(text)))


def _buttons(lesson: Lesson, key: str) -> Block:
    return actions(
        button("Mark skill as learned", "learn", lesson.skill.slug, style="primary"),
        button("Another one", ANOTHER, OfWeek(key).value),
        *_verdicts(lesson),
        button("Remind me tomorrow", REMIND, OfWeek(key).value),
        button("Pause", "pause", "2 weeks"),
    )


def _verdicts(lesson: Lesson) -> tuple[Block, Block]:
    value = Judged(lesson.tip.id).value
    return button("Useful", USEFUL, value), button("Not useful", NOT_USEFUL, value)


def _reminder_buttons(lesson: Lesson) -> Block:
    return actions(
        button("Mark skill as learned", "learn", lesson.skill.slug, style="primary"),
        *_verdicts(lesson),
        button("Pause", "pause", "2 weeks"),
    )


def another(catalog: Catalog, found: Another) -> Message:
    """The answer to *Another one*; beside the week's tip, not in its place."""
    lead = "One more" if found.new else "You already got this second tip; the next one comes next week"
    buttons = actions(
        button("Mark skill as learned", "learn", found.choice.lesson.skill.slug, style="primary"),
        *_verdicts(found.choice.lesson),
    )
    return _with_tip(catalog, found.choice, lead, buttons)


def will_remind(found: Reminder) -> Message:
    """The answer to *Remind me tomorrow*."""
    text = f"I'll remind you of it on {moment(found.at, found.zone)}, once."
    return Message(text, [section(text)])


def noted_useful(lesson: Lesson) -> Message:
    """The answer to *Useful*."""
    text = f"Noted: *{escape(lesson.tip.title)}* was useful. Done it already? Mark the skill as learned."
    done = button("Mark skill as learned", "learn", lesson.skill.slug)
    return Message(text, [section(text), actions(done, button("About this skill", "skill", lesson.skill.slug))])


def noted_not_useful(lesson: Lesson) -> Message:
    """The answer to *Not useful*."""
    text = f"Noted: fewer tips like *{escape(lesson.tip.title)}*."
    more = actions(button("Another tip", "tip"), button("About this skill", "skill", lesson.skill.slug))
    return Message(text, [section(text), more])


async def answer_another(request: Request, pressed: OfWeek) -> Message:
    """Give a second tip beside the week's tip, once a week."""
    then = partial(another, request.catalog)
    return await request.write(nudges.another, request.catalog, request.who, pressed.key, request.now, then=then)


async def answer_remind(request: Request, pressed: OfWeek) -> Message:
    """Plan a reminder of the same tip for tomorrow."""
    return await request.write(nudges.remind_tomorrow, request.who, pressed.key, request.now, then=will_remind)


async def answer_useful(request: Request, judged: Judged) -> Message:
    """Store that the tip was useful."""
    verb = nudges.useful
    return await request.write(verb, request.catalog, request.who, judged.tip_id, request.now, then=noted_useful)


async def answer_not_useful(request: Request, judged: Judged) -> Message:
    """Store that the tip was not useful, so that fewer of its kind come."""
    verb = nudges.not_useful
    return await request.write(verb, request.catalog, request.who, judged.tip_id, request.now, then=noted_not_useful)
