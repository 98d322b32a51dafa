"""Shortcuts reach a real Bolt app in Slack's shapes: a global one tells no place, one on a message tells which."""

import pytest
from block_kit_samples import Json, modal, plain
from bolt_app import by_both, responding
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.emulator.refusal import CannotDo
from tests.driver.standin import StandIn

NORA, EMIL = "U01NORA", "U02EMIL"
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
