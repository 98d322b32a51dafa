"""Tombstones: hashes of members forgotten in the last ten minutes, so that a replayed event adds no data again."""

import hmac
import secrets
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from bot.core.member import MemberKey
from bot.store.tables import tombstone

_c = tombstone.c


_BURY = insert(tombstone)


def bury(tx: Connection, who: MemberKey, asked_at: datetime, until: datetime) -> None:
    """Record by a keyed hash that a member asked at `asked_at` to be forgotten. Keep this until `until`."""
    key = secrets.token_hex(16)
    values = {"workspace_id": who.workspace_id, "digest": _digest(key, who), "key": key}
    tx.execute(_BURY, {**values, "asked_at": asked_at, "until": until})


_OF_WORKSPACE = select(_c.digest, _c.key).where(
    _c.workspace_id == bindparam("w"), _c.asked_at > bindparam("asked_at"), _c.until > bindparam("now")
)


def is_buried(tx: Connection, who: MemberKey, asked_at: datetime, now: datetime) -> bool:
    """Return whether this member asked to be forgotten after `asked_at`."""
    rows = tx.execute(_OF_WORKSPACE, {"w": who.workspace_id, "asked_at": asked_at, "now": now})
    return any(hmac.compare_digest(row.digest, _digest(row.key, who)) for row in rows)


_SWEEP = delete(tombstone).where(_c.until <= bindparam("now"))


def sweep(tx: Connection, now: datetime) -> int:
    """Delete expired tombstones, and return how many; across all workspaces."""
    return tx.execute(_SWEEP, {"now": now}).rowcount


def _digest(key: str, who: MemberKey) -> str:
    return hmac.digest(key.encode(), "/".join(who).encode(), "sha256").hex()
