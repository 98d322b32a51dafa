"""Block Kit on the page: buttons, confirmations, forms, the Home tab, and text that tries to be more than text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from block_kit_samples import THUMBS, TRASH, mrkdwn, plain, section
from page_double import Double
from page_screens import EVERYTHING, ROLES, change_role, every_input, rich, words
from playwright.async_api import expect

if TYPE_CHECKING:
    from page_fixtures import BrowserTab, Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_pressed_button_is_busy_and_takes_no_second_click(tab: BrowserTab, double: Double) -> None:
    await tab.say("/roleshift tip")
    button = tab.button("Remind me tomorrow")
    await expect(button).to_be_visible()
    double.answers = False
    await button.evaluate("button => { button.click(); button.click(); }")
    await expect(button).to_have_attribute("aria-busy", "true")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    assert len(double.sent("click")) == 1


@pytest.mark.parametrize("with_key", [False, True], ids=["mouse", "space bar"])
async def test_a_message_that_changes_during_a_press_loses_no_click(
    tab: BrowserTab, double: Double, with_key: bool
) -> None:
    await tab.say("/roleshift tip")
    button, keyboard, mouse = tab.button("Remind me tomorrow"), tab.page.keyboard, tab.page.mouse
    await button.hover()
    await button.focus()
    await (keyboard.down(" ") if with_key else mouse.down())
    ts = double.messages["UADA"]["DUADA"][-1]["ts"]
    double.replace("UADA", ts, edited=True)
    await tab.page.wait_for_timeout(300)
    await (keyboard.up(" ") if with_key else mouse.up())
    await expect(tab.messages.first).to_contain_text("(edited)")
    await expect(tab.button("Remind me tomorrow")).not_to_have_attribute("aria-busy", "true")
    assert len(double.sent("click")) == 1


async def test_nothing_waits_for_the_end_of_a_press_with_the_right_button(tab: BrowserTab, double: Double) -> None:
    await tab.say("/roleshift tip")
    await tab.messages.first.hover()
    await tab.page.mouse.down(button="right")  # a menu opens, and the release goes to it
    double.post(["UADA"], "DUADA", text="Hello")
    await expect(tab.messages.last).to_contain_text("Hello")
    await tab.page.mouse.up(button="right")  # the next test gets this page


async def test_a_confirmation_comes_first_and_escape_means_no(tab: BrowserTab, double: Double) -> None:
    await tab.say("/roleshift myrole")
    await tab.button("Stop weekly tips").click()
    question = tab.page.get_by_role("alertdialog", name="Stop weekly tips?")
    await expect(question).to_contain_text("You keep your progress.")
    await tab.page.keyboard.press("Escape")
    await expect(question).to_be_hidden()
    await expect(tab.button("Stop weekly tips")).to_be_focused()
    assert double.sent("click") == []
    await tab.button("Stop weekly tips").click()
    await tab.button("Stop them").click()
    await expect(tab.messages).to_contain_text("Stopped.")


async def test_a_view_that_changes_keeps_what_was_typed(tab: BrowserTab, double: Double) -> None:
    double.show("UADA", [change_role()])
    await tab.modal.get_by_label("Why now").fill("Half a sent")
    double.show("UADA", [change_role(error_free=False)])
    await expect(tab.modal.get_by_label("Why now")).to_have_value("Half a sent")
    await expect(tab.modal.get_by_label("Why now")).to_be_focused()


async def test_an_error_is_shown_at_every_kind_of_field_and_all_is_sent_in_slacks_shape(
    tab: BrowserTab, double: Double
) -> None:
    double.show("UADA", [every_input()])
    modal = tab.modal
    await modal.get_by_label("Details").fill("Pick one prompt\nand change it")
    await modal.get_by_role("radio", name="AI Experience Builder").check()
    await modal.get_by_role("checkbox", name="AI Landscape Navigator").check()
    await modal.get_by_label("Ends on").fill("2026-12-04")
    await modal.get_by_label("At", exact=True).fill("16:00")
    await modal.get_by_label("Lead").click()
    await tab.page.get_by_role("option", name="Ben Okafor").click()
    await modal.get_by_label("Skills").click()
    await tab.page.get_by_role("option", name="AI Platform Enabler").click()
    await tab.page.keyboard.press("Escape")
    await modal.get_by_label("Goal").fill("15")
    fields = [block["block_id"] for block in every_input()["blocks"] if block["type"] == "input"]
    errors = {block_id: f"Something is wrong with {block_id}." for block_id in fields}
    double.push("UADA", {"type": "view_errors", "view_id": "V2", "errors": errors})
    for block_id, error in errors.items():
        await expect(modal.locator(f"[data-block={block_id}]").get_by_text(error)).to_be_visible()
    await expect(modal.get_by_label("Title")).to_be_focused()
    await tab.button("Start").click()
    await expect(modal).to_be_hidden()
    sent = {block: states["value"] for block, states in double.sent("submit")[0]["state_values"].items()}
    assert sent == {
        "title": {"type": "plain_text_input", "value": "Ship one prompt change"},
        "details": {"type": "plain_text_input", "value": "Pick one prompt\nand change it"},
        "role": {"type": "static_select", "selected_option": ROLES[1]},
        "skills": {"type": "multi_static_select", "selected_options": [ROLES[1]]},
        "level": {"type": "radio_buttons", "selected_option": ROLES[2]},
        "days": {"type": "checkboxes", "selected_options": ROLES[:2]},
        "ends_on": {"type": "datepicker", "selected_date": "2026-12-04"},
        "at": {"type": "timepicker", "selected_time": "16:00"},
        "lead": {"type": "users_select", "selected_user": "UBEN"},
        "channel": {"type": "channels_select", "selected_channel": "CTEAM"},
        "report_to": {"type": "conversations_select", "selected_conversation": None},
        "goal": {"type": "number_input", "value": "15"},
    }


async def test_controls_in_messages_tell_the_app_what_was_chosen(open_page: Open, double: Double) -> None:
    double.post(["UADA"], "DUADA", blocks=EVERYTHING)
    tab = await open_page()
    await tab.button("Role").click()
    await tab.page.get_by_role("option", name="AI Platform Enabler").click()
    await tab.page.get_by_role("checkbox", name="AI Landscape Navigator").check()
    await tab.button("Someone").click()
    await tab.page.get_by_role("combobox", name="Type to filter").fill("ben")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_text("Clicked u.").last).to_be_visible()
    select, checks, person = (body["action"] for body in double.sent("click"))
    assert select == {"type": "static_select", "action_id": "s", "block_id": "sec_select", "selected_option": ROLES[0]}
    assert checks["selected_options"] == [ROLES[1]]
    assert person["selected_user"] == "UBEN"
    assert double.sent("click")[-1]["state_values"]["sec_select"]["s"]["selected_option"] == ROLES[0]


async def test_thumbs_tell_which_was_pressed_and_an_icon_is_seen_by_those_whom_the_app_names(
    open_page: Open, double: Double
) -> None:
    icons = [TRASH | {"visible_to_user_ids": [who]} for who in ("UADA", "UBEN")]
    icons[1] = icons[1] | {"action_id": "bens", "text": plain("Ben's")}
    double.post(["UADA"], "DUADA", blocks=[{"type": "context_actions", "elements": [THUMBS, *icons]}])
    tab = await open_page()
    await tab.button("Bad").click()
    await expect(tab.messages.last).to_contain_text("Clicked thumbs.")
    await expect(tab.button("Delete")).to_be_visible()
    await expect(tab.button("Ben's")).to_have_count(0)
    sent = double.sent("click")[0]["action"]
    assert (sent["type"], sent["value"]) == ("feedback_buttons", "bad")


async def test_an_open_menu_picks_by_keyboard_and_stays_while_its_message_changes(
    tab: BrowserTab, double: Double
) -> None:
    await tab.say("/roleshift myrole")
    item = tab.page.get_by_role("menuitem", name="Compare roles")
    await tab.button("More actions").press("Enter")
    await expect(item).to_be_focused()
    await tab.page.keyboard.press("ArrowDown")
    await tab.page.keyboard.press("Enter")
    await expect(tab.messages.last).to_contain_text("Clicked more.")
    assert double.sent("click")[0]["action"]["selected_option"]["value"] == "export"
    await tab.button("More actions").click()
    double.replace("UADA", double.messages["UADA"]["DUADA"][0]["ts"], blocks=None, text="Gone :taco:")
    double.post(["UADA"], "DUADA", text="Hello")
    await expect(tab.messages.last).to_contain_text("Hello")
    await expect(item).to_be_focused()
    await tab.page.keyboard.press("Escape")
    await expect(tab.messages.first).to_contain_text("Gone 🌮")


async def test_one_of_everything_is_drawn_and_the_unknown_is_said(open_page: Open, double: Double) -> None:
    double.post(["UADA"], "DUADA", blocks=EVERYTHING)
    tab = await open_page()
    message = tab.messages.first
    await expect(message.get_by_role("heading", name="One of everything")).to_be_visible()
    for shown in (
        "@Ada Fischer",
        "#team-platform",
        "snake_case_stays 2*3*4 <b> &amp;",
        "Tuesday, 24 November 2026 at 10:30",
    ):
        await expect(message).to_contain_text(shown)
    await expect(message.locator("strong", has_text="bold").first).to_be_visible()
    await expect(message.get_by_role("figure", name="Skills learned by theme")).to_be_visible()
    await expect(message.get_by_role("cell", name="3").first).to_be_attached()
    await expect(message.get_by_role("link", name="a link")).to_have_attribute("href", "https://example.com/a?b=1&c=2")
    await expect(message.get_by_text("Slack would draw “hologram” here")).to_be_visible()


async def test_home_shows_what_the_app_published_and_a_new_one_when_an_open_menu_closes(
    tab: BrowserTab, double: Double
) -> None:
    await tab.page.get_by_role("tab", name="Home").click()
    home = tab.page.get_by_role("tabpanel", name="Home")
    await expect(home.get_by_role("heading", name="AI Platform Enabler")).to_be_visible()
    await home.get_by_role("button", name="A tip now").click()
    await expect(home.get_by_role("button", name="A tip now")).not_to_have_attribute("aria-busy", "true")
    assert [body["view_id"] for body in double.sent("click")] == ["VHOME"]
    assert double.sent("home")[-1] == {"as": "UADA", "tab": "home"}
    await tab.button("More actions").click()
    view = {"id": "VHOME", "hash": "2", "blocks": [section(text=plain("Published again"))], "state_values": {}}
    double.push("UADA", {"type": "home", "home": view})
    double.push("UADA", {"type": "toast", "text": "Both came."})
    await expect(tab.page.get_by_text("Both came.")).to_be_visible()
    await expect(tab.page.get_by_role("menuitem", name="Compare roles")).to_be_focused()
    await tab.page.keyboard.press("Escape")
    await expect(home).to_have_text("HomePublished again")


HOSTILE = (
    "<img src=x onerror=alert(1)> <script>alert(1)</script> <javascript:alert(1)|click> "
    "<data:text/html,x|data> [a](javascript:alert(1)) <https://ok.example|*fine*>"
)
SCRIPT = {"type": "link", "url": "javascript:alert(1)", "text": "click"}
HOSTILE_BLOCKS: list[dict[str, object]] = [
    section(text=mrkdwn(HOSTILE)),
    section(text=plain(HOSTILE)),
    {"type": "header", "text": plain(HOSTILE)},
    {"type": "markdown", "text": HOSTILE},
    {"type": "context", "elements": [mrkdwn(HOSTILE)]},
    {"type": "table", "rows": [[{"type": "raw_text", "text": HOSTILE}]]},
    {"type": "rich_text", "elements": [rich("section", words(HOSTILE), SCRIPT)]},
]


async def test_hostile_text_stays_text(open_page: Open, double: Double) -> None:
    double.post(["UADA"], "DUADA", blocks=HOSTILE_BLOCKS)
    tab = await open_page()
    await expect(tab.messages.get_by_text("onerror=alert(1)")).to_have_count(len(HOSTILE_BLOCKS))
    assert await tab.messages.locator("script, img").count() == 0
    links = await tab.messages.locator("a").evaluate_all(
        "links => links.map((link) => [link.protocol, link.rel, link.target])"
    )
    assert all(link == ["https:", "noopener noreferrer", "_blank"] for link in links)


async def test_the_x_takes_the_whole_stack_away_and_cancel_only_the_topmost(tab: BrowserTab, double: Double) -> None:
    double.show("UADA", [change_role(), every_input()])
    async with tab.page.expect_response("**/page/close"):  # the page does not wait for it
        await tab.button("Cancel").click()
    await expect(tab.page.get_by_role("dialog", name="Change role")).to_be_visible()
    double.show("UADA", [change_role(), every_input()])
    await expect(tab.page.get_by_role("dialog", name="Start a challenge")).to_be_visible()
    async with tab.page.expect_response("**/page/close"):
        await tab.button("Close").click()
    await expect(tab.modal).to_be_hidden()
    assert [(body["view_id"], body["all"]) for body in double.sent("close")] == [("V2", False), ("V2", True)]
