"""The coaching loop in a real browser: a tip, a plan, its reminder, what became of it, a check, and the record."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from bot.core.catalog import Catalog
from tests.end_to_end.page import become, closes, dialog, message, moves_clock, types

pytestmark = pytest.mark.asyncio(loop_scope="session")

TIP = re.compile("Done when")
WHY_THIS_TIP = re.compile("Because your check on|Chosen for your role")


async def test_a_member_goes_from_a_role_to_a_check_and_a_record(page: Page, catalog: Catalog) -> None:
    await _begin(page, catalog)
    tip = await _comes(page, "Next event", 1)
    await expect(tip).to_contain_text("Chosen for your role")
    said = await tip.inner_text()
    assert any(theme.name in said for theme in catalog.themes.values()), "its last line names its theme"
    await tip.get_by_role("button", name="Remind me").click()
    await dialog(page).get_by_label("When …").fill("Thursday's stand-up ends")
    await closes(page, "Save")
    await expect(tip).to_contain_text("when Thursday's stand-up ends")

    reminder = await _comes(page, "Next event", 2)
    await expect(reminder).to_contain_text("You said: when Thursday's stand-up ends, I will do this.")
    await reminder.get_by_role("button", name="Did it").click()
    await expect(reminder).to_contain_text("is practised: 0 of")
    await reminder.get_by_role("button", name="What came out?").click()
    await dialog(page).get_by_label("Where is it, or what does it say?").fill("Two of five answers were wrong.")
    await closes(page, "Save")
    await expect(reminder).to_contain_text("Two of five answers were wrong.")

    said = await reminder.inner_text()
    skill = next(skill for skill, tip in catalog.lessons.values() if tip.title in said)
    await types(page, f"/roleshift tip {skill.slug}")
    second = message(page, "You asked for it")
    await second.get_by_role("button", name="Did it").click()
    await second.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Mark as learned").click()
    await expect(second).to_contain_text(f"{skill.name} is marked as learned: 1 of")

    third = await _comes(page, "+1 week", 3)
    await expect(third).not_to_contain_text("Quick check")  # a day less than a week after the skill was learned
    fourth = await _comes(page, "+1 week", 4)
    await expect(fourth).to_contain_text(f"Quick check on {skill.name}, learned")
    said = await fourth.inner_text()
    check = next(each for each in skill.checks if each.options[0].text in said)
    wrong = next(letter for letter, option in zip("ABC", check.options, strict=True) if not option.right)
    await fourth.locator(f"button:text-is('{wrong}')").click()
    await expect(fourth).to_contain_text(f"You chose {wrong}.")
    right = next(option for option in check.options if option.right)
    await expect(fourth).to_contain_text(right.because)
    await expect(await _comes(page, "+1 week", 5)).to_contain_text(WHY_THIS_TIP)

    await types(page, "/roleshift record")
    record = message(page, "Your record")
    for words in (skill.name, "Two of five answers were wrong."):
        await expect(record).to_contain_text(words)

    await page.reload()
    await expect(tips(page).nth(1)).to_contain_text("Two of five answers were wrong.")
    await expect(tips(page).nth(3)).to_contain_text(f"You chose {wrong}.")


async def _begin(page: Page, catalog: Catalog) -> None:
    """Choose the role that fits the title, say what there is, and say yes to weekly tips."""
    await become(page, "Emil Brandt")
    await types(page, "/roleshift myrole")
    await message(page, "Is DevOps Engineer your role?").get_by_role("button", name="Yes", exact=True).click()
    await message(page, "DevOps Engineer → AI Platform Enabler").get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="What can you use?").click()
    await dialog(page).get_by_role("checkbox", name=catalog.needs["test-set"].name).check()
    await closes(page, "Save")
    await types(page, "/roleshift tips on")
    await expect(page.get_by_text("Weekly tips are on: Tuesdays").last).to_be_visible()


def tips(page: Page) -> Locator:
    """Return the tips that came by direct message; those that were asked for are visible to their reader only."""
    return page.locator("li.message").filter(has_text=TIP).filter(has_not_text="Only visible to you")


async def _comes(page: Page, jump: str, number: int) -> Locator:
    """Move the clock until this many tips have come, and return the last."""
    for _ in range(6):
        if await tips(page).count() < number:
            await moves_clock(page, jump)
    await expect(tips(page)).to_have_count(number)
    return tips(page).nth(number - 1)
