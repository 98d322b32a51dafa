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
from tests.benchmarks.figures import Figure
from tests.benchmarks.processes import NotStarted
from tests.driver.generated import generated
from tests.driver.standin import StandIn
from tests.faults.kills import LOST, losses
from tests.faults.processes import CONTEXT, PRELOAD, Processes, Worker
from tests.faults.stage import Databases, Plan, stage
from tests.faults.tally import Case
from tests.ports import free_port

MEMBERS, SECONDS, KILLS, PEERS_KILLS = 1_000, 25, 50, 15  # tips come due one after the other within so many seconds
EVERY = timedelta(seconds=SECONDS / MEMBERS)
LEAD = timedelta(seconds=SECONDS / 10)  # before the first tip, in which a peer's database is filled
PER_MINUTE = 3600.0  # posts of the bot, more than come due
QUIET, POLL = 8, 0.1  # seconds without a post after which a peer will make no more; between two looks
READY_WITHIN = 60  # seconds
READY = b"ready\n"  # what a peer says
LIFE = (0.1, 0.6)  # seconds that a process works at least, once it is ready
QUEUED = "tests.benchmarks.peers.work_queue"
PEERS_LIBRARIES = (
    "aiosqlite", "apscheduler.schedulers.asyncio", "procrastinate", "slack_bolt.adapter.starlette.async_handler",
    "starlette.applications", "uvicorn",
)  # fmt: skip


def kills() -> Iterator[Figure]:
    """Count T5, with the bot on both databases and both peers side by side, each with a Slack of its own."""
    server = databases.server()
    CONTEXT.set_forkserver_preload([PRELOAD, *PEERS_LIBRARIES])
    with tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder:
        scratch = Path(folder)

        async def side_by_side() -> Sequence[Sequence[Figure]]:
            return await asyncio.gather(
                bot("sqlite"),
                peer(TEXTBOOK, f"sqlite:///{scratch}/textbook.db", scratch),
                bot("postgresql"),
                peer(QUEUED, await asyncio.to_thread(server.database), scratch),
            )

        for found in asyncio.run(side_by_side()):
            yield from found


async def bot(database: str) -> list[Figure]:
    plan = Plan(Case("T5", 0, database), MEMBERS, PER_MINUTE)
    server = databases.server().address if database == "postgresql" else None
    async with (
        Databases.opened((database,), server) as copies,
        Processes.opened() as processes,
        stage(plan, copies, processes) as on,
    ):
        on.slack.faults.add(*losses(LOST))
        await on.spread(EVERY)

        @contextlib.asynccontextmanager
        async def forked() -> AsyncIterator[None]:
            worker = await on.fork()
            yield
            await worker.kill()

        async with _after_kills(time.monotonic(), forked, KILLS):
            killed = on.kills
            await on.ended()
        return _counted(f"the bot's worker, {database}", on.slack, killed, limit=0)


async def peer(module: str, database: str, scratch: Path) -> list[Figure]:
    async with StandIn(generated(MEMBERS, "T0")) as slack:
        slack.faults.add(*losses(LOST))
        environment = {**slack.environment(), "DATABASE_URL": database, "PORT": str(free_port())}
        first = datetime.now().astimezone() + LEAD
        options = ["--queue"] if module == QUEUED else []
        slots = str(first.timestamp()), str(EVERY.total_seconds())
        async with Processes.opened() as processes:
            start = _Peer(processes, environment, scratch / f"{module}.log")
            if await start("tests.benchmarks.peers.fill", str(MEMBERS), *slots, *options).wait():
                raise NotStarted(f"{module}: {start.log.read_text()[-2000:]}")
            begin = time.monotonic() + (first - datetime.now().astimezone()).total_seconds()
            async with _after_kills(begin, lambda: start.ready(module), PEERS_KILLS):
                killed = start.kills
                seen, since = 0, time.monotonic()
                while len(_tips(slack)) < MEMBERS and time.monotonic() - since < QUIET:
                    await asyncio.sleep(POLL)
                    if len(slack.posts) > seen:
                        seen, since = len(slack.posts), time.monotonic()
        name = "the textbook bot, sqlite" if module == TEXTBOOK else "procrastinate, postgresql"
        return _counted(name, slack, killed)


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
    begin: float, alive: Callable[[], contextlib.AbstractAsyncContextManager[object]], kills: int
) -> AsyncIterator[None]:
    """Keep a process alive, kill it so many times once it works, and enter with a last one."""
    draw = random.Random("T5")  # noqa: S311 - each run the same
    for number in range(kills):
        moment = (number + draw.random()) * SECONDS / kills
        async with alive():
            await asyncio.sleep(max(begin + moment - time.monotonic(), draw.uniform(*LIFE)))
    async with alive():
        yield


def _tips(slack: StandIn) -> Counter[str]:
    return Counter(post.person for post in slack.posts if post.method == "chat.postMessage" and post.person)


def _counted(name: str, slack: StandIn, killed: int, limit: float | None = None) -> list[Figure]:
    tips = _tips(slack)
    about = f"{name}: of {MEMBERS:,} tips, {killed} kills, {LOST:.0%} of answers lost"
    counted = {"doubled": sum(times > 1 for times in tips.values()), "lost": MEMBERS - len(tips)}
    return [Figure("T5", f"{what}, {about}", [number], "", limit) for what, number in counted.items()]
