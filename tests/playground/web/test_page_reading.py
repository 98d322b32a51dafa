"""Reading: times, threads, unread channels, text from right to left, reloads, and where the page scrolls to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from page_double import Double
from page_screens import change_role
from playwright.async_api import expect

if TYPE_CHECKING:
    from page_fixtures import Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_ephemerals_of_one_person_are_not_shown_to_another(open_page: Open) -> None:
    tab = await open_page()
    await tab.go_to("general")
    await tab.say("Hello everyone")
    await tab.say("/roleshift secret")
    await expect(tab.messages).to_have_count(2)
    await tab.become("Ben Okafor")
    await expect(tab.messages).to_have_count(1)
    await expect(tab.messages).to_contain_text("Hello everyone")
    await tab.become("Ada Fischer")
    await expect(tab.messages).to_have_count(2)


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
    await general.click()
    await expect(tab.page).to_have_title("general (Channel) - Northwind Labs - roleshift playground")
    await expect(tab.page.get_by_role("button", name="team-platform", exact=True)).to_have_css("font-weight", "400")
    assert [body["conversation"] for body in double.sent("read")] == ["CTEAM", "CGEN"]


async def test_a_divider_is_shown_where_the_date_changes_also_backwards(open_page: Open, double: Double) -> None:
    days = ["2026-11-24", "2026-11-25", "2026-11-24"]
    for number, day in enumerate(days):
        double.post(["UADA"], "DUADA", text=f"Message {number}", ts=f"1795512600.00000{number}", at=f"{day}T09:30:00Z")
    tab = await open_page()
    rows = tab.page.locator("#messages > li")
    await expect(rows).to_have_count(6)
    dividers = await tab.page.get_by_role("separator").evaluate_all("all => all.map((one) => one.textContent)")
    assert dividers == ["Today", "Tomorrow", "Today"]
    await expect(rows.nth(4)).to_have_text("Today")


async def test_text_that_runs_from_right_to_left_does(open_page: Open, double: Double) -> None:
    double.post(["UADA"], "DUADA", text="مرحبا roleshift")
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "שלום roleshift"}}
    double.post(["UADA"], "DUADA", text="Hello", blocks=[section])
    tab = await open_page()
    await expect(tab.messages.first.locator(".text")).to_have_css("direction", "rtl")
    await expect(tab.messages.last.locator(".section-text")).to_have_css("direction", "rtl")
    await tab.box.fill("مرحبا")
    await expect(tab.box).to_have_css("direction", "rtl")


async def test_ephemeral_messages_and_modals_are_gone_after_a_reload(open_page: Open, double: Double) -> None:
    tab = await open_page()
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


async def test_an_answer_taller_than_the_screen_is_shown_from_its_beginning(open_page: Open, double: Double) -> None:
    tab = await open_page()
    for number in range(20):
        double.post(["UADA"], "DUADA", text=f"Message {number}")
    await expect(tab.messages).to_have_count(20)
    await expect(tab.messages.last).to_be_in_viewport()
    await tab.say("/roleshift everything")
    await expect(tab.page.get_by_role("heading", name="One of everything")).to_be_in_viewport()


async def test_the_newest_message_stays_in_sight_while_the_box_below_it_grows(open_page: Open, double: Double) -> None:
    for number in range(40):
        double.post(["UADA"], "DUADA", text=f"Message {number}")
    tab = await open_page()
    await expect(tab.messages.last).to_be_in_viewport(ratio=1)
    before = await tab.box.bounding_box()
    await tab.box.fill("\n".join(["a longer message"] * 6))
    after = await tab.box.bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] > before["height"]
    await expect(tab.messages.last).to_be_in_viewport(ratio=1)


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


async def test_a_message_that_a_click_replaced_is_read_from_its_beginning(open_page: Open, double: Double) -> None:
    tab = await open_page(viewport={"width": 1280, "height": 500})
    await tab.say("/roleshift everything")
    long = "\n".join(f"Line {number}" for number in range(60))
    checkbox = tab.page.get_by_role("checkbox", name="AI Platform Enabler")
    await expect(checkbox).to_be_visible()
    double.answers = False  # the replacement below is the only answer
    await checkbox.focus()
    await tab.page.keyboard.press("Space")
    await expect(tab.page.locator(".choices[aria-busy=true]")).to_be_visible()
    message = double.messages["UADA"]["DUADA"][0]
    double.replace("UADA", message["ts"], blocks=None, text=f"*The beginning*\n{long}")
    await expect(tab.messages.get_by_text("The beginning")).to_be_in_viewport()
