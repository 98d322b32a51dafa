"""T5: weekly tips through SIGKILLs and lost answers: how many come twice, and how many never."""

import asyncio
import contextlib
import os
import random
import runpy
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.benchmarks import databases
from tests.benchmarks.answers import TEXTBOOK
from tests.benchmarks.figures import Figure, Pace
from tests.benchmarks.processes import NotStarted
from tests.driver.generated import generated
from tests.driver.standin import StandIn
from tests.faults.kills import LOST, losses
from tests.faults.processes import CONTEXT, PRELOAD, Processes, Worker
from tests.faults.stage import Databases, Plan, Stage, stage
from tests.faults.tally import Case
from tests.ports import free_port

PER_MINUTE = 1800.0  # posts of the bot, more than come due
QUIET, POLL = 8, 0.1  # seconds without a post after which a peer will make no more; between two looks
READY_WITHIN = 60  # seconds
READY = b"ready\n"  # what a peer says
LIFE = (0.1, 0.6)  # seconds that a process works at least, once it is ready
QUEUED = "tests.benchmarks.peers.work_queue"
PEERS_LIBRARIES = (
    "aiosqlite", "apscheduler.schedulers.asyncio", "procrastinate", "slack_bolt.adapter.starlette.async_handler",
    "starlette.applications", "uvicorn",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ordeal:
    """How many tips come due, one after the other within so many seconds, and how often the process is killed."""

    members: int = 1_000
    seconds: float = 40
    kills: int = 50
    lost: float = LOST

    @property
    def every(self) -> timedelta:
        return timedelta(seconds=self.seconds / self.members)

    @property
    def lead(self) -> timedelta:
        """Return the time before the first tip, in which a peer's database is filled."""
        return timedelta(seconds=self.seconds / 10)

    def moments(self) -> list[float]:
        """Return when to kill, in seconds from the first tip; the same for all."""
        draw, each = random.Random("T5"), self.seconds / max(self.kills, 1)  # noqa: S311 - each run the same
        return [(number + draw.random()) * each for number in range(self.kills)]


QUICKLY = Ordeal(members=10, seconds=4, kills=2)


def kills(pace: Pace) -> Iterator[Figure]:
    """Count T5, with the bot and both peers side by side, each with a Slack of its own."""
    ordeal = QUICKLY if pace.is_quick else Ordeal()
    server = databases.server()
    with tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder:
        for found in asyncio.run(_side_by_side(ordeal, server, Path(folder))):
            yield from found


async def _side_by_side(ordeal: Ordeal, server: databases.Server, scratch: Path) -> Sequence[Sequence[Figure]]:
    """Let four fight at once: the bot on both databases, and both peers."""
    CONTEXT.set_forkserver_preload([PRELOAD, *PEERS_LIBRARIES])
    return await asyncio.gather(
        bot(ordeal, "sqlite"),
        peer(ordeal, TEXTBOOK, f"sqlite:///{scratch}/textbook.db", scratch),
        bot(ordeal, "postgresql"),
        peer(ordeal, QUEUED, await asyncio.to_thread(server.database), scratch),
    )


async def bot(ordeal: Ordeal, database: str) -> list[Figure]:
    plan = Plan(Case("T5", 0, database), ordeal.members, PER_MINUTE)
    server = databases.server().address if database == "postgresql" else None
    async with (
        Databases.opened((database,), server) as copies,
        Processes.opened() as processes,
        stage(plan, copies, processes) as on,
    ):
        on.slack.faults.add(*losses(ordeal.lost))
        await on.spread(ordeal.every)
        async with _after_kills(ordeal, time.monotonic(), lambda: _forked(on)):
            killed = on.kills
            await on.ended()
        return _counted(f"the bot's worker, {database}", on.slack, ordeal, killed, limit=0)


@contextlib.asynccontextmanager
async def _forked(on: Stage) -> AsyncIterator[None]:
    worker = await on.fork()
    try:
        yield
    finally:
        await worker.kill()


async def peer(ordeal: Ordeal, module: str, database: str, scratch: Path) -> list[Figure]:
    async with StandIn(generated(ordeal.members, "T0")) as slack:
        slack.faults.add(*losses(ordeal.lost))
        environment = {**slack.environment(), "DATABASE_URL": database, "PORT": str(free_port())}
        first = datetime.now().astimezone() + ordeal.lead
        options = ["--queue"] if module == QUEUED else []
        slots = str(first.timestamp()), str(ordeal.every.total_seconds())
        async with Processes.opened() as processes:
            start = _Peer(processes, environment, scratch / f"{module}.log")
            if await start("tests.benchmarks.peers.fill", str(ordeal.members), *slots, *options).wait():
                raise NotStarted(f"{module}: {start.log.read_text()[-2000:]}")
            begin = time.monotonic() + (first - datetime.now().astimezone()).total_seconds()
            async with _after_kills(ordeal, begin, lambda: start.ready(module)):
                killed = start.kills
                await _until_quiet(slack, ordeal)
        name = "the textbook bot, sqlite" if module == TEXTBOOK else "procrastinate, postgresql"
        return _counted(name, slack, ordeal, killed)


@dataclass(slots=True)
class _Peer:
    """Starts modules as processes, and counts those that were killed."""

    processes: Processes
    environment: Mapping[str, str]
    log: Path
    kills: int = 0

    @contextlib.asynccontextmanager
    async def ready(self, module: str) -> AsyncIterator[None]:
        """Start a peer, enter the block once it works, and kill it at the end."""
        seen = len(self.log.read_bytes())
        process = self(module)
        until = time.monotonic() + READY_WITHIN
        while READY not in self.log.read_bytes()[seen:]:
            if process.ended.done() or time.monotonic() > until:
                raise NotStarted(f"{module}: {self.log.read_text()[-2000:]}")
            await asyncio.sleep(POLL)
        yield
        await process.kill()
        self.kills += await process.wait() == -signal.SIGKILL

    def __call__(self, module: str, *args: str) -> Worker:
        return self.processes.run(_run, module, args, self.environment, self.log)


def _run(module: str, args: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
    """Run `python -m module`, in a process that has imported its libraries."""
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(said, stream)
    os.chdir(log.parent)
    os.environ.update(environment)
    sys.argv[1:] = args
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    return 0


@contextlib.asynccontextmanager
async def _after_kills(
    ordeal: Ordeal, begin: float, alive: Callable[[], contextlib.AbstractAsyncContextManager[object]]
) -> AsyncIterator[None]:
    """Keep a process alive and kill it at each moment, once it works. Then enter the block, with a last one."""
    draw = random.Random("life")  # noqa: S311 - each run the same
    for moment in ordeal.moments():
        async with alive():
            await asyncio.sleep(max(begin + moment - time.monotonic(), draw.uniform(*LIFE)))
    async with alive():
        yield


async def _until_quiet(slack: StandIn, ordeal: Ordeal) -> None:
    """Wait until each member has a tip, or nothing was posted for long."""
    seen, since = 0, time.monotonic()
    while len(_tips(slack)) < ordeal.members and time.monotonic() - since < QUIET:
        await asyncio.sleep(POLL)
        if len(slack.posts) > seen:
            seen, since = len(slack.posts), time.monotonic()


def _tips(slack: StandIn) -> Counter[str]:
    return Counter(post.person for post in slack.posts if post.method == "chat.postMessage" and post.person)


def _counted(name: str, slack: StandIn, ordeal: Ordeal, killed: int, limit: float | None = None) -> list[Figure]:
    tips = _tips(slack)
    about = f"{name}: of {ordeal.members:,} tips, {killed} kills, {ordeal.lost:.0%} of answers lost"
    counted = {"doubled": sum(times > 1 for times in tips.values()), "lost": ordeal.members - len(tips)}
    return [Figure("T5", f"{what}, {about}", [number], "", limit) for what, number in counted.items()]
