"""Which edition of the content is wanted, and which one each process serves."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.core.editions import Copy, Wanted
from bot.store.content_tables import content_copy, content_wanted

_WANT_INSERT = insert(content_wanted).values(id=1)
_WANT = _WANT_INSERT.on_conflict_do_update(
    index_elements=[content_wanted.c.id],
    set_={"version": _WANT_INSERT.excluded.version, "asked_at": _WANT_INSERT.excluded.asked_at},
)


def want(tx: Connection, version: str, now: datetime) -> None:
    """Ask every process to serve this version."""
    tx.execute(_WANT, {"version": version, "asked_at": now})


_WANTED = select(content_wanted.c.version, content_wanted.c.asked_at)


def wanted(tx: Connection) -> Wanted | None:
    """Return the version that is wanted; None before the first one was read."""
    row = tx.execute(_WANTED).first()
    return Wanted(row.version, row.asked_at) if row else None


_TELL_INSERT = insert(content_copy)
_TELL = _TELL_INSERT.on_conflict_do_update(
    index_elements=[content_copy.c.process],
    set_={name: _TELL_INSERT.excluded[name] for name in ("version", "mistakes", "first_mistake", "seen_at")},
)


def tell(tx: Connection, copy: Copy, now: datetime) -> None:
    """Store what a process serves."""
    values = {"process": copy.process, "name": copy.name, "version": copy.version, "seen_at": now}
    tx.execute(_TELL, {**values, "mistakes": copy.mistakes, "first_mistake": copy.first_mistake})


_COPIES = select(
    content_copy.c.process,
    content_copy.c.name,
    content_copy.c.version,
    content_copy.c.mistakes,
    content_copy.c.first_mistake,
).order_by(content_copy.c.name, content_copy.c.process)


def copies(tx: Connection) -> list[Copy]:
    """Return what each process serves that told it lately."""
    rows = tx.execute(_COPIES)
    return [Copy(row.process, row.name, row.version, row.mistakes, row.first_mistake) for row in rows]


_FORGET_SILENT = delete(content_copy).where(content_copy.c.seen_at < bindparam("before"))


def forget_silent(tx: Connection, before: datetime) -> None:
    """Delete the copies of processes that told nothing since then."""
    tx.execute(_FORGET_SILENT, {"before": before})


_FORGET = delete(content_copy).where(content_copy.c.process == bindparam("which"))


def forget(tx: Connection, process: str) -> None:
    """Delete the copy of a process that stops."""
    tx.execute(_FORGET, {"which": process})
