"""H: how long a workspace's nudge waits while 10,000 members of another workspace are due at the same time."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
from sqlalchemy import Connection, delete, update

from bot.coach.sending import Pace as Limits
from bot.content import library
from bot.content.library import Library
from bot.core.catalog import Catalog
from bot.run import services
from bot.run.services import Services
from bot.slack.gateway import Gateway, WorkspaceGateway
from bot.store import Store, open_store
from bot.store.member_schema import delivery, schedule
from jobs.deliver import deliver
from jobs.plan_nudges import plan_nudges
from tests import postgres
from tests.benchmarks import databases, due
from tests.benchmarks.figures import Figure, Pace, Skipped
from tests.benchmarks.processes import running

SERVER = "tests.benchmarks.servers.chat"
QUIET = "T9QUIET"
BUSY_MEMBERS, QUICK_MEMBERS = 10_000, 300
ROUNDS, QUICK_ROUNDS = 5, 1
MOST = 2.0  # seconds by which the busy workspace may delay the other's nudge
PATIENCE = 120  # seconds
EVERY = 1.0  # seconds between two runs of `deliver`, as in JOBS


@dataclass(frozen=True, slots=True)
class Delay:
    """Seconds from a slot to its post, in a workspace alone and beside the busy one; the middle of some rounds."""

    database: str
    members: int
    alone: tuple[float, ...]
    beside: tuple[float, ...]

    @property
    def delay(self) -> float:
        """Return by how many seconds the busy workspace delays the nudge: the worst of beside, the best of alone."""
        return max(self.beside) - min(self.alone)

    def fields(self) -> dict[str, object]:
        """Return the figures for machines."""
        measured = {"alone": list(self.alone), "beside": list(self.beside), "delay": self.delay}
        return {"target": "H1", "database": self.database, "members": self.members, **measured}

    def __str__(self) -> str:
        kept = "kept" if self.delay < MOST else "MISSED"
        return (
            f"H1  a nudge, while {self.members} members of another workspace are due ({self.database}): "
            f"{median(self.beside):.2f} s, alone {median(self.alone):.2f} s; delayed by {self.delay:.2f} s at most, "
            f"target {MOST:g} s, {kept}   {len(self.beside)} rounds"
        )


def beside_a_busy_one(pace: Pace) -> Iterator[Figure]:
    """Measure H1 with the real jobs and the default rate limit, on both databases."""
    members, rounds = (QUICK_MEMBERS, QUICK_ROUNDS) if pace.is_quick else (BUSY_MEMBERS, ROUNDS)
    with (
        tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as scratch,
        running(Path(scratch), SERVER, env={}) as slack,
        databases.loop() as loop,
    ):
        measure = Measure(loop, slack.port, rounds)
        stores = [loop.run(databases.sqlite(Path(scratch) / f"{name}.db")) for name in ("alone", "beside")]
        yield Delay("SQLite", members, measure.of(stores[0], 0), measure.of(stores[1], members))
        try:
            server = databases.server()
        except postgres.Unavailable as reason:
            yield Skipped("H1", f"no PostgreSQL: {reason}")
            return
        stores = [open_store(loop.run(server.database())) for _ in range(2)]
        yield Delay("PostgreSQL", members, measure.of(stores[0], 0), measure.of(stores[1], members))


@dataclass(frozen=True, slots=True)
class Measure:
    """Runs the jobs of a worker for some weeks, and takes the time of the quiet workspace's nudge."""

    loop: asyncio.Runner
    port: int
    rounds: int

    def of(self, store: Store, members: int) -> tuple[float, ...]:
        """Return the seconds of each week, with so many members of the busy workspace due at the same time."""
        return self.loop.run(self._weeks(store, members))

    async def _weeks(self, store: Store, members: int) -> tuple[float, ...]:
        catalog, clock, posted = library.load(), due.Weeks(), asyncio.Event()
        await store.write(_fill, catalog, members)
        async with aiohttp.ClientSession() as session:
            gateway = Gateway(session, url := f"http://127.0.0.1:{self.port}/api/")
            for workspace_id in (due.WORKSPACE, QUIET):
                gateway.add(WorkspaceGateway(workspace_id, session, url, "xoxb-bench"))
            _tell(gateway.for_workspace(QUIET), posted)
            built = services.build(Library(catalog), store, gateway, clock, Limits())
            found = []
            for _ in range(self.rounds):
                clock.next()
                await store.write(_forget_last_week)
                found.append(await _one_week(built, posted))
        await store.close()
        return tuple(found)


def _fill(tx: Connection, catalog: Catalog, members: int) -> None:
    """Let the quiet member's slot come a second after all others', so that they are planned first."""
    if members:
        due.gather(tx, catalog, members)
    due.gather(tx, catalog, 1, QUIET)
    later = due.FIRST + timedelta(seconds=1)
    tx.execute(update(schedule).where(schedule.c.workspace_id == QUIET).values(next_due_at=later))


def _forget_last_week(tx: Connection) -> None:
    tx.execute(delete(delivery))


def _tell(workspace: WorkspaceGateway, posted: asyncio.Event) -> None:
    """Set the event when something is posted to this workspace."""
    call = workspace.client.api_call

    async def called(method: str, **given: Any) -> Any:
        answer = await call(method, **given)
        if method == "chat.postMessage":
            posted.set()
        return answer

    workspace.client.api_call = called  # type: ignore[method-assign]  # a listener


async def _one_week(built: Services, posted: asyncio.Event) -> float:
    """Run the jobs as the worker does until the quiet workspace has its nudge."""
    stopping = asyncio.Event()
    posted.clear()
    before = time.perf_counter()

    async def delivering() -> None:
        while not stopping.is_set():
            await deliver(built, stopping)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), EVERY)

    running_jobs = [asyncio.create_task(plan_nudges(built, stopping)), asyncio.create_task(delivering())]
    async with asyncio.timeout(PATIENCE):
        await posted.wait()
    took = time.perf_counter() - before
    stopping.set()
    await asyncio.gather(*running_jobs)
    return took
