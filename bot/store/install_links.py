"""Links to Slack's page that asks for the installation. Each works once, in the browser that asked for it."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert

from bot.store.installation_tables import install_link

_c = install_link.c
_KEEP = insert(install_link)
_TAKE = delete(install_link).where(_c.state == bindparam("its_state")).returning(_c.browser, _c.until)
_SWEEP = delete(install_link).where(_c.until <= bindparam("now"))


def keep(tx: Connection, state: str, browser: str, until: datetime) -> None:
    """Store the hashes of a new link's state and of the cookie of the browser that asked for it."""
    tx.execute(_KEEP, {"state": state, "browser": browser, "until": until})


def take(tx: Connection, state: str) -> tuple[str, datetime] | None:
    """Delete a link, and return the hash of its browser's cookie and when it expires; None if there is none."""
    row = tx.execute(_TAKE, {"its_state": state}).first()
    return None if row is None else (row.browser, row.until)


def sweep(tx: Connection, now: datetime) -> int:
    """Delete expired links, and return how many."""
    return tx.execute(_SWEEP, {"now": now}).rowcount
