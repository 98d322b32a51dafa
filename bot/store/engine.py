"""Begins, runs and commits a verb: a plain function of a connection, on SQLite and on PostgreSQL."""

from collections.abc import Callable
from typing import Protocol, TypeVar, TypeVarTuple

from sqlalchemy import Connection, make_url

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Store(Protocol):
    """The memory of the bot, whatever the database.

    `embedded`: a file of this process's own, which it migrates by itself when it starts.
    """

    embedded: bool

    async def read(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """Runs a verb that changes nothing. Raises NothingChanged if the database can't answer."""

    async def read_anew(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """As `read`, but of the database as it is now: nothing cached, and no file that is gone from its path."""

    async def write(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """Runs a verb in one transaction and commits it.

        Raises NothingChanged where it is certain that nothing was stored, OutcomeUnknown where the answer to the
        commit was lost; whatever the verb raises goes through, with nothing stored.
        """

    async def migrate(self) -> None:
        """Brings the tables up to date; several processes may do it at once."""

    async def is_behind(self) -> bool:
        """Whether migrations are missing."""

    async def erase(self) -> None:
        """Leave nothing readable in the database's files of what was deleted before, as far as that is in our hands."""

    async def close(self) -> None:
        """Gives every connection back."""


def open_store(url: str) -> Store:
    """The store for a database's address; nothing is opened before it is first used or migrated.

    Takes `sqlite:///path`, `postgresql://…` and the `postgres://…` that hosts hand out.
    """
    scheme = make_url(url.replace("postgres://", "postgresql://", 1)).get_backend_name()
    if scheme == "sqlite":
        from bot.store.sqlite import SqliteStore  # noqa: PLC0415 - a process needs one of the two drivers

        return SqliteStore(url)
    from bot.store.postgres import PostgresStore  # noqa: PLC0415 - a process needs one of the two drivers

    return PostgresStore(url)
