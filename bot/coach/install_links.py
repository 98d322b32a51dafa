"""The links by which a workspace installs the app. A link works once, for ten minutes, in one browser."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.store import install_links

WORKS_FOR = timedelta(minutes=10)


def new_state(key: bytes, browser: str, now: datetime) -> str:
    """Return OAuth's `state` for the browser with this cookie. Nothing is stored until it comes back."""
    content = f"{secrets.token_urlsafe(16)}.{int((now + WORKS_FOR).timestamp())}"
    return f"{content}.{_signature(key, content, browser)}"


def is_ours(key: bytes, state: str, browser: str, now: datetime) -> bool:
    """Return whether this bot made the state for this browser within the last ten minutes."""
    content, _, signature = state.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(key, content, browser).encode()):
        return False
    return now.timestamp() < int(content.rpartition(".")[2])


def use(tx: Connection, state: str, now: datetime) -> bool:
    """Use up a state that is ours. Return False if it was used before."""
    return install_links.use(tx, hashlib.sha256(state.encode()).hexdigest(), now + WORKS_FOR)


def sweep(tx: Connection, now: datetime) -> int:
    """Delete what is known about states that are expired, and return their number."""
    return install_links.sweep(tx, now)


def _signature(key: bytes, content: str, browser: str) -> str:
    return hmac.digest(key, f"{content}/{browser}".encode(), "sha256").hex()
