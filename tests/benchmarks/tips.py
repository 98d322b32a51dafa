"""T2: what a weekly tip costs the worker, beside procrastinate."""

import asyncio
import contextlib
import importlib
import os
import time
from collections.abc import Callable, Coroutine, Iterator
from itertools import count
from types import ModuleType
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import text

from tests.benchmarks import databases, members, start
from tests.benchmarks.databases import loop
from tests.benchmarks.figures import Figure, in_turn, ratio
from tests.benchmarks.members import Clock
from tests.benchmarks.minimal_slack import SECRET, MinimalSlack, minimal_slack

MICROSECONDS, UNIT = 1_000_000, "µs of processor time a tip"
TIPS, AT_ONCE = 300, {"ROLESHIFT_SENDS_PER_MINUTE": "100000"}
MAX_OF_POST, MAX_OF_TIP = 0.5, 0.16
MAX_RETRIES, RETRIED_AFTER = 5, 1  # a task of procrastinate that failed is tried again after so many seconds


def beside_procrastinate() -> Iterator[Figure]:
    """Measure T2: the job that sends, against a worker of procrastinate."""
    server = databases.server()
    with (
        minimal_slack() as slack,
        loop() as runner,
        _sending(runner, slack, server.database()) as deliver,
        loop() as other,
    ):
        queued = _Queued(other, server.database(), slack)
        ours, least, whole = in_turn(3, deliver, queued.post, queued.send_tips)
        queued.close()
    side = "deliver: claims, chooses, posts, confirms; PostgreSQL", ours
    yield ratio("T2", side, ("procrastinate only posts what it is given", least), UNIT, MAX_OF_POST)
    yield ratio("T2", side, ("procrastinate and the ORM choose, post, remember", whole), UNIT, MAX_OF_TIP)


@contextlib.contextmanager
def _sending(runner: asyncio.Runner, slack: MinimalSlack, address: str) -> Iterator[Callable[[], float]]:
    """Start a worker whose members are all due every week. Yield what sends the tips of the next week."""
    databases.insert(address, members.gather(TIPS))
    clock = Clock(slack.scratch)
    weeks = clock.weeks()
    environment = slack.environment(DATABASE_URL=address, ROLESHIFT_CLOCK=str(clock), **AT_ONCE)
    with start.running_worker(runner, environment) as worker:

        def once() -> float:
            next(weeks)
            with databases.engine(address).begin() as connection:  # who presses nothing for three weeks gets fewer
                connection.execute(text("UPDATE schedule SET unanswered = 0"))
            runner.run(worker.run("plan_nudges"))
            posted = slack.calls["chat.postMessage"]
            took = _processor_time(runner, worker.run("deliver"))
            posted = slack.calls["chat.postMessage"] - posted
            assert posted == TIPS, f"{posted} of {TIPS} tips were posted"
            return took

        once()
        yield once


async def _client(slack: MinimalSlack) -> AsyncWebClient:
    client = AsyncWebClient(token=start.TOKEN, base_url=slack.api_url, session=aiohttp.ClientSession())
    client.retry_handlers = []
    return client


def _processor_time(runner: asyncio.Runner, work: Coroutine[Any, Any, None]) -> float:
    before = time.process_time()
    runner.run(work)
    return (time.process_time() - before) / TIPS * MICROSECONDS


class _Queued:
    """The worker of the queue in this process, with members who get a tip each week."""

    def __init__(self, runner: asyncio.Runner, database: str, slack: MinimalSlack) -> None:
        self._runner, self._weeks = runner, count(1)
        environment = {
            "DATABASE_URL": database, "SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": start.TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
        }  # fmt: skip
        self._posts, self._client = slack.posts[-TIPS:], runner.run(_client(slack))
        self._peer, self._fill = _imported(environment, "queued", "fill")
        runner.run(self._prepare())
        self.post()
        self.send_tips()

    async def _prepare(self) -> None:
        await self._peer.queue.open_async()
        await self._peer.queue.schema_manager.apply_schema_async()
        await self._fill.members(TIPS)

    def post(self) -> float:
        """Return the microseconds for each post that was made before."""
        self._runner.run(self._peer.post.batch_defer_async(*self._posts))
        return self._work()

    def send_tips(self) -> float:
        week = f"2026-W{next(self._weeks)}"
        names = [members.name(number) for number in range(TIPS)]
        due = [{"team": self._fill.TEAM, "user": name, "week": week} for name in names]
        self._runner.run(self._peer.send_tip.batch_defer_async(*due))
        took = self._work()
        for _ in range(MAX_RETRIES):
            if (posted := self._runner.run(self._fill.posted(week))) == len(due):
                return took
            time.sleep(RETRIED_AFTER)
            took += self._work()
        raise AssertionError(f"procrastinate posted {posted} of {len(due)} tips")

    def _work(self) -> float:
        return _processor_time(self._runner, self._peer.work(wait=False, client=self._client))

    def close(self) -> None:
        assert self._client.session is not None
        self._runner.run(self._client.session.close())
        self._runner.run(self._peer.queue.close_async())
        self._runner.run(self._peer.textbook.engine.dispose())


def _imported(environment: dict[str, str], *names: str) -> list[ModuleType]:
    """Import modules of the peers, which read the environment once."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        return [importlib.import_module(f"tests.benchmarks.peers.{name}") for name in names]
    finally:
        os.environ.clear()
        os.environ.update(before)
