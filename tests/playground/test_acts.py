"""Acts of people reach a real Bolt app over Socket Mode and signed HTTP, and people see its answers."""

import asyncio
from typing import Any

import pytest
from block_kit_samples import Json, actions, button, modal, plain, section, select
from bolt_app import by_both, heard, responding
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.emulator.refusal import CannotDo
from tests.driver.apps import SCOPES, listening_app
from tests.driver.standin import StandIn

NORA, EMIL, ISLA = "U01NORA", "U02EMIL", "U05ISLA"


def answering(bolt: AsyncApp, **answer: Any) -> list[Json]:
    """Answer every command with this. Return a list that gets them."""
    return heard(bolt.command("/roleshift"), **answer)


@by_both
async def test_a_command_is_answered_to_its_reader_alone(slack: StandIn, bolt: AsyncApp) -> None:
    sent = answering(bolt, text="Hello", blocks=[section()])
    seen = await slack.command(EMIL, "/roleshift learn  prompt-design ", "general")
    (command,) = sent
    assert (command["command"], command["text"]) == ("/roleshift", "learn  prompt-design")
    assert (command["channel_id"], command["channel_name"], command["user_id"]) == ("C01GENERAL", "general", EMIL)
    assert (seen.text, seen.message.reader, seen.message.channel) == ("Hello", EMIL, "C01GENERAL")
    assert slack.workspace.seen_by(NORA, "C01GENERAL") == []
    assert [(post.method, post.person, post.blocks) for post in slack.posts] == [("command_answer", EMIL, [section()])]
    assert slack.refused == []


async def test_a_command_may_answer_the_whole_channel(slack: StandIn, bolt: AsyncApp) -> None:
    answering(bolt, text="Hello all", response_type="in_channel")
    await slack.command(EMIL, "/roleshift help", "design")
    assert [message.text for message in slack.workspace.seen_by(ISLA, "C05DESIGN")] == ["Hello all"]
    assert len(slack.workspace.unread(ISLA, "C05DESIGN")) == 1


REFERENCES = [
    ("ask @emil about #ai-guild", "ask <@U02EMIL|emil.brandt> about <#C03AIGUILD|ai-guild>"),
    ("@emil.brandt, @nobody #nowhere", "<@U02EMIL|emil.brandt>, @nobody #nowhere"),
    ("@João @joao @joao.siqueira", " ".join(["<@U16JOAO|joao.siqueira>"] * 3)),
    ("thank @roleshift", "thank <@UBOT01NORTHWIND|roleshift>"),
    ("<!channel> & @channel", "&lt;!channel&gt; &amp; <!channel>"),
    ("see https://example.com/a?b=1&c=2", "see <https://example.com/a?b=1&amp;c=2>"),
    ("mail me@example.com", "mail me@example.com"),
]


async def test_references_are_escaped_as_slack_does(slack: StandIn, bolt: AsyncApp) -> None:
    commands = answering(bolt, text="ok")
    for typed, _ in REFERENCES:
        await slack.command(NORA, f"/roleshift {typed}")
    assert [command["text"] for command in commands] == [sent for _, sent in REFERENCES]


async def test_a_message_names_people_by_their_ids_alone(slack: StandIn) -> None:
    slack.patience = 0  # nobody answers
    seen = await slack.say(NORA, "ask @emil.brandt", "general")
    assert (seen.messages, [m.text for m in slack.reads(EMIL, "general")]) == ([], ["ask <@U02EMIL>"])


