"""Tombstones: who was forgotten in the last ten minutes, without their id, so that a replay brings nobody back."""

import hmac
import secrets
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from bot.core.member import MemberKey
from bot.store.schema import tombstone

_c = tombstone.c
_BURY = insert(tombstone)
_OF_WORKSPACE = select(_c.digest, _c.key).where(
    _c.workspace_id == bindparam("w"), _c.asked_at > bindparam("asked_at"), _c.until > bindparam("now")
)
_SWEEP = delete(tombstone).where(_c.until <= bindparam("now"))


def bury(tx: Connection, who: MemberKey, asked_at: datetime, until: datetime) -> None:
    """Remember until then, by a keyed hash, that this member asked at that moment to be forgotten."""
    key = secrets.token_hex(16)
    values = {"workspace_id": who.workspace_id, "digest": _digest(key, who), "key": key}
    tx.execute(_BURY, {**values, "asked_at": asked_at, "until": until})


def is_buried(tx: Connection, who: MemberKey, asked_at: datetime, now: datetime) -> bool:
    """Return whether this member had themselves forgotten after that moment."""
    rows = tx.execute(_OF_WORKSPACE, {"w": who.workspace_id, "asked_at": asked_at, "now": now})
    return any(hmac.compare_digest(row.digest, _digest(row.key, who)) for row in rows)


def sweep(tx: Connection, now: datetime) -> int:
    """Delete tombstones whose time is over, and return how many; across all workspaces."""
    return tx.execute(_SWEEP, {"now": now}).rowcount


def _digest(key: str, who: MemberKey) -> str:
    return hmac.digest(key.encode(), "/".join(who).encode(), "sha256").hex()
