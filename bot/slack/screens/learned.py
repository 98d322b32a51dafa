"""The answers after a member marked or unmarked a skill."""

from bot.coach.learning import Marked, Unmarked
from bot.core.learning import Path
from bot.slack.blocks import actions, bar, button, context, section
from bot.slack.dates import day
from bot.slack.message import Block, Message, escape
from bot.slack.screens import finished
from bot.slack.tip import tips


def marked(found: Marked, *, in_channel: bool = False) -> Message:
    """Answer `learn`: how far the member is now, what comes next, and how to undo it.

    `in_channel`: others read where it was asked, so that a finished path can be shared there.
    """
    name = escape(found.skill.name)
    said = (
        f"Done: *{name}*."
        if found.new
        else f"You already marked *{name}* as learned on {day(found.at, found.zone)}. Count unchanged."
    )
    undo = button("Undo", "unlearn", found.skill.slug)
    buttons = actions(*_next_buttons(found, in_channel=in_channel), undo)
    standing = _standing(found.path, found.closest)
    blocks = [section(said), *standing, *_milestone(found), buttons, *_question(found)]
    return Message(_with_tally(said, found.path), blocks)


def unmarked(found: Unmarked) -> Message:
    """Answer `unlearn`."""
    name = escape(found.skill.name)
    said = (
        f"*{name}* is no longer marked as learned."
        if found.was_marked
        else f"*{name}* was not marked as learned. Nothing changed."
    )
    redo = button("Mark as learned", "learn", found.skill.slug)
    buttons = actions(redo, button("My progress", "progress"))
    return Message(said, [section(said), *_standing(found.path), buttons, *_question(found)])


def _question(found: Marked | Unmarked) -> tuple[Block, ...]:
    if found.path is None:
        return ()
    offers_path = isinstance(found, Marked) and found.closest is not None  # its button is the primary one
    return tips.question(found.schedule, aside=offers_path)


def _milestone(found: Marked) -> list[Block]:
    """Return the milestone on the way. The end of a path has a message of its own."""
    on_the_way = found.path is not None and found.path.ahead
    return [context(escape(found.milestone))] if found.milestone and on_the_way else []


def _with_tally(said: str, path: Path | None) -> str:
    return f"{said} {path.tally.done} of {path.tally.total}." if path else said


def _standing(path: Path | None, closest: Path | None = None) -> list[Block]:
    if path is None:
        return [section("Choose your role and I can show you what is next.")]
    tally = f"{bar(path.tally.done, path.tally.total)} {path.tally.done} of {path.tally.total} skills"
    after = finished.said(path, closest)
    if path.ahead:
        after = f"Next: *{escape(path.ahead[0].name)}*. {escape(path.ahead[0].why)}"
    return [section(f"{tally} on the path to {escape(path.role.becomes)}\n{after}")]


def _next_buttons(found: Marked, *, in_channel: bool) -> list[Block]:
    progress = button("My progress", "progress")
    if found.path is None:
        return [button("Choose my role", "myrole"), progress]
    if not found.path.ahead:
        return [*finished.buttons(found.closest, found.path.role if in_channel else None), progress]
    return [button("How?", "skill", found.path.ahead[0].slug), progress]
