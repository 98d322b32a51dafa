"""The reader's own role: was, now, next, and how far they are."""

from functools import lru_cache

from bot.coach.roles import MyRole
from bot.core.catalog import Role
from bot.core.learning import Path
from bot.core.member import Schedule
from bot.slack.message import Block, Message, Rendered, escape
from bot.slack.views import role, roles, tips
from bot.slack.views.blocks import actions, button, context, section
from bot.slack.views.dates import moment


def mine(found: MyRole) -> Message:
    """`/roleshift myrole`; the picker where there is no role yet."""
    return _screen(found.path, found.schedule) if found.path else roles.picker(found.catalog)


def chosen(found: MyRole) -> Message:
    """The answer to choosing a role."""
    said = mine(found)
    if found.path is None:
        return said
    return Message(said.text, [_chosen(found.path.role), *said.blocks, *(tips.ASK if found.ask else ())])


def _screen(path: Path, schedule: Schedule | None) -> Message:
    return Message(
        text=f"{role.title(path.role)}: {path.tally.done} of {path.tally.total} skills",
        blocks=[*role.head(path.role), *role.way(path), _BUTTONS, *_coming(schedule)],
    )


def _coming(schedule: Schedule | None) -> tuple[Block, ...]:
    if schedule is None or schedule.next_due_at is None:
        return ()
    return (_footer(tips.when(schedule), moment(schedule.next_due_at, schedule.zone)),)


@lru_cache(maxsize=1024)
def _footer(usual: str, coming: str) -> Block:
    return Rendered(context(f"_Weekly tips: {usual}. Next one on {coming}._"))


@lru_cache(maxsize=256)
def _chosen(mine: Role) -> Block:
    return Rendered(section(f"Your role is *{escape(mine.name)}* now. Not right? Press *Change role*."))


_BUTTONS = Rendered(
    actions(
        button("A tip now", "tip"),
        button("All skills", "skills"),
        button("My progress", "progress"),
        button("Compare roles", "roles"),
        button("Change role", "change-role"),
    )
)
