"""An emulated Slack for the bot's processes."""

from collections.abc import AsyncIterator

import pytest

from tests.driver.standin import StandIn


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with StandIn() as slack:
        yield slack
