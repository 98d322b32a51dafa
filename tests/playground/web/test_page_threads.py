"""The pane of a thread: replies that reach a real app, its answers for one reader, by keyboard and on any screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from block_kit_samples import actions, button, mrkdwn, plain, section
from playwright.async_api import expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.driver.standin import StandIn

if TYPE_CHECKING:
    from page_fixtures import BrowserTab, Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")

GUILD, EMIL = "C03AIGUILD", "U02EMIL"
QUESTION = "How do you test a prompt change?"
BLOCKS = [
    section(text=mrkdwn("I do it with ten saved questions.")),
    actions(button(text=plain("More"), action_id="more")),
]


def add_listeners(bolt: AsyncApp) -> None:
    """Let the app answer a mention in its thread, and a click in a thread to the one who clicked."""

    async def answer(event: dict[str, Any], client: AsyncWebClient) -> None:
        thread_ts = event.get("thread_ts", event["ts"])
        await client.chat_postMessage(
            channel=event["channel"], thread_ts=thread_ts, text="Ten questions", blocks=BLOCKS
        )

    async def tell_more(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        place = {"channel": body["channel"]["id"], "thread_ts": body["container"]["thread_ts"]}
        await client.chat_postEphemeral(user=body["user"]["id"], text="Read all ten answers.", **place)

    bolt.event("app_mention")(answer)
    bolt.action("more")(tell_more)


@pytest_asyncio.fixture(loop_scope="session")
async def tab(emulator: StandIn, linked_app: AsyncApp, open_as: Open) -> AsyncIterator[BrowserTab]:
    add_listeners(linked_app)
    emulator.workspace.post(GUILD, EMIL, QUESTION)
    tab = await open_as(reduced_motion="reduce")
    await tab.go_to("ai-guild")
    yield tab
    assert emulator.refused == []


async def test_a_reply_is_answered_in_its_thread_and_a_click_there_too(tab: BrowserTab) -> None:
    keys, thread = tab.page.keyboard, tab.page.get_by_role("region", name="Messages in this thread")
    begin = tab.page.locator("#messages .message", has_text=QUESTION).get_by_role("button", name="Reply in thread")
    await begin.focus()
    await keys.press("Enter")
    box = tab.page.get_by_role("textbox", name="Reply in thread")
    await expect(box).to_be_focused()
    await keys.type("/help")
    await keys.press("Enter")
    await expect(tab.page.get_by_text("/help is not supported in threads. Sorry!")).to_be_visible()
    await expect(box).to_have_value("/help")
    await box.fill("@roleshift what do you say?")
    await keys.press("Enter")
    await thread.get_by_role("button", name="More").click()
    await expect(thread.locator(".ephemeral")).to_contain_text("Read all ten answers.")
    await expect(tab.page.locator("#thread .thread-note")).to_have_text("#ai-guild · 2 replies")
    await expect(tab.page.locator("#messages > .message")).to_have_count(1)
    await box.focus()
    await keys.type("@em")
    await expect(tab.page.get_by_role("option", name="Emil Brandt")).to_be_visible()
    await keys.press("Escape")
    await expect(box).to_be_focused()  # it closed the list of people alone
    await box.fill("")
    await keys.press("Escape")
    await expect(tab.page.locator("#thread")).to_be_hidden()
    await expect(tab.page.get_by_role("button", name="2 replies")).to_be_focused()
