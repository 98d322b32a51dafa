"""What comes by direct message without being asked at that moment: the weekly tip, its reminder, the welcome."""

from datetime import datetime
from functools import lru_cache

from bot.coach.nudges import Another, Reminder
from bot.core.catalog import Catalog, Lesson
from bot.core.nudges import Choice
from bot.core.outbox import Delivery
from bot.slack.message import Block, Message, Rendered, escape
from bot.slack.screens import tip
from bot.slack.screens.blocks import actions, button, context, section
from bot.slack.screens.dates import moment

USEFUL, NOT_USEFUL, ANOTHER, REMIND = "useful", "not-useful", "another", "remind"  # actions, beside the verbs


def weekly(catalog: Catalog, one: Delivery, choice: Choice) -> Message:
    """The tip of the week."""
    return _with_tip(catalog, choice, "Your tip for this week", _buttons(choice.lesson, one.key))


def reminder(catalog: Catalog, choice: Choice) -> Message:
    """The same tip again, because the member asked for it."""
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
                button("A tip now", "tip"), button("Choose day and time", "choose-time"), button("Stop", "tips", "off")
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
        button("Another one", ANOTHER, key),
        *_verdicts(lesson),
        button("Remind me tomorrow", REMIND, key),
        button("Pause", "pause", "2 weeks"),
    )


def _verdicts(lesson: Lesson) -> tuple[Block, Block]:
    return button("Useful", USEFUL, lesson.tip.id), button("Not useful", NOT_USEFUL, lesson.tip.id)


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
