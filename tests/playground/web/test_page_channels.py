"""Channels: a live message, its thread, completion of names after an @, and unread messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from challenge_app import live
from page_double import BOT, Double
from playwright.async_api import expect

if TYPE_CHECKING:
    from page_fixtures import BrowserTab, Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")

EVERYBODY = ["UADA", "UBEN", "UMEI"]


async def in_the_middle(open_page: Open, double: Double) -> tuple[BrowserTab, str]:
    """Open a channel with a live message, scroll to the messages after it, and return the live message's ts."""
    for number in range(20):
        double.post(EVERYBODY, "CTEAM", text=f"Before {number}")
    ts = double.post(EVERYBODY, "CTEAM", text="3 of 22 have done it.", blocks=live(3))["ts"]
    for number in range(40):
        double.post(EVERYBODY, "CTEAM", text=f"After {number}")
    tab = await open_page()
    await tab.go_to("team-platform")
    await tab.page.locator(f"li[data-ts='{ts}']").evaluate("message => message.scrollIntoView({ block: 'start' })")
    return tab, str(ts)


TOPS = (
    "all => all.map((one) => Math.round(one.getBoundingClientRect().top)).filter((top) => top > 0 && top < innerHeight)"
)


async def places(tab: BrowserTab) -> list[float]:
    """Return where the visible messages are on the screen."""
    tops: list[float] = await tab.page.locator("li.message").evaluate_all(TOPS)
    return tops


async def reads_from(tab: BrowserTab, text: str) -> list[float]:
    """Scroll until this message is the first visible one."""
    await tab.page.get_by_text(text, exact=True).evaluate("one => one.scrollIntoView({ block: 'start' })")
    return await places(tab)


async def test_a_live_message_changes_in_place_and_moves_nobody(open_page: Open, double: Double) -> None:
    tab, ts = await in_the_middle(open_page, double)
    await tab.button("I did it").focus()
    before = await places(tab)
    double.replace("UADA", ts, blocks=live(4), text="4 of 22 have done it.")
    await expect(tab.page.get_by_text("4 of 22 have done it. Goal: 15.")).to_be_in_viewport()
    assert await places(tab) == before
    await expect(tab.button("I did it")).to_be_focused()
    await expect(tab.button("New messages")).to_be_hidden()
    await expect(tab.page.get_by_text("(edited)")).to_have_count(0)


async def test_the_focus_stays_on_a_button_whose_block_has_a_new_id(open_page: Open, double: Double) -> None:
    tab, ts = await in_the_middle(open_page, double)
    await tab.button("I did it").focus()
    *text, row = live(4)
    double.replace("UADA", ts, blocks=[*text, row | {"block_id": "as-slack-gives-new-ids"}], text="4 of 22")
    await expect(tab.page.get_by_text("4 of 22 have done it. Goal: 15.")).to_be_in_viewport()
    await expect(tab.button("I did it")).to_be_focused()


async def test_the_answer_to_a_click_stays_in_sight_while_a_tall_message_changes(
    open_page: Open, double: Double
) -> None:
    tab = await open_page(viewport={"width": 320, "height": 640})
    task = {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(f"Line {n}" for n in range(30))}}
    ts = double.post(EVERYBODY, "DUADA", text="A challenge", blocks=[task, *live(3)])["ts"]
    await tab.button("Details").click()
    await expect(tab.messages.get_by_text("Clicked details.")).to_be_in_viewport()
    double.replace("UADA", ts, text="A challenge", blocks=[task, *live(4)])
    await expect(tab.page.get_by_text("4 of 22 have done it. Goal: 15.")).to_be_visible()
    await expect(tab.messages.get_by_text("Clicked details.")).to_be_in_viewport()


