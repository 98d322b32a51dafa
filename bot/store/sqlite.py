"""SQLite on the event loop: two open connections. Waiting for a lock never blocks other requests."""

import asyncio
import contextlib
import os
import random
import sqlite3
import time
from collections.abc import Callable
from functools import cached_property
from typing import NoReturn

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.store import migrate
from bot.store.types import T, Ts

File = tuple[str, int, int]  # its path, device and inode: the same file, whatever its name is by now
FAULTS = (sqlite3.Error, DBAPIError)
PATIENCE = 2.0  # seconds that a use case waits for another process's lock; Slack waits three
PAUSES = (0.002, 0.05)  # seconds between two tries: the first and the longest
MIGRATION_PATIENCE = 30_000  # milliseconds that a start waits for another process's migration

# Result codes that mean a mistake in our own code. 0: the driver itself complains, for example of a missing parameter.
MISTAKES = {
    0, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE,
}  # fmt: skip

# busy_timeout stands last and at 0: the loop waits between tries, the thread never does
PRAGMAS = (
    "busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON",
    "secure_delete=ON", "busy_timeout=0",  # what is deleted is overwritten
)  # fmt: skip


class SqliteStore:
    """A file for one process, or a few; a use case never awaits, so no two transactions can meet on the loop."""

    embedded = True

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        self._patience = patience
        self.engine: Engine = create_engine(url, hide_parameters=True, poolclass=NullPool)
        event.listen(self.engine, "connect", _prepare)
        self._file: File | None = None  # of the file that the two connections have open

    @cached_property
    def _writer(self) -> Connection:
        connection = self._open()
        # Take the file's lock at once: a transaction that reads first could not wait for it.
        event.listen(connection, "begin", lambda tx: tx.exec_driver_sql("BEGIN IMMEDIATE"))
        return connection

    @cached_property
    def _reader(self) -> Connection:
        connection = self._open().execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("PRAGMA query_only=ON")
        return connection

    async def read(self, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """See Store. Each statement sees what is committed by then, as on PostgreSQL."""
        return await self._patiently(lambda: use_case(self._reader, *args))

    async def read_aside(self, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """See Store. A thread reads on a new connection, which has no cached page; SQLite lets others run meanwhile."""
        self._follow_file()
        self._check_file()

        def run() -> T:
            with self.engine.connect() as aside:
                aside.exec_driver_sql(f"PRAGMA busy_timeout={1000 * PATIENCE:.0f}")
                aside.exec_driver_sql("PRAGMA query_only=ON")
                aside.exec_driver_sql("BEGIN")  # all statements see the same
                return use_case(aside, *args)

        try:
            return await asyncio.to_thread(run)
        except FAULTS as error:
            _tell(error)

    async def write(self, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """See Store. A COMMIT that fails is rolled back, so only a disk that fails to flush leaves a doubt."""
        self._follow_file()

        def run() -> T:
            with self._writer.begin():
                result = use_case(self._writer, *args)
                self._check_file()
                return result

        return await self._patiently(run)

    async def migrate(self) -> None:
        """See Store. A batch rebuild drops its table, so foreign keys are off meanwhile, and checked after.

        Create the file for its owner alone; SQLite gives the files beside it the same mode.
        """
        with contextlib.suppress(OSError):  # it is there, or the first connection reports that it can't be created
            os.close(os.open(self.engine.url.database or "", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            with self.engine.connect() as tx:
                tx.exec_driver_sql("PRAGMA foreign_keys=OFF")  # has no effect inside a transaction, so it comes first
                tx.exec_driver_sql(f"PRAGMA busy_timeout={MIGRATION_PATIENCE}")
                tx.exec_driver_sql("BEGIN IMMEDIATE")
                if migrate.upgrade(tx) and tx.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("the migration would break foreign keys; nothing was changed")
                tx.commit()
        except FAULTS as error:
            _tell(error)

    async def erase(self) -> None:
        """See Store. What was deleted is overwritten with zeros; the log that may still hold it is emptied here.

        SQLite leaves the log as it is while another process reads, or while the disk is full.
        """
        with contextlib.suppress(*FAULTS):
            self._reader.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()

    async def close(self) -> None:
        self._close_connections()
        self.engine.dispose()

    def _open(self) -> Connection:
        connection = self.engine.connect()
        if self._file is None:
            path = connection.exec_driver_sql("PRAGMA database_list").one()[2]
            connection.rollback()  # ends what SQLAlchemy counts as a transaction
            self._file = _file_at(path)
        return connection

    def _check_file(self) -> None:
        """Raise NothingChanged if the file that is open is gone from its path: what is written to it would be lost."""
        if self._file is not None and _file_at(self._file[0]) != self._file:
            raise NothingChanged

    def _follow_file(self) -> None:
        """Close the connections if another file was put at the path, so that the next use opens that one.

        SQLite leaves the WAL at the path alone when it closes a file that was moved away.
        """
        if self._file is not None and _file_at(self._file[0]) not in {None, self._file}:
            self._close_connections()

    def _close_connections(self) -> None:
        self._file = None
        for name in ("_reader", "_writer"):
            if (connection := self.__dict__.pop(name, None)) is not None:
                connection.close()

    async def _patiently(self, run: Callable[[], T]) -> T:
        until, pause = time.monotonic() + self._patience, PAUSES[0]
        while True:
            try:
                return run()
            except FAULTS as error:
                if _code(error) & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    _tell(error)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - jitter, no secret
            pause = min(pause * 2, PAUSES[1])


def _file_at(path: str) -> File | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - before each commit: a Path takes three times as long
    except OSError:
        return None
    return path, found.st_dev, found.st_ino


def _tell(error: Exception) -> NoReturn:
    """Raise NothingChanged for a locked, full, read-only or broken file. Raise mistakes in our own code unchanged."""
    code = _code(error)
    if code == sqlite3.SQLITE_IOERR_FSYNC:
        raise OutcomeUnknown from error
    if code & 0xFF in MISTAKES:
        raise error
    raise NothingChanged from error


def _code(error: Exception) -> int:
    """Return SQLite's extended result code. Its last byte is the primary code."""
    code: int = getattr(getattr(error, "orig", error), "sqlite_errorcode", 0)
    return code


def _prepare(driver: sqlite3.Connection, _record: object) -> None:
    driver.isolation_level = None  # the driver must not begin transactions by itself
    for pragma in PRAGMAS:
        driver.execute(f"PRAGMA {pragma}")
