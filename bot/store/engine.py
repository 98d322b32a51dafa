"""Run verbs in transactions, on SQLite or PostgreSQL. A verb is a function whose first argument is a connection."""

from collections.abc import Callable
from typing import Protocol, TypeVar, TypeVarTuple

from sqlalchemy import Connection, make_url

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Store(Protocol):
    """A database of either kind.

    `embedded` is True for a SQLite file. The process that uses it migrates it at its start.
    """

    embedded: bool

    async def read(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """Run a verb that only reads. Raise NothingChanged if the database does not answer."""

    async def read_anew(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """Run a verb that only reads, without a cache. Raise NothingChanged if a SQLite file is gone from its path."""

    async def write(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """Run a verb in one transaction and commit it.

        Raise NothingChanged if certainly nothing was stored. Raise OutcomeUnknown if the answer to the commit was lost.
        If the verb itself raises, roll back and pass its exception on.
        """

    async def migrate(self) -> None:
        """Run the missing migrations. Several processes may call this at the same time."""

    async def is_behind(self) -> bool:
        """Return whether migrations are missing."""

    async def erase(self) -> None:
        """Make deleted data unreadable in the database's files. PostgreSQL leaves this to its own vacuum."""

    async def close(self) -> None:
        """Close all connections."""


def open_store(url: str) -> Store:
    """Return the store for a database address, without opening a connection yet.

    Accepted are `sqlite:///path`, `postgresql://…`, and `postgres://…`, which some hosts give to their customers.
    """
    scheme = make_url(url.replace("postgres://", "postgresql://", 1)).get_backend_name()
    if scheme == "sqlite":
        from bot.store.sqlite import SqliteStore  # noqa: PLC0415 - a process needs one of the two drivers

        return SqliteStore(url)
    from bot.store.postgres import PostgresStore  # noqa: PLC0415 - a process needs one of the two drivers

    return PostgresStore(url)
