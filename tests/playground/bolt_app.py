"""A Bolt app behind the emulator, by Socket Mode or signed HTTP; what it hears and answers; and Slack's errors."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError

from bot.playground.emulator.server import Server
from tests.driver.standin import StandIn

Json = dict[str, Any]
by_both = pytest.mark.parametrize("bolt", ["socket", "http"], indirect=True)


@asynccontextmanager
async def linked(slack: StandIn, app: AsyncApp) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(app, slack.app.app_token)
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


def heard(*listeners: Callable[[Any], object], **answer: Any) -> list[Json]:
    """Acknowledge what comes to these listeners, with this answer. Return a list that gets the bodies."""
    bodies: list[Json] = []

    async def hear(ack: AsyncAck, body: Json) -> None:
        bodies.append(body)
        await ack(**answer)

    for listener in listeners:
        listener(hear)
    return bodies


def responding(listener: Callable[[Any], object], **answer: Any) -> list[Json]:
    """Answer what comes to this listener at its `response_url`. Return a list that gets the bodies."""
    bodies: list[Json] = []

    async def respond_to(ack: AsyncAck, respond: AsyncRespond, body: Json) -> None:
        bodies.append(body)
        await ack()
        await respond(**answer)

    listener(respond_to)
    return bodies


def opening(bolt: AsyncApp, view: Json) -> None:
    """Let `/roleshift` open this view."""

    @bolt.command("/roleshift")
    async def _(ack: AsyncAck, command: Json) -> None:
        await bolt.client.views_open(trigger_id=command["trigger_id"], view=view)
        await ack()


async def error_of(call: Awaitable[Any]) -> str:
    """Return the name of the error with which Slack refuses a call."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])