async def test_a_message_that_changes_out_of_sight_moves_nobody_either(open_page: Open, double: Double) -> None:
    tab, ts = await in_the_middle(open_page, double)
    for first, lives in (("After 2", live(4)), ("After 39", live(4) * 2), ("Before 0", live(4) * 3)):
        before = await reads_from(tab, first)
        double.replace("UADA", ts, blocks=lives, text="4 of 22 have done it.")
        await expect(tab.page.get_by_text("4 of 22 have done it. Goal: 15.")).to_have_count(len(lives) // 3)
        assert (await places(tab))[:20] == before[:20]


async def test_a_thread_that_grows_is_no_reason_to_scroll(open_page: Open, double: Double) -> None:
    tab, ts = await in_the_middle(open_page, double)
    before = await reads_from(tab, "After 2")
    double.post(EVERYBODY, "CTEAM", text="Ben did it.", thread_ts=ts)
    await expect(tab.page.get_by_role("button", name="1 reply")).to_be_attached()
    assert await places(tab) == before
    await expect(tab.button("New messages")).to_be_hidden()


async def test_replies_are_read_in_the_pane_of_their_thread_with_their_day(open_page: Open, double: Double) -> None:
    ts = double.post(EVERYBODY, "CTEAM", text="3 of 22 have done it.", blocks=live(3))["ts"]
    double.post(EVERYBODY, "CTEAM", text="Ben did it: flag `tone-v2`.", thread_ts=ts, author=BOT)
    tab = await open_page()
    await tab.go_to("team-platform")
    thread = tab.page.get_by_role("button", name="1 reply")
    await expect(thread).to_contain_text("Last reply today at 10:30")
    await thread.press("Enter")
    replies = tab.page.get_by_role("region", name="Messages in this thread").locator(".message")
    await expect(replies.last).to_contain_text("Ben did it: flag tone-v2.")
    await tab.button("+1 day").click()
    await expect(tab.page.locator("#clock-now")).to_contain_text("Wed 25 Nov")
    double.post(EVERYBODY, "CTEAM", text="So did Mei.", thread_ts=ts, author=BOT)
    await expect(replies).to_have_count(3)
    await expect(tab.page.get_by_role("region", name="Thread", exact=True)).to_contain_text("Yesterday")
    await expect(tab.page.get_by_role("region", name="Thread", exact=True)).to_contain_text("Today")
    await expect(tab.page.get_by_role("button", name="2 replies")).to_have_attribute("aria-expanded", "true")
    await expect(tab.page.locator("#messages > .message")).to_have_count(1)


async def test_an_at_offers_people_and_enter_takes_one(open_page: Open, double: Double) -> None:
    tab = await open_page()
    await tab.box.press_sequentially("/roleshift admins add @")
    offered = tab.page.get_by_role("listbox", name="People").get_by_role("option")
    await expect(offered).to_have_count(5)  # four people and the app
    await tab.box.press_sequentially("ok")  # Ben's last name
    await expect(offered).to_have_count(1)
    await expect(offered).to_contain_text("Ben Okafor@ben.okaforData Scientist")
    await tab.box.press("Enter")
    await expect(tab.box).to_have_value("/roleshift admins add @ben.okafor ")
    await tab.box.press("Enter")
    await expect(tab.messages).to_be_visible()
    assert double.sent("say")[0]["text"] == "/roleshift admins add @ben.okafor"


async def test_names_are_found_without_their_accents_and_within_a_line(open_page: Open) -> None:
    tab = await open_page()
    await tab.box.fill("ask  about it")
    for _ in range(len(" about it")):
        await tab.box.press("ArrowLeft")
    await tab.box.press_sequentially("@mena")
    await tab.box.press("Tab")
    await expect(tab.box).to_have_value("ask @zoe.menard about it")


async def test_a_whole_handle_needs_no_second_enter(open_page: Open, double: Double) -> None:
    tab = await open_page()
    await tab.say("/roleshift admins add @mei.tanaka")
    await expect(tab.messages).to_be_visible()
    assert double.sent("say")[0]["text"] == "/roleshift admins add @mei.tanaka"


async def test_a_hash_offers_channels_and_an_address_offers_nobody(open_page: Open) -> None:
    tab = await open_page()
    await tab.box.press_sequentially("see #te")
    await expect(tab.page.get_by_role("listbox", name="Channels").get_by_role("option")).to_have_count(1)
    await tab.box.press("Tab")
    await expect(tab.box).to_have_value("see #team-platform ")
    await tab.box.fill("mail ada@example")
    await expect(tab.page.get_by_role("option")).to_have_count(0)


async def test_the_app_is_offered_after_an_at_and_invited_first(open_page: Open, double: Double) -> None:
    tab = await open_page()
    await tab.go_to("general")
    await tab.box.press_sequentially("/inv")
    await tab.box.press("Tab")
    await expect(tab.box).to_have_value("/invite ")
    await tab.box.press_sequentially("@")
    await expect(tab.page.get_by_role("option").first).to_contain_text("roleshift@roleshiftApp")
    await tab.box.press("Enter")
    await tab.box.press("Enter")
    await expect(tab.messages).to_be_visible()
    assert double.sent("say")[0]["text"] == "/invite @roleshift"
