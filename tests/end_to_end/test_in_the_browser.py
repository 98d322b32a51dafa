"""The README's first command in a real browser: the coaching loop."""

import pytest
from playwright.async_api import Locator, Page, expect

from bot.core.catalog import Catalog
from tests.end_to_end.page import become, closes, dialog, message, moves_clock, types

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_member_goes_from_a_role_through_steps_to_a_check_and_a_record(page: Page, catalog: Catalog) -> None:
    """A step, a plan, its reminder, what became of it, a check, and the record."""
    await _begin(page, catalog)
    step = await _comes(page, "Next event", "Goal:")
    said = await step.inner_text()
    assert any(theme.name in said for theme in catalog.themes.values()), "its first line names its theme"
    await step.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Remind me").click()
    await dialog(page).get_by_label("When …").fill("Thursday's stand-up ends")
    await closes(page, "Save")
    await expect(step).to_contain_text("when Thursday's stand-up ends")

    reminder = await _comes(page, "Next event", "You said: when Thursday's stand-up ends, I will do this.")
    await reminder.get_by_role("button", name="Did it").click()
    await expect(reminder).to_contain_text("People call this")
    await reminder.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="What came out?").click()
    await dialog(page).get_by_label("Where is it, or what does it say?").fill("Two of five answers were wrong.")
    await closes(page, "Save")
    await expect(reminder).to_contain_text("Two of five answers were wrong.")

    skill = next(skill for skill, tip in catalog.lessons.values() if tip.title in said)
    await types(page, f"/roleshift tip {skill.slug}")
    second = message(page, "You asked for it")
    await second.get_by_role("button", name="Did it").click()
    await expect(second.get_by_role("button", name="What came out?")).to_be_visible()
    await second.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Mark as learned").click()
    await expect(second).to_contain_text(f"{skill.name} is marked as learned: 1 of")

    step = await _comes(page, "+1 week", "step 2 of")
    await expect(step).to_contain_text("Two of five answers were wrong.")
    await step.get_by_role("button", name="Did it").click()
    asking = await _comes(page, "+1 week", f"Quick check on {skill.name}, learned")
    said = await asking.inner_text()
    check = next(each for each in skill.checks if each.options[0].text in said)
    wrong = next(letter for letter, option in zip("ABC", check.options, strict=True) if not option.right)
    await asking.locator(f"button:text-is('{wrong}')").click()
    await expect(asking).to_contain_text(f"You chose {wrong}.")
    right = next(option for option in check.options if option.right)
    await expect(asking).to_contain_text(right.because)

    await types(page, "/roleshift record")
    record = message(page, "Your record")
    for words in ("Projects", skill.name, "Two of five answers were wrong."):
        await expect(record).to_contain_text(words)

    await page.reload()
    await expect(message(page, "You said: when")).to_contain_text("Two of five answers were wrong.")
    await expect(message(page, f"You chose {wrong}.")).to_be_visible()


async def _begin(page: Page, catalog: Catalog) -> None:
    """Choose the role that fits the title, say what there is, and say yes to weekly tips."""
    await become(page, "Emil Brandt")
    await types(page, "/roleshift myrole")
    await message(page, "Is DevOps Engineer your role?").get_by_role("button", name="Yes", exact=True).click()
    await message(page, "DevOps Engineer → AI Platform Enabler").get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="What can you use?").click()
    for need in ("logs", "live-feature", "code", "test-set"):
        await dialog(page).get_by_role("checkbox", name=catalog.needs[need].name).check()
    await closes(page, "Save")
    await types(page, "/roleshift tips on")
    await expect(page.get_by_text("Your weekly tips are on: Tuesdays").last).to_be_visible()


async def _comes(page: Page, jump: str, words: str) -> Locator:
    """Move the clock until a message with these words has come, and return it."""
    came = message(page, words)
    for _ in range(16):  # others get theirs in between
        if await came.count():
            break
        await moves_clock(page, jump)
    await expect(came).to_be_visible()
    return came
