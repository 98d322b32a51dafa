"""The README's first command in a real browser: Home, and the weeks after a yes to weekly tips."""

import pytest
from playwright.async_api import Page, expect

from tests.end_to_end.page import become, goes_to, message, moves_clock, types

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_question_written_to_the_bot_is_answered_once_and_both_stay_after_a_reload(page: Page) -> None:
    await become(page, "Emil Brandt")
    await goes_to(page, "roleshift")
    asked, answers = (
        "How do I keep token costs down?",
        page.locator("li.message").filter(has_text="Token usage and costs"),
    )
    await types(page, asked)
    await expect(answers).to_have_count(1)
    await expect(answers).not_to_contain_text("Only visible to you")
    await page.reload()
    await expect(page.get_by_role("button", name="You are Emil Brandt")).to_be_visible()
    await expect(page.locator("li.message").filter(has_text=asked)).to_have_count(1)
    await expect(answers).to_have_count(1)


async def test_a_tip_comes_every_week_after_a_yes_until_there_is_a_pause(page: Page) -> None:
    await types(page, "/roleshift myrole sr devops")
    await message(page, "One like this every Tuesday at 09:30?").get_by_role("button", name="Yes", exact=True).click()
    await expect(page.get_by_text("Next weekly tip: Tuesday").last).to_be_visible()

    nudges = page.locator("li.message").filter(has_text="Done when")
    await moves_clock(page, "+1 week")
    await expect(nudges).to_have_count(1)
    await expect(nudges.last).to_contain_text("One of the first for your role")
    first = await nudges.last.inner_text()

    await moves_clock(page, "+1 week")
    await expect(nudges).to_have_count(2)
    assert await nudges.last.inner_text() != first

    await nudges.last.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Pause 2 weeks").click()
    await expect(page.get_by_text("Paused until").last).to_be_visible()
    await moves_clock(page, "+1 week")
    await types(page, "/roleshift tips")
    await expect(page.get_by_text("Paused until").last).to_be_visible()
    await expect(nudges).to_have_count(2)
    await types(page, "/roleshift resume")
    await expect(page.get_by_text("Weekly tips are on again.").last).to_be_visible()
    await moves_clock(page, "+1 week")
    await expect(nudges).to_have_count(3)
