"""The reader's own role: what it was, what it becomes, the next skill, and how far they are."""

from functools import lru_cache

from bot.coach.roles import MyRole
from bot.core.content_types import Role
from bot.core.learning import Path
from bot.core.member import Schedule
from bot.slack import role, situation
from bot.slack.blocks import actions, button, section
from bot.slack.message import Block, Message, Rendered, escape
from bot.slack.screens import roles
from bot.slack.tip import tips


def mine(found: MyRole) -> Message:
    """Answer `/roleshift myrole`. A member without a role gets the picker."""
    return _screen(found.path, found.schedule) if found.path else roles.picker(found.catalog)


def chosen(found: MyRole) -> Message:
    """Answer the choice of a role."""
    if not found.path:
        return mine(found)
    question = (situation.QUESTION,) if found.asks_situation else ()
    said = _screen(found.path, found.schedule, question)
    return Message(said.text, [_chosen(found.path.role), *said.blocks])


def _screen(path: Path, schedule: Schedule | None, question: tuple[Block, ...] = ()) -> Message:
    return Message(
        text=f"{role.title(path.role)}: {path.tally.done} of {path.tally.total} skills",
        blocks=[*role.head(path.role, own=True), *role.way(path), _BUTTONS, *question, *tips.footer(schedule)],
    )


@lru_cache(maxsize=256)
def _chosen(mine: Role) -> Block:
    return Rendered(section(f"Your role is *{escape(mine.name)}* now. Not right? Press *Change role*."))


_BUTTONS = Rendered(
    actions(
        button("A tip now", "tip"),
        button("All skills", "skills"),
        button("My progress", "progress"),
        button("Compare roles", "roles"),
        button("Change role", roles.CHANGE),
    )
)
