"""Run use cases in transactions, on SQLite or PostgreSQL. A use case is a plain function of a connection."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from sqlalchemy import Connection, make_url

from bot.store import migrate
from bot.store.types import T, Ts


class Store(Protocol):
    """The database of the bot.

    `embedded`: the database is a file that only this process uses, and the process migrates it when it starts.
    """

    embedded: bool

    async def read(self, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """Run a use case that only reads. Raise NothingChanged if the database can't answer."""

    async def read_aside(self, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """Run a long use case that only reads, without a cache, and without keeping the event loop from requests.

        Raise NothingChanged as `read` does, and if the database's file was moved or deleted.
        """

    async def write(self, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """Run a use case in one transaction and commit it.

        Raise NothingChanged if it is certain that nothing was stored, and OutcomeUnknown if the answer to the commit
        was lost. An exception of the use case rolls back and is raised again.
        """

    async def migrate(self) -> None:
        """Run the missing migrations. Several processes may do this at once. Raise WrongSchema."""

    async def erase(self) -> None:
        """Overwrite what deleted rows left in the database's files, as far as that is possible now. Raise nothing."""

    async def close(self) -> None: ...


def open_store(url: str) -> Store:
    """Return the store for a database's address. It opens no connection before it is first used.

    The address is `sqlite:///path`, `postgresql://…`, or the `postgres://…` that many hosts provide.
    """
    scheme = make_url(url.replace("postgres://", "postgresql://", 1)).get_backend_name()
    if scheme == "sqlite":
        from bot.store.sqlite import SqliteStore  # noqa: PLC0415 - a process needs one of the two drivers

        return SqliteStore(url)
    from bot.store.postgres import PostgresStore  # noqa: PLC0415 - a process needs one of the two drivers

    return PostgresStore(url)


@asynccontextmanager
async def checked_store(url: str) -> AsyncIterator[Store]:
    """Open a database for a command, and close it at the end. Raise WrongSchema."""
    store = open_store(url)
    try:
        await store.read(migrate.check)
        yield store
    finally:
        await store.close()
