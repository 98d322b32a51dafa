"""Forms: errors at every kind of field, steps that lie on each other, and pickers that a keyboard alone can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from page_double import Double
from page_screens import Json, change_role, every_input, plain
from playwright.async_api import expect

if TYPE_CHECKING:
    from page_fixtures import Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_error_is_shown_at_every_kind_of_field_and_no_input_is_lost(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.show("UADA", [every_input()])
    await tab.modal.get_by_label("Details").fill("Pick one prompt")
    await tab.modal.get_by_role("radio", name="AI Experience Builder").check()
    await tab.modal.get_by_label("Ends on").fill("2026-12-04")
    await tab.modal.get_by_label("Goal").fill("15")
    fields = [block["block_id"] for block in every_input()["blocks"] if block["type"] == "input"]
    errors = {block_id: f"Something is wrong with {block_id}." for block_id in fields}
    double.push("UADA", {"type": "view_errors", "view_id": "V2", "errors": errors})
    for block_id, words in errors.items():
        await expect(tab.modal.locator(f"[data-block={block_id}]").get_by_text(words)).to_be_visible()
    await expect(tab.modal.get_by_label("Title")).to_be_focused()
    await tab.button("Start").click()
    await expect(tab.modal).to_be_hidden()
    sent = double.sent("submit")[0]["state_values"]
    assert (sent["details"]["value"]["value"], sent["goal"]["value"]["value"]) == ("Pick one prompt", "15")
    assert sent["level"]["value"]["selected_option"]["value"] == "builder"
    assert sent["ends_on"]["value"]["selected_date"] == "2026-12-04"
    assert sent["channel"]["value"]["selected_channel"] == "CTEAM"
    assert len(sent["skills"]["value"]["selected_options"]) == 2


async def test_a_number_is_checked_before_the_form_is_sent(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.show("UADA", [every_input()])
    await tab.modal.get_by_label("Details").fill("Pick one prompt")
    goal = tab.modal.get_by_label("Goal")
    for typed, words in (
        ("many", "Please enter a number."),
        ("1.5", "Please enter a whole number."),
        ("0", "Please enter 1 or more."),
        ("23", "Please enter 22 or less."),
    ):
        await goal.fill(typed)
        await goal.press("Enter")
        await expect(tab.modal.get_by_text(words)).to_be_visible()
        await expect(goal).to_have_value(typed)
    assert double.sent("submit") == []


async def test_day_time_and_channel_are_picked_by_keyboard_alone(open_page: Open, double: Double) -> None:
    """An arrow changes the focused part of a date or time, in any order in which a country writes the parts."""
    tab = await open_page()
    double.show("UADA", [every_input()])
    keys = tab.page.keyboard
    await tab.modal.get_by_label("Details").fill("Pick one prompt")
    await tab.modal.get_by_label("Ends on").focus()
    for key in ("ArrowUp", "ArrowRight", "ArrowUp", "ArrowRight", "ArrowUp"):
        await keys.press(key)
    await expect(tab.modal.get_by_label("Ends on")).to_have_value("2027-01-02")
    await tab.modal.get_by_label("At", exact=True).focus()
    for key in ("ArrowUp", "ArrowRight", "ArrowUp"):
        await keys.press(key)
    channel = tab.modal.get_by_role("button", name="Channel")
    await channel.focus()
    await keys.press("ArrowDown")
    await keys.type("gen")
    await keys.press("Enter")
    await expect(channel).to_be_focused()
    await tab.button("Start").press("Enter")
    await expect(tab.modal).to_be_hidden()
    sent = double.sent("submit")[0]["state_values"]
    assert sent["ends_on"]["value"]["selected_date"] == "2027-01-02"
    assert sent["at"]["value"]["selected_time"] == "10:31"
    assert sent["channel"]["value"]["selected_channel"] == "CGEN"


async def test_pickers_list_what_slack_would(open_page: Open, double: Double) -> None:
    """Pickers offer no archived channel, and nothing that the filter excludes, such as the app's direct messages."""
    tab = await open_page()
    double.show("UADA", [every_input()])
    for label in ("Channel", "Report to"):
        await tab.modal.get_by_role("button", name=label).click()
        offered = tab.page.get_by_role("listbox").get_by_role("option")
        await expect(offered).to_have_text(["#generalCompany-wide news", "#team-platformKeep AI systems running"])
        await tab.page.keyboard.press("Escape")


