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
from tests.benchmarks.processes import Running

NEVER_VACUUM = "ALTER SYSTEM SET autovacuum = off"  # it would start in the middle of one side's round
FLUSH = "VACUUM ANALYZE"


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server of our own."""

    address: str
    pid: int

    def cpu(self) -> float:
        """Return the user and system seconds of all its processes, which must be the same as before."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return sum(Running(pid, port=0).cpu() for pid in (self.pid, *map(int, children)))

    async def database(self, fill: str = "", values: tuple[Any, ...] = ()) -> str:
        """Yield the address of another database with all tables, filled by one statement."""
        name = f"roleshift_{secrets.token_hex(6)}"
        await run(self.address, f"CREATE DATABASE {name}")
        address = make_url(self.address).set(database=name).render_as_string(hide_password=False)
        store = open_store(address)
        await store.migrate()
        await store.close()
        if fill:
            await run(address, fill, *values)
        await run(address, FLUSH)
        return address


@functools.cache
def server() -> Server:
    """Return a server for all measurements, which ends with this process. Raise postgres.Unavailable."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(started({}))


@contextlib.contextmanager
def started(options: Mapping[str, str]) -> Iterator[Server]:
    """Start a server with these options. Raise postgres.Unavailable."""
    with postgres.running(options) as address:
        yield Server(address, asyncio.run(_prepare(address)))


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
    """Run one statement on a connection of its own."""
    connection = await asyncpg.connect(address)
    await connection.execute(statement, *values)
    await connection.close()


async def sqlite(path: Path) -> Store:
    """Yield a store on a new file with all tables."""
    store = open_store(f"sqlite:///{path}")
    await store.migrate()
    return store


@contextlib.contextmanager
def loop() -> Iterator[asyncio.Runner]:
    """Yield an event loop of the kind that the bot uses."""
    factory: Callable[[], asyncio.AbstractEventLoop] | None = uvicorn.Config("", loop="auto").get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        yield runner
