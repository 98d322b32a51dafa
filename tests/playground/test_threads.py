"""Threads, mentions and live messages: what reaches the app, where answers appear, and what Slack does by itself."""

from typing import Any

import pytest
from block_kit_samples import Json, actions, button, section
from bolt_app import error_of, heard
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.emulator.refusal import CannotDo
from bot.playground.emulator.workspace import SLACKBOT, Message
from bot.playground.page.page_state import PageState
from tests.driver.apps import listening_app
from tests.driver.standin import StandIn

EMIL, ASHA, GUILD, DESIGN = "U02EMIL", "U03ASHA", "C03AIGUILD", "C05DESIGN"
BUTTON = button(action_id="go")
METADATA = {"event_type": "challenge", "event_payload": {"k": "opaque"}}


async def say(slack: StandIn, text: str, thread_ts: str | None = None, room: str = GUILD) -> Message:
    channel = slack.workspace.channel(room)
    await slack.acts.say(slack.workspace.people[EMIL], channel, text, thread_ts)
    return next(each for each in reversed(slack.workspace.messages[room]) if each.author == EMIL)


def told_of(bolt: AsyncApp) -> list[Json]:
    """Return a list that gets the bodies of events about messages."""
    return heard(bolt.event("app_mention"), bolt.event("message"))


async def test_a_reply_reaches_the_app_with_its_thread_where_slack_tells_of_it(slack: StandIn, bolt: AsyncApp) -> None:
    bodies, told = told_of(bolt), []
    for room in (GUILD, slack.workspace.dm(EMIL).id):
        first = await say(slack, "A question", room=room)
        mention = await say(slack, "@roleshift what do you say?", first.ts, room)
        again = await say(slack, "And without a name", mention.ts, room)
        assert {mention.thread_ts, again.thread_ts} == {first.ts}
        told += [mention] if room == GUILD else [first, mention, again]
    events = [body["event"] for body in bodies]
    assert [(event["ts"], event.get("thread_ts")) for event in events] == [(each.ts, each.thread_ts) for each in told]
    assert [event["type"] for event in events] == ["app_mention", "message", "message", "message"]


async def test_a_click_tells_the_thread_of_its_message(slack: StandIn, bolt: AsyncApp) -> None:
    clicks = heard(bolt.action("go"))
    first, bot, emil = await say(slack, "A question"), slack.workspace.bot_user, slack.workspace.people[EMIL]
    blocks = [actions(BUTTON)]
    cases: list[tuple[dict[str, Any], str | None]] = [
        ({}, None),
        ({"thread_ts": first.ts}, first.ts),
        ({"thread_ts": first.ts, "reader": EMIL}, first.ts),
    ]
    for fields, thread_ts in cases:
        message = slack.workspace.post(GUILD, bot, "Go?", blocks=blocks, **fields)
        await slack.acts.click(emil, message, BUTTON)
        assert clicks[-1]["container"].get("thread_ts") == thread_ts
        assert clicks[-1].get("message", {}).get("thread_ts") == (None if message.ephemeral else thread_ts)


async def test_an_ephemeral_answer_is_seen_in_a_thread_that_has_replies(slack: StandIn, client: Any) -> None:
    first = await say(slack, "A question")
    words = {"channel": GUILD, "user": EMIL, "text": "For you", "thread_ts": first.ts}
    assert (await client.chat_postEphemeral(**words))["ok"]
    assert slack.workspace.messages[GUILD] == [first], "as Slack documents it: only in an active thread"
    reply = await say(slack, "A reply", first.ts)
    await client.chat_postEphemeral(**words | {"thread_ts": reply.ts})
    shown = slack.workspace.messages[GUILD][-1]
    assert (shown.text, shown.thread_ts, shown.reader) == ("For you", first.ts, EMIL)
    assert shown not in slack.workspace.seen_by(ASHA, GUILD)
    gone = client.chat_postEphemeral(**words | {"thread_ts": "1.000000"})
    assert await error_of(gone) == "thread_not_found"


async def test_slack_offers_to_invite_a_mentioned_app_that_then_hears_of_the_mention(
    slack: StandIn, bolt: AsyncApp
) -> None:
    events = told_of(bolt)
    for choice, comes in (("Do Nothing", False), ("Invite Them", True)):
        mention = await say(slack, "@roleshift what do you say?", room=DESIGN)
        prompt = slack.workspace.messages[DESIGN][-1]
        assert (prompt.author, prompt.reader) == (SLACKBOT, EMIL)
        assert prompt.text == f"<@{slack.workspace.bot_user}> isn't in this channel. Invite them?"
        assert events == []
        buttons = (prompt.blocks or [])[1]["elements"]
        chosen = next(each for each in buttons if each["text"]["text"] == choice)
        await slack.acts.click(slack.workspace.people[EMIL], prompt, chosen)
        assert prompt not in slack.workspace.messages[DESIGN]
        assert (slack.workspace.bot_user in slack.workspace.channel(DESIGN).members) is comes
        assert [body["event"]["ts"] for body in events] == ([mention.ts] if comes else [])
    await say(slack, "@roleshift and now?", room=DESIGN)
    assert slack.workspace.messages[DESIGN][-1].author == EMIL
    assert len(events) == 2


async def test_the_app_is_invited_and_no_command_works_in_a_thread(slack: StandIn) -> None:
    first = await say(slack, "A question")
    for command in ("/roleshift", "/invite @roleshift", "/unknown"):
        with pytest.raises(CannotDo, match=f"{command.split()[0]} is not supported in threads. Sorry!"):
            await say(slack, command, first.ts)
    emil, design = slack.workspace.people[EMIL], slack.workspace.channel(DESIGN)
    await slack.acts.say(emil, design, "/invite @roleshift")
    assert slack.workspace.bot_user in design.members
    assert slack.workspace.messages[DESIGN][-1].text.endswith("by Emil Brandt.")
    for command, words in (
        ("/invite @roleshift", r"roleshift is in #.* already"),
        ("/invite", "Type a name behind it"),
        ("/invite @nobody.at.all", "Nobody here is called @nobody.at.all."),
    ):
        with pytest.raises(CannotDo, match=words):
            await slack.acts.say(emil, design, command)


async def test_an_app_whose_name_has_two_words_is_invited_by_its_handle() -> None:
    async with StandIn(app=listening_app(name="My Coach")) as slack:
        await say(slack, "@my.coach hello", room=DESIGN)
        prompt = slack.workspace.messages[DESIGN][-1]
        (_, buttons) = prompt.blocks or []
        await slack.acts.click(slack.workspace.people[EMIL], prompt, buttons["elements"][0])
        assert slack.workspace.bot_user in slack.workspace.channel(DESIGN).members


def test_a_channel_counts_only_what_mentions_its_reader(slack: StandIn) -> None:
    done = [{"type": "section", "text": {"type": "mrkdwn", "text": f"<@{EMIL}> did it"}}]
    seen, badge = PageState(slack.hub, slack.workspace, slack.workspace.people[EMIL]), 0
    posts = ("Hello", None, 0), (f"Hello <@{EMIL}>", None, 1), ("<!channel> hello", None, 1), ("", done, 1)
    for number, (text, blocks, mentions) in enumerate(posts, 1):
        slack.workspace.post(DESIGN, ASHA, text, blocks=blocks)
        badge += mentions
        assert seen.unread(DESIGN) == {"unread": number, "badge": badge}, text


# A live message in a channel: it is changed in place, and answered in its thread.


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
