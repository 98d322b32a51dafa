"""When members want to do tips: one plan for each tip, until they did it or took the plan back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.core.practice import Plan
from bot.store.member_schema import plan

_INSERT = insert(plan)
_SAVE = _INSERT.on_conflict_do_update(
    index_elements=[plan.c.workspace_id, plan.c.member_id, plan.c.tip],
    set_={name: _INSERT.excluded[name] for name in ("plan_id", "at", "cue", "shown_in", "made_at", "ended_at")},
)


def save(tx: Connection, who: MemberKey, new: Plan, now: datetime) -> None:
    """Store a plan. It takes the place of an earlier plan for the same tip."""
    values = {"tip": new.tip, "plan_id": new.plan_id, "at": new.at, "cue": new.cue, "shown_in": new.shown_in}
    tx.execute(_SAVE, {**who._asdict(), **values, "made_at": now, "ended_at": None})


_OF_MEMBER = (plan.c.workspace_id == bindparam("w"), plan.c.member_id == bindparam("m"), plan.c.ended_at.is_(None))
_END_ALL = update(plan).where(*_OF_MEMBER).values(ended_at=bindparam("now"))
_END = _END_ALL.where(plan.c.tip == bindparam("its_tip"))


def end(tx: Connection, who: MemberKey, tip: str, now: datetime) -> None:
    """End the plan for a tip. The caller cancels its reminder."""
    tx.execute(_END, {"w": who.workspace_id, "m": who.member_id, "its_tip": tip, "now": now})


def end_all(tx: Connection, who: MemberKey, now: datetime) -> None:
    """End all plans of a member. The caller cancels their reminders."""
    tx.execute(_END_ALL, {"w": who.workspace_id, "m": who.member_id, "now": now})


_OPEN = select(plan.c.workspace_id, plan.c.member_id, plan.c.tip, plan.c.plan_id, plan.c.at, plan.c.cue).where(
    tuple_(plan.c.workspace_id, plan.c.member_id).in_(bindparam("keys", expanding=True)), plan.c.ended_at.is_(None)
)
_OPEN_LOCKED = _OPEN.order_by(plan.c.workspace_id, plan.c.member_id, plan.c.tip).with_for_update(read=True)


def open_plans(
    tx: Connection, members: Collection[MemberKey], *, lock: bool = False
) -> dict[tuple[MemberKey, str], Plan]:
    """Return these members' plans that did not end, by member and plan id, in one statement.

    `lock`: a concurrent change of these plans waits for the end of this transaction.
    """
    rows = tx.execute(_OPEN_LOCKED if lock else _OPEN, {"keys": [tuple(who) for who in members]})
    return {
        (MemberKey(row.workspace_id, row.member_id), row.plan_id): Plan(row.tip, row.plan_id, row.at, row.cue)
        for row in rows
    }
