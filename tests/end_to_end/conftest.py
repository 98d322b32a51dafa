"""Fixtures: an emulated Slack for the bot's process, and the playground in a real browser."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright

from tests.browser import CHROMIUM, FLAGS
from tests.driver.standin import StandIn

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "screenshots"


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with StandIn(retry_after=(0.0, 0.0, 0.0)) as slack:
        yield slack


@pytest_asyncio.fixture
async def address() -> AsyncIterator[str]:
    """Start a playground as the README says, and yield its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "play", "--no-browser", "--port", "0", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
    found = re.search(r"http://\S+?(?=\.? )", line)
    assert found, line
    yield found[0]
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 10) == 0


@pytest_asyncio.fixture
async def page(address: str, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """Yield the playground's page. If the test fails, keep a picture of it."""
    if not CHROMIUM.exists():
        reason = f"there is no {CHROMIUM}: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("ROLESHIFT_TEST_STRICT") else pytest.skip(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 860})
        await page.goto(address)
        yield page
        PICTURES.mkdir(exist_ok=True)
        await page.screenshot(path=PICTURES / f"{request.node.name}.png")
        await browser.close()
