"""The two ways in which the emulator reaches a Bolt app: Socket Mode and signed HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.playground.emulator.server import Server
from tests.driver.standin import StandIn


@asynccontextmanager
async def linked(slack: StandIn, app: AsyncApp) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt does not type it
    await slack.socket.linked.wait()
    yield
    await handler.close_async()  # type: ignore[no-untyped-call] # Bolt does not type it


@asynccontextmanager
async def served(slack: StandIn, app: AsyncApp) -> AsyncIterator[None]:
    server = Server()
    await server.start(AsyncSlackRequestHandler(app))  # type: ignore[arg-type] # an ASGI app by Bolt's own names
    slack.deliver_to(f"{server.url}/slack/events")
    yield
    await server.stop()
