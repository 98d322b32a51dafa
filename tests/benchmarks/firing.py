"""Thousands of slots that come at once: the real job, one APScheduler job for each, and the blocking of the loop."""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import aiohttp
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from bot.content import library
from bot.content.library import Library
from bot.run import services
from bot.slack.gateway import Gateway
from jobs.plan_nudges import plan_nudges
from tests.benchmarks import databases, due

MICROSECONDS, MILLISECONDS = 1_000_000, 1_000
MAX_STALL = 20.0  # milliseconds
BEAT = 0.001  # seconds between two beats of the ticker
IDLE = 0.5  # seconds
ADDED_WITHIN = timedelta(milliseconds=0.3)  # for each member; what comes too late fires at once


@dataclass(frozen=True, slots=True)
class Beat:
    """How late the ticker was, in milliseconds, and how many of them this process computed."""

    late: float
    computed: float


@dataclass(frozen=True, slots=True)
class Stall:
    """How long the event loop stood still, round by round: all beats of a ticker.

    `idle` is the same ticker with nothing beside it: what the machine itself does to any loop.
    """

    target: str
    name: str
    rounds: Sequence[Sequence[Beat]]
    idle: Sequence[Sequence[Beat]]

    def fields(self) -> dict[str, object]:
        return {
            "target": self.target, "name": self.name, "unit": "ms", "longest": self._longest, "p99": _p99(self.rounds),
            "longest_computed": self._computed,
            "idle": {"longest": _longest(self.idle), "p99": _p99(self.idle)}, "limit": MAX_STALL,
            "ratio": self._longest / MAX_STALL, "kept": self._kept,
        }  # fmt: skip

    @property
    def _longest(self) -> float:
        return _longest(self.rounds)

    @property
    def _kept(self) -> bool:
        return self._longest <= MAX_STALL

    @property
    def _computed(self) -> float:
        """Return the longest stall for which this process, and not another program, can be blamed."""
        return median(max(beat.computed for beat in beats) for beats in self.rounds)

    def __str__(self) -> str:
        verdict = "kept" if self._kept else "MISSED"
        each = ", ".join(f"{max(beat.late for beat in beats):.1f}" for beats in self.rounds)
        return (
            f"{self.target}  {self._longest / MAX_STALL:.3f}   {verdict}: at most 1, of {MAX_STALL:g} ms\n"
            f"    {self.name}: longest {self._longest:.1f} ms (of the rounds: {each}), p99 {_p99(self.rounds):.1f} ms\n"
            f"    processor time of this process between two beats: longest {self._computed:.1f} ms\n"
            f"    the same loop with nothing to do: longest {_longest(self.idle):.1f} ms, p99 {_p99(self.idle):.1f} ms"
        )


def _longest(rounds: Sequence[Sequence[Beat]]) -> float:
    """Return the median of the rounds' longest stalls, as other programs on the machine stall a loop too."""
    return median(max(beat.late for beat in beats) for beats in rounds)


def _p99(rounds: Sequence[Sequence[Beat]]) -> float:
    return quantiles([beat.late for beats in rounds for beat in beats], n=100)[-1]


class Firing:
    """A worker's services on SQLite, where everybody is due every week."""

    def __init__(self, loop: asyncio.Runner, scratch: Path, members: int) -> None:
        self._loop, self._members, self._clock = loop, members, due.Weeks()
        catalog = library.load()
        store = loop.run(databases.sqlite(scratch / "firing.db"))
        loop.run(store.write(due.gather, catalog, members))
        self._session = loop.run(_session())
        gateway = Gateway(self._session, "http://127.0.0.1:9/api/")  # nobody is asked about
        self._services = services.build(Library(catalog), store, gateway, self._clock)
        self.plan()

    def close(self) -> None:
        self._loop.run(self._services.store.close())
        self._loop.run(self._session.close())

    def plan(self) -> float:
        """Return the microseconds of processor time for each member."""
        before = time.process_time()
        self._loop.run(self._job())
        return (time.process_time() - before) / self._members * MICROSECONDS

    async def _job(self) -> None:
        self._clock.next()
        await plan_nudges(self._services, asyncio.Event())

    def stalls(self) -> Sequence[Beat]:
        """Return how late each beat of a ticker was while the job ran, in milliseconds."""
        return self._loop.run(_beside(self._job()))

    def idle(self) -> Sequence[Beat]:
        """Return how late each beat of a ticker was while nothing else ran, in milliseconds."""
        return self._loop.run(_beside(asyncio.sleep(IDLE)))


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()


async def _beside(work: Awaitable[None]) -> list[Beat]:
    beats: list[Beat] = []

    async def tick() -> None:
        while True:
            before, computed = time.perf_counter(), time.process_time()
            await asyncio.sleep(BEAT)
            late, computed = time.perf_counter() - before - BEAT, time.process_time() - computed
            beats.append(Beat(late * MILLISECONDS, computed * MILLISECONDS))

    ticker = asyncio.create_task(tick())
    await asyncio.sleep(10 * BEAT)
    await work
    await asyncio.sleep(10 * BEAT)  # so that what the end of the work held up is seen as well
    ticker.cancel()
    return beats


def jobs_per_member(loop: asyncio.Runner, members: int) -> float:
    """Return the microseconds of processor time to add and fire a weekly job that does nothing."""
    before = time.process_time()
    loop.run(_jobs_per_member(members))
    return (time.process_time() - before) / members * MICROSECONDS


async def _jobs_per_member(members: int) -> None:
    fired, all_fired = 0, asyncio.Event()

    async def nudge(_member: int) -> None:
        nonlocal fired
        fired += 1
        if fired == members:
            all_fired.set()

    scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})
    scheduler.start()  # first, as a bot adds a job whenever a member says yes
    at = datetime.now(UTC) + members * ADDED_WITHIN
    for member in range(members):
        weekly = CronTrigger(day_of_week="tue", hour=9, minute=30, timezone=due.ZONES[member % len(due.ZONES)])
        scheduler.add_job(nudge, weekly, args=[member], next_run_time=at)
    await all_fired.wait()
    scheduler.shutdown(wait=False)
