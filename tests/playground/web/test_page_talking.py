"""Typing, commands, people, the clock and what the page does when things go wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from page_double import Double
from playwright.async_api import expect

if TYPE_CHECKING:
    from page_fixtures import Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_command_is_answered_for_its_author_alone(open_page: Open, double: Double) -> None:
    tab = await open_page()
    await tab.say("/roleshift progress")
    await expect(tab.messages).to_contain_text("You ran /roleshift progress")
    await expect(tab.messages).to_contain_text("Only visible to you")
    await expect(tab.box).to_have_value("")
    assert double.sent("say") == [{"as": "UADA", "conversation": "DUADA", "text": "/roleshift progress"}]


async def test_a_slash_offers_the_commands_and_tab_completes_one(open_page: Open, double: Double) -> None:
    tab = await open_page()
    await tab.box.press_sequentially("/ro")
    offers = tab.page.get_by_role("listbox", name="Commands").get_by_role("option")
    await expect(offers).to_have_count(3)
    await expect(offers.first).to_contain_text("[myrole | progress | help]")
    await tab.box.press("ArrowDown")
    await tab.box.press("Tab")
    await expect(tab.box).to_have_value("/roleshift myrole ")
    await tab.box.press("Enter")
    await expect(tab.messages).to_contain_text("AI Platform Enabler")
    assert double.sent("say")[0]["text"] == "/roleshift myrole"


async def test_the_arrow_up_brings_back_what_was_typed_last(open_page: Open) -> None:
    tab = await open_page()
    await tab.say("first")
    await tab.say("/roleshift second")
    await tab.box.press("ArrowUp")
    await expect(tab.box).to_have_value("/roleshift second")
    await tab.box.press("ArrowUp")
    await expect(tab.box).to_have_value("first")
    await tab.box.press("ArrowDown")
    await tab.box.press("ArrowDown")
    await expect(tab.box).to_have_value("")


async def test_shift_and_enter_start_a_new_line(open_page: Open, double: Double) -> None:
    tab = await open_page()
    await tab.box.press_sequentially("one")
    await tab.box.press("Shift+Enter")
    await tab.box.press_sequentially("two")
    await tab.box.press("Enter")
    await expect(tab.messages).to_contain_text("two")
    assert double.sent("say")[0]["text"] == "one\ntwo"


async def test_newcomers_have_three_things_to_click(open_page: Open, double: Double) -> None:
    tab = await open_page()
    for command in ("/roleshift", "/roleshift myrole", "/roleshift progress"):
        await tab.button(command).click()
    await expect(tab.messages).to_have_count(3)
    assert [body["text"] for body in double.sent("say")] == ["/roleshift", "/roleshift myrole", "/roleshift progress"]


async def test_a_message_typed_right_after_choosing_a_person_has_their_name(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.readable.clear()
    await tab.button("Be Ben Okafor, Data Scientist, New York").click()
    await tab.say("/roleshift progress")
    await expect(tab.box).to_have_value("")
    assert double.sent("say") == []  # the page is not theirs yet
    double.readable.set()
    await expect(tab.messages).to_contain_text("You ran /roleshift progress")
    assert double.sent("say") == [{"as": "UBEN", "conversation": "DUBEN", "text": "/roleshift progress"}]


async def test_the_clock_is_moved_by_its_buttons(open_page: Open, double: Double) -> None:
    double.post(["UADA"], "DUADA", text="Old news")
    tab = await open_page()
    clock = tab.page.get_by_role("group", name="The playground's clock")
    await expect(clock).to_contain_text("Tue 24 Nov 2026 10:30")
    await expect(tab.page.get_by_role("separator", name="Today")).to_be_visible()
    await tab.button("+1 day").click()
    await expect(clock).to_contain_text("Wed 25 Nov 2026 10:30")
    await expect(tab.page.get_by_role("separator", name="Yesterday")).to_be_visible()
    await tab.button("Now").click()
    await expect(clock).to_contain_text("Tue 24 Nov 2026 10:30")
    assert double.sent("clock") == [{"as": "UADA", "advance": "day"}, {"as": "UADA", "reset": True}]


async def test_the_page_says_what_happened_while_the_clock_moved_and_marks_people_with_unread_messages(
    open_page: Open, double: Double
) -> None:
    tab = await open_page()
    await tab.button("Next event").click()
    double.push("UADA", {"type": "mail", "person": "UBEN", "unread": 2})
    double.push("UADA", {"type": "news", "text": "Ben got 2 tips · #team-platform got a recap"})
    status = tab.page.locator("#clock-news")
    await expect(status).to_have_text("Ben got 2 tips · #team-platform got a recap")
    await expect(status).to_have_attribute("role", "status")
    await expect(tab.page.get_by_role("button", name=re.compile("^Be Ben .*, 2 unread$"))).to_be_visible()
    double.push("UADA", {"type": "mail", "person": "UBEN", "unread": 0})
    await expect(tab.page.get_by_role("button", name=re.compile("^Be Ben .*, 2 unread$"))).to_be_hidden()
    assert double.sent("clock") == [{"as": "UADA", "next": True}]


async def test_a_refusal_says_why_and_gives_the_text_back(open_page: Open, double: Double) -> None:
    double.refusal = "You are not in that channel."
    tab = await open_page()
    await tab.say("kept @ben.okafor")
    notice = tab.page.locator(".toast").get_by_text("You are not in that channel.")
    await expect(notice).to_be_visible()
    await expect(tab.box).to_have_value("kept @ben.okafor")
    await expect(tab.page.get_by_role("listbox")).to_be_hidden()
    double.refusal = None
    await tab.become("Ben Okafor")
    await expect(notice).to_be_hidden()
    tab.complaints.clear()  # the browser itself reports the status 400


async def test_a_notice_hides_no_offer_of_the_message_box(open_page: Open, double: Double) -> None:
    for look in ({"width": 1280, "height": 860}, {"width": 320, "height": 640}):
        tab = await open_page(viewport=look)
        double.push("UADA", {"type": "toast", "text": "roleshift did not respond. " * 4})
        await tab.box.fill("/roleshift ")
        toast, offers = tab.page.locator(".toast"), tab.page.get_by_role("listbox")
        await expect(offers).to_be_visible()
        await expect(toast).to_be_visible()
        below, above = await offers.bounding_box(), await toast.bounding_box()
        assert below
        assert above
        assert above["y"] + above["height"] <= below["y"]


async def test_the_app_that_restarts_and_the_server_that_is_gone_are_told_apart(
    open_page: Open, double: Double
) -> None:
    tab = await open_page()
    double.push("UADA", {"type": "connected", "connected": False})
    await expect(tab.page.get_by_text("roleshift is restarting…")).to_be_visible()
    double.push("UADA", {"type": "connected", "connected": True})
    await expect(tab.page.get_by_text("roleshift is restarting…")).to_be_hidden()
    double.hang_up()
    await expect(tab.page.get_by_text("The connection to the playground is lost.")).to_be_visible()


async def test_what_happened_during_a_lost_connection_is_there_after_it(open_page: Open, double: Double) -> None:
    double.retry_ms = 100
    tab = await open_page()
    double.messages["UADA"].setdefault("DUADA", []).append(
        double.post([], "DUADA", text="Said while nobody listened"),
    )
    double.hang_up()
    await expect(tab.messages).to_contain_text("Said while nobody listened")
    await expect(tab.page.get_by_text("The connection to the playground is lost.")).to_be_hidden()


async def test_the_app_that_does_not_answer_is_named_in_a_notice(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.push("UADA", {"type": "toast", "text": "roleshift did not respond"})
    await expect(tab.page.get_by_role("status").get_by_text("roleshift did not respond")).to_be_visible()
    await tab.button("Dismiss").click()
    await expect(tab.page.get_by_text("roleshift did not respond")).to_have_count(0)


async def test_an_archived_channel_has_a_sentence_instead_of_a_message_box(open_page: Open) -> None:
    tab = await open_page()
    await tab.go_to("old-project")
    await expect(tab.box).to_be_hidden()
    await expect(tab.button("/roleshift")).to_be_hidden()
    await expect(tab.page.get_by_text("You are viewing #old-project, an archived channel.")).to_be_visible()
    empty = "list => getComputedStyle(list, '::before').content"
    assert await tab.page.locator("#messages").evaluate(empty) == '"Nothing was written here."'
    await tab.go_to("general")
    await expect(tab.box).to_be_visible()


async def test_a_draft_belongs_to_one_person_and_one_channel(open_page: Open) -> None:
    tab = await open_page()
    await tab.go_to("general")
    await tab.box.fill("Half a sentence")
    await tab.go_to("team-platform")
    await expect(tab.box).to_have_value("")
    await tab.become("Ben Okafor")
    await tab.go_to("general")
    await expect(tab.box).to_have_value("")
    await tab.box.fill("Ben's own")
    await tab.become("Ada Fischer")
    await expect(tab.box).to_have_value("Half a sentence")
    await tab.box.press("Enter")
    await tab.become("Ben Okafor")
    await expect(tab.box).to_have_value("Ben's own")
    await tab.box.fill("")
    await tab.box.press("ArrowUp")
    await expect(tab.box).to_have_value("")  # what Ada sent is not Ben's to recall


async def test_a_refused_message_goes_back_to_whom_and_where_it_was_written(open_page: Open, double: Double) -> None:
    tab = await open_page()
    await tab.go_to("general")
    double.refusal = "You are not in that channel."
    await tab.box.evaluate(
        """box => {
          box.value = "kept";
          box.form.requestSubmit();
          [...document.querySelectorAll(".entry")].find((one) => one.textContent.includes("team-platform")).click();
        }"""
    )
    await expect(tab.page.get_by_text("You are not in that channel.").last).to_be_visible()
    await expect(tab.box).to_have_value("")
    await tab.go_to("general")
    await expect(tab.box).to_have_value("kept")
    tab.complaints.clear()  # the browser itself reports the status 400
