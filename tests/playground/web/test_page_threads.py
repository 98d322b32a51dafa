"""The pane of a thread: replies that reach a real app, its answers for one reader, by keyboard and on any screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from ways_to_bolt import linked

from tests.driver.apps import listening_app
from tests.driver.standin import StandIn

if TYPE_CHECKING:
    from page_fixtures import BrowserTab

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")

GUILD, NORA, EMIL = "C03AIGUILD", "U01NORA", "U02EMIL"
QUESTION = "How do you test a prompt change?"
BLOCKS: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "I do it with ten saved questions."}},
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "More"}}],
    },
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


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def slack() -> AsyncIterator[StandIn]:
    async with StandIn(app=listening_app()) as stand_in:
        client = AsyncWebClient(token=stand_in.bot_token, base_url=stand_in.api_url, retry_handlers=[])
        bolt = AsyncApp(client=client, process_before_response=True)
        add_listeners(bolt)
        stand_in.workspace.post(GUILD, EMIL, QUESTION)
        async with linked(stand_in, bolt):
            yield stand_in
        assert stand_in.refused == []


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(chromium: Browser, slack: StandIn) -> AsyncIterator[BrowserTab]:
    from page_fixtures import BrowserTab  # noqa: PLC0415 - a plugin, which pytest must be the first to import

    context = await chromium.new_context(base_url=slack.url, reduced_motion="reduce")
    tab = BrowserTab(await context.new_page())
    yield tab
    await context.close()
    assert tab.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def tab(shared: BrowserTab) -> BrowserTab:
    """Return Nora's page in #ai-guild, without an open thread."""
    await shared.page.set_viewport_size({"width": 1280, "height": 800})
    await shared.page.goto(f"/?as={NORA}")
    await shared.go_to("ai-guild")
    return shared


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


async def test_a_thread_is_clear_on_every_screen(tab: BrowserTab, slack: StandIn) -> None:
    """With somebody's unread direct messages beside it, in both schemes."""
    slack.workspace.post(slack.workspace.dm(EMIL).id, slack.workspace.bot_user, "Your tip")
    first = slack.workspace.messages[GUILD][0]
    slack.workspace.post(GUILD, EMIL, f"{'long' * 40} `{'code' * 40}`", thread_ts=first.ts)
    await tab.page.get_by_role("button", name="repl").last.click()
    await expect(tab.page.locator("#rail .face-unread")).to_have_attribute("data-count", "1")
    for width, scheme in ((1280, "light"), (390, "dark")):
        await tab.page.set_viewport_size({"width": width, "height": 800})
        await tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await expect(tab.page.get_by_role("textbox", name="Reply in thread")).to_be_visible()
        await expect(tab.box).to_be_visible(visible=width > 1000)
        assert await tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await tab.page.locator("#thread .scroller").evaluate("box => box.scrollWidth <= box.clientWidth")
        found = await Axe().run(tab.page, options={"rules": {"label-content-name-mismatch": {"enabled": True}}})
        assert found.response["violations"] == [], (width, scheme)
        if width < 760:
            await tab.button("People and channels").click()
            await expect(tab.page.get_by_role("button", name="Be Emil Brandt")).to_be_visible()
            found = await Axe().run(tab.page, options={"rules": {"label-content-name-mismatch": {"enabled": True}}})
            assert found.response["violations"] == [], (width, scheme)
            await tab.page.keyboard.press("Escape")
            await expect(tab.page.locator("#thread")).to_be_visible()


async def test_slack_offers_to_invite_the_app(tab: BrowserTab) -> None:
    await tab.go_to("design")
    await tab.say("Good morning, @roleshift. ")
    await expect(tab.messages.last).to_contain_text("@roleshift isn't in this channel. Invite them?")
    await tab.button("Invite Them").click()
    await expect(tab.page.get_by_text("was added to #design by Nora Whitfield.", exact=True)).to_be_visible()
    await expect(tab.page.get_by_role("button", name="1 reply")).to_be_visible()
    await expect(tab.button("Invite Them")).to_have_count(0)