async def test_no_more_is_chosen_than_may_be(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.show("UADA", [every_input()])
    await tab.modal.get_by_label("Skills").click()
    await expect(tab.page.get_by_text("You can choose 2 at most.")).to_be_visible()
    third = tab.page.get_by_role("option", name="AI Experience Builder")
    await expect(third).to_be_disabled()
    await third.click(force=True)
    await expect(third).to_have_attribute("aria-selected", "false")


def next_step() -> Json:
    """Return the view after an update: it has other fields, and Slack has filled in one of them."""
    blocks = [
        {
            "type": "input",
            "block_id": "words",
            "label": plain("Title"),
            "element": {"type": "plain_text_input", "action_id": "value"},
        },
        {
            "type": "input",
            "block_id": "room",
            "label": plain("Channel"),
            "element": {"type": "conversations_select", "action_id": "value"},
        },
    ]
    room = {"value": {"type": "conversations_select", "selected_conversation": "CTEAM"}}
    return change_role() | {"hash": "1.2", "title": plain("Next"), "blocks": blocks, "state_values": {"room": room}}


async def test_a_step_that_replaces_another_begins_at_its_first_field(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.show("UADA", [change_role()])
    await tab.modal.get_by_label("Your new role").click()
    await tab.page.get_by_role("option", name="AI Experience Builder").click()
    double.answers = False  # the step below is what comes of the submit
    await tab.button("Save").click()
    await expect(tab.button("Save")).to_have_attribute("aria-busy", "true")
    double.answers = True
    double.show("UADA", [next_step()])
    await expect(tab.modal.get_by_label("Title")).to_be_focused()
    await expect(tab.modal.get_by_role("button", name="Channel")).to_contain_text("#team-platform")


async def test_a_long_text_with_a_button_at_its_end_is_read_from_its_beginning(open_page: Open, double: Double) -> None:
    tab = await open_page()
    lines = [{"type": "section", "text": plain(f"Line {number}")} for number in range(60)]
    button = {"type": "actions", "elements": [{"type": "button", "action_id": "end", "text": plain("At the end")}]}
    double.show("UADA", [{**every_input(), "blocks": [*lines, button], "submit": None}])
    await expect(tab.modal.get_by_text("Line 0", exact=True)).to_be_in_viewport()
    await expect(tab.button("At the end")).not_to_be_in_viewport()
    for _ in range(2):
        await tab.page.keyboard.press("Tab")
    await expect(tab.button("At the end")).to_be_focused()


async def test_the_x_takes_the_whole_stack_away_and_cancel_only_the_topmost(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.show("UADA", [change_role(), every_input()])
    await tab.button("Cancel").click()
    await expect(tab.page.get_by_role("dialog", name="Change role")).to_be_visible()
    double.show("UADA", [change_role(), every_input()])
    await expect(tab.page.get_by_role("dialog", name="Start a challenge")).to_be_visible()
    await tab.button("Close").click()
    await expect(tab.modal).to_be_hidden()
    assert [(body["view_id"], body["all"]) for body in double.sent("close")] == [("V2", False), ("V2", True)]


async def test_a_last_view_takes_those_below_with_it(open_page: Open, double: Double) -> None:
    tab = await open_page()
    last = {**every_input(), "blocks": [], "submit": None, "clear_on_close": True}
    double.show("UADA", [change_role(), last])
    await expect(tab.modal).to_be_visible()
    await tab.page.keyboard.press("Escape")
    await expect(tab.modal).to_be_hidden()
    assert [body["all"] for body in double.sent("close")] == [True]
