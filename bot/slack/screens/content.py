"""What the coach teaches, which version, and what is wrong with a team's own files; for admins."""

from collections.abc import Sequence
from datetime import date

from bot.core.catalog import Catalog
from bot.core.editions import Copy, Shelf
from bot.slack.message import Block, Message, escape
from bot.slack.screens.blocks import actions, button, context, section

MAX_LISTED = 5  # mistakes in one answer, and processes by name
READ_AGAIN = button("Read the files again", "content", "reload")


def shown(catalog: Catalog, today: date, shelf: Shelf) -> Message:
    """Answer `/roleshift content`."""
    version = f"Version `{shelf.wanted.version}`." if shelf.wanted else "No version was published yet."
    said = f"I teach {_counted(catalog)}."
    return Message(said, [section(f"{said}\n{version}"), *trouble(shelf), *stale(catalog, today), actions(READ_AGAIN)])


def reloaded(catalog: Catalog, version: str, _: None, *, is_new: bool) -> Message:
    """Answer `content reload` if the files hold no mistake."""
    said = f"Reloaded: I teach {_counted(catalog)}." if is_new else f"Nothing is new: I teach {_counted(catalog)}."
    more = f"Version `{version}`. Other processes follow within a few seconds."
    return Message(said, [section(said), context(more), actions(button("See the content", "content"))])


def refused(mistakes: Sequence[object]) -> Message:
    """Answer `content reload` if the files hold mistakes."""
    said = "The files hold mistakes, so nothing was changed."
    listed = "\n".join(f"• `{_code(str(mistake))}`" for mistake in mistakes[:MAX_LISTED])
    return Message(said, [section(f"{said}\n{listed}{_and_more(len(mistakes))}"), actions(READ_AGAIN)])


def trouble(shelf: Shelf) -> list[Block]:
    """Return what an admin should know: content that was refused, and processes that serve other content."""
    blocks = []
    if shelf.refused:
        first = shelf.refused[0]
        more = f" (and {first.mistakes - 1} more)" if first.mistakes > 1 else ""
        said = f"*Your own content was refused* by {_of(shelf.refused, shelf)}. The last good content is still served."
        blocks.append(section(f"{said}\n`{_code(first.first_mistake or '')}`{more}", READ_AGAIN))
    if shelf.differing:
        said = f"*Other content is served* by {_of(shelf.differing, shelf)}."
        blocks.append(section(f"{said} Put the same files there, then reload."))
    return blocks


def stale(catalog: Catalog, today: date) -> list[Block]:
    """Return what should be read again, for admins."""
    found = sorted((since, item.slug, item.name) for item in catalog.reviewed if (since := item.stale_since(today)))
    if not found:
        return []
    names = ", ".join(escape(name) for _, _, name in found[:MAX_LISTED])
    said = f"*Should be read again: {len(found)} of {len(catalog.reviewed)} entries*"
    more = f" and {len(found) - MAX_LISTED} more" if len(found) > MAX_LISTED else ""
    return [section(f"{said}\n{names}{more}. `python -m bot content stale` names their owners.")]


def _of(some: Sequence[Copy], shelf: Shelf) -> str:
    names = ", ".join(f"`{_code(copy.name)}`" for copy in some[:MAX_LISTED])
    return f"{len(some)} of {len(shelf.copies)} processes ({names})"


def _counted(catalog: Catalog) -> str:
    tips = sum(len(skill.tips) for skill in catalog.skills.values())
    roles, skills, challenges = len(catalog.roles), len(catalog.skills), len(catalog.challenges)
    return f"{roles} roles, {skills} skills, {tips} tips and {challenges} challenges"


def _and_more(count: int) -> str:
    return f"\n… and {count - MAX_LISTED} more" if count > MAX_LISTED else ""


def _code(text: str) -> str:
    return escape(text.replace("`", "'"))
