"""Links with which a member fetches their data: they work once, for some minutes. Only a digest is stored."""

from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, tuple_

from bot.core.member import MemberKey
from bot.store.tables import export_link

_c = export_link.c
_PUT = insert(export_link)
_THIS = (_c.workspace_id == bindparam("w"), _c.digest == bindparam("d"))
_FIND = select(_c.member_id, _c.until).where(*_THIS)
_TAKE = delete(export_link).where(*_THIS).returning(_c.member_id, _c.until)
_OLD = select(*export_link.primary_key.columns).where(_c.until < bindparam("now")).limit(bindparam("most"))
_SWEEP = delete(export_link).where(tuple_(*export_link.primary_key.columns).in_(_OLD))


def put(tx: Connection, who: MemberKey, digest: str, until: datetime) -> None:
    """Store a link, by the digest of its token."""
    tx.execute(_PUT, {**who._asdict(), "digest": digest, "until": until})


def find(tx: Connection, workspace_id: str, digest: str, now: datetime) -> MemberKey | None:
    """Return the member of a link; None if it was used before, or is too old."""
    return _member(workspace_id, tx.execute(_FIND, {"w": workspace_id, "d": digest}).first(), now)


def take(tx: Connection, workspace_id: str, digest: str, now: datetime) -> MemberKey | None:
    """Delete a link and return its member; None if it was used before, or is too old. Of two takers one gets it."""
    return _member(workspace_id, tx.execute(_TAKE, {"w": workspace_id, "d": digest}).first(), now)


def sweep(tx: Connection, now: datetime, most: int) -> int:
    """Delete links that nobody used in time, and return how many; across all workspaces."""
    return tx.execute(_SWEEP, {"now": now, "most": most}).rowcount


def _member(workspace_id: str, row: Row[str, datetime] | None, now: datetime) -> MemberKey | None:
    return MemberKey(workspace_id, row.member_id) if row is not None and now <= row.until else None
