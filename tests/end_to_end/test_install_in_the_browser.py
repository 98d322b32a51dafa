"""A workspace installs the bot in a real browser, by clicking through Slack's page and back."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.running import bot_for_many

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_workspace_installs_the_bot_by_clicks(chromium: Browser, tmp_path: Path) -> None:
    async with bot_for_many(tmp_path) as (_, _, address):
        context = await chromium.new_context()
        page, faults = await context.new_page(), list[str]()
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        title = page.get_by_role("heading", level=1)

        await page.goto(f"{address}/slack/install")
        await page.get_by_role("button", name="Cancel").click()
        await expect(title).to_have_text("The installation was cancelled")
        await page.get_by_role("link", name="Install roleshift").click()
        await page.get_by_role("checkbox", name="im:history").uncheck()
        await page.get_by_role("button", name="Allow").click()
        await expect(title).to_have_text("roleshift is installed in Northwind Labs")
        await expect(page.get_by_role("heading", name="Switched off")).to_be_visible()
        await expect(page.get_by_role("main")).to_contain_text("im:history was not granted.")
        rounded = await page.evaluate("getComputedStyle(document.querySelector('main')).borderRadius")
        assert rounded == "10px", "the policy lets the page's own style through"
        await page.reload()
        await expect(title).to_have_text("This link does not work any more")
        await context.close()
    assert faults == []
