"""A newcomer's first two minutes, without typing: a role, its first step, a yes, and the step of the week after."""

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


async def test_a_newcomer_gets_to_a_role_a_step_a_yes_and_the_next_without_typing(open_page: Open) -> None:
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
    step = message(page, "step 1 of")
    await expect(step).to_contain_text("Done when")
    await step.get_by_role("button", name="Did it").click()
    await expect(step).to_contain_text("One like this every Tuesday at 09:30?")
    await step.get_by_role("button", name="Yes", exact=True).click()
    await expect(step).to_contain_text("Your weekly tips are on: Tuesdays")
    await expect(_done(card, "Say yes")).to_be_visible()
    await _looks_well(page)
    await step.get_by_role("button", name="Just right").click()
    await expect(step).to_contain_text("it goes on like this")

    await card.get_by_role("button", name="Your next step").click()
    await expect(_done(card, "Your next step")).to_be_visible()
    step = message(page, "step 2 of")  # their own, though the others have steps too
    await step.get_by_role("button", name="Did it").click()
    await expect(step).to_contain_text("People call this")
    await expect(card.get_by_role("status")).to_contain_text("That is all it takes.")
    await _looks_well(page)
    await page.reload()
    for done in ("See your role", "Say yes", "Your next step"):
        await expect(_done(card, done)).to_be_visible()


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
