"""The two drivers alone, behind the few operations that a leanest program needs."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol

import asyncpg

from bot.store.sqlite import PRAGMAS
from bot.store.types import read_text

Rows = Sequence[Sequence[Any]]


class Driver(Protocol):
    """A connection. `words` are the parts of a statement that the two databases write differently."""

    words: ClassVar[dict[str, str]]

    def ready(self, statement: str) -> str:
        """Return a statement as the driver takes it, from one with $1 for its first value."""

    async def fetch(self, statement: str, *values: object) -> Rows:
        """Run a statement that is ready."""

    def transaction(self) -> Any:
        """Return an asynchronous context in which statements are one transaction."""

    def moment(self, at: datetime) -> object:
        """Return a moment as the driver takes it."""

    def read(self, found: Any) -> datetime | None:
        """Return a moment that the driver returned."""


class Sqlite:
    """SQLite's own module, with the bot's settings."""

    words: ClassVar[dict[str, str]] = {
        "now": "((julianday('now') - 2440587.5) * 86400.0)",
        "rows": "json_each({})",
        "texts": "(SELECT value FROM json_each({}))",
        "skip": "",
        "of_workspace": "",
        "share": "",
        "skill": "substr(check_name, 1, instr(check_name, '/') - 1)",
        "check": "substr(check_name, instr(check_name, '/') + 1)",
    }

    def __init__(self, path: Path) -> None:
        self._driver = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            self._driver.execute(f"PRAGMA {pragma}")
        self.close = self._driver.close

    def ready(self, statement: str) -> str:
        return statement.replace("$", "?")

    async def fetch(self, statement: str, *values: object) -> Rows:
        return self._driver.execute(statement, values).fetchall()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        self._driver.execute("BEGIN IMMEDIATE")
        yield
        self._driver.execute("COMMIT")

    def moment(self, at: datetime) -> object:
        return at.strftime("%Y-%m-%d %H:%M:%S.%f")

    def read(self, found: str | None) -> datetime | None:
        return read_text(found)


class Postgres:
    """asyncpg, with prepared statements."""

    words: ClassVar[dict[str, str]] = {
        "now": "extract(epoch FROM clock_timestamp())::float8",
        "rows": "json_array_elements({}::json)",
        "texts": "(SELECT json_array_elements_text({}::json))",
        "skip": "FOR UPDATE SKIP LOCKED",
        "of_workspace": "FOR UPDATE OF w SKIP LOCKED",
        "share": "FOR KEY SHARE",
        "skill": "split_part(check_name, '/', 1)",
        "check": "split_part(check_name, '/', 2)",
    }

    def __init__(self, connection: "asyncpg.Connection") -> None:
        self._connection, self._prepared = connection, dict[str, Any]()
        self.transaction = connection.transaction

    def ready(self, statement: str) -> str:
        return statement

    async def fetch(self, statement: str, *values: object) -> Rows:
        prepared = self._prepared.get(statement)
        if prepared is None:
            prepared = self._prepared[statement] = await self._connection.prepare(statement)
        found: Rows = await prepared.fetch(*values)
        return found

    def moment(self, at: datetime) -> object:
        return at

    def read(self, found: datetime | None) -> datetime | None:
        return found
