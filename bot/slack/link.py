"""Socket Mode: the link to Slack, with a watchdog for links that fall silent."""

import asyncio
import logging
import time
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest

log = logging.getLogger(__name__)

SILENT_MOST = 120  # seconds without a pong, reconnects included, before the process gives up
WATCH_EVERY = 5  # seconds


class Link(AsyncSocketModeHandler):
    """Bolt's handler, which also knows what is in hand, so that a stop can wait for it."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        super().__init__(app, app_token)
        self._in_hand: set[asyncio.Task[Any]] = set()

    async def handle(self, client: Any, req: SocketModeRequest) -> None:  # noqa: ANN401 - Bolt's signature
        """Has one request done."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine that runs has a task
        self._in_hand.add(task)
        try:
            await super().handle(client, req)
        finally:
            self._in_hand.discard(task)

    async def open(self) -> None:
        """Connects; tries again by itself where that fails."""
        await self.client.connect()  # type: ignore[no-untyped-call]  # slack_sdk has no types here

    async def connected(self) -> bool:
        """Whether Slack can be heard."""
        return bool(await self.client.is_connected())

    async def watch(self) -> None:
        """Returns once the link has been silent for too long; the process then ends and its supervisor restarts it."""
        heard = time.monotonic()
        while time.monotonic() - heard < SILENT_MOST:
            await asyncio.sleep(WATCH_EVERY)
            if await self.connected():
                heard = time.monotonic()
        log.error("link.silent", extra={"seconds": SILENT_MOST})

    async def drain(self, seconds: float) -> None:
        """Waits for what is in hand, but no longer than `seconds`."""
        if self._in_hand:
            await asyncio.wait(set(self._in_hand), timeout=seconds)
