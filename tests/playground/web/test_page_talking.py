"""Typing, commands, people, the clock and what the page does when things go wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from page_double import BOT, Double
from page_screens import change_role
from playwright.async_api import expect

if TYPE_CHECKING:
    from page_fixtures import Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_command_is_answered_for_its_author_alone(open_page: Open, double: Double) -> None:
    desk = await open_page()
    await desk.say("/roleshift progress")
    await expect(desk.messages).to_contain_text("You ran /roleshift progress")
    await expect(desk.messages).to_contain_text("Only visible to you")
    await expect(desk.box).to_have_value("")
    assert double.sent("say") == [{"as": "UADA", "conversation": "DUADA", "text": "/roleshift progress"}]


async def test_a_slash_offers_the_commands_and_tab_completes_one(open_page: Open, double: Double) -> None:
    desk = await open_page()
    await desk.box.press_sequentially("/ro")
    offers = desk.page.get_by_role("listbox", name="Commands").get_by_role("option")
    await expect(offers).to_have_count(3)
    await expect(offers.first).to_contain_text("[myrole | progress | help]")
    await desk.box.press("ArrowDown")
    await desk.box.press("Tab")
    await expect(desk.box).to_have_value("/roleshift myrole ")
    await desk.box.press("Enter")
    await expect(desk.messages).to_contain_text("AI Platform Enabler")
    assert double.sent("say")[0]["text"] == "/roleshift myrole"


async def test_the_arrow_up_brings_back_what_was_typed_last(open_page: Open) -> None:
    desk = await open_page()
    await desk.say("first")
    await desk.say("/roleshift second")
    await desk.box.press("ArrowUp")
    await expect(desk.box).to_have_value("/roleshift second")
    await desk.box.press("ArrowUp")
    await expect(desk.box).to_have_value("first")
    await desk.box.press("ArrowDown")
    await desk.box.press("ArrowDown")
    await expect(desk.box).to_have_value("")


async def test_shift_and_enter_start_a_new_line(open_page: Open, double: Double) -> None:
    desk = await open_page()
    await desk.box.press_sequentially("one")
    await desk.box.press("Shift+Enter")
    await desk.box.press_sequentially("two")
    await desk.box.press("Enter")
    await expect(desk.messages).to_contain_text("two")
    assert double.sent("say")[0]["text"] == "one\ntwo"


async def test_newcomers_have_three_things_to_click(open_page: Open, double: Double) -> None:
    desk = await open_page()
    for command in ("/roleshift", "/roleshift myrole", "/roleshift progress"):
        await desk.button(command).click()
    await expect(desk.messages).to_have_count(3)
    assert [body["text"] for body in double.sent("say")] == ["/roleshift", "/roleshift myrole", "/roleshift progress"]


async def test_whoever_is_chosen_speaks_at_once_in_their_own_name(open_page: Open, double: Double) -> None:
    desk = await open_page()
    double.readable.clear()
    await desk.button("Be Ben Okafor, Data Scientist, New York").click()
    await desk.say("/roleshift progress")
    await expect(desk.box).to_have_value("")
    assert double.sent("say") == []  # the page is not theirs yet
    double.readable.set()
    await expect(desk.messages).to_contain_text("You ran /roleshift progress")
    assert double.sent("say") == [{"as": "UBEN", "conversation": "DUBEN", "text": "/roleshift progress"}]


async def test_ephemerals_of_one_person_are_not_shown_to_another(open_page: Open) -> None:
    desk = await open_page()
    await desk.go_to("general")
    await desk.say("Hello everyone")
    await desk.say("/roleshift secret")
    await expect(desk.messages).to_have_count(2)
    await desk.become("Ben Okafor")
    await expect(desk.messages).to_have_count(1)
    await expect(desk.messages).to_contain_text("Hello everyone")
    await desk.become("Ada Fischer")
    await expect(desk.messages).to_have_count(2)


async def test_everyone_reads_the_time_in_their_own_zone(open_page: Open, double: Double) -> None:
    double.post(["UADA", "UMEI"], "CGEN", text="At once")
    desk = await open_page()
    await desk.go_to("general")
    await expect(desk.messages.locator("time")).to_have_text("10:30")
    await desk.become("Mei Tanaka")
    await expect(desk.messages.locator("time")).to_have_text("18:30")
    await expect(desk.page.get_by_text("18:30 in Tokyo")).to_be_visible()


async def test_an_unread_channel_is_bold_and_only_mentions_are_counted(open_page: Open, double: Double) -> None:
    double.unread["UADA"] |= {"CGEN": 3, "CTEAM": 2}
    double.badges["UADA"]["CTEAM"] = 1
    desk = await open_page()
    general = desk.page.get_by_role("button", name="general unread", exact=True)
    await expect(general).to_have_css("font-weight", "800")
    await expect(general.locator(".unread")).to_have_count(0)
    entry = desk.page.get_by_role("button", name="team-platform 1 mention", exact=True)
    await expect(entry.locator(".unread")).to_have_text("1")
    await expect(desk.page).to_have_title("(1) roleshift · roleshift playground")
    await entry.click()
    await expect(desk.page.get_by_role("button", name="team-platform", exact=True)).to_have_css("font-weight", "400")
    assert double.sent("read") == [{"as": "UADA", "conversation": "CTEAM"}]


async def test_a_thread_unfolds(open_page: Open, double: Double) -> None:
    parent = double.post(["UADA"], "DUADA", text="A question", reply_count=1)
    double.post(["UADA"], "DUADA", text="An answer", thread_ts=parent["ts"], author=BOT)
    desk = await open_page()
    await expect(desk.page.get_by_text("An answer")).to_be_hidden()
    await desk.page.get_by_role("button", name="1 reply").click()
    await expect(desk.page.get_by_role("list", name="Replies")).to_contain_text("An answer")


async def test_the_clock_is_moved_by_its_buttons(open_page: Open, double: Double) -> None:
    double.post(["UADA"], "DUADA", text="Old news")
    desk = await open_page()
    clock = desk.page.get_by_role("group", name="The playground's clock")
    await expect(clock).to_contain_text("Tue 24 Nov 2026 10:30")
    await expect(desk.page.get_by_role("separator", name="Today")).to_be_visible()
    await desk.button("+1 day").click()
    await expect(clock).to_contain_text("Wed 25 Nov 2026 10:30")
    await expect(desk.page.get_by_role("separator", name="Yesterday")).to_be_visible()
    await desk.button("Now").click()
    await expect(clock).to_contain_text("Tue 24 Nov 2026 10:30")
    assert double.sent("clock") == [{"as": "UADA", "advance": "day"}, {"as": "UADA", "reset": True}]


async def test_what_happened_while_the_clock_moved_is_said_and_who_has_unread_messages_is_marked(
    open_page: Open, double: Double
) -> None:
    desk = await open_page()
    await desk.button("Next event").click()
    double.push("UADA", {"type": "mail", "person": "UBEN", "unread": 2})
    double.push("UADA", {"type": "news", "text": "Ben got 2 tips · #team-platform got a recap"})
    status = desk.page.locator("#clock-news")
    await expect(status).to_have_text("Ben got 2 tips · #team-platform got a recap")
    await expect(status).to_have_attribute("role", "status")
    await expect(desk.page.get_by_role("button", name=re.compile("^Be Ben .*, 2 unread$"))).to_be_visible()
    double.push("UADA", {"type": "mail", "person": "UBEN", "unread": 0})
    await expect(desk.page.get_by_role("button", name=re.compile("^Be Ben .*, 2 unread$"))).to_be_hidden()
    assert double.sent("clock") == [{"as": "UADA", "next": True}]


async def test_a_refusal_says_why_and_gives_the_text_back(open_page: Open, double: Double) -> None:
    double.refusal = "You are not in that channel."
    desk = await open_page()
    await desk.say("kept")
    await expect(desk.page.get_by_text("You are not in that channel.").last).to_be_visible()
    await expect(desk.box).to_have_value("kept")
    desk.complaints.clear()  # the browser itself reports the status 400


async def test_the_app_that_restarts_and_the_server_that_is_gone_are_told_apart(
    open_page: Open, double: Double
) -> None:
    desk = await open_page()
    double.push("UADA", {"type": "connected", "connected": False})
    await expect(desk.page.get_by_text("roleshift is restarting…")).to_be_visible()
    double.push("UADA", {"type": "connected", "connected": True})
    await expect(desk.page.get_by_text("roleshift is restarting…")).to_be_hidden()
    double.hang_up()
    await expect(desk.page.get_by_text("The connection to the playground is lost.")).to_be_visible()


async def test_what_happened_during_a_lost_connection_is_there_after_it(open_page: Open, double: Double) -> None:
    desk = await open_page()
    double.messages["UADA"].setdefault("DUADA", []).append(
        double.post([], "DUADA", text="Said while nobody listened"),
    )
    double.hang_up()
    await expect(desk.messages).to_contain_text("Said while nobody listened", timeout=10_000)
    await expect(desk.page.get_by_text("The connection to the playground is lost.")).to_be_hidden()


async def test_the_app_that_does_not_answer_is_named_in_a_notice(open_page: Open, double: Double) -> None:
    desk = await open_page()
    double.push("UADA", {"type": "toast", "text": "roleshift did not respond"})
    await expect(desk.page.get_by_role("status").get_by_text("roleshift did not respond")).to_be_visible()
    await desk.button("Dismiss").click()
    await expect(desk.page.get_by_text("roleshift did not respond")).to_have_count(0)


async def test_an_archived_channel_has_a_sentence_instead_of_a_message_box(open_page: Open) -> None:
    desk = await open_page()
    await desk.go_to("old-project")
    await expect(desk.box).to_be_hidden()
    await expect(desk.button("/roleshift")).to_be_hidden()
    await expect(desk.page.get_by_text("You are viewing #old-project, an archived channel.")).to_be_visible()
    await desk.go_to("general")
    await expect(desk.box).to_be_visible()


async def test_a_draft_belongs_to_one_person_and_one_channel(open_page: Open) -> None:
    desk = await open_page()
    await desk.go_to("general")
    await desk.box.fill("Half a sentence")
    await desk.go_to("team-platform")
    await expect(desk.box).to_have_value("")
    await desk.become("Ben Okafor")
    await desk.go_to("general")
    await expect(desk.box).to_have_value("")
    await desk.box.fill("Ben's own")
    await desk.become("Ada Fischer")
    await expect(desk.box).to_have_value("Half a sentence")
    await desk.box.press("Enter")
    await desk.become("Ben Okafor")
    await expect(desk.box).to_have_value("Ben's own")
    await desk.box.fill("")
    await desk.box.press("ArrowUp")
    await expect(desk.box).to_have_value("")  # what Ada sent is not Ben's to recall


async def test_a_refused_message_goes_back_to_whom_and_where_it_was_written(open_page: Open, double: Double) -> None:
    desk = await open_page()
    await desk.go_to("general")
    double.refusal = "You are not in that channel."
    await desk.box.evaluate(
        """box => {
          box.value = "kept";
          box.form.requestSubmit();
          [...document.querySelectorAll(".entry")].find((one) => one.textContent.includes("team-platform")).click();
        }"""
    )
    await expect(desk.page.get_by_text("You are not in that channel.").last).to_be_visible()
    await expect(desk.box).to_have_value("")
    await desk.go_to("general")
    await expect(desk.box).to_have_value("kept")
    desk.complaints.clear()  # the browser itself reports the status 400


async def test_a_divider_stands_wherever_the_date_changes_also_backwards(open_page: Open, double: Double) -> None:
    days = ["2026-11-24", "2026-11-25", "2026-11-24"]
    for number, day in enumerate(days):
        double.post(["UADA"], "DUADA", text=f"Message {number}", ts=f"1795512600.00000{number}", at=f"{day}T09:30:00Z")
    desk = await open_page()
    rows = desk.page.locator("#messages > li")
    await expect(rows).to_have_count(6)
    dividers = await desk.page.get_by_role("separator").evaluate_all("all => all.map((one) => one.textContent)")
    assert dividers == ["Today", "Tomorrow", "Today"]
    await expect(rows.nth(4)).to_have_text("Today")


async def test_text_that_runs_from_right_to_left_does(open_page: Open, double: Double) -> None:
    double.post(["UADA"], "DUADA", text="مرحبا roleshift")
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "שלום roleshift"}}
    double.post(["UADA"], "DUADA", text="Hello", blocks=[section])
    desk = await open_page()
    await expect(desk.messages.first.locator(".text")).to_have_css("direction", "rtl")
    await expect(desk.messages.last.locator(".section-text")).to_have_css("direction", "rtl")
    await desk.box.fill("مرحبا")
    await expect(desk.box).to_have_css("direction", "rtl")


async def test_ephemeral_messages_and_modals_are_gone_after_a_reload(open_page: Open, double: Double) -> None:
    desk = await open_page()
    await desk.say("To stay")
    await desk.say("/roleshift progress")
    double.show("UADA", [change_role() | {"opened": double.last_ts}])
    await expect(desk.modal).to_be_visible()
    await expect(desk.messages).to_have_count(2)
    await desk.page.reload()
    await expect(desk.messages).to_have_count(1)
    await expect(desk.messages).to_contain_text("To stay")
    await expect(desk.modal).to_be_hidden()
    await desk.say("/roleshift progress")
    await expect(desk.messages).to_have_count(2)
    await desk.become("Ben Okafor")
    await desk.become("Ada Fischer")
    await expect(desk.messages).to_have_count(2)


async def test_an_answer_taller_than_the_screen_is_shown_from_its_beginning(open_page: Open, double: Double) -> None:
    desk = await open_page()
    for number in range(20):
        double.post(["UADA"], "DUADA", text=f"Message {number}")
    await expect(desk.messages).to_have_count(20)
    await expect(desk.messages.last).to_be_in_viewport()
    await desk.say("/roleshift everything")
    await expect(desk.page.get_by_role("heading", name="One of everything")).to_be_in_viewport()


async def test_who_reads_old_messages_is_told_of_new_ones_and_left_in_peace(open_page: Open, double: Double) -> None:
    for number in range(40):
        double.post(["UADA"], "DUADA", text=f"Message {number}")
    desk = await open_page()
    await desk.messages.first.scroll_into_view_if_needed()
    double.post(["UADA"], "DUADA", text="News")
    await expect(desk.button("New messages")).to_be_visible()
    await expect(desk.messages.first).to_be_in_viewport()
    await desk.button("New messages").click()
    await expect(desk.page.get_by_text("News", exact=True)).to_be_in_viewport()


async def test_a_message_that_a_click_replaced_is_read_from_its_beginning(open_page: Open, double: Double) -> None:
    desk = await open_page(viewport={"width": 1280, "height": 500})
    await desk.say("/roleshift everything")
    long = "\n".join(f"Line {number}" for number in range(60))
    checkbox = desk.page.get_by_role("checkbox", name="AI Platform Enabler")
    await expect(checkbox).to_be_visible()
    double.answers = False  # the replacement below is the only answer
    await checkbox.focus()
    await desk.page.keyboard.press("Space")
    await expect(desk.page.locator(".choices[aria-busy=true]")).to_be_visible()
    message = double.messages["UADA"]["DUADA"][0]
    double.replace("UADA", message["ts"], blocks=None, text=f"*The beginning*\n{long}")
    await expect(desk.messages.get_by_text("The beginning")).to_be_in_viewport()
