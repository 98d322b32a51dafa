"""A live message in a channel: it is changed in place, answered in its thread, and within Slack's rate limits."""

import pytest
from block_kit_samples import actions, button, section
from bolt_app import error_of
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.emulator.workspace import Message
from tests.driver.standin import StandIn

NORA, EMIL, ISLA = "U01NORA", "U02EMIL", "U05ISLA"
GUILD = "C03AIGUILD"
METADATA = {"event_type": "challenge", "event_payload": {"k": "opaque"}}


@pytest.fixture
async def live(slack: StandIn, client: AsyncWebClient) -> Message:
    blocks = [section(), actions(button())]
    posted = await client.chat_postMessage(channel=GUILD, text="3 of 22", blocks=blocks, metadata=METADATA)
    return slack.workspace.find(GUILD, posted["ts"])


async def test_only_an_update_without_blocks_is_marked_as_edited(client: AsyncWebClient, live: Message) -> None:
    await client.chat_update(channel=GUILD, ts=live.ts, text="4 of 22", blocks=[section()])
    assert (live.edited, live.marked_as_edited) == (True, False)
    await client.chat_update(channel=GUILD, ts=live.ts, text="Called off.")
    assert (live.marked_as_edited, live.blocks) == (True, None)


async def test_metadata_stays_until_other_metadata_or_none_is_sent(client: AsyncWebClient, live: Message) -> None:
    await client.chat_update(channel=GUILD, ts=live.ts, text="4 of 22")
    assert live.metadata == METADATA
    other = {"event_type": "challenge", "event_payload": {"k": "other"}}
    await client.chat_update(channel=GUILD, ts=live.ts, text="5 of 22", metadata=other)
    assert live.metadata == other
    await client.chat_update(channel=GUILD, ts=live.ts, text="6 of 22", metadata={})
    assert live.metadata is None
    assert await error_of(client.chat_postMessage(channel=GUILD, text="x", metadata={})) == "invalid_metadata_format"


async def test_what_can_not_be_changed_is_refused_by_name(
    slack: StandIn, client: AsyncWebClient, live: Message
) -> None:
    theirs = slack.workspace.post(GUILD, EMIL, "Mine")
    assert await error_of(client.chat_update(channel=GUILD, ts=theirs.ts, text="x")) == "cant_update_message"
    assert await error_of(client.chat_update(channel=GUILD, ts="1.000000", text="x")) == "message_not_found"
    assert await error_of(client.chat_update(channel=EMIL, ts=live.ts, text="x")) == "channel_not_found"
    assert await error_of(client.chat_update(channel=GUILD, ts=live.ts, text="x" * 4_001)) == "msg_too_long"
    silent = client.api_call("chat.update", json={"channel": GUILD, "ts": live.ts, "text": " "})
    assert await error_of(silent) == "no_text"
    slack.workspace.channels[GUILD].archived = True
    assert await error_of(client.chat_update(channel=GUILD, ts=live.ts, text="x")) == "is_inactive"
    assert await error_of(client.chat_postMessage(channel=GUILD, text="x")) == "is_archived"
    assert live.text == "3 of 22"


async def test_replies_stay_in_the_thread(slack: StandIn, client: AsyncWebClient, live: Message) -> None:
    slack.workspace.mark_read(EMIL, GUILD)
    first = await client.chat_postMessage(channel=GUILD, text="Emil did it.", thread_ts=live.ts)
    await client.chat_postMessage(channel=GUILD, text="So did Nora.", thread_ts=first["ts"])
    assert [reply.text for reply in slack.thread(live)] == ["Emil did it.", "So did Nora."]
    assert {reply.thread_ts for reply in slack.thread(live)} == {live.ts}, "a reply to a reply is one to the first"
    assert slack.reads(EMIL, "ai-guild") == [live]
    assert slack.workspace.unread(EMIL, GUILD) == []
    assert [post.thread_ts for post in slack.posts] == [None, live.ts, live.ts]
    changed = (await client.chat_update(channel=GUILD, ts=live.ts, text="5 of 22"))["message"]
    assert (changed["thread_ts"], changed["reply_count"]) == (live.ts, 2)
