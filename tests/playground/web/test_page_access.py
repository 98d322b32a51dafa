"""Keyboard, focus, contrast and narrow screens: the page is for everyone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import pytest
from page_double import Double
from page_screens import EVERYTHING, every_input
from playwright.async_api import expect

if TYPE_CHECKING:
    from page_fixtures import BrowserTab, Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
NO_SCROLLING_SIDEWAYS = (
    "() => document.documentElement.scrollWidth <= innerWidth && scroller.scrollWidth <= scroller.clientWidth"
)


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


async def test_people_are_switched_by_keyboard(open_page: Open) -> None:
    tab = await open_page()
    await tab.page.get_by_role("button", name="Be Ben Okafor").press("Enter")
    await expect(tab.page.get_by_role("button", name="You are Ben Okafor")).to_be_focused()


async def test_new_messages_are_announced(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.post(["UADA"], "DUADA", text="Your tip for this week")
    await expect(tab.page.locator("[aria-live=polite]", has_text="roleshift: Your tip for this week")).to_be_attached()


async def test_replaced_messages_are_announced_without_their_mark_up(open_page: Open, double: Double) -> None:
    ts = double.post(["UADA"], "DUADA", text="Your tip")["ts"]
    tab = await open_page()
    double.replace("UADA", ts, text="*Marked* as `learned`, <@UBEN>")
    spoken = tab.page.locator("[aria-live=polite]", has_text="roleshift, changed: Marked as learned, @Ben Okafor")
    await expect(spoken).to_be_attached()


async def test_all_text_has_contrast_enough(open_page: Open, double: Double) -> None:
    double.unread["UADA"]["CTEAM"] = double.badges["UADA"]["CTEAM"] = 2
    double.post(["UADA"], "DUADA", blocks=EVERYTHING)
    tab = await open_page(reduced_motion="reduce")
    await tab.say("/roleshift myrole")
    await expect(tab.button("Stop weekly tips")).to_be_visible()
    await tab.box.press_sequentially("/ro")
    await assert_contrast(tab)
    double.show("UADA", [every_input()])
    await tab.button("Start").click()
    await tab.modal.get_by_label("Role").click()
    await assert_contrast(tab)


async def assert_contrast(tab: BrowserTab) -> None:
    for scheme in SCHEMES:
        await tab.page.emulate_media(color_scheme=scheme)
        assert await tab.page.evaluate(CONTRAST) == [], scheme


async def test_nothing_scrolls_sideways(open_page: Open, double: Double) -> None:
    double.post(["UADA"], "DUADA", blocks=EVERYTHING)
    double.post(["UADA"], "DUADA", text=f"{'long' * 80} `{'code' * 60}`")
    tab = await open_page()
    await expect(tab.messages).to_have_count(2)
    for width in (360, 390, 768, 1280, 2200):
        await tab.page.set_viewport_size({"width": width, "height": 800})
        assert await tab.page.evaluate(NO_SCROLLING_SIDEWAYS), width


async def test_on_a_phone_the_channels_are_in_a_drawer(open_page: Open) -> None:
    tab = await open_page(viewport={"width": 390, "height": 800})
    await expect(tab.page.get_by_role("navigation", name="Channels and apps")).to_be_hidden()
    await tab.button("People and channels").click()
    await tab.go_to("team-platform")
    await expect(tab.page.get_by_role("navigation", name="Channels and apps")).to_be_hidden()
