"""The audit: what admins did, and when. Records are never changed, except that forgotten members are removed."""

import secrets
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from bot.core.admin import Act, Acted
from bot.core.member import MemberKey
from bot.store.tables import audit

_c = audit.c
_RECORD = insert(audit)
_LATEST = (
    select(_c.act, _c.at, _c.admin_id, _c.on_member, _c.subject)
    .where(_c.workspace_id == bindparam("w"), _c.act.in_(bindparam("acts", expanding=True)))
    .order_by(_c.at.desc(), _c.id)
    .limit(bindparam("most"))
)


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
