"""A stand-in and a tiny app of our own, so that the stand-in is held against Slack's real libraries."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.standin import StandIn


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with StandIn(timeout=1.0, retry_after=(0.0, 0.0, 0.0)) as stand_in:
        yield stand_in


@pytest.fixture
def client(slack: StandIn) -> AsyncWebClient:
    """The bot's own client, as the SDK makes it."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
async def bolt(slack: StandIn, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """A Bolt app, linked over Socket Mode; tests add their listeners to it."""
    app = AsyncApp(client=client, process_before_response=True, raise_error_for_unhandled_request=True)
    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt does not type it
    await slack.socket.linked.wait()
    yield app
    await handler.close_async()  # type: ignore[no-untyped-call] # Bolt does not type it
