"""A tip: what to do, how you know it worked, and why this one."""

from functools import lru_cache

from bot.coach.tips import Given
from bot.core.catalog import Catalog, Lesson
from bot.core.nudges import Choice, Reason
from bot.slack.message import Block, Message, Rendered, escape
from bot.slack.screens import tips
from bot.slack.screens.blocks import actions, button, context, section


def given(catalog: Catalog, found: Given) -> Message:
    """`/roleshift tip`: one now."""
    lesson = found.choice.lesson
    return Message(
        text=f"A tip for you: {escape(lesson.tip.title)}",
        blocks=[body(lesson), context(why(catalog, found.choice)), _buttons(lesson), *_question(found)],
    )


def _question(found: Given) -> tuple[Block, ...]:
    return tips.question(found.schedule) if found.choice.role else ()


def why(catalog: Catalog, choice: Choice) -> str:
    """The grey line that says why this tip came."""
    skill = choice.lesson.skill
    of = (
        f" to {choice.role.becomes}"
        if choice.role and choice.reason in {Reason.NEXT_ON_PATH, Reason.NEXT_ROUND}
        else ""
    )
    theme = catalog.themes[skill.theme]
    return f"_Why this one: {choice.reason}{escape(of)} (skill: {escape(skill.name)}; theme: {escape(theme.name)})._"


@lru_cache(maxsize=1024)
def body(lesson: Lesson) -> Block:
    """What to do, and how you know that it worked."""
    tip = lesson.tip
    return Rendered(
        section(
            f"*{escape(tip.title)}*\n{escape(tip.do)} About {tip.minutes} minutes.\n*Done when* {escape(tip.done_when)}"
        )
    )


@lru_cache(maxsize=1024)
def _buttons(lesson: Lesson) -> Block:
    return Rendered(
        actions(
            button("Mark skill as learned", "learn", lesson.skill.slug, style="primary"),
            button("Another tip", "tip"),
            button("About this skill", "skill", lesson.skill.slug),
        )
    )
