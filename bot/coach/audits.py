"""The audit as admins read it: page by page, the latest first. Reading it, and reading the desk, are acts in it too."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.core.errors import NotMet
from bot.core.member import Act, Acted, MemberKey
from bot.store import audit, members


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some acts, the latest first. `older` is the id of the last one, if there are older ones."""

    acts: tuple[Acted, ...]
    older: str | None


def note(tx: Connection, who: MemberKey, act: Act, now: datetime, subject: str | None = None) -> None:
    """Record an act of somebody who may be unknown. Store their id only if the bot has met them."""
    try:
        members.lock_known(tx, who)
    except NotMet:
        audit.record(tx, who, act, now, subject=subject, named=False)
    else:
        audit.record(tx, who, act, now, subject=subject)


def read(tx: Connection, admin: MemberKey, after: str, limit: int, now: datetime) -> AuditPage:
    """Return the acts that are older than the act with the id `after`, or the latest ones. The first page is an act."""
    found = page(tx, admin.workspace_id, after, limit)
    if not after:
        note(tx, admin, Act.AUDIT_READ, now)
    return found


def export(tx: Connection, admin: MemberKey, limit: int, now: datetime) -> AuditPage:
    """Record that the audit is exported, and return the latest acts before that."""
    found = page(tx, admin.workspace_id, "", limit)
    note(tx, admin, Act.AUDIT_EXPORTED, now)
    return found


def page(tx: Connection, workspace_id: str, after: str, limit: int) -> AuditPage:
    """Return the acts that are older than the act with the id `after`, or the latest ones, without recording it."""
    rows = audit.page(tx, workspace_id, after, limit + 1)
    acts = tuple(acted for _, acted in rows[:limit])
    return AuditPage(acts, rows[limit - 1][0] if len(rows) > limit else None)
