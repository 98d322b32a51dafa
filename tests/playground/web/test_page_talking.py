"""Typing, people, unread channels, the clock, the first steps, and what the page does when things go wrong."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from page_double import Double
from page_screens import change_role
from playwright.async_api import expect

if TYPE_CHECKING:
    from page_fixtures import BrowserTab, Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_slash_offers_the_commands_and_tab_completes_one(tab: BrowserTab, double: Double) -> None:
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


async def test_the_arrow_up_brings_back_what_was_typed_last(tab: BrowserTab) -> None:
    await tab.say("first")
    await tab.say("/roleshift second")
    await tab.box.press("ArrowUp")
    await expect(tab.box).to_have_value("/roleshift second")
    await tab.box.press("ArrowUp")
    await expect(tab.box).to_have_value("first")
    await tab.box.press("ArrowDown")
    await tab.box.press("ArrowDown")
    await expect(tab.box).to_have_value("")


async def test_newcomers_have_three_things_to_click(tab: BrowserTab, double: Double) -> None:
    for command in ("/roleshift", "/roleshift myrole", "/roleshift progress"):
        await tab.button(command).click()
    await expect(tab.messages).to_have_count(3)
    assert [body["text"] for body in double.sent("say")] == ["/roleshift", "/roleshift myrole", "/roleshift progress"]


async def test_a_message_typed_right_after_choosing_a_person_has_their_name(tab: BrowserTab, double: Double) -> None:
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
    await expect(tab.button("+1 day")).not_to_have_attribute("aria-busy", "true")  # until then no press counts
    await tab.button("Now").click()
    await expect(clock).to_contain_text("Tue 24 Nov 2026 10:30")
    assert double.sent("clock") == [{"as": "UADA", "advance": "day"}, {"as": "UADA", "reset": True}]


async def test_the_page_says_what_happened_while_the_clock_moved_and_marks_people_with_unread_messages(
    tab: BrowserTab, double: Double
) -> None:
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


async def test_the_app_that_restarts_and_the_server_that_is_gone_are_told_apart_and_nothing_is_missed(
    open_page: Open, double: Double
) -> None:
    double.retry_ms = 100
    tab = await open_page()
    double.push("UADA", {"type": "connected", "connected": False})
    await expect(tab.page.get_by_text("roleshift is restarting…")).to_be_visible()
    double.push("UADA", {"type": "connected", "connected": True})
    await expect(tab.page.get_by_text("roleshift is restarting…")).to_be_hidden()
    double.messages["UADA"].setdefault("DUADA", []).append(double.post([], "DUADA", text="Said while nobody listened"))
    double.readable.clear()
    double.hang_up()
    await expect(tab.page.get_by_text("The connection to the playground is lost.")).to_be_visible()
    double.readable.set()
    await expect(tab.messages).to_contain_text("Said while nobody listened")
    await expect(tab.page.get_by_text("The connection to the playground is lost.")).to_be_hidden()


async def test_a_page_opened_while_the_clock_was_ahead_shows_all_after_the_playground_was_started_again(
    open_page: Open, double: Double
) -> None:
    double.retry_ms, double.now = 100, double.now + timedelta(weeks=3)
    double.post(["UADA"], "DUADA", text="Of the first run")
    tab = await open_page()
    await tab.box.fill("/roleshift progress")
    double.start_again()
    await expect(tab.page.get_by_text("The playground was started again")).to_be_visible()
    await expect(tab.messages).to_have_count(0)
    await tab.box.press("Enter")
    await expect(tab.messages).to_contain_text("Only visible to you")


async def test_a_draft_belongs_to_one_person_and_one_channel(tab: BrowserTab) -> None:
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


async def test_everyone_reads_the_time_in_their_own_zone(open_page: Open, double: Double) -> None:
    double.post(["UADA", "UMEI"], "CGEN", text="At once")
    tab = await open_page()
    await tab.go_to("general")
    await expect(tab.messages.locator("time")).to_have_text("10:30")
    await tab.become("Mei Tanaka")
    await expect(tab.messages.locator("time")).to_have_text("18:30")
    await expect(tab.page.get_by_text("18:30 in Tokyo")).to_be_visible()


async def test_an_unread_channel_is_bold_and_only_mentions_are_counted(open_page: Open, double: Double) -> None:
    double.unread["UADA"] |= {"CGEN": 3, "CTEAM": 2}
    double.badges["UADA"]["CTEAM"] = 1
    tab = await open_page()
    general = tab.page.get_by_role("button", name="general unread", exact=True)
    await expect(general).to_have_css("font-weight", "800")
    await expect(general.locator(".unread")).to_have_count(0)
    entry = tab.page.get_by_role("button", name="team-platform 1 mention", exact=True)
    await expect(entry.locator(".unread")).to_have_text("1")
    await expect(tab.page).to_have_title("! roleshift (DM) - Northwind Labs - 5 new items - roleshift playground")
    await entry.click()
    await expect(tab.page).to_have_title(re.compile(r"^\* team-platform \(Channel\) - .* - 3 new items - "))
    async with tab.page.expect_response("**/page/read"):  # the page does not wait for it
        await general.click()
    await expect(tab.page).to_have_title("general (Channel) - Northwind Labs - roleshift playground")
    await expect(tab.page.get_by_role("button", name="team-platform", exact=True)).to_have_css("font-weight", "400")
    assert [body["conversation"] for body in double.sent("read")] == ["CTEAM", "CGEN"]


async def test_ephemeral_messages_and_modals_are_gone_after_a_reload(tab: BrowserTab, double: Double) -> None:
    await tab.say("To stay")
    await tab.say("/roleshift progress")
    double.show("UADA", [change_role() | {"opened": double.last_ts}])
    await expect(tab.modal).to_be_visible()
    await expect(tab.messages).to_have_count(2)
    await tab.page.reload()
    await expect(tab.messages).to_have_count(1)
    await expect(tab.messages).to_contain_text("To stay")
    await expect(tab.modal).to_be_hidden()
    await tab.say("/roleshift progress")
    await expect(tab.messages).to_have_count(2)
    await tab.become("Ben Okafor")
    await tab.become("Ada Fischer")
    await expect(tab.messages).to_have_count(2)


async def test_a_reader_of_old_messages_is_told_of_new_ones_without_scrolling(open_page: Open, double: Double) -> None:
    for number in range(40):
        double.post(["UADA"], "DUADA", text=f"Message {number}")
    tab = await open_page()
    await tab.messages.first.scroll_into_view_if_needed()
    double.post(["UADA"], "DUADA", text="News")
    await expect(tab.button("New messages")).to_be_visible()
    await expect(tab.messages.first).to_be_in_viewport()
    await tab.button("New messages").click()
    await expect(tab.page.get_by_text("News", exact=True)).to_be_in_viewport()


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
