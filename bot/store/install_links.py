"""States of OAuth that were used up: each works once."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete
from sqlalchemy.dialects.postgresql import insert

from bot.store.schema import install_link

_USE = insert(install_link).on_conflict_do_nothing().returning(install_link.c.state)
_SWEEP = delete(install_link).where(install_link.c.until <= bindparam("now"))


def use(tx: Connection, state: str, until: datetime) -> bool:
    """Store the hash of a state. Return False if it is stored already."""
    return tx.execute(_USE, {"state": state, "until": until}).first() is not None


def sweep(tx: Connection, now: datetime) -> int:
    """Delete states that are expired, and return how many."""
    return tx.execute(_SWEEP, {"now": now}).rowcount
