"""What the coach teaches, and which of the team's own packs are left out; for admins."""

from collections.abc import Sequence
from datetime import date

from bot.core.catalog import Catalog, PackState
from bot.slack.blocks import actions, button, section
from bot.slack.message import Block, Message, escape

MAX_LISTED = 5  # packs and entries by name


def shown(catalog: Catalog, packs: Sequence[PackState], today: date) -> Message:
    """Answer `/roleshift content`."""
    said = f"I teach {_counted(catalog)}."
    taught = [pack.title for pack in packs if not pack.mistakes]
    own = [section(f"With your own: {_listed(taught)}.")] if taught else []
    desk = actions(button("The team's desk", "team"))
    return Message(said, [section(said), *own, *trouble(packs), *stale(catalog, today), desk])


def trouble(packs: Sequence[PackState]) -> list[Block]:
    """Return which packs are left out, and what an admin can do. Files are named in the log alone."""
    left_out = [pack for pack in packs if pack.mistakes]
    if not left_out:
        return []
    count = sum(pack.mistakes for pack in left_out)
    mistakes = "a mistake" if count == 1 else f"{count} mistakes"
    said = f"*Left out of what I teach: {_listed([pack.title for pack in left_out])}*"
    fix = "`python -m bot content check` and my log name each. Once they are corrected, restart me."
    return [section(f"{said}\nI found {mistakes} there. {fix}")]


def stale(catalog: Catalog, today: date) -> list[Block]:
    """Return what should be read again, for admins."""
    found = sorted((since, item.slug, item.name) for item in catalog.reviewed if (since := item.stale_since(today)))
    if not found:
        return []
    said = f"*Should be read again: {len(found)} of {len(catalog.reviewed)} entries*"
    names = _listed([name for _, _, name in found])
    return [section(f"{said}\n{names}. `python -m bot content stale` names their owners.")]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return f"{', '.join(map(escape, names[:MAX_LISTED]))}{more}"


def _counted(catalog: Catalog) -> str:
    tips = sum(len(skill.tips) for skill in catalog.skills.values())
    roles, skills, challenges = len(catalog.roles), len(catalog.skills), len(catalog.challenges)
    return f"{roles} roles, {skills} skills, {tips} tips and {challenges} challenges"
