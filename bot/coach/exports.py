"""A complete export of what is stored about a member, and the links that fetch it once."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.errors import NotMet
from bot.core.member import MemberKey
from bot.store import export, export_links, members

LINK_LIFE = timedelta(minutes=10)
SOURCES = export.SOURCES


def met_at(tx: Connection, who: MemberKey) -> datetime | None:
    """Return when the bot met a member; None if nothing is stored about them."""
    return export.met_at(tx, who)


def page(tx: Connection, who: MemberKey, source: export.Source, after: export.Key | None) -> export.Page:
    """Return some rows of a table about a member."""
    return source.page(tx, who, after)


def allow(tx: Connection, who: MemberKey, token: str, now: datetime) -> None:
    """Store a link that fetches this member's export once within ten minutes. Raise NotMet."""
    if who not in members.lock(tx, [who]):
        raise NotMet
    export_links.put(tx, who, _digest(token), now + LINK_LIFE)


def owner(tx: Connection, workspace_id: str, token: str, now: datetime) -> MemberKey | None:
    """Return whose export a link fetches; None if it was used before, or is too old. The link stays."""
    return export_links.find(tx, workspace_id, _digest(token), now)


def redeem(tx: Connection, workspace_id: str, token: str, now: datetime) -> MemberKey | None:
    """Use up a link and return whose export it fetches; None if it was used before, or is too old."""
    return export_links.take(tx, workspace_id, _digest(token), now)


def sweep(tx: Connection, now: datetime, limit: int) -> int:
    """Delete links that nobody used in time, and return their number."""
    return export_links.sweep(tx, now, limit)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
