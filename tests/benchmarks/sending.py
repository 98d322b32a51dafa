"""Send the nudges of a week with the real job, with the leanest program, and the same posts with the SDK alone."""

import asyncio
import io
import json
import logging
import sys
import time
from typing import Any, Self

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach import schedules, sending
from bot.coach.sending import MAX_PER_WORKSPACE, Pace
from bot.content import library
from bot.content.library import Library
from bot.core.outbox import DeliveryState
from bot.run import logs, services
from bot.slack.gateway import Gateway, WorkspaceGateway
from bot.slack.message import to_json
from bot.store import Store
from jobs.deliver import deliver
from tests.benchmarks import due
from tests.benchmarks.leanest.delivery import LeanDelivery
from tests.benchmarks.leanest.drivers import Driver

MICROSECONDS = 1_000_000
NO_PACE = 60 * 1_000_000.0  # posts a minute


class Sending:
    """A worker's services, where everybody is due every week, the leanest worker, and a session of the SDK's."""

    def __init__(self, loop: asyncio.Runner, store: Store, driver: Driver, port: int, nudges: int) -> None:
        self._loop, self._nudges, self._clock = loop, nudges, due.Weeks()
        catalog = library.load()
        loop.run(store.write(due.gather, catalog, nudges))
        url = f"http://127.0.0.1:{port}/api/"
        self._sessions = [loop.run(_session()) for _ in range(3)]
        gateway = Gateway(self._sessions[0], url)
        self._slack = WorkspaceGateway(due.WORKSPACE, self._sessions[0], url, "xoxb-bench")
        gateway.add(self._slack)
        self._services = services.build(Library(catalog), store, gateway, self._clock, Pace(per_minute=NO_PACE))
        self._lean = LeanDelivery(catalog, driver, self._sessions[2], f"{url}chat.postMessage", "xoxb-bench")
        self.client = AsyncWebClient(token="xoxb-bench", base_url=url, session=self._sessions[1])
        self.client.retry_handlers = []
        self.posts: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        logs.configure("info")  # a line for each post, as the worker writes it
        sys.excepthook = sys.__excepthook__  # but errors of this program are shown
        handler = logging.getLogger().handlers[0]
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(io.StringIO())
        self._record()
        for side in (self.deliver, self.lean, self.bare):
            side()
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("jobs").setLevel(logging.WARNING)
        for session in self._sessions:
            self._loop.run(session.close())
        self._loop.run(self._services.store.close())

    def deliver(self) -> float:
        """Return the processor time of this process for each nudge, from claim to confirmation, in microseconds."""
        self._loop.run(self._plan())
        before = time.process_time()
        self._loop.run(deliver(self._services, asyncio.Event()))
        took = self._each(before)
        left = {state for _, state, _ in self._loop.run(self._services.store.read(sending.counts))}
        assert left <= {DeliveryState.SENT, DeliveryState.MISSED}, left  # missed: the week before the first
        return took

    def lean(self) -> float:
        """Return the microseconds for each nudge by the leanest program that keeps the same promises."""
        self._loop.run(self._plan())
        before = time.process_time()
        sent = self._loop.run(self._lean.deliver(self._clock.now(), 60 / NO_PACE))
        assert sent == self._nudges, sent
        return self._each(before)

    def bare(self) -> float:
        """Return the microseconds for each post by the SDK alone, with the same concurrency."""
        before = time.process_time()
        self._loop.run(self._post_all())
        return self._each(before)

    def _each(self, before: float) -> float:
        return (time.process_time() - before) / self._nudges * MICROSECONDS

    async def _plan(self) -> None:
        self._clock.next()
        while len(await self._services.store.write(schedules.plan_due, self._clock.now())) == schedules.MAX_PLANNED:
            pass

    async def _post_all(self) -> None:
        for first in range(0, self._nudges, MAX_PER_WORKSPACE):
            together = self.posts[first : first + MAX_PER_WORKSPACE]
            await asyncio.gather(*(self.client.chat_postMessage(**post) for post in together))

    def _record(self) -> None:
        """Return the posts of one week as the gateway makes them, for the SDK alone."""
        client, call = self._slack.client, self._slack.client.api_call

        async def record(method: str, **given: Any) -> Any:
            if method == "chat.postMessage":
                post = json.loads(given["data"])
                self.posts.append({**post, "blocks": to_json(post["blocks"])})  # the SDK is quickest with a string
            return await call(method, **given)

        client.api_call = record  # type: ignore[method-assign]  # a listener for one week
        self.deliver()
        del client.api_call
        assert len(self.posts) == self._nudges


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()
