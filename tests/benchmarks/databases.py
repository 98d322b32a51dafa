"""The migrated databases on which planning and sending are measured."""

import asyncio
import atexit
import contextlib
import functools
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import uvicorn
from sqlalchemy import make_url

from bot.store import Store, open_store
from tests import postgres
from tests.benchmarks import cores
from tests.benchmarks.processes import Running

OPTIONS = {"shared_buffers": "1GB", "max_wal_size": "4GB"}  # so that a million members fit, and no checkpoint comes
NEVER_VACUUM = "ALTER SYSTEM SET autovacuum = off"  # it would start in the middle of one side's round
FLUSH = "VACUUM ANALYZE"

_templates: dict[str, str] = {}  # address of a server → its migrated database, which others are copied from


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server of our own."""

    address: str
    pid: int

    def cpu(self) -> float:
        """Return the user and system seconds of all its processes, which must be the same as before."""
        return sum(Running(pid, port=0).cpu() for pid in (self.pid, *cores.children(self.pid)))

    async def database(self, fill: str = "", values: tuple[Any, ...] = ()) -> str:
        """Return the address of another database with all tables, filled by one statement."""
        if self.address not in _templates:
            _templates[self.address] = await _migrated(self.address)
        address = await _created(self.address, _templates[self.address])
        if fill:
            await run(address, fill, *values)
            await run(address, FLUSH)
        return address


async def _migrated(server: str) -> str:
    """Create an empty database with all tables, and return its name."""
    address = await _created(server)
    store = open_store(address)
    await store.migrate()
    await store.close()
    await run(address, FLUSH)
    return make_url(address).database or ""


async def _created(server: str, template: str = "template1") -> str:
    """Create a database as a copy of another, to which nobody is connected, and return its address."""
    name = f"roleshift_{secrets.token_hex(6)}"
    await run(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@functools.cache
def server() -> Server:
    """Return a server for all measurements, which ends with this process. Raise postgres.Unavailable."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(started(OPTIONS))


@contextlib.contextmanager
def started(options: Mapping[str, str]) -> Iterator[Server]:
    """Start a server with these options. Raise postgres.Unavailable."""
    with postgres.running(options) as address:
        server = Server(address, asyncio.run(_prepare(address)))
        with cores.following(server.pid):
            yield server


async def _prepare(address: str) -> int:
    """Return the pid of the server, which is the parent of each connection's process."""
    connection = await asyncpg.connect(address)
    await connection.execute(NEVER_VACUUM)
    await connection.execute("SELECT pg_reload_conf()")
    backend = await connection.fetchval("SELECT pg_backend_pid()")
    pid = _parent(backend)
    await connection.close()
    return pid


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def run(address: str, statement: str, *values: Any) -> None:
    """Run one statement on a connection of its own, without checks of foreign keys."""
    connection = await asyncpg.connect(address, server_settings={"session_replication_role": "replica"})
    await connection.execute(statement, *values)
    await connection.close()


async def sqlite(path: Path) -> Store:
    """Return a store on a new file with all tables."""
    store = open_store(f"sqlite:///{path}")
    await store.migrate()
    return store


@contextlib.contextmanager
def loop() -> Iterator[asyncio.Runner]:
    """Yield an event loop of the kind that the bot uses."""
    factory: Callable[[], asyncio.AbstractEventLoop] | None = uvicorn.Config("", loop="auto").get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        yield runner
