"""The README's first command in a real browser: Home, and the weeks after a yes to weekly tips."""

import pytest
from axe_playwright_python.async_playwright import Axe
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


async def test_a_newcomer_gets_from_nothing_to_a_first_tip_that_is_done_and_a_yes_without_typing(page: Page) -> None:
    await become(page, "Emil Brandt")
    await page.get_by_role("tab", name="Home").click()
    home = page.locator("#home")
    await expect(home).to_contain_text("Is DevOps Engineer your role?")
    await home.get_by_role("button", name="Yes", exact=True).click()
    await expect(home).to_contain_text("Was Deploy and monitor services")
    await home.get_by_role("button", name="Start", exact=True).click()
    await expect(home).to_contain_text("Done when")
    await home.get_by_role("button", name="Did it").click()
    await expect(home).to_contain_text("✓ Done this week:")
    await home.get_by_role("button", name="Yes", exact=True).click()
    await expect(home).to_contain_text("Next weekly tip: Tuesday")
    for width, scheme in ((1280, "dark"), (390, "light")):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # a literal
        await page.set_viewport_size({"width": width, "height": 860})
        found = await Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.response["violations"] == []


async def test_a_command_typed_in_a_channel_changes_the_open_home(page: Page) -> None:
    await become(page, "Kenji Mori")
    await page.get_by_role("tab", name="Home").click()
    home = page.locator("#home")
    await home.get_by_role("button", name="More actions").nth(-2).click()
    await page.get_by_role("menuitem", name="Stop weekly tips").click()
    await expect(home).to_contain_text("Weekly tips are off.")
    await goes_to(page, "platform")
    await types(page, "/roleshift tips on")
    await expect(page.get_by_text("Weekly tips are on").last).to_be_visible()
    await goes_to(page, "roleshift")
    await page.get_by_role("tab", name="Home").click()
    await expect(home).to_contain_text("Next weekly tip:")


async def test_a_tip_comes_every_week_after_a_yes_until_there_is_a_pause(page: Page) -> None:
    await types(page, "/roleshift myrole sr devops")
    await message(page, "One tip a week, by direct message?").get_by_role("button", name="Yes", exact=True).click()
    await expect(page.get_by_text("Next weekly tip: Tuesday").last).to_be_visible()

    nudges = page.locator("li.message").filter(has_text="Done when")
    await moves_clock(page, "+1 week")
    await expect(nudges).to_have_count(1)
    await expect(nudges.last).to_contain_text("Next on your path to AI Platform Enabler")
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


async def test_on_a_monday_one_week_ahead_brings_tuesdays_tip_on_tuesday(page: Page) -> None:
    clock = page.get_by_role("group", name="The playground's clock")
    asha = "Asha Raman, Backend Developer, with roleshift for a year, Kolkata"
    await become(page, "Asha Raman")
    for _ in range(7):
        if "Mon " in await clock.inner_text():
            break
        await moves_clock(page, "+1 day")
    tips = page.locator("li.message").filter(has_text="Done when")
    had = await tips.count()
    await become(page, "Emil Brandt")
    assert "Asha got a tip" in await moves_clock(page, "+1 week")
    await page.get_by_role("button", name=f"Be {asha}, 1 unread").click()
    await expect(tips).to_have_count(had + 1)
    await expect(tips.last.locator("time")).to_have_text("09:30")
    read = page.get_by_role("button", name=f"You are {asha}", exact=True)
    await expect(read).to_be_visible()


async def test_day_and_time_are_chosen_in_a_form_that_keeps_what_was_typed(page: Page) -> None:
    await become(page, "Emil Brandt")
    await types(page, "/roleshift tips off")
    await types(page, "/roleshift tips")
    await message(page, "Weekly tips are off").get_by_role("button", name="Choose day and time").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Time zone").fill("Mars/Base")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text("I don't know that time zone")
    await expect(form.get_by_label("Time zone")).to_have_value("Mars/Base")
    await form.get_by_label("Time zone").fill("Asia/Tokyo")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text("Weekly tips are on: Tuesdays 09:30, Tokyo")
