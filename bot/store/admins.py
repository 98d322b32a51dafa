"""Coach admins, in addition to those of Slack, and the audit: what admins did, and when.

Acts are never changed, except that forgotten members are removed.
"""

import secrets
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import Act, Acted, CoachAdmin, MemberKey
from bot.store.member_schema import coach_admin
from bot.store.schema import audit

_IS_NAMED = select(coach_admin.c.member_id).where(
    coach_admin.c.workspace_id == bindparam("w"), coach_admin.c.member_id == bindparam("m")
)
_NAMED = (
    select(coach_admin.c.member_id, coach_admin.c.added_by, coach_admin.c.added_at)
    .where(coach_admin.c.workspace_id == bindparam("w"))
    .order_by(coach_admin.c.added_at)
)
_ADD = insert(coach_admin).on_conflict_do_nothing().returning(coach_admin.c.member_id)
_REMOVE = delete(coach_admin).where(
    coach_admin.c.workspace_id == bindparam("w"), coach_admin.c.member_id == bindparam("m")
)


def is_named(tx: Connection, who: MemberKey) -> bool:
    return tx.execute(_IS_NAMED, {"w": who.workspace_id, "m": who.member_id}).first() is not None


def named(tx: Connection, workspace_id: str) -> list[CoachAdmin]:
    return [CoachAdmin(*row) for row in tx.execute(_NAMED, {"w": workspace_id})]


def add(tx: Connection, who: MemberKey, by: MemberKey, now: datetime) -> bool:
    """Make a member a coach admin. Return False if they already were."""
    values = {**who._asdict(), "added_by": by.member_id, "added_at": now}
    return tx.execute(_ADD, values).first() is not None


def remove(tx: Connection, who: MemberKey) -> bool:
    return tx.execute(_REMOVE, {"w": who.workspace_id, "m": who.member_id}).rowcount > 0


_RECORD_ACT = insert(audit)
_LATEST_ACTS = (
    select(audit.c.act, audit.c.at, audit.c.admin_id, audit.c.on_member, audit.c.subject)
    .where(audit.c.workspace_id == bindparam("w"), audit.c.act.in_(bindparam("acts", expanding=True)))
    .order_by(audit.c.at.desc(), audit.c.id)
    .limit(bindparam("most"))
)
_CURSOR = (
    select(audit.c.at).where(audit.c.workspace_id == bindparam("w"), audit.c.id == bindparam("after")).scalar_subquery()
)
_NEWEST = (
    select(audit.c.id, audit.c.act, audit.c.at, audit.c.admin_id, audit.c.on_member, audit.c.subject)
    .where(audit.c.workspace_id == bindparam("w"))
    .order_by(audit.c.at.desc(), audit.c.id.desc())
    .limit(bindparam("most"))
)
_OLDER = _NEWEST.where(or_(audit.c.at < _CURSOR, and_(audit.c.at == _CURSOR, audit.c.id < bindparam("after"))))


def record_act(
    tx: Connection,
    admin: MemberKey,
    act: Act,
    now: datetime,
    *,
    on_member: str | None = None,
    subject: str | None = None,
    named: bool = True,
) -> None:
    """Record what an admin did, in the same transaction. `named=False` leaves out who it was."""
    values = {"workspace_id": admin.workspace_id, "id": secrets.token_hex(12), "at": now, "act": act.value}
    admin_id = admin.member_id if named else None
    tx.execute(_RECORD_ACT, {**values, "admin_id": admin_id, "on_member": on_member, "subject": subject})


def record_change(
    tx: Connection,
    workspace_id: str,
    act: Act,
    now: datetime,
    *,
    on_member: str | None = None,
    subject: str | None = None,
) -> None:
    """Record what Slack decided about a member or a post, without an admin who did it."""
    values = {"workspace_id": workspace_id, "id": secrets.token_hex(12), "at": now, "act": act.value}
    tx.execute(_RECORD_ACT, {**values, "admin_id": None, "on_member": on_member, "subject": subject})


def latest_acts(tx: Connection, workspace_id: str, acts: tuple[Act, ...] = tuple(Act), most: int = 1) -> list[Acted]:
    rows = tx.execute(_LATEST_ACTS, {"w": workspace_id, "acts": [act.value for act in acts], "most": most})
    return [Acted(Act(row.act), row.at, row.admin_id, row.on_member, row.subject) for row in rows]


def acts(tx: Connection, workspace_id: str, after: str, most: int) -> list[tuple[str, Acted]]:
    """Return the acts older than that with the id `after`, or the latest ones, with their ids. The latest come first.

    If the act `after` is gone, so are all older ones, and none is found.
    """
    rows = tx.execute(_OLDER if after else _NEWEST, {"w": workspace_id, "after": after, "most": most})
    return [(row.id, Acted(Act(row.act), row.at, row.admin_id, row.on_member, row.subject)) for row in rows]
