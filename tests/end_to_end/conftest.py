"""A Slack of one's own for the bot's process."""

from collections.abc import AsyncIterator

import pytest

from bot.playground.standin import StandIn


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with StandIn(retry_after=(0.0, 0.0, 0.0)) as slack:
        yield slack
