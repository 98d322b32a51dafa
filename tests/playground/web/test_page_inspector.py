"""The inspector shows what Slack and the app said to each other; it stays closed until somebody opens it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Locator, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from test_page_access import LOOK, assert_axe_finds_nothing

from tests.driver.standin import StandIn

if TYPE_CHECKING:
    from page_fixtures import BrowserTab, Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(autouse=True)
def refused_post(linked_app: AsyncApp) -> None:
    """Let the app answer /roleshift, and post where it is not allowed to."""

    @linked_app.command("/roleshift")
    async def answer(ack: Any, client: AsyncWebClient) -> None:
        await ack("Here you are.")
        with suppress(SlackApiError):
            await client.chat_postMessage(channel="C05DESIGN", text="Hello")


def inspector(tab: BrowserTab) -> Locator:
    return tab.page.get_by_role("complementary", name="Inspector")


def exchange(tab: BrowserTab, name: str) -> Locator:
    return inspector(tab).get_by_role("listitem").filter(has_text=name)


async def test_it_shows_what_was_sent_answered_called_and_refused(open_as: Open) -> None:
    tab = await open_as(**LOOK)
    await tab.say("/roleshift myrole")
    await tab.button("Inspector").click()
    command = exchange(tab, "/roleshift myrole")
    await command.locator("summary").press("Enter")
    await expect(command.get_by_label("The app answered")).to_contain_text("Here you are.")
    await expect(command.get_by_label("Slack sent")).to_contain_text('"response_url": "(hidden)"')
    call = exchange(tab, "chat.postMessage")
    await expect(call.locator("summary")).to_contain_text("refused")
    await call.locator("summary").click()
    await expect(call).to_contain_text("The app is not in this channel. /invite brings it in. (not_in_channel)")
    await assert_axe_finds_nothing(tab)


async def test_reset_asks_first_and_then_empties_every_page(open_as: Open, emulator: StandIn) -> None:
    tab, other = await open_as(), await open_as("U02EMIL")
    await tab.go_to("general")
    await other.go_to("general")
    await tab.say("Good morning")
    await expect(other.messages.filter(has_text="Good morning")).to_be_visible()
    await tab.button("Inspector").click()
    await tab.button("Reset…").click()
    await tab.page.get_by_role("alertdialog").get_by_role("button", name="Cancel").click()
    await expect(tab.messages.filter(has_text="Good morning")).to_be_visible()
    await tab.button("Reset…").click()
    await tab.page.get_by_role("alertdialog").get_by_role("button", name="Reset").click()
    await expect(inspector(tab)).to_be_hidden()
    for page in (tab, other):
        await expect(page.messages).to_have_count(0)
    assert emulator.reads("U01NORA", "general") == []


async def test_an_exchange_that_is_read_keeps_its_place_while_more_come(open_as: Open) -> None:
    tab = await open_as()
    for number in range(12):
        await tab.say(f"/roleshift {number}")
        await expect(tab.messages).to_have_count(number + 1)
    await tab.button("Inspector").click()
    read = exchange(tab, "/roleshift 11")
    await read.locator("summary").click()
    top = "row => row.getBoundingClientRect().top"
    place = await read.evaluate(top)
    await tab.say("/roleshift more")
    await expect(exchange(tab, "/roleshift more")).to_be_attached()
    assert await read.evaluate(top) == pytest.approx(place, abs=1), "within a pixel"
