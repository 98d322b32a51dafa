"""Plan and claim the nudges of a minute among all members, and send those of a peak with the real job."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from urllib.request import urlopen

import aiohttp
import asyncpg
from sqlalchemy import Connection, text

from bot.coach import schedules, sending
from bot.coach.sending import Claimed, Pace
from bot.content.library import Library
from bot.run import services
from bot.run.clock import Clock
from bot.slack.gateway import Gateway, WorkspaceGateway
from bot.store.schedules import BEGINNING
from jobs.deliver import deliver
from tests.benchmarks.due import FIRST, TICK
from tests.benchmarks.leanest.planning import LeanPlanning
from tests.benchmarks.processes import Running
from tests.benchmarks.scale.bench import MICROSECONDS, Bench, Cost
from tests.benchmarks.scale.members import PEAK, TICKS, TOGETHER

A_MOMENT = timedelta(seconds=5)  # after the slots have come
AT_PEAK = PEAK + A_MOMENT
TOKEN = "benchmark"
NO_LIMIT = Pace(per_minute=60 * 1_000_000.0)
SLACKS_LIMIT = Pace()  # four a second of each workspace: a claim takes five of ten, as it may be a second early
AN_HOUR_PASSES = text("UPDATE workspace SET next_send_at = next_send_at - 3600")


class Minutes:
    """Measures the same step at each minute: one number for each, in microseconds of processor time a nudge."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.plans: list[Cost] = []
        self.claims: list[Cost] = []
        self._minutes = count()
        self._connection = bench.do(asyncpg.connect(bench.address))
        self._leanest = bench.do(LeanPlanning.on(self._connection))

    def close(self) -> None:
        """Close the connection of the leanest program."""
        self.bench.do(self._connection.close())

    def plan(self) -> float:
        """Plan what is due at the next minute."""
        now = self._next()
        self.plans.append(self.bench.measure(lambda: self.bench.store.write(schedules.plan_due, now, TOGETHER), len))
        return self.plans[-1].each

    def plan_leanest(self) -> float:
        """Let the leanest program with the same promises plan what is due at the next minute."""
        now = self._next()
        return self.bench.measure(lambda: self._leanest.plan_due(now), int).each

    def _next(self) -> datetime:
        minute = next(self._minutes)
        assert minute < TICKS
        return FIRST + minute * TICK + A_MOMENT

    def claim(self) -> float:
        """Claim at the peak as much as Slack's limit allows, and release it again."""
        self.bench.do(self.bench.store.write(_pass_an_hour))
        self.claims.append(self.bench.measure(lambda: claim(self.bench, SLACKS_LIMIT), len))
        self.bench.do(self.bench.store.write(sending.release, TOKEN))
        return self.claims[-1].each


async def claim(bench: Bench, pace: Pace) -> Sequence[Claimed]:
    """Claim what is due at the peak."""
    return await bench.store.write(sending.claim, bench.catalog, pace, TOKEN, AT_PEAK)


def plan_peak(bench: Bench) -> Cost:
    """Plan all that is due at the peak, in batches of 500."""

    async def all_of_it() -> int:
        planned, after, most = 0, BEGINNING, schedules.MAX_PLANNED
        while come := await bench.store.write(schedules.plan_due, AT_PEAK, most, (), after):
            planned, after = planned + len(come), come[-1].place
        return planned

    return bench.measure(all_of_it, int)


def _pass_an_hour(tx: Connection) -> None:
    tx.execute(AN_HOUR_PASSES)


@dataclass(frozen=True, slots=True)
class Throughput:
    """How many tips one worker sent in some seconds of a peak, and what they cost."""

    target: str
    name: str
    sent: int
    seconds: float
    client: float
    server: float

    @property
    def per_minute(self) -> float:
        return self.sent / self.seconds * 60

    def fields(self) -> dict[str, object]:
        """Return the figures for machines."""
        return {
            "target": self.target, "name": self.name, "sent": self.sent, "seconds": self.seconds,
            "client": self.client, "server": self.server, "per_minute": self.per_minute,
        }  # fmt: skip

    def __str__(self) -> str:
        worker, server = (each / self.sent * MICROSECONDS for each in (self.client, self.server))
        return (
            f"{self.target}  {self.name:<58} {self.per_minute:,.0f} a minute ({self.sent:,} in {self.seconds:.0f} s); "
            f"processor time of the worker {worker:.0f} µs each, of PostgreSQL {server:.0f} µs"
        )


class _Peak(Clock):
    def now(self) -> datetime:
        """Return the time of the peak in UTC."""
        return AT_PEAK


def send(bench: Bench, slack: Running, pace: Pace, name: str, seconds: float) -> Throughput:
    """Let the real job send what is due at the peak for some seconds."""
    before, cost = _posted(slack), bench.measure(lambda: _deliver(bench, slack, pace, seconds))
    return Throughput("S", name, _posted(slack) - before, cost.wall, cost.client, cost.server)


async def _deliver(bench: Bench, slack: Running, pace: Pace, seconds: float) -> None:
    async with aiohttp.ClientSession() as session:
        gateway = Gateway(session, url := f"http://127.0.0.1:{slack.port}/api/")
        for number in range(1, bench.size.workspaces + 1):
            gateway.add(WorkspaceGateway(f"T{number:010d}", session, url, "xoxb-bench"))
        built = services.build(Library(bench.catalog), bench.store, gateway, _Peak(), pace)
        stopping = asyncio.Event()
        asyncio.get_running_loop().call_later(seconds, stopping.set)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await deliver(built, stopping)


def _posted(slack: Running) -> int:
    with urlopen(f"http://127.0.0.1:{slack.port}/posted") as answer:
        return int(answer.read())
