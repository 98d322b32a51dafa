"""Migrated databases, a PostgreSQL server of our own, and rows that are written by the names of tables and columns."""

import asyncio
import atexit
import contextlib
import functools
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import uvicorn
from sqlalchemy import Engine, MetaData, NullPool, Table, create_engine, make_url

from tests import postgres
from tests.benchmarks.processes import Running, children, following, ran

OPTIONS = {"shared_buffers": "1GB", "max_wal_size": "4GB"}  # so that a million members fit, and no checkpoint comes
NEVER_VACUUM = "ALTER SYSTEM SET autovacuum = off"  # it would start in the middle of one side's round
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Server:
    address: str
    pid: int

    def cpu(self) -> float:
        """Return the user and system seconds of all its processes, which must be the same as before."""
        return sum(Running(pid, port=0).cpu() for pid in (self.pid, *children(self.pid)))

    def database(self) -> str:
        return asyncio.run(self._copy(_template(self)))

    async def _copy(self, template: str = "template1") -> str:
        name = f"roleshift_{secrets.token_hex(6)}"
        await run(self.address, f"CREATE DATABASE {name} TEMPLATE {template}")
        return make_url(self.address).set(database=name).render_as_string(hide_password=False)


@functools.cache
def _template(server: Server) -> str:
    address = asyncio.run(server._copy())
    migrate(address)
    asyncio.run(run(address, "VACUUM ANALYZE"))
    return make_url(address).database or ""


@functools.cache
def server() -> Server:
    """Return a server for all measurements, which ends with this process. Raise postgres.Unavailable."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(started(OPTIONS))


@contextlib.contextmanager
def started(options: Mapping[str, str]) -> Iterator[Server]:
    """Start a server with these options. Raise postgres.Unavailable."""
    with postgres.cluster({**postgres.OPTIONS, **options}) as cluster, following(cluster.pid):
        for statement in (NEVER_VACUUM, "SELECT pg_reload_conf()"):
            asyncio.run(run(cluster.address, statement))
        yield Server(cluster.address, cluster.pid)


async def run(address: str, statement: str, *values: Any) -> None:
    """Run one statement on a connection of its own, without checks of foreign keys."""
    connection = await asyncpg.connect(address, server_settings={"session_replication_role": "replica"})
    await connection.execute(statement, *values)
    await connection.close()


def sqlite(path: Path) -> str:
    address = f"sqlite:///{path}"
    migrate(address)
    return address


def migrate(address: str) -> None:
    """Make all tables, as an operator does."""
    with tempfile.TemporaryDirectory(prefix="roleshift-migrate-") as scratch:
        ran(Path(scratch), "bot", "migrate", env={"DATABASE_URL": address})


def engine(address: str) -> Engine:
    url = make_url(address)
    return create_engine(url.set(drivername=DRIVERS[url.drivername]), poolclass=NullPool)


def insert(address: str, rows: Rows) -> None:
    with engine(address).begin() as connection:
        for name, values in rows.items():
            if values:
                table = Table(name, MetaData(), autoload_with=connection)
                connection.execute(table.insert(), list(values))


def both(path: Path) -> Iterator[tuple[str, str]]:
    """Yield a name and the address of a new database of each kind. Raise postgres.Unavailable after the first."""
    yield "SQLite", sqlite(path)
    yield "PostgreSQL", server().database()


@contextlib.contextmanager
def loop() -> Iterator[asyncio.Runner]:
    factory: Callable[[], asyncio.AbstractEventLoop] | None = uvicorn.Config("", loop="auto").get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        yield runner
