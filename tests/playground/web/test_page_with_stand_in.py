"""The page, the stand-in and a real Bolt app together: a challenge from its form to its thread, for several people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from challenge_app import GUILD, ChallengeApp
from playwright.async_api import Browser, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from ways_to_bolt import linked

from bot.playground.manifest import SlackApp
from bot.playground.standin import StandIn

if TYPE_CHECKING:
    from page_fixtures import Desk

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def slack() -> AsyncIterator[StandIn]:
    async with StandIn(app=SlackApp()) as stand_in:
        yield stand_in
        assert stand_in.refused == []


@pytest_asyncio.fixture(loop_scope="session")
async def app(slack: StandIn) -> AsyncIterator[ChallengeApp]:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    bolt = AsyncApp(client=client, process_before_response=True)
    async with linked(slack, bolt):
        yield ChallengeApp(bolt, client)


@pytest_asyncio.fixture(loop_scope="session")
async def desk(chromium: Browser, slack: StandIn) -> AsyncIterator[Desk]:
    """Nora's page, in #platform."""
    from page_fixtures import Desk  # noqa: PLC0415 - a plugin, which pytest must be the first to import

    context = await chromium.new_context(viewport={"width": 1280, "height": 800})
    desk = Desk(await context.new_page())
    await desk.page.goto(f"{slack.url}/?as=U01NORA")
    await desk.go_to("platform")
    yield desk
    await context.close()
    assert desk.complaints == []


async def walk_to_the_preview(desk: Desk) -> None:
    await desk.say("/roleshift challenge new")
    await desk.modal.get_by_role("radio", name="Put a price").check()
    await desk.button("Next").click()
    await desk.modal.get_by_label("Title").fill("Ship one prompt change")
    await desk.modal.get_by_label("Ends on").fill("2026-12-04")
    await desk.modal.get_by_label("Goal").fill("15")
    await desk.button("Preview").click()


async def test_a_form_is_filled_in_refused_corrected_looked_at_and_sent(desk: Desk, app: ChallengeApp) -> None:
    await walk_to_the_preview(desk)
    await expect(desk.modal.get_by_text("I am not in that channel.")).to_be_visible()
    await expect(desk.modal.get_by_text("That day is over.")).to_be_visible()
    await expect(desk.modal.get_by_label("Title")).to_have_value("Ship one prompt change")
    channel = desk.modal.get_by_role("button", name="Channel")
    await expect(channel).to_contain_text("#platform")  # it began where Nora was
    await channel.press("Enter")
    await desk.page.keyboard.type("guild")
    await desk.page.keyboard.press("Enter")
    await desk.button("Preview").click()
    preview = desk.page.get_by_role("dialog", name="Preview")
    await preview.get_by_role("button", name="Back").last.click()
    await expect(desk.modal.get_by_label("Title")).to_have_value("Ship one prompt change")
    await desk.modal.get_by_label("Title").fill("Ship two prompt changes")
    await desk.button("Preview").click()
    await preview.get_by_role("button", name="Start").click()
    await expect(desk.page.get_by_role("dialog", name="Started")).to_be_visible()
    await desk.button("Close").last.click()
    await expect(desk.modal).to_be_hidden()
    assert [values["title"]["value"] for values in app.submitted] == [
        *["Ship one prompt change"] * 2,
        "Ship two prompt changes",
    ]
    assert app.submitted[-1] == {
        "title": {"type": "plain_text_input", "value": "Ship two prompt changes"},
        "room": {"type": "conversations_select", "selected_conversation": GUILD},
        "day": {"type": "datepicker", "selected_date": "2026-12-04"},
        "time": {"type": "timepicker", "selected_time": "16:00"},
        "goal": {"type": "number_input", "value": "15"},
        "roles": {"type": "multi_static_select", "selected_options": []},
    }


async def test_one_message_lives_in_its_channel_and_answers_each_reader_alone(
    desk: Desk, app: ChallengeApp, slack: StandIn
) -> None:
    await app.start()
    await desk.page.get_by_role("button", name="ai-guild unread").click()
    await expect(desk.page.get_by_role("button", name="ai-guild", exact=True)).to_be_visible()
    await desk.button("I did it").click()
    await expect(desk.messages.first).to_contain_text("4 of 22 have done it.")
    await expect(desk.messages.last).to_contain_text("Only visible to you")
    await expect(desk.messages.last).to_contain_text("That makes one more.")
    await expect(desk.page.get_by_text("(edited)")).to_have_count(0)

    await desk.become("Isla Carver")
    await expect(desk.messages).to_have_count(1)
    await desk.page.get_by_role("button", name="1 reply").click()
    await expect(desk.page.get_by_role("list", name="Replies")).to_contain_text("@Emil Brandt did it: flag tone-v2.")
    await desk.go_to("design")
    await app.is_done()
    await app.client.chat_postMessage(channel=GUILD, thread_ts=app.ts, text="One more.")
    await app.client.chat_postMessage(channel=GUILD, text="Two days left.")
    await expect(desk.page.get_by_role("button", name="ai-guild unread")).to_be_visible()  # neither update nor reply
    await desk.go_to("ai-guild")
    await expect(desk.messages.first).to_contain_text("5 of 22 have done it.")
    await expect(desk.page.get_by_role("button", name="2 replies")).to_be_visible()
    assert [post.method for post in slack.posts if post.ts == app.ts] == ["chat.postMessage"] + ["chat.update"] * 2


async def test_a_handle_in_a_command_reaches_the_app_as_a_mention(
    desk: Desk, app: ChallengeApp, slack: StandIn
) -> None:
    await desk.box.press_sequentially("/roleshift admins add @jo")
    await desk.box.press("Enter")
    await desk.box.press("Enter")
    await expect(desk.modal).to_be_visible()
    commands = [sent["payload"]["text"] for sent in slack.socket.sent if sent["type"] == "slash_commands"]
    assert commands == ["admins add <@U16JOAO|joao.siqueira>"]
    assert app.submitted == []
