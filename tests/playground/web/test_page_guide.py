"""The card with the first steps: its buttons do them, its ticks follow the app, and it can be closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from page_double import Double
from playwright.async_api import expect

if TYPE_CHECKING:
    from page_fixtures import BrowserTab, Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


def first_steps(*done: str) -> dict[str, object]:
    steps = [("role", "See your role", "/roleshift myrole"), ("tip", "Next event", None)]
    return {
        "title": "Two steps",
        "steps": [
            {"id": key, "label": label, "hint": f"Do {key}.", "done": key in done, "command": command}
            for key, label, command in steps
        ],
        "ending": "That is all.",
    }


async def card_of(tab: BrowserTab, hint: str) -> None:
    await expect(tab.page.get_by_role("region", name="Two steps").get_by_role("status")).to_have_text(hint)


async def test_the_buttons_do_the_steps_and_ticks_follow_the_app_for_each_person(
    open_page: Open, double: Double
) -> None:
    double.guides = {"UADA": first_steps(), "UBEN": first_steps("role")}
    tab = await open_page()
    await card_of(tab, "Do role.")
    await expect(tab.button("See your role")).to_have_attribute("aria-current", "step")
    await tab.button("See your role").focus()
    double.guides["UADA"] = first_steps("role")  # the app stores it before it answers
    await tab.page.keyboard.press("Enter")
    await expect(tab.button("See your role done")).to_be_focused()
    assert double.sent("say") == [{"as": "UADA", "conversation": "DUADA", "text": "/roleshift myrole"}]
    await card_of(tab, "Do tip.")
    await tab.button("Next event").last.click()
    await tab.become("Ben Okafor")
    await card_of(tab, "Do tip.")
    assert double.sent("clock") == [{"as": "UADA", "next": True, "mine": True}]
    double.guides["UADA"] = first_steps("role", "tip")
    await tab.become("Ada Fischer")
    await card_of(tab, "That is all.")
    await tab.page.reload()
    await card_of(tab, "That is all.")
    await tab.become("Mei Tanaka")  # she has no guide
    await expect(tab.page.get_by_role("region", name="Two steps")).to_be_hidden()


async def test_a_card_that_was_closed_stays_closed_until_a_reset(open_page: Open, double: Double) -> None:
    double.guides = {"UADA": first_steps(), "UBEN": first_steps()}
    tab = await open_page(viewport={"width": 320, "height": 640})
    await card_of(tab, "Do role.")
    await expect(tab.page.get_by_text("New here? Try")).to_be_hidden()  # it says the same with less help
    await tab.button("Close these steps").click()
    await expect(tab.page.locator("#scroller")).to_be_focused()
    await expect(tab.page.get_by_role("group", name="New here? Try")).to_be_visible()
    await tab.page.reload()
    await expect(tab.page.get_by_role("group", name="New here? Try")).to_be_visible()
    double.push("UADA", {"type": "reset"})
    await card_of(tab, "Do role.")
    await tab.page.get_by_role("tab", name="Home").click()  # which has first steps of its own
    await expect(tab.page.get_by_role("region", name="Two steps")).to_be_hidden()
