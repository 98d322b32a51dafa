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

from tests.benchmarks import databases, members, start
from tests.benchmarks.databases import loop
from tests.benchmarks.figures import Figure, Pace, Side, in_turn, ratio
from tests.benchmarks.members import Clock
from tests.benchmarks.minimal_slack import SECRET, MinimalSlack, minimal_slack

MICROSECONDS, UNIT = 1_000_000, "µs of processor time a tip"
AT_ONCE = {"ROLESHIFT_SENDS_PER_MINUTE": "100000"}
MAX_OF_POST, MAX_OF_TIP = 0.5, 0.16
MAX_RETRIES, RETRIED_AFTER = 5, 1  # a task of procrastinate that failed is tried again after so many seconds


def beside_procrastinate(pace: Pace) -> Iterator[Figure]:
    """Measure T2: the job that sends, against a worker of procrastinate."""
    server, tips = databases.server(), pace.requests * 3
    with (
        minimal_slack() as slack,
        loop() as runner,
        _sending(runner, slack, server.database(), tips) as deliver,
        loop() as other,
    ):
        queued = _Queued(other, server.database(), slack, tips)
        ours, least, whole = in_turn(pace.rounds(3), deliver, queued.post, queued.send_tips)
        queued.close()
    side = Side("deliver: claims, chooses, posts, confirms; PostgreSQL", ours)
    yield ratio("T2", side, Side("procrastinate only posts what it is given", least), UNIT, MAX_OF_POST)
    yield ratio("T2", side, Side("procrastinate and the ORM choose, post, remember", whole), UNIT, MAX_OF_TIP)


@contextlib.contextmanager
def _sending(runner: asyncio.Runner, slack: MinimalSlack, address: str, tips: int) -> Iterator[Callable[[], float]]:
    """Start a worker whose members are all due every week. Yield what sends the tips of the next week."""
    databases.insert(address, members.gather(tips))
    clock = Clock(slack.scratch)
    weeks = clock.weeks()
    environment = slack.environment(DATABASE_URL=address, ROLESHIFT_CLOCK=str(clock), **AT_ONCE)
    with start.running_worker(runner, environment) as worker:

        def once() -> float:
            next(weeks)
            databases.all_press_something(address)
            runner.run(worker.run("plan_nudges"))
            posted = slack.calls["chat.postMessage"]
            took = _processor_time(runner, worker.run("deliver"), tips)
            posted = slack.calls["chat.postMessage"] - posted
            assert posted == tips, f"{posted} of {tips} tips were posted"
            return took

        once()
        yield once


async def _client(slack: MinimalSlack) -> AsyncWebClient:
    client = AsyncWebClient(token=start.TOKEN, base_url=slack.api_url, session=aiohttp.ClientSession())
    client.retry_handlers = []
    return client


async def _closed(client: AsyncWebClient) -> None:
    assert client.session is not None
    await client.session.close()


def _processor_time(runner: asyncio.Runner, work: Coroutine[Any, Any, None], tips: int) -> float:
    before = time.process_time()
    runner.run(work)
    return (time.process_time() - before) / tips * MICROSECONDS


class _Queued:
    """The worker of the queue in this process, with members who get a tip each week."""

    def __init__(self, runner: asyncio.Runner, database: str, slack: MinimalSlack, tips: int) -> None:
        self._runner, self._tips, self._weeks = runner, tips, count(1)
        environment = {
            "DATABASE_URL": database, "SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": start.TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
        }  # fmt: skip
        self._posts, self._client = slack.posts[-tips:], runner.run(_client(slack))
        self._peer, self._fill = _imported(environment, "queued", "fill")
        runner.run(self._prepare())
        self.post()
        self.send_tips()

    async def _prepare(self) -> None:
        await self._peer.queue.open_async()
        await self._peer.queue.schema_manager.apply_schema_async()
        await self._fill.members(self._tips)

    def post(self) -> float:
        """Return the microseconds for each post that was made before."""
        self._runner.run(self._peer.post.batch_defer_async(*self._posts))
        return self._work()

    def send_tips(self) -> float:
        week = f"2026-W{next(self._weeks)}"
        names = [members.name(number) for number in range(self._tips)]
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
        return _processor_time(self._runner, self._peer.work(wait=False, client=self._client), self._tips)

    def close(self) -> None:
        self._runner.run(_closed(self._client))
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
