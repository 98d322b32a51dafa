"""Socket Mode: the WebSocket to Slack, with a watchdog for connections that fall silent."""

import asyncio
import logging
import time
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest

log = logging.getLogger(__name__)

MAX_SILENT_SECONDS = 120  # seconds without a pong, reconnects included, before the process gives up
WATCH_EVERY = 5  # seconds


class SocketMode(AsyncSocketModeHandler):
    """Bolt's handler. It also remembers the requests in progress, so that a stop can wait for them."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        super().__init__(app, app_token)
        self._in_progress: set[asyncio.Task[Any]] = set()

    async def handle(self, client: Any, req: SocketModeRequest) -> None:  # noqa: ANN401 - Bolt's signature
        """Handle one request."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine that runs has a task
        self._in_progress.add(task)
        try:
            await super().handle(client, req)
        finally:
            self._in_progress.discard(task)

    async def open(self) -> None:
        """Connect. If that fails, the client tries again by itself."""
        await self.client.connect()  # type: ignore[no-untyped-call]  # slack_sdk has no types here

    async def connected(self) -> bool:
        """Return whether a connection to Slack is open."""
        return bool(await self.client.is_connected())

    async def watch(self) -> None:
        """Return once Slack has been unreachable for too long. The process then ends; its supervisor restarts it."""
        heard = time.monotonic()
        while time.monotonic() - heard < MAX_SILENT_SECONDS:
            await asyncio.sleep(WATCH_EVERY)
            if await self.connected():
                heard = time.monotonic()
        log.error("socket_mode.silent", extra={"seconds": MAX_SILENT_SECONDS})

    async def drain(self, seconds: float) -> None:
        """Wait until all requests are answered, but no longer than `seconds`."""
        if self._in_progress:
            await asyncio.wait(set(self._in_progress), timeout=seconds)