async def test_a_click_may_be_answered_to_all_beside_its_message_and_in_no_other_words(
    slack: StandIn, bolt: AsyncApp
) -> None:
    answering(bolt, text="Before", blocks=[actions(button())])
    statuses: list[int] = []

    @bolt.action("press")
    async def _(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        answers = [
            await respond(text="To all", response_type=word, replace_original=False)
            for word in ("everybody", "in_channel")
        ]
        statuses.extend(answer.status_code for answer in answers)

    shown = await slack.command(EMIL, "/roleshift menu", "general")
    seen = await slack.click(EMIL, shown, "press")
    assert (seen.text, seen.message.reader) == ("To all", None)
    assert statuses == [400, 200]
    assert [message.text for message in slack.workspace.seen_by(NORA, "C01GENERAL")] == ["To all"]
    assert [refused.error for refused in slack.refused] == ["invalid_arguments"]


async def test_an_answer_that_slack_refuses_is_shown_as_a_failure(slack: StandIn, bolt: AsyncApp) -> None:
    wrong: Json = {
        "invalid_arguments": {"response_type": "everybody"},
        "invalid_blocks": {"blocks": [{"type": "sparkline"}]},
    }
    answers = iter(wrong.values())

    @bolt.command("/roleshift")
    async def _(ack: AsyncAck) -> None:
        await ack(text="Hello", **next(answers))

    for error in wrong:
        seen = await slack.command(EMIL, "/roleshift help")
        assert seen.toast == f'/roleshift failed with the error "{error}"'
    assert [refused.error for refused in slack.refused] == list(wrong)
    assert slack.posts == []


async def test_an_app_that_does_not_answer_in_time_did_not_respond(slack: StandIn, bolt: AsyncApp) -> None:
    slack.hub.delivery.timeout = 0.05
    release = asyncio.Event()

    @bolt.command("/roleshift")
    async def _(ack: AsyncAck) -> None:
        await release.wait()
        await ack("too late")

    seen = await slack.command(EMIL, "/roleshift help")
    release.set()
    assert seen.toast == "roleshift did not respond"
    assert seen.messages == []


async def test_a_command_of_no_app_is_told_so(slack: StandIn) -> None:
    with pytest.raises(CannotDo, match="/todo is not a valid command"):
        await slack.command(EMIL, "/todo")
    with pytest.raises(CannotDo, match="archived"):
        await slack.command(EMIL, "/roleshift", "prompts-2024")


@by_both
async def test_a_click_is_answered_through_its_response_url_to_the_same_reader(slack: StandIn, bolt: AsyncApp) -> None:
    answering(bolt, text="Before", blocks=[actions(button(value="7"), select())])
    clicks = responding(bolt.action("press"), text="After", response_type="in_channel", replace_original=True)
    shown = await slack.command(EMIL, "/roleshift menu", "general")
    seen = await slack.click(EMIL, shown, "press")
    assert seen.message is shown.message
    assert (seen.text, seen.message.edited, seen.message.reader) == ("After", True, EMIL)
    assert slack.workspace.seen_by(NORA, "C01GENERAL") == []
    (click,) = clicks
    assert (click["actions"][0]["value"], click["container"]["is_ephemeral"]) == ("7", True)
    assert "message" not in click, "Slack does not repeat an ephemeral message"
    (state,) = click["state"]["values"].values()
    assert state == {"pick": {"type": "static_select", "selected_option": None}}


async def test_a_press_on_a_message_that_just_changed_counts_if_its_button_is_still_there(
    slack: StandIn, bolt: AsyncApp
) -> None:
    clicks: list[Json] = []

    @bolt.action("press")
    async def _(ack: AsyncAck, action: Json) -> None:
        clicks.append(action)
        await ack()

    acts, nora = slack.acts, slack.workspace.person(NORA)
    message = slack.workspace.post("C02PLATFORM", slack.workspace.bot_user, "", blocks=[actions(button(value="7"))])
    (before,) = message.blocks or []
    pressed = {"type": "button", "action_id": "press", "block_id": before["block_id"], "value": "7"}
    slack.workspace.edit(message, "", [actions(button(value="6"), button(value="7"))])
    await acts.click(nora, message, pressed)
    (after,) = message.blocks or []
    assert [(click["block_id"], click["value"]) for click in clicks] == [(after["block_id"], "7")]
    slack.workspace.edit(message, "", [actions(button(value="8"))])
    with pytest.raises(CannotDo):
        await acts.click(nora, message, pressed)


async def test_the_body_of_an_acknowledgement_to_a_click_is_ignored(slack: StandIn, bolt: AsyncApp) -> None:
    answering(bolt, text="Before", blocks=[actions(button())])
    heard(bolt.action("press"), text="Nobody reads this")
    shown = await slack.command(EMIL, "/roleshift menu")
    slack.patience = 0.1
    seen = await slack.click(EMIL, shown, "press")
    assert (seen.messages, seen.toast) == ([], None)


async def test_a_channel_message_comes_along_with_its_click(
    slack: StandIn, bolt: AsyncApp, client: AsyncWebClient
) -> None:
    ts = (await client.chat_postMessage(channel="C01GENERAL", text="All", blocks=[actions(select())]))["ts"]
    clicks = responding(bolt.action("pick"), text="Only you", replace_original=False)
    seen = await slack.click(NORA, slack.workspace.find("C01GENERAL", ts), "pick", "b")
    assert seen.message.reader == NORA
    assert clicks[0]["message"]["ts"] == ts
    assert clicks[0]["actions"][0]["selected_option"]["value"] == "b"


async def test_a_response_url_serves_five_times_and_then_no_more(slack: StandIn, bolt: AsyncApp) -> None:
    statuses: list[int] = []

    @bolt.command("/roleshift")
    async def _(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        statuses.extend([(await respond(text=f"{n}")).status_code for n in range(6)])

    await slack.command(EMIL, "/roleshift help")
    assert statuses == [200] * 5 + [404]
    assert [refused.error for refused in slack.refused] == ["used_url"]


async def test_a_clicked_message_can_be_deleted(slack: StandIn, bolt: AsyncApp) -> None:
    answering(bolt, text="Before", blocks=[actions(button())])
    responding(bolt.action("press"), delete_original=True)
    shown = await slack.command(EMIL, "/roleshift menu")
    seen = await slack.click(EMIL, shown, "press")
    assert seen.deleted == [shown.message]
    with pytest.raises(LookupError, match="no element 'gone'"):
        await slack.click(EMIL, shown, "gone")


@pytest.mark.parametrize("scope", ["im:history", "app_mentions:read"])
async def test_what_the_app_may_not_read_is_no_event(scope: str) -> None:
    async with StandIn(app=listening_app(scopes=SCOPES - {scope})) as slack:
        person = slack.workspace.person(EMIL)
        places = {"im:history": slack.workspace.dm(EMIL), "app_mentions:read": slack.workspace.channel("C01GENERAL")}
        for held, place in places.items():
            answer = await slack.acts.say(person, place, "@roleshift help")
            assert (answer.failure is None) == (held == scope), "nobody listens, so only an event that is sent fails"


# Shortcuts: a global one tells no place, one on a message tells which.

COMMON = {
    "type", "team", "enterprise", "is_enterprise_install", "user", "api_app_id", "token", "callback_id", "action_ts",
    "trigger_id",
}  # fmt: skip


async def test_a_global_shortcut_opens_a_modal_and_tells_no_place(
    slack: StandIn, bolt: AsyncApp, client: AsyncWebClient
) -> None:
    sent: list[Json] = []

    @bolt.global_shortcut("begin")
    async def _(ack: AsyncAck, body: Json) -> None:
        sent.append(body)
        await client.views_open(trigger_id=body["trigger_id"], view=modal())
        await ack()

    seen = await slack.shortcut(EMIL, "begin")
    assert seen.view is not None
    assert seen.view.spec["title"] == plain("Title")
    (payload,) = sent
    assert payload.keys() == COMMON
    assert (payload["type"], payload["callback_id"], payload["user"]["id"]) == ("shortcut", "begin", EMIL)


@by_both
async def test_a_shortcut_on_a_message_tells_which_and_may_be_answered_beside_it(
    slack: StandIn, bolt: AsyncApp
) -> None:
    sent = responding(bolt.message_shortcut("keep"), text="Kept.", replace_original=True)
    written = slack.workspace.post("C03AIGUILD", NORA, "How much is it?")
    seen = await slack.shortcut(EMIL, "keep", written)
    (payload,) = sent
    assert payload.keys() == COMMON | {"channel", "message", "message_ts", "response_url"}
    assert (payload["type"], payload["channel"]) == ("message_action", {"id": "C03AIGUILD", "name": "ai-guild"})
    assert (payload["message"]["text"], payload["message"]["user"]) == ("How much is it?", NORA)
    assert payload["message_ts"] == payload["message"]["ts"] == written.ts
    assert (seen.text, seen.message.reader) == ("Kept.", EMIL)
    assert written.text == "How much is it?", "the message of a person is not the app's to replace"


async def test_only_shortcuts_of_the_manifest_are_offered_on_messages_that_all_see(slack: StandIn) -> None:
    written = slack.workspace.post("C03AIGUILD", NORA, "Hello")
    seen_by_emil = slack.workspace.post("C03AIGUILD", slack.workspace.bot_user, "Psst", reader=EMIL)
    for callback_id, message, reason in (
        ("keep", None, "no such global shortcut"),
        ("begin", written, "no such message shortcut"),
        ("other", written, "no such message shortcut"),
        ("keep", seen_by_emil, "only you see"),
    ):
        with pytest.raises(CannotDo, match=reason):
            await slack.shortcut(EMIL, callback_id, message)
