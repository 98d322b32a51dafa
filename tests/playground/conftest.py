"""An emulator and a small app on Slack's real libraries, against which the emulator is tested."""

from collections.abc import AsyncIterator

import pytest
from bolt_app import linked, served
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.driver.apps import listening_app
from tests.driver.standin import StandIn


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with StandIn(app=listening_app(), timeout=1.0, retry_after=(0.0, 0.0, 0.0)) as stand_in:
        yield stand_in


@pytest.fixture
def client(slack: StandIn) -> AsyncWebClient:
    """Yield the bot's own client, as the SDK makes it."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
async def bolt(slack: StandIn, client: AsyncWebClient, request: pytest.FixtureRequest) -> AsyncIterator[AsyncApp]:
    """Yield a Bolt app behind Socket Mode, or signed HTTP for `by_both`. Tests add their listeners to it."""
    app = AsyncApp(name="bolt", client=client, signing_secret=slack.app.signing_secret, process_before_response=True)
    async with served(slack, app) if getattr(request, "param", "") == "http" else linked(slack, app):
        yield app
