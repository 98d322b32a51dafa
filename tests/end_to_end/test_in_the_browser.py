"""The README's first command in a real browser: a question, a whole team challenge, and the desk.

One playground serves all tests of this file; each counts from what it finds.
"""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.end_to_end.page import become, begins_challenge, closes, dialog, goes_to, message, moves_clock, types

pytestmark = pytest.mark.asyncio(loop_scope="session")

TITLE = "Ship one prompt change behind a flag"


def live(page: Page) -> Locator:
    return page.locator("li.message").filter(has_text=f"Team challenge: {TITLE}").first


async def writes(page: Page, channel: str) -> None:
    """Fill in the form from a template."""
    await begins_challenge(page, channel, TITLE)
    await expect(dialog(page)).to_contain_text(channel)  # offered, because it was typed there


async def shares(page: Page, line: str) -> None:
    await dialog(page).get_by_label("Which answer got better").fill(line)
    await closes(page, "Share")
    await expect(message(page, "Shared. Thank you.")).to_contain_text("Only visible to you")


async def test_four_people_play_a_challenge_from_its_preview_to_its_recap(page: Page) -> None:
    await writes(page, "platform")
    await dialog(page).get_by_label("Title").fill("  ")
    await dialog(page).get_by_role("button", name="Preview").click()
    await expect(dialog(page)).to_contain_text("A few words are needed here.")
    await dialog(page).get_by_label("Title").fill(TITLE)
    await dialog(page).get_by_role("button", name="Preview").click()
    await expect(dialog(page)).to_contain_text(f"Team challenge: {TITLE}")
    await dialog(page).get_by_role("button", name="Change it").click()
    await expect(dialog(page).get_by_label("Title")).to_have_value(TITLE)
    await dialog(page).get_by_role("button", name="Preview").click()
    await closes(page, "Post it")
    await expect(message(page, "You started")).to_contain_text("Only visible to you")

    await goes_to(page, "platform")
    await expect(live(page)).to_contain_text("Be the first.")

    for name in ("Emil Brandt", "Kenji Mori", "Asha Raman"):
        await become(page, name)
        await goes_to(page, "platform")
        await expect(page.get_by_text("Only visible to you")).to_have_count(0)  # nobody sees another's answers
        await live(page).get_by_role("button", name="I'm in").click()
        await expect(message(page, "You're in:")).to_contain_text("Only visible to you")
        if name != "Asha Raman":  # she has learned that skill
            await live(page).get_by_role("button", name="I did it").click()
            await expect(message(page, "Noted: you did it.")).to_contain_text("Have you learned that skill?")
        if name == "Kenji Mori":
            await message(page, "Noted: you did it.").get_by_role("button", name="Share what you learned").click()
            await shares(page, "Shorter, three better & <!channel> one worse")

    await become(page, "Nora Whitfield")
    await goes_to(page, "platform")
    await expect(live(page)).to_contain_text("3 are in, 2 have done it.")

    for _ in range(2):
        await moves_clock(page, "+1 week")
    recap = message(page, f"Recap: {TITLE}")
    await expect(recap).to_contain_text("2 of the 3 who joined did it.")
    await expect(recap).to_contain_text("Kenji: Shorter, three better & <!channel> one worse")
    await expect(live(page)).to_contain_text("closed")
    await expect(live(page).get_by_role("button", name="I did it")).to_have_count(0)
    await expect(page.locator("li.message").filter(has_text=f"Recap: {TITLE}")).to_have_count(1)


async def test_a_member_who_may_not_start_one_is_told_who_may(page: Page) -> None:
    await become(page, "Emil Brandt")
    await types(page, "/roleshift challenge new")
    refused = message(page, "Only workspace admins and coach admins can start a challenge.")
    await expect(refused.get_by_role("button", name="Who are they?")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_channel_without_the_bot_is_told_to_the_owner_with_the_fix(page: Page) -> None:
    await writes(page, "design")
    await dialog(page).get_by_role("button", name="Preview").click()
    await dialog(page).get_by_role("button", name="Post it").click()
    await goes_to(page, "roleshift")
    told = message(page, "I could not post your challenge")
    await expect(told).to_contain_text("/invite @roleshift")
    await told.get_by_role("button", name="Change it").click()
    await expect(dialog(page).get_by_label("Title")).to_have_value(TITLE)


async def test_the_owner_sees_what_blocks_most_and_a_member_does_not(page: Page) -> None:
    await types(page, "/roleshift team")
    await expect(message(page, "The team's desk")).to_contain_text("What blocks most")
    await expect(message(page, "The team's desk")).to_contain_text(re.compile(r"about \d*[05]"))
    await become(page, "Emil Brandt")
    await types(page, "/roleshift team")
    await expect(message(page, "Only workspace admins and coach admins can")).to_be_visible()


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
