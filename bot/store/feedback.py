"""What members said of tips, across all workspaces, for authors. True counts must not be shown."""

from sqlalchemy import Connection, and_, exists, func, literal, select, union_all

from bot.core.feedback import Reaction
from bot.core.member import MemberKey
from bot.core.practice import Step
from bot.store.member_schema import practice, tip_given
from bot.store.tips import NOT_USEFUL

_GIVEN = select(tip_given.c.tip, func.count().label("members")).group_by(tip_given.c.tip)


def given(tx: Connection) -> dict[str, int]:
    """Return how many members got each tip; across all workspaces."""
    return {row.tip: row.members for row in tx.execute(_GIVEN)}


_LATER = practice.alias()
_WENT_ON = exists().where(
    and_(*(_LATER.c[name] == practice.c[name] for name in ("workspace_id", "member_id", "tip"))),
    _LATER.c.at > practice.c.at,
)
_REACTIONS = union_all(
    select(
        literal(Step.NOT_MY_WORK.value).label("step"), tip_given.c.workspace_id, tip_given.c.member_id, tip_given.c.tip
    ).where(tip_given.c.verdict == NOT_USEFUL),
    select(practice.c.step, practice.c.workspace_id, practice.c.member_id, practice.c.tip).where(
        practice.c.step == Step.BLOCKED.value, ~_WENT_ON
    ),
)  # fmt: skip


def reactions(tx: Connection) -> list[Reaction]:
    """Return who said of which tip that it is not their work, or that they were blocked; across all workspaces.

    A member who did the tip later is not blocked any more.
    """
    rows = tx.execute(_REACTIONS)
    return [Reaction(Step(row.step), MemberKey(row.workspace_id, row.member_id), row.tip) for row in rows]
