"""The links by which a workspace installs the app. A link works once, for ten minutes, in one browser."""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.store import install_links

WORKS_FOR = timedelta(minutes=10)


def begin(tx: Connection, state: str, browser: str, now: datetime) -> None:
    """Remember a link, and the cookie of the browser that asked for it. Only their hashes are stored."""
    install_links.keep(tx, _hash(state), _hash(browser), now + WORKS_FOR)


def take(tx: Connection, state: str, browser: str, now: datetime) -> bool:
    """Use up a link. Return whether it works: it is new, not expired, and of this browser."""
    found = install_links.take(tx, _hash(state))
    return found is not None and hmac.compare_digest(found[0], _hash(browser)) and now < found[1]


def sweep(tx: Connection, now: datetime) -> int:
    """Delete expired links, and return their number."""
    return install_links.sweep(tx, now)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
