"""Let all processes serve the same edition of the content, and show where they do not."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.admin import Act
from bot.core.editions import Copy, Shelf, Wanted
from bot.core.member import MemberKey
from bot.core.whatsnew import EntryKey
from bot.store import audit, content_entries, editions, members

SILENT_AFTER = timedelta(minutes=2)  # a process tells what it serves more often


def wanted(tx: Connection) -> Wanted | None:
    """Return the version that all processes should serve."""
    return editions.wanted(tx)


def shelf(tx: Connection) -> Shelf:
    """Return what each process serves."""
    return Shelf(editions.wanted(tx), editions.copies(tx))


def publish(tx: Connection, copy: Copy, entries: Mapping[EntryKey, str], now: datetime) -> None:
    """Ask all processes to serve what this one does, and record which entries are new or changed."""
    editions.want(tx, copy.version, now)
    editions.tell(tx, copy, now)
    record(tx, entries, now)


def record(tx: Connection, entries: Mapping[EntryKey, str], now: datetime) -> int:
    """Record entries that are new or whose words changed, and return their number. At the first call all are old.

    An entry that went is kept: it is not new when it comes back with the same words.
    """
    known = content_entries.hashes(tx)
    different = {key: words for key, words in entries.items() if known.get(key) != words}
    content_entries.keep(tx, different, now if known else None)
    return len(different) if known else 0


def publish_for(tx: Connection, admin: MemberKey, copy: Copy, entries: Mapping[EntryKey, str], now: datetime) -> None:
    """Ask all processes to serve what this one does, as an admin wished. Record it in the audit. Raise NotMet."""
    members.lock_known(tx, admin)
    publish(tx, copy, entries, now)
    audit.record(tx, admin, Act.CONTENT_RELOADED, now, subject=copy.version)


def tell(tx: Connection, copy: Copy, now: datetime) -> None:
    """Store what a process serves, and forget those that are silent."""
    editions.forget_silent(tx, now - SILENT_AFTER)
    editions.tell(tx, copy, now)


def leave(tx: Connection, copy: Copy) -> None:
    """Forget a process that stops."""
    editions.forget(tx, copy.process)
