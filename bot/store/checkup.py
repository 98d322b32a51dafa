"""Check the database: while the bot runs, and for `python -m bot check`, which changes nothing.

`check` opens the database in its own way, as the stores prepare an SQLite file for use.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.store import workspaces
from bot.store.engine import Store
from bot.store.migrate import Schema, schema
from bot.store.schema import heartbeat
from bot.store.types import T, Ts, upsert

# Seconds between two heartbeats. With ten, `/readyz` could not say no within 10 s: a probe comes some seconds after a
# beat was due, and only a committed write shows that the disk is full.
BEAT_EVERY = 5
PATIENCE = 5  # seconds for the database to answer; a frozen server would let a supervisor wait longer


class Checkup:
    """Check the database, one check at a time. While a check hangs, callers wait for it and get "does not answer"."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._looking: asyncio.Task[str | None] | None = None
        self._beat_at: float | None = None

    async def fault(self, workspace_ids: Collection[str]) -> str | None:
        """Return why the database does not work for these workspaces; None if it works. Answer within PATIENCE."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(workspace_ids))
        done, _ = await asyncio.wait([self._looking], timeout=PATIENCE)
        if not done:
            return "the database does not answer"
        (looked,), self._looking = done, None
        return looked.result()

    async def _look(self, workspace_ids: Collection[str]) -> str | None:
        try:
            if not await self._store.read_aside(workspaces.are_there, workspace_ids):
                return "the database has lost the workspace's row"
        except (NothingChanged, DBAPIError):
            return "the database does not answer"
        loop_time = asyncio.get_running_loop().time()
        if self._beat_at is not None and loop_time - self._beat_at < BEAT_EVERY:
            return None
        try:
            await self._store.write(beat, self._now())
        except (NothingChanged, OutcomeUnknown, DBAPIError):
            return "the database takes no writes"
        self._beat_at = loop_time
        return None


def beat(tx: Connection, now: datetime) -> None:
    tx.execute(upsert(heartbeat, {"id": 1, "written_at": now}, {"written_at": now}))


CONNECT_PATIENCE = 3  # seconds to wait for a connection, or for another process's lock
MAX_SILENCE = 5  # seconds without an answer


class Unusable(Exception):
    """The database can't be used. The text is the name of the driver's error, which holds no password."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a database is. `refusal`: the name of the driver's error if it takes no writes."""

    product: str
    version: tuple[int, ...]
    encoding: str
    schema: Schema
    may_migrate: bool
    refusal: str | None


def sqlite_file(url: str) -> Path | None:
    """Return the path of an SQLite database; None for a server."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


async def look(url: str, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
    """Run a use case in a transaction that is always rolled back. Raise Unusable. An SQLite file must exist."""
    path = sqlite_file(url)
    try:
        if path is None:
            from bot.store import postgres  # noqa: PLC0415 - a process needs one of the two drivers

            store = postgres.PostgresStore(url, CONNECT_PATIENCE, MAX_SILENCE)
            try:
                return await postgres.run(store.writing, use_case, *args)
            finally:
                await store.close()
        file = f"file:{quote(str(path))}?mode=rw"  # does not create a file
        engine = create_engine(
            "sqlite://", creator=lambda: sqlite3.connect(file, timeout=CONNECT_PATIENCE, uri=True), poolclass=NullPool
        )
        with closing(engine.connect()) as tx:  # closing rolls back
            return use_case(tx, *args)
    except (NothingChanged, DBAPIError, sqlite3.Error) as error:
        raise Unusable(_name(error)) from error


def survey(tx: Connection, now: datetime) -> Survey:
    """Return what the database is. The last statement writes, so the caller must roll back."""
    is_sqlite = tx.dialect.name == "sqlite"
    found, may_migrate, refusal = schema(tx), True, None
    version = sqlite3.sqlite_version_info if is_sqlite else tx.dialect.server_version_info or ()
    encoding = tx.scalar(text("PRAGMA encoding" if is_sqlite else "SHOW server_encoding"))
    if not is_sqlite:
        may_migrate = bool(tx.scalar(text("SELECT has_schema_privilege(current_schema(), 'CREATE')")))
        if tx.scalar(text("SHOW transaction_read_only")) == "on":
            refusal = "ReadOnlySQLTransactionError"
    if refusal is None and found is Schema.CURRENT:  # other tables may lack the one that is written to
        try:
            beat(tx, now)
        except DBAPIError as error:
            refusal = _name(error)
    product = "SQLite" if is_sqlite else "PostgreSQL"
    return Survey(product, tuple(map(int, version[:2])), str(encoding), found, may_migrate, refusal)


def _name(error: BaseException) -> str:
    """Return the name of the first cause: SQLite's own name for it, or the class of the driver's error."""
    while isinstance(error.__cause__, Exception):  # the cause of a TimeoutError is a CancelledError, which is none
        error = error.__cause__
    return getattr(error, "sqlite_errorname", None) or type(error).__name__
