"""The Home tab in a real browser: a newcomer clicks through the first visit, and changes come by themselves."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.end_to_end.page import become, goes_to, types

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]


async def test_a_newcomer_gets_from_nothing_to_a_first_skill_and_a_yes_without_typing(page: Page) -> None:
    await become(page, "Kenji Mori")
    await page.get_by_role("tab", name="Home").click()
    home = page.locator("#home")
    await expect(home).to_contain_text("Step 1 of 3: which role is yours?")
    await home.get_by_role("button", name="QA Engineer").click()
    await expect(home).to_contain_text("Step 2 of 3: what do you have?")
    await home.get_by_role("button", name="None of these").click()
    await expect(home).to_contain_text("Step 3 of 3: one tip a week?")
    await home.get_by_role("button", name="Start weekly tips").click()
    await expect(home).to_contain_text("Your next tip comes on")
    await home.get_by_role("button", name="Mark as learned").first.click()
    await expect(home).to_contain_text("✓ Learned last:")
    await expect(home).to_contain_text("You practised in 1 of the last 12 weeks.")
    for width, scheme in ((1280, "dark"), (390, "light")):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # a literal
        await page.set_viewport_size({"width": width, "height": 860})
        found = await Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.response["violations"] == []


async def test_a_command_typed_in_a_channel_changes_the_open_home(page: Page) -> None:
    await become(page, "Emil Brandt")
    await page.get_by_role("tab", name="Home").click()
    home = page.locator("#home")
    await home.get_by_role("button", name="DevOps Engineer").click()
    await home.get_by_role("button", name="All of these").click()
    await home.get_by_role("button", name="Not now").click()
    await expect(home).to_contain_text("Weekly tips are off.")
    await goes_to(page, "platform")
    await types(page, "/roleshift tips on")
    await expect(page.get_by_text("Weekly tips are on").last).to_be_visible()
    await goes_to(page, "roleshift")
    await page.get_by_role("tab", name="Home").click()
    await expect(home).to_contain_text("Your next tip comes on", timeout=2_000)
