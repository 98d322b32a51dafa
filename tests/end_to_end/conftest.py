"""Fixtures: an emulated Slack for the bot's process, and the playground in a real browser."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser import PATIENCE
from tests.driver.standin import StandIn
from tests.end_to_end.process import ROOT, playground

PICTURES = ROOT / "screenshots"

Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with StandIn(retry_after=(0.0, 0.0, 0.0)) as slack:
        yield slack


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def address() -> AsyncIterator[str]:
    """Start a playground as the README says, for all tests of a file, and yield its address.

    Each test plays other people, as nothing is put back between them.
    """
    async with playground("tests.patience") as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(chromium: Browser, address: str, request: pytest.FixtureRequest) -> AsyncIterator[Open]:
    """Yield a function that opens the playground's page. `look`: settings such as colours or the screen's size.

    If the test fails, keep a picture of each page.
    """
    pages: list[Page] = []

    async def opened(**look: Any) -> Page:
        pages.append(await chromium.new_page(**{"viewport": {"width": 1280, "height": 860}, **look}))
        pages[-1].set_default_timeout(PATIENCE)
        await pages[-1].goto(address)
        return pages[-1]

    failed_before = request.session.testsfailed
    yield opened
    for number, page in enumerate(pages):
        if request.session.testsfailed > failed_before:
            PICTURES.mkdir(exist_ok=True)
            await page.screenshot(path=PICTURES / f"{request.node.name}-{number}.png")
        await page.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(open_page: Open) -> Page:
    return await open_page()
