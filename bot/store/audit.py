"""The audit: what admins did, and when. Records are never changed, except that forgotten members are removed."""

import secrets
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, insert, or_, select

from bot.core.member import Act, Acted, MemberKey
from bot.store.schema import audit

_c = audit.c
_RECORD = insert(audit)
_LATEST = (
    select(_c.act, _c.at, _c.admin_id, _c.on_member, _c.subject)
    .where(_c.workspace_id == bindparam("w"), _c.act.in_(bindparam("acts", expanding=True)))
    .order_by(_c.at.desc(), _c.id)
    .limit(bindparam("most"))
)
_CURSOR = select(_c.at).where(_c.workspace_id == bindparam("w"), _c.id == bindparam("after")).scalar_subquery()
_NEWEST = (
    select(_c.id, _c.act, _c.at, _c.admin_id, _c.on_member, _c.subject)
    .where(_c.workspace_id == bindparam("w"))
    .order_by(_c.at.desc(), _c.id.desc())
    .limit(bindparam("most"))
)
_OLDER = _NEWEST.where(or_(_c.at < _CURSOR, and_(_c.at == _CURSOR, _c.id < bindparam("after"))))


def record(
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
    tx.execute(_RECORD, {**values, "admin_id": admin_id, "on_member": on_member, "subject": subject})


def record_change(tx: Connection, whom: MemberKey, act: Act, now: datetime) -> None:
    """Record what happened to a member because Slack said so, without an admin who did it."""
    values = {"workspace_id": whom.workspace_id, "id": secrets.token_hex(12), "at": now, "act": act.value}
    tx.execute(_RECORD, {**values, "admin_id": None, "on_member": whom.member_id, "subject": None})


def latest(tx: Connection, workspace_id: str, acts: tuple[Act, ...] = tuple(Act), most: int = 1) -> list[Acted]:
    """Return the last acts of these kinds, the latest first."""
    rows = tx.execute(_LATEST, {"w": workspace_id, "acts": [act.value for act in acts], "most": most})
    return [Acted(Act(row.act), row.at, row.admin_id, row.on_member, row.subject) for row in rows]


def page(tx: Connection, workspace_id: str, after: str, most: int) -> list[tuple[str, Acted]]:
    """Return the acts older than that with the id `after`, or the latest ones, with their ids. The latest come first.

    If the act `after` is gone, so are all older ones, and none is found.
    """
    rows = tx.execute(_OLDER if after else _NEWEST, {"w": workspace_id, "after": after, "most": most})
    return [(row.id, Acted(Act(row.act), row.at, row.admin_id, row.on_member, row.subject)) for row in rows]
