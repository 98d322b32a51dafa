"""A filled database, and what a piece of work costs on it: time, processor time, and pages that the server reads."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import Connection, text

from bot.core.catalog import Catalog
from bot.store import Store, open_store
from tests.benchmarks.databases import Server
from tests.benchmarks.figures import Spread
from tests.benchmarks.scale import members
from tests.benchmarks.scale.members import Size

MICROSECONDS, MS = 1_000_000, 1_000
PAGES = "SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()"
SIZES = """
SELECT relname, pg_total_relation_size(oid), pg_relation_size(oid), reltuples::bigint FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples >= $1 ORDER BY 2 DESC
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds in all, seconds of both processors' time, and pages of 8 KB that the server read from its memory or disk.

    `count`: for how many nudges, or rows.
    """

    count: int
    wall: float
    client: float
    server: float
    pages: int

    @property
    def each(self) -> float:
        """Return the microseconds of processor time for each."""
        return (self.client + self.server) / max(self.count, 1) * MICROSECONDS


@dataclass(frozen=True, slots=True)
class Work:
    """What a piece of work cost, in some rounds."""

    target: str
    name: str
    costs: Sequence[Cost]

    def fields(self) -> dict[str, object]:
        """Return the medians for machines."""
        return {"target": self.target, "name": self.name, "rounds": len(self.costs)} | {
            name: self._spread(name).middle for name in ("count", "wall", "client", "server", "pages", "each")
        }

    def _spread(self, name: str) -> Spread:
        return Spread.over([getattr(cost, name) for cost in self.costs])

    def __str__(self) -> str:
        count, wall = self._spread("count").middle, self._spread("wall")
        client, server, pages = (self._spread(name).middle for name in ("client", "server", "pages"))
        took = f"{wall.middle * MS:.1f} ms ({wall.low * MS:.1f}-{wall.high * MS:.1f})"
        cpu = f"processor time {client * MS:.1f} ms, of the server {server * MS:.1f} ms"
        share = f"; {self._spread('each').middle:.0f} µs and {pages / count:.0f} pages each" if count > 1 else ""
        many = f", {count:,.0f}" if count > 1 else ""
        return f"{self.target}  {self.name + many:<58} {took}, {cpu}, {pages:,.0f} pages{share}"


@dataclass(frozen=True, slots=True)
class OnDisk:
    """How large a table is, in bytes."""

    target: str
    table: str
    rows: int
    whole: int
    alone: int

    def fields(self) -> dict[str, object]:
        """Return the figures for machines."""
        return {"target": self.target, "table": self.table, "rows": self.rows, "bytes": self.whole, "heap": self.alone}

    def __str__(self) -> str:
        indexes = f"{(self.whole - self.alone) / 1e6:,.0f} MB of it indexes"
        return f"{self.target}  {self.table:<20} {self.rows:>12,} rows {self.whole / 1e6:>8,.0f} MB, {indexes}"


class Bench:
    """A database with members of many workspaces."""

    def __init__(self, loop: asyncio.Runner, server: Server, size: Size, catalog: Catalog) -> None:
        self.size, self.catalog = size, catalog
        self._loop, self._server = loop, server
        self.address = loop.run(server.database())
        before = time.perf_counter()
        loop.run(members.fill(self.address, size, catalog))
        self.filled_in = time.perf_counter() - before
        self.store: Store = open_store(self.address)
        self._watch = loop.run(asyncpg.connect(self.address))
        loop.run(self.store.write(_flush))
        loop.run(self.store.read(_flush))

    def measure(self, work: Callable[[], Awaitable[Any]], count: Callable[[Any], int] = lambda _: 1) -> Cost:
        """Do this work on one connection, and return what it cost."""
        return self._loop.run(self._measure(work, count))

    def do(self, work: Awaitable[Any]) -> Any:
        """Do this work, and return what it returns."""
        return self._loop.run(_wait(work))

    def tables(self, target: str, at_least: int) -> list[OnDisk]:
        """Return the sizes of all tables with so many rows, the largest first."""
        found = self._loop.run(self._watch.fetch(SIZES, at_least))
        return [OnDisk(target, name, rows, whole, alone) for name, whole, alone, rows in found]

    def close(self) -> None:
        """Close the connections."""
        self._loop.run(self.store.close())
        self._loop.run(self._watch.close())

    async def _measure(self, work: Callable[[], Awaitable[Any]], count: Callable[[Any], int]) -> Cost:
        pages = await self._watch.fetchval(PAGES)
        server, client, wall = self._server.cpu(), time.process_time(), time.perf_counter()
        result = await work()
        wall, client, server = (
            time.perf_counter() - wall,
            time.process_time() - client,
            self._server.cpu() - server,
        )
        await self.store.read(_flush)  # each of both may have a connection of its own
        await self.store.write(_flush)
        return Cost(count(result), wall, client, server, await self._watch.fetchval(PAGES) - pages)


def _flush(tx: Connection) -> None:
    """Let the server add up at the commit what it read, instead of within a second."""
    tx.execute(text("SELECT pg_stat_force_next_flush()"))


async def _wait(work: Awaitable[Any]) -> Any:
    return await work
