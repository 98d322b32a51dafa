"""What other apps use and roleshift does not: attachments, menus that the app fills, channels' messages, reactions."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from block_kit_samples import THUMBS, TRASH, Json, actions, button, field, modal, plain
from bolt_app import error_of, heard, opening
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.emulator.refusal import CannotDo
from tests.driver.apps import listening_app
from tests.driver.standin import StandIn

EMIL, GENERAL, PRIVATE = "U02EMIL", "C01GENERAL", "C06LEADTEAM"
EVENTS = {"message.channels", "message.groups", "reaction_added"}
SCOPES = {"channels:history", "groups:history", "reactions:read"}


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    app = listening_app()
    app = replace(app, events=app.events | EVENTS, scopes=app.scopes | SCOPES)
    async with StandIn(app=app, timeout=5) as stand_in:
        yield stand_in


async def test_a_thread_is_read_and_linked(client: AsyncWebClient) -> None:
    first = await client.chat_postMessage(channel=GENERAL, text="Question")
    reply = await client.chat_postMessage(channel=GENERAL, text="Answer", thread_ts=first["ts"])
    thread = await client.conversations_replies(channel=GENERAL, ts=reply["ts"])
    assert [message["text"] for message in thread["messages"]] == ["Question", "Answer"]
    link = await client.chat_getPermalink(channel=GENERAL, message_ts=reply["ts"])
    assert link["permalink"].endswith(
        f"/archives/{GENERAL}/p{reply['ts'].replace('.', '')}?thread_ts={first['ts']}&cid={GENERAL}"
    )
    assert await error_of(client.chat_getPermalink(channel=GENERAL, message_ts="1.0")) == "message_not_found"


async def test_attachments_and_markdown_are_taken(client: AsyncWebClient) -> None:
    state = {"title": "State", "value": "green", "short": True}
    part: Json = {"fallback": "A build", "color": "#36a64f", "fields": [state]}
    posted = await client.api_call("chat.postMessage", json={"channel": GENERAL, "attachments": [part]})
    assert posted["message"]["attachments"] == [part]
    wrong = client.chat_postMessage(channel=GENERAL, text="x", attachments=[{"colour": "red"}])
    assert await error_of(wrong) == "invalid_attachments"
    old = {"fallback": "x", "callback_id": "c", "actions": [{"type": "button"}]}
    for each in (old, {"blocks": [actions(button())]}):  # the app would hear of no click
        post = client.chat_postMessage(channel=GENERAL, text="x", attachments=[each])
        assert await error_of(post) == "emulator_unsupported"
    written = await client.api_call("chat.postMessage", json={"channel": GENERAL, "markdown_text": "**Done**"})
    assert [block["type"] for block in written["message"]["blocks"]] == ["markdown"]
    both = client.api_call("chat.postMessage", json={"channel": GENERAL, "markdown_text": "x", "text": "x"})
    assert await error_of(both) == "markdown_text_conflict"


async def test_the_thumb_and_the_icon_below_an_answer_are_told_by_their_values(
    slack: StandIn, bolt: AsyncApp, client: AsyncWebClient
) -> None:
    bodies = heard(bolt.action(re.compile("thumbs|trash")))
    below = {"type": "context_actions", "elements": [THUMBS, TRASH]}
    posted = await client.chat_postMessage(channel=GENERAL, text="An answer", blocks=[below])
    message, emil = slack.workspace.find(GENERAL, posted["ts"]), slack.workspace.people[EMIL]
    for action in ({**THUMBS, "value": "bad"}, TRASH):
        await slack.acts.click(emil, message, action)
    told = [(body["actions"][0]["type"], body["actions"][0].get("value")) for body in bodies]
    assert told == [("feedback_buttons", "bad"), ("icon_button", None)]
    assert bodies[0]["actions"][0]["text"]["text"] == "Bad"
    with pytest.raises(CannotDo, match="no longer there"):
        await slack.acts.click(emil, message, {**THUMBS, "value": "so-so"})


async def test_an_app_hears_the_messages_of_its_channels_and_reactions_to_them(slack: StandIn, bolt: AsyncApp) -> None:
    bodies = heard(bolt.event("message"), bolt.event("reaction_added"))
    for channel_id in (GENERAL, PRIVATE):
        channel, emil = slack.workspace.channels[channel_id], slack.workspace.people[EMIL]
        channel.members.discard(slack.workspace.bot_user)
        await slack.acts.say(emil, channel, "Hello")
        channel.members.add(slack.workspace.bot_user)
        await slack.acts.say(emil, channel, "Is anybody here?")
        await slack.acts.react(emil, slack.workspace.messages[channel_id][-1], "wave")
    with pytest.raises(CannotDo):
        await slack.acts.react(emil, slack.workspace.messages[GENERAL][-1], "wave")
    events = [body["event"] for body in bodies]
    told = [(each["type"], each.get("channel_type"), each.get("text", each.get("reaction"))) for each in events]
    assert told == [
        ("message", "channel", "Is anybody here?"),
        ("reaction_added", None, "wave"),
        ("message", "group", "Is anybody here?"),
        ("reaction_added", None, "wave"),
    ]


async def test_a_menu_is_filled_by_the_app_and_a_moment_is_picked(slack: StandIn, bolt: AsyncApp) -> None:
    when = {"type": "datetimepicker", "action_id": "when", "initial_date_time": 1_764_000_000}
    menu = {"type": "external_select", "action_id": "city", "min_query_length": 1}
    several = {**menu, "type": "multi_external_select", "max_selected_items": 2}
    cities: list[Json] = [{"text": plain(name), "value": name.lower()} for name in ("Berlin", "Bergen")]

    fields = [field(element, block_id=element["action_id"]) for element in (when, menu)]
    fields.append(field(several | {"action_id": "cities"}, block_id="cities"))
    opening(bolt, modal(submit=plain("Save"), callback_id="form", blocks=fields))

    @bolt.options(re.compile("city|cities"))
    async def _(ack: AsyncAck, payload: Json) -> None:
        await ack(options=[city for city in cities if city["value"].startswith(payload["value"])])

    submitted = heard(bolt.view("form"))
    view = (await slack.command(EMIL, "/roleshift")).view
    assert view
    emil = slack.workspace.people[EMIL]
    for action_id in ("city", "cities"):
        assert await slack.acts.options(emil, view, action_id, "ber") == cities
    state = {
        "when": {"when": {"type": "datetimepicker", "selected_date_time": 1_764_003_600}},
        "city": {"city": {"type": "external_select", "selected_option": cities[1]}},
        "cities": {"cities": {"type": "multi_external_select", "selected_options": cities}},
    }
    bonn = {"text": plain("Bonn"), "value": "bonn"}
    for never in (
        {"city": {"city": {"type": "external_select", "selected_option": bonn}}},
        {"cities": {"cities": {"type": "multi_external_select", "selected_options": [bonn]}}},
    ):
        with pytest.raises(LookupError):
            await slack.acts.submit(emil, view, state | never)
    await slack.acts.submit(emil, view, state)
    assert [body["view"]["state"]["values"] for body in submitted] == [state]
