"""Teams in a real browser: an admin adds two, a lead says yes, and a month later starts a challenge from a message."""

import pytest
from playwright.async_api import Page, expect

from tests.end_to_end.page import become, dialog, goes_to, message, moves_clock, types

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEAMS = (("@ml-platform", "#platform", "@asha"), ("@apps", "#ai-guild", "@kenji"))


async def test_an_admin_adds_teams_and_a_lead_starts_a_challenge_from_the_message_of_the_month(page: Page) -> None:
    await goes_to(page, "platform")
    for group, channel, lead in TEAMS:
        await types(page, f"/roleshift team remove {group}")
        await expect(message(page, "That team and its figures are deleted")).to_be_visible()
        await types(
            page, f"/roleshift team add {group} in {channel} lead {lead} "
        )  # the blank closes the list of names
        await expect(message(page, f"{group[1:]} is a team now.")).to_contain_text("enrol nobody")
    await message(page, "apps is a team now.").get_by_role("button", name="Introduce me there").click()
    await expect(dialog(page)).to_contain_text("ai-guild")
    await dialog(page).get_by_role("button", name="Cancel").click()
    await types(page, "/roleshift team teams")
    await expect(message(page, "By team, last week")).to_contain_text("ml-platform in #platform, lead @Asha")

    await become(page, "Asha Raman")
    await goes_to(page, "platform")
    await types(page, "/roleshift lead on")
    await expect(message(page, "One message a month about leading ml-platform")).to_be_visible()
    for _ in range(5):
        await moves_clock(page, "+1 week")
    await goes_to(page, "roleshift")
    monthly = message(page, "For ml-platform this month")
    await expect(monthly).to_contain_text("With the team, 15 minutes")
    await monthly.get_by_role("button", name="Start a challenge on it").click()
    await dialog(page).get_by_role("button", name="Preview").click()
    await dialog(page).get_by_role("button", name="Post it").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await goes_to(page, "platform")
    await expect(page.locator("li.message").filter(has_text="Team challenge: ").first).to_be_visible()

    await become(page, "Kenji Mori")
    await goes_to(page, "platform")
    await types(page, "/roleshift privacy")
    await expect(message(page, "What I keep about you")).to_contain_text("Your team: which one, as Slack has it")
    await types(page, "/roleshift privacy data")
    await expect(message(page, "entry that says which team you are in")).to_contain_text("the lead of a team")
