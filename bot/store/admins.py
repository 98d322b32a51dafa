"""Coach admins: members who were named as admins of the coach, in addition to Slack's own admins."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import CoachAdmin, MemberKey
from bot.store.member_schema import coach_admin

_c = coach_admin.c
_NAMED = select(_c.member_id).where(_c.workspace_id == bindparam("w"), _c.member_id == bindparam("m"))
_ALL = select(_c.member_id, _c.added_by, _c.added_at).where(_c.workspace_id == bindparam("w")).order_by(_c.added_at)
_ADD = insert(coach_admin).on_conflict_do_nothing().returning(_c.member_id)
_REMOVE = delete(coach_admin).where(_c.workspace_id == bindparam("w"), _c.member_id == bindparam("m"))


def is_named(tx: Connection, who: MemberKey) -> bool:
    """Return whether this member is a coach admin."""
    return tx.execute(_NAMED, {"w": who.workspace_id, "m": who.member_id}).first() is not None


def named(tx: Connection, workspace_id: str) -> list[CoachAdmin]:
    """Return all coach admins, the earliest named first."""
    return [CoachAdmin(*row) for row in tx.execute(_ALL, {"w": workspace_id})]


def add(tx: Connection, who: MemberKey, by: MemberKey, now: datetime) -> bool:
    """Make a member a coach admin. Return False if they already were."""
    values = {**who._asdict(), "added_by": by.member_id, "added_at": now}
    return tx.execute(_ADD, values).first() is not None


def remove(tx: Connection, who: MemberKey) -> bool:
    """Remove a coach admin. Return False if they were none."""
    return tx.execute(_REMOVE, {"w": who.workspace_id, "m": who.member_id}).rowcount > 0
