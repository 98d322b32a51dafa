"""Two workspaces install the bot in a real browser, by clicking through Slack's page and back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.playground.demo.sample import sample
from tests.driver.standin import StandIn
from tests.running import bot_for_many
from tests.slack.talk import Talk

pytestmark = pytest.mark.asyncio(loop_scope="session")

NORTH, SOUTH = "T01NORTHWIND", "T02SOUTHWIND"


@pytest_asyncio.fixture(loop_scope="session")
async def many(tmp_path: Path) -> AsyncIterator[tuple[StandIn, str]]:
    """Yield an emulated Slack with two workspaces of the same members, and the bot's address."""
    southwind = replace(sample(), id=SOUTH, name="Southwind")
    async with bot_for_many(tmp_path, sample(), southwind) as (slack, _, address):
        yield slack, address


async def test_two_workspaces_install_the_bot_by_clicks(chromium: Browser, many: tuple[StandIn, str]) -> None:
    slack, address = many
    context = await chromium.new_context()
    page, faults = await context.new_page(), list[str]()
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("pageerror", lambda error: faults.append(str(error)))

    await page.goto(f"{address}/slack/install")
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("The installation was cancelled")
    await page.get_by_role("link", name="Install roleshift").click()
    await _allow(page, "Northwind Labs")
    await expect(page.get_by_role("heading", name="What happens next")).to_be_visible()
    rounded = await page.evaluate("getComputedStyle(document.querySelector('main')).borderRadius")
    assert rounded == "10px", "the policy lets the page's own style through"
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work any more")
    await page.get_by_role("link", name="Start again").click()
    await page.get_by_role("checkbox", name="im:history").uncheck()
    await _allow(page, "Southwind")
    await expect(page.get_by_role("heading", name="Switched off")).to_be_visible()
    await expect(page.get_by_role("main")).to_contain_text("im:history was not granted.")
    await context.close()

    await Talk(slack.drivers[NORTH], "U02EMIL", "ai-guild").does("/roleshift learn cost spikes")
    told = await Talk(slack.drivers[SOUTH], "U02EMIL", "ai-guild").does("/roleshift progress")
    assert "You have learned no skill yet." in told
    assert faults == []


async def _allow(page: Page, workspace: str) -> None:
    await page.get_by_label("Workspace").select_option(workspace)
    await page.get_by_role("button", name="Allow").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"roleshift is installed in {workspace}")
