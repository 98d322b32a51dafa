"""Socket Mode: the WebSocket to Slack, with a watchdog for connections that fall silent."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.installation import NoAnswer, ask_patiently

log = logging.getLogger(__name__)

MAX_SILENT_SECONDS = 120  # seconds without a pong, reconnects included, before the process gives up
WATCH_EVERY = 5  # seconds


class SocketMode(AsyncSocketModeHandler):
    """Bolt's handler. It also remembers the requests in progress, so that a stop can wait for them."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        super().__init__(app, app_token)
        self._in_progress: set[asyncio.Task[Any]] = set()

    async def handle(self, client: Any, req: SocketModeRequest) -> None:  # noqa: ANN401 - Bolt's signature
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine that runs has a task
        self._in_progress.add(task)
        try:
            await super().handle(client, req)
        finally:
            self._in_progress.discard(task)

    async def open(self, tell: Callable[[str], None]) -> None:
        """Connect for the first time. `tell` gets the reason of each failed try; later the client tries by itself.

        Raise TokenRefused if Slack does not accept the app token, NoAnswer if it can't be reached for too long.
        """
        self.client.wss_uri = await ask_patiently(self._address, tell)
        try:
            async with asyncio.timeout(MAX_SILENT_SECONDS):
                await self.client.connect()  # type: ignore[no-untyped-call]  # slack_sdk has no types here
        except TimeoutError as error:
            raise NoAnswer("no WebSocket") from error

    async def _address(self) -> str:
        answer = await self.client.web_client.apps_connections_open(app_token=self.app_token)
        address: str = answer["url"]
        return address

    async def connected(self) -> bool:
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
