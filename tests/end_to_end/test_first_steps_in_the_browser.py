"""A newcomer's first two minutes, without typing: a role, its first tip, a yes, and a tip that is done."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, expect

from tests.end_to_end.conftest import Open
from tests.end_to_end.page import become, message

pytestmark = pytest.mark.asyncio(loop_scope="session")

AXE = {"resultTypes": ["violations"]}
LOOK = {"color_scheme": "dark", "viewport": {"width": 320, "height": 640}}
CUT = """() => [...document.querySelectorAll("html, #guide, #guide *, .clock-now, .clock-now *, #scroller")]
    .filter((node) => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== "inline")
    .filter((node) => !node.matches(".visually-hidden, svg, svg *"))
    .map((node) => `${node.className || node.tagName}: ${node.textContent.slice(0, 40)}`)"""


async def test_a_newcomer_gets_to_a_role_a_yes_and_a_done_tip_without_typing(open_page: Open) -> None:
    page = await open_page(reduced_motion="reduce", **LOOK)
    card = page.get_by_role("region", name="New here? Three steps")
    await expect(card).to_be_visible()
    await expect(page.get_by_text("roleshift shows how AI changes your job")).to_be_visible()
    await _become(page, "Emil Brandt")
    await _looks_well(page)

    await card.get_by_role("button", name="See your role").click()
    await message(page, "It fits your title in Slack.").get_by_role("button", name="Yes").click()
    await expect(_done(card, "See your role")).to_be_visible()
    await page.get_by_role("button", name="Start", exact=True).click()
    await page.get_by_role("dialog").get_by_role("radio", name="New to it").check()
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(message(page, "Done when")).to_be_visible()
    await card.get_by_role("button", name="Say yes").click()
    await expect(message(page, "Weekly tips are on: Tuesdays")).to_be_visible()
    await _looks_well(page)

    await card.get_by_role("button", name="Next event").click()
    await expect(_done(card, "Next event")).to_be_visible()
    tip = message(page, "Done when")  # their own, though the others have tips too
    await tip.get_by_role("button", name="Did it").click()
    await expect(message(page, "is practised: 0 of")).to_be_visible()
    await expect(card.get_by_role("status")).to_contain_text("That is all it takes.")
    await _looks_well(page)
    await page.reload()
    for step in ("See your role", "Say yes", "Next event"):
        await expect(_done(card, step)).to_be_visible()


async def test_a_guest_whom_the_bot_does_not_coach_sees_no_steps(page: Page) -> None:
    await become(page, "Isla Carver")
    await expect(page.get_by_text("roleshift shows how AI changes your job")).to_be_visible()
    await expect(page.get_by_role("region", name="New here?")).to_be_hidden()


async def _become(page: Page, name: str) -> None:
    """Choose the person, who is behind the menu on a narrow screen."""
    menu = page.get_by_role("button", name="People and channels")
    if await menu.is_visible():
        await menu.click()
    await become(page, name)
    if await menu.is_visible():
        await page.keyboard.press("Escape")


def _done(card: Locator, step: str) -> Locator:
    return card.get_by_role("button", name=f"{step} done", exact=True)


async def _looks_well(page: Page) -> None:
    """Fail if axe finds something, or if a text is cut."""
    found = await Axe().run(page, options=AXE)
    assert found.response["violations"] == []
    assert await page.evaluate(CUT) == []
