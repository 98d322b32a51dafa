"""Keyboard, focus and announcements: the page is for everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from challenge_app import live
from page_double import Double
from page_screens import every_input
from playwright.async_api import expect

if TYPE_CHECKING:
    from page_fixtures import Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_role_is_changed_by_keyboard_alone(open_page: Open, double: Double) -> None:
    tab = await open_page()
    keys = tab.page.keyboard
    await keys.press("Tab")
    await expect(tab.page.get_by_role("link", name="Skip to the message box")).to_be_focused()
    await keys.press("Enter")
    await expect(tab.box).to_be_focused()
    await keys.type("/roleshift myrole")
    await keys.press("Enter")
    await expect(tab.button("Change role")).to_be_visible()
    for _ in range(20):
        await keys.press("Shift+Tab")
        if await tab.button("Change role").evaluate("button => button === document.activeElement"):
            break
    await keys.press("Enter")
    await expect(tab.modal.get_by_label("Your new role")).to_be_focused()
    await keys.press("ArrowDown")
    await keys.type("exper")
    await keys.press("Enter")
    await expect(tab.modal.get_by_label("Your new role")).to_contain_text("AI Experience Builder")
    await keys.press("Tab")
    await keys.type("Because")
    await keys.press("Enter")
    await expect(tab.modal).to_be_hidden()
    await expect(tab.button("Change role")).to_be_focused()
    assert double.sent("submit")[0]["state_values"]["why"]["text"]["value"] == "Because"


async def test_the_focus_stays_inside_a_modal(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.show("UADA", [every_input()])
    await expect(tab.modal).to_be_visible()
    for key in ["Tab"] * 25 + ["Shift+Tab"] * 30:
        await tab.page.keyboard.press(key)
        assert await tab.modal.evaluate("modal => modal.contains(document.activeElement)"), key


async def test_escape_closes_a_list_before_the_modal_around_it(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.show("UADA", [every_input()])
    await tab.modal.get_by_label("Role").click()
    await expect(tab.page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    await tab.page.keyboard.press("Escape")
    await expect(tab.page.get_by_role("listbox").get_by_role("option").first).to_be_hidden()
    await expect(tab.modal).to_be_visible()
    await tab.page.keyboard.press("Escape")
    await expect(tab.modal).to_be_hidden()


async def test_new_and_changed_messages_are_announced(open_page: Open, double: Double) -> None:
    tab = await open_page()
    ts = double.post(["UADA"], "DUADA", text="Your tip for this week")["ts"]
    live = tab.page.locator("[aria-live=polite]")
    await expect(live.filter(has_text="roleshift: Your tip for this week")).to_be_attached()
    double.replace("UADA", ts, text="Done")
    await expect(live.filter(has_text="roleshift, changed: Done")).to_be_attached()


async def test_the_focus_stays_on_a_button_whose_block_has_a_new_id(open_page: Open, double: Double) -> None:
    ts = double.post(["UADA"], "DUADA", text="3 of 22 have done it.", blocks=live(3))["ts"]
    tab = await open_page()
    await tab.button("I did it").focus()
    *text, row = live(4)
    double.replace("UADA", ts, blocks=[*text, row | {"block_id": "as-slack-gives-new-ids"}], text="4 of 22")
    await expect(tab.page.get_by_text("4 of 22 have done it. Goal: 15.")).to_be_in_viewport()
    await expect(tab.button("I did it")).to_be_focused()
