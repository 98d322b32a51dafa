"""The page is for everyone: keyboard, focus, announcements, and axe-core finds nothing on any screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.async_playwright import Axe
from challenge_app import live
from page_double import BOT, Double
from page_screens import EVERYTHING, TIP, every_input
from playwright.async_api import expect

if TYPE_CHECKING:
    from page_fixtures import BrowserTab, Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")

OPTIONS = {"resultTypes": ["violations"], "rules": {"label-content-name-mismatch": {"enabled": True}}}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
# Narrow, and without motion, so that no colour is measured while it changes.
LOOK: dict[str, Any] = {"viewport": {"width": 390, "height": 800}, "reduced_motion": "reduce"}


async def test_a_role_is_changed_by_keyboard_alone(tab: BrowserTab, double: Double) -> None:
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


async def test_the_focus_stays_inside_a_modal_and_escape_closes_a_list_before_it(
    tab: BrowserTab, double: Double
) -> None:
    double.show("UADA", [every_input()])
    await expect(tab.modal).to_be_visible()
    for key in ["Tab"] * 25 + ["Shift+Tab"] * 30:
        await tab.page.keyboard.press(key)
        assert await tab.modal.evaluate("modal => modal.contains(document.activeElement)"), key
    await tab.modal.get_by_label("Role").click()
    option = tab.page.get_by_role("listbox").get_by_role("option").first
    await expect(option).to_be_visible()
    await tab.page.keyboard.press("Escape")
    await expect(option).to_be_hidden()
    await expect(tab.modal).to_be_visible()
    await tab.page.keyboard.press("Escape")
    await expect(tab.modal).to_be_hidden()


async def test_new_and_changed_messages_are_announced(tab: BrowserTab, double: Double) -> None:
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


# axe-core, the accessibility checker.


async def assert_axe_finds_nothing(tab: BrowserTab) -> None:
    """Fail with each broken rule and each place that breaks it. In the dark, only colours differ."""
    light = await Axe().run(tab.page, options=OPTIONS)
    await tab.page.emulate_media(color_scheme="dark")
    dark = await Axe().run(tab.page, options=COLOURS)
    await tab.page.emulate_media(color_scheme="light")
    found = [
        f"{violation['id']}: {node['html'][:200]}\n    {node['failureSummary']}"
        for violation in light.response["violations"] + dark.response["violations"]
        for node in violation["nodes"]
    ]
    assert not found, "\n".join(found)
    twice = "(all) => all.map((each) => each.ariaLabel).filter((name, i) => name.includes(all[i].title))"
    assert await tab.page.locator("[title][aria-label]").evaluate_all(twice) == []  # a screen reader would say it twice


async def test_messages_of_every_kind(open_page: Open, double: Double) -> None:
    ts = double.post(["UADA"], "DUADA", text="A question", reply_count=1)["ts"]
    double.post(["UADA"], "DUADA", text="An answer", thread_ts=ts, author=BOT)
    double.post(["UADA"], "DUADA", blocks=EVERYTHING)
    tab = await open_page(**LOOK)
    double.post(["UADA"], "DUADA", blocks=TIP, ephemeral=True)
    await tab.page.get_by_role("button", name="1 reply").click()
    await assert_axe_finds_nothing(tab)
    await tab.page.keyboard.press("Escape")
    menus = tab.button("Message menu")
    await expect(menus).to_have_count(2)  # an ephemeral message has none
    await menus.first.focus()
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("menuitem", name="Coach this")).to_be_focused()
    await assert_axe_finds_nothing(tab)
    await tab.page.keyboard.press("Enter")
    await expect(tab.modal).to_be_visible()
    await tab.page.keyboard.press("Escape")
    await expect(menus.first).to_be_focused()
    await tab.button("Shortcuts").click()
    await assert_axe_finds_nothing(tab)
    await tab.page.get_by_role("menuitem", name="Coach me").click()
    await expect(tab.modal).to_be_visible()
    used = {"as": "UADA", "callback_id": "this", "conversation": "DUADA", "ts": ts}
    assert double.sent("shortcut") == [used, {"as": "UADA", "callback_id": "me"}]


async def test_people_and_channels_and_an_archived_one(open_page: Open, double: Double) -> None:
    double.unread["UADA"] |= {"CTEAM": 2, "CGEN": 1}
    double.badges["UADA"]["CTEAM"] = 1
    tab = await open_page(**LOOK)
    await tab.page.get_by_role("button", name="+1 day").click()
    await tab.button("People and channels").click()
    await expect(tab.page.get_by_role("navigation", name="Channels and apps")).to_be_visible()
    await assert_axe_finds_nothing(tab)
    await tab.go_to("old-project")
    await assert_axe_finds_nothing(tab)


async def test_what_the_message_box_offers(open_page: Open, double: Double) -> None:
    double.post(["UADA"], "DUADA", blocks=live(3))
    tab = await open_page(**LOOK)
    for typed in ("/ro", "ask @"):
        await tab.box.fill("")
        await tab.box.press_sequentially(typed)
        await expect(tab.page.get_by_role("option").first).to_be_visible()
        await assert_axe_finds_nothing(tab)


async def test_a_form_with_an_error_a_list_and_a_notice(open_page: Open, double: Double) -> None:
    tab = await open_page(**LOOK)
    double.show("UADA", [every_input()])
    await tab.button("Start").click()
    await expect(tab.modal.get_by_text("Please complete").first).to_be_visible()
    double.push("UADA", {"type": "toast", "text": "roleshift did not respond"})
    await tab.modal.get_by_label("Role").click()
    await expect(tab.page.get_by_role("option").first).to_be_visible()
    await assert_axe_finds_nothing(tab)


async def test_a_question_before_a_click_and_the_home_tab(open_page: Open) -> None:
    tab = await open_page(**LOOK)
    await tab.say("/roleshift myrole")
    await tab.button("Stop weekly tips").click()
    await expect(tab.page.get_by_role("alertdialog")).to_be_visible()
    await assert_axe_finds_nothing(tab)
    await tab.page.keyboard.press("Escape")
    await tab.page.get_by_role("tab", name="Home").click()
    await expect(tab.page.get_by_role("heading", name="AI Platform Enabler").last).to_be_visible()
    await assert_axe_finds_nothing(tab)
