"""P2: what a weekly tip costs in the bot's worker, and in a worker of procrastinate that makes the same post."""

import asyncio
import contextlib
import importlib
import os
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import ModuleType

import asyncpg

from bot.store import open_store
from tests import postgres
from tests.benchmarks import databases
from tests.benchmarks.d_pipeline import BARE, SERVER, UNIT
from tests.benchmarks.figures import Figure, Pace, Ratio, Side, Skipped, in_turn
from tests.benchmarks.leanest.drivers import Postgres
from tests.benchmarks.minimal_slack import SECRET
from tests.benchmarks.processes import running
from tests.benchmarks.sending import MICROSECONDS, Sending

MAX_OF_QUEUE = 0.3
MAX_RETRIES, RETRIED_AFTER = 5, 1  # a task that failed is tried again after so many seconds


def posts(pace: Pace) -> Iterator[Figure]:
    """Measure P2: the real job with the real gateway, procrastinate's worker, and a bare loop over the SDK."""
    try:
        server = databases.server()
    except postgres.Unavailable as reason:
        yield Skipped("P2", f"no PostgreSQL: {reason}")
        return
    number = pace.requests * 4
    with (
        tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as scratch,
        running(Path(scratch), SERVER, env={}) as slack,
        databases.loop() as loop,
    ):
        address = loop.run(server.database())
        connection = loop.run(asyncpg.connect(address))
        with (
            Sending(loop, open_store(address), Postgres(connection), slack.port, number) as sending,
            _queued(sending, loop, loop.run(server.database()), slack.port) as queued,
        ):
            sides = sending.deliver, queued.post, queued.send_tips, sending.bare
            ours, least, whole, bare = in_turn(pace.rounds(3), *sides)
        loop.run(connection.close())
    of_bot = Side("jobs.deliver: claims, chooses, posts, confirms; PostgreSQL", ours)
    of_queue = Side("procrastinate: only posts what it is given", least)
    yield Ratio("P2", of_bot, of_queue, UNIT, limit=MAX_OF_QUEUE)
    yield Ratio("P2", of_bot, Side("procrastinate and the ORM: chooses, posts, remembers", whole), UNIT)
    yield Ratio("P2", of_queue, Side(BARE, bare), UNIT)


@contextlib.contextmanager
def _queued(sending: Sending, loop: asyncio.Runner, database: str, port: int) -> Iterator["_Queued"]:
    queued = _Queued(sending, loop, database, port)
    try:
        yield queued
    finally:
        queued.close()


class _Queued:
    """The peer's worker in this process, with members who get a tip each week."""

    def __init__(self, sending: Sending, loop: asyncio.Runner, database: str, port: int) -> None:
        self._loop, self._weeks, self._posts, self._client = loop, count(1), sending.posts, sending.client
        environment = {
            "DATABASE_URL": database, "SLACK_API_URL": f"http://127.0.0.1:{port}/api/",
            "SLACK_BOT_TOKEN": "xoxb-bench", "SLACK_SIGNING_SECRET": SECRET,
        }  # fmt: skip
        self._peer, self._fill = _imported(environment, "queued", "fill")
        loop.run(self._prepare())
        self.post()
        self.send_tips()

    async def _prepare(self) -> None:
        await self._peer.queue.open_async()
        await self._peer.queue.schema_manager.apply_schema_async()
        await self._fill.members(len(self._posts))

    def post(self) -> float:
        """Return the microseconds of processor time for each post that was made before."""
        self._loop.run(self._peer.post.batch_defer_async(*self._posts))
        return self._work()

    def send_tips(self) -> float:
        """Return the microseconds of processor time for each weekly tip."""
        week = f"2026-W{next(self._weeks)}"
        names = (self._fill.name(number) for number in range(len(self._posts)))
        due = [{"team": self._fill.TEAM, "user": name, "week": week} for name in names]
        self._loop.run(self._peer.send_tip.batch_defer_async(*due))
        took = self._work()
        for _ in range(MAX_RETRIES):
            if (posted := self._loop.run(self._fill.posted(week))) == len(due):
                return took
            time.sleep(RETRIED_AFTER)
            took += self._work()
        raise AssertionError(f"procrastinate posted {posted} of {len(due)} tips")

    def _work(self) -> float:
        before = time.process_time()
        self._loop.run(self._peer.work(wait=False, client=self._client))
        return (time.process_time() - before) / len(self._posts) * MICROSECONDS

    def close(self) -> None:
        self._loop.run(self._peer.queue.close_async())
        self._loop.run(self._peer.textbook.engine.dispose())


def _imported(environment: dict[str, str], *names: str) -> list[ModuleType]:
    """Import modules of the peers, which read the environment once."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        return [importlib.import_module(f"tests.benchmarks.peers.{name}") for name in names]
    finally:
        os.environ.clear()
        os.environ.update(before)
