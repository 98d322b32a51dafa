"""What came of marking a skill, or of taking the mark back."""

from bot.coach.learning import Marked, Unmarked
from bot.core.catalog import Skill
from bot.core.learning import Path
from bot.slack.message import Block, Message, escape
from bot.slack.views.blocks import actions, bar, button, section
from bot.slack.views.dates import day


def marked(found: Marked) -> Message:
    """The answer to `learn`: how far that takes the member, what is next, and the way back."""
    name = escape(found.skill.name)
    said = (
        f"*{name}* is learned."
        if found.new
        else f"You already marked *{name}* as learned on {day(found.at, found.zone)}. Count unchanged."
    )
    undo = button("Undo", "unlearn", found.skill.slug)
    return Message(said, [section(said), *_standing(found.path), actions(*_next_buttons(found.path), undo)])


def unmarked(found: Unmarked) -> Message:
    """The answer to `unlearn`."""
    name = escape(found.skill.name)
    said = f"*{name}* is open again." if found.was_marked else f"*{name}* was not marked as learned. Nothing changed."
    redo = button("Mark as learned", "learn", found.skill.slug)
    return Message(said, [section(said), *_standing(found.path), actions(redo, button("My progress", "progress"))])


def _standing(path: Path | None) -> list[Block]:
    if path is None:
        return [section("Tell me your role and I can show you the path: `/roleshift myrole`.")]
    tally = f"{bar(path.tally.done, path.tally.total)} {path.tally.done} of {path.tally.total} skills"
    after = f"Next: *{escape(path.ahead[0].name)}*. {escape(path.ahead[0].why)}" if path.ahead else _WALKED
    return [section(f"{tally} on the path to {escape(path.role.becomes)}\n{after}")]


def _next_buttons(path: Path | None) -> list[Block]:
    following: tuple[Skill, ...] = path.ahead[:1] if path else ()
    return [*(button("How?", "skill", skill.slug) for skill in following), button("My progress", "progress")]


_WALKED = "That was the last one on this path. `/roleshift tip` goes further."
