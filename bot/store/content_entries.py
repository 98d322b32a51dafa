"""The entries of the content: a hash of each one's words, and when it was added and last changed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, cast, exists, func, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import insert

from bot.core.whatsnew import Changed, EntryKey, EntryKind
from bot.store import direct, many
from bot.store.content_tables import content_entry
from bot.store.tables import member
from bot.store.types import UtcDateTime

_c = content_entry.c
_HASHES = select(_c.kind, _c.slug, _c.hash)
_INSERT = insert(content_entry)
_KEEP = _INSERT.on_conflict_do_update(
    index_elements=[_c.kind, _c.slug],
    set_={"hash": _INSERT.excluded.hash, "changed_at": _INSERT.excluded.changed_at},
)
_IS_RECENT = _c.changed_at > bindparam("since", type_=UtcDateTime)
_CHANGED = select(_c.kind, _c.slug, _c.changed_at, _c.added_at).where(_IS_RECENT)
_MEMBER = "member"  # stands for the kind of an entry
_CHANGED_FOR = union_all(
    _CHANGED,
    select(
        literal(_MEMBER), member.c.member_id, func.coalesce(member.c.looked_at, member.c.met_at),
        cast(null(), UtcDateTime),
    ).where(
        member.c.workspace_id == bindparam("w"),
        many.among(member.c.member_id, "members"),
        exists().where(_IS_RECENT),
    ),
)  # fmt: skip


def hashes(tx: Connection) -> dict[EntryKey, str]:
    """Return the hash of each entry that was ever taught."""
    return {EntryKey(EntryKind(row.kind), row.slug): row.hash for row in tx.execute(_HASHES)}


def keep(tx: Connection, entries: Mapping[EntryKey, str], at: datetime | None) -> None:
    """Store entries that were added or changed at this moment; None: they count as old."""
    rows = [
        {"kind": kind, "slug": slug, "hash": hash_, "added_at": at, "changed_at": at}
        for (kind, slug), hash_ in sorted(entries.items())  # one order for all transactions prevents deadlocks
    ]
    if rows:
        tx.execute(_KEEP, rows)


def changed(tx: Connection, since: datetime) -> Iterable[Changed]:
    """Return the entries that were added or changed since then."""
    rows = tx.execute(_CHANGED, {"since": since})
    return [Changed(EntryKey(EntryKind(row.kind), row.slug), row.changed_at, row.added_at) for row in rows]


def changed_for(
    tx: Connection, workspace_id: str, members: Sequence[str], since: datetime
) -> tuple[list[Changed], dict[str, datetime]]:
    """Return the entries that changed since then, and when each of these members last looked, in one statement.

    Where nothing changed, no member is read.
    """
    changes, looked_at = [], {}
    values = {"w": workspace_id, "members": list(members), "since": since}
    for kind, slug, changed_at, added_at in direct.rows(tx, _CHANGED_FOR, values):
        if kind == _MEMBER:
            looked_at[slug] = changed_at
        else:
            changes.append(Changed(EntryKey(EntryKind(kind), slug), changed_at, added_at))
    return changes, looked_at
