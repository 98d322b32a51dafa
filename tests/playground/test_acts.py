"""What people do reaches a real Bolt app over Socket Mode and over signed HTTP alike, and so does its answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from block_kit_samples import TEXT_INPUT, actions, button, chart, field, modal, plain, section, select
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.acts import CannotDo
from bot.playground.outcome import Outcome
from bot.playground.standin import StandIn
from bot.playground.views import View

Json = dict[str, Any]
NORA, EMIL, ISLA = "U01NORA", "U02EMIL", "U05ISLA"


def answering(bolt: AsyncApp, **answer: Any) -> list[Json]:
    """Answers every command with this; collects what was sent."""
    sent: list[Json] = []

    @bolt.command("/roleshift")
    async def _(ack: AsyncAck, command: Json) -> None:
        sent.append(command)
        await ack(**answer)

    return sent


def opened(outcome: Outcome) -> View:
    assert outcome.view, outcome.toast
    return outcome.view


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
    assert slack.workspace.unread(ISLA, "C05DESIGN") == 1


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("ask @emil about #ai-guild", "ask <@U02EMIL> about <#C03AIGUILD|ai-guild>"),
        ("@emil.brandt, @nobody #nowhere", "<@U02EMIL>, @nobody #nowhere"),
        ("<!channel> & @channel", "&lt;!channel&gt; &amp; <!channel>"),
        ("see https://example.com/a?b=1&c=2", "see <https://example.com/a?b=1&amp;c=2>"),
        ("mail me@example.com", "mail me@example.com"),
    ],
)
async def test_references_are_escaped_as_slack_does(slack: StandIn, bolt: AsyncApp, typed: str, sent: str) -> None:
    commands = answering(bolt, text="ok")
    await slack.command(NORA, f"/roleshift {typed}")
    assert commands[0]["text"] == sent


async def test_an_answer_that_slack_refuses_is_shown_as_a_failure(slack: StandIn, bolt: AsyncApp) -> None:
    answering(bolt, text="Hello", blocks=[{"type": "sparkline"}])
    seen = await slack.command(EMIL, "/roleshift help")
    assert seen.toast == '/roleshift failed with the error "invalid_blocks"'
    assert [refused.error for refused in slack.refused] == ["invalid_blocks"]
    assert slack.posts == []


async def test_an_app_that_does_not_answer_in_time_did_not_respond(slack: StandIn, bolt: AsyncApp) -> None:
    slack.hub.delivery.timeout = 0.05  # type: ignore[attr-defined] # both ways to the app have one
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


async def test_a_click_is_answered_through_its_response_url(slack: StandIn, bolt: AsyncApp) -> None:
    answering(bolt, text="Before", blocks=[actions(button(value="7"), select())])
    clicks: list[Json] = []

    @bolt.action("press")
    async def _(ack: AsyncAck, respond: AsyncRespond, body: Json) -> None:
        clicks.append(body)
        await ack()
        await respond(text="After", replace_original=True)

    shown = await slack.command(EMIL, "/roleshift menu")
    seen = await slack.click(EMIL, shown, "press")
    assert seen.message is shown.message
    assert (seen.text, seen.message.edited) == ("After", True)
    click = clicks[0]
    assert (click["actions"][0]["value"], click["container"]["is_ephemeral"]) == ("7", True)
    assert "message" not in click, "Slack does not repeat an ephemeral message"
    (block_id,) = click["state"]["values"]
    assert click["state"]["values"][block_id] == {"pick": {"type": "static_select", "selected_option": None}}


async def test_the_body_of_an_acknowledgement_to_a_click_is_ignored(slack: StandIn, bolt: AsyncApp) -> None:
    answering(bolt, text="Before", blocks=[actions(button())])

    @bolt.action("press")
    async def _(ack: AsyncAck) -> None:
        await ack(text="Nobody reads this")

    slack.patience = 0.1
    seen = await slack.click(EMIL, await slack.command(EMIL, "/roleshift menu"), "press")
    assert (seen.messages, seen.toast) == ([], None)


async def test_a_channel_message_comes_along_with_its_click(
    slack: StandIn, bolt: AsyncApp, client: AsyncWebClient
) -> None:
    ts = (await client.chat_postMessage(channel="C01GENERAL", text="All", blocks=[actions(select())]))["ts"]
    clicks: list[Json] = []

    @bolt.action("pick")
    async def _(ack: AsyncAck, respond: AsyncRespond, body: Json) -> None:
        clicks.append(body)
        await ack()
        await respond(text="Only you", replace_original=False)

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

    @bolt.action("press")
    async def _(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(delete_original=True)

    shown = await slack.command(EMIL, "/roleshift menu")
    seen = await slack.click(EMIL, shown, "press")
    assert seen.deleted == [shown.message]
    with pytest.raises(LookupError, match="no element 'gone'"):
        await slack.click(EMIL, shown, "gone")


async def test_a_trigger_opens_one_modal(slack: StandIn, bolt: AsyncApp, client: AsyncWebClient) -> None:
    errors: list[str] = []

    @bolt.command("/roleshift")
    async def _(ack: AsyncAck, command: Json) -> None:
        await client.views_open(trigger_id=command["trigger_id"], view=modal())
        for trigger_id in (command["trigger_id"], "1.invented"):
            with pytest.raises(SlackApiError) as caught:
                await client.views_open(trigger_id=trigger_id, view=modal())
            errors.append(caught.value.response["error"])
        await ack()

    seen = await slack.command(EMIL, "/roleshift challenge")
    assert opened(seen).spec["title"] == plain("Title")
    assert errors == ["exchanged_trigger_id", "invalid_trigger_id"]


async def test_a_modal_is_submitted_refused_corrected_and_closed(
    slack: StandIn, bolt: AsyncApp, client: AsyncWebClient
) -> None:
    form = modal(submit=plain("Save"), callback_id="form", private_metadata="m", blocks=[field(TEXT_INPUT)])
    submitted: list[Json] = []

    @bolt.command("/roleshift")
    async def _(ack: AsyncAck, command: Json) -> None:
        await client.views_open(trigger_id=command["trigger_id"], view=form)
        await ack()

    @bolt.view("form")
    async def _(ack: AsyncAck, view: Json) -> None:
        submitted.append(view)
        if view["state"]["values"]["field"]["words"]["value"] == "no":
            await ack(response_action="errors", errors={"field": "Say yes."})
        else:
            await ack()

    shown = await slack.command(EMIL, "/roleshift challenge")
    assert (await slack.submit(EMIL, shown, {})).errors == {"field": "Please complete this required field."}
    assert submitted == [], "Slack's client keeps an empty field to itself"
    assert (await slack.submit(EMIL, shown, {"words": "no"})).errors == {"field": "Say yes."}
    done = await slack.submit(EMIL, shown, {"field": "yes"})
    assert (done.view, done.errors) == (None, {})
    assert (submitted[1]["callback_id"], submitted[1]["private_metadata"]) == ("form", "m")


async def test_views_are_pushed_updated_and_cleared(slack: StandIn, bolt: AsyncApp, client: AsyncWebClient) -> None:
    def screen(name: str) -> Json:
        return modal(submit=plain(name), callback_id=name, close=plain("Back"), notify_on_close=True)

    @bolt.command("/roleshift")
    async def _(ack: AsyncAck, command: Json) -> None:
        await client.views_open(trigger_id=command["trigger_id"], view=screen("first"))
        await ack()

    @bolt.view("first")
    async def _(ack: AsyncAck) -> None:
        await ack(response_action="push", view=screen("second"))

    @bolt.view("second")
    async def _(ack: AsyncAck) -> None:
        await ack(response_action="update", view=screen("third"))

    @bolt.view("third")
    async def _(ack: AsyncAck) -> None:
        await ack(response_action="clear")

    first = opened(await slack.command(EMIL, "/roleshift challenge"))
    second = opened(await slack.submit(EMIL, first))
    assert (second.previous_id, second.root_id) == (first.id, first.id)
    third = opened(await slack.submit(EMIL, second))
    assert (third.id, third.spec["callback_id"]) == (second.id, "third")
    assert len(slack.workspace.screens.stacks[EMIL]) == 2
    assert (await slack.submit(EMIL, third)).view is None
    assert slack.refused == []


async def test_closing_a_modal_is_told_where_it_asks_for_it(
    slack: StandIn, bolt: AsyncApp, client: AsyncWebClient
) -> None:
    closed: list[Json] = []

    @bolt.command("/roleshift")
    async def _(ack: AsyncAck, command: Json) -> None:
        await client.views_open(trigger_id=command["trigger_id"], view=modal(callback_id="c", notify_on_close=True))
        await ack()

    @bolt.view_closed("c")
    async def _(ack: AsyncAck, body: Json) -> None:
        closed.append(body)
        await ack()

    shown = await slack.command(EMIL, "/roleshift challenge")
    assert (await slack.close(EMIL, shown)).view is None
    assert closed[0]["is_cleared"] is False


async def test_a_view_is_updated_only_by_who_knows_its_hash(
    slack: StandIn, bolt: AsyncApp, client: AsyncWebClient
) -> None:
    answers: list[Json] = []

    @bolt.command("/roleshift")
    async def _(ack: AsyncAck, command: Json) -> None:
        view = (await client.views_open(trigger_id=command["trigger_id"], view=modal()))["view"]
        await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(callback_id="new"))
        answers.append(view)
        await ack()

    shown = opened(await slack.command(EMIL, "/roleshift challenge"))
    assert shown.spec["callback_id"] == "new"
    for view_id, view_hash, error in ((shown.id, answers[0]["hash"], "hash_conflict"), ("V0", None, "not_found")):
        with pytest.raises(SlackApiError, match=error):
            await client.views_update(view_id=view_id, hash=view_hash, view=modal())


async def test_home_is_published_and_its_buttons_have_no_response_url(
    slack: StandIn, bolt: AsyncApp, client: AsyncWebClient
) -> None:
    clicks: list[Json] = []

    @bolt.event("app_home_opened")
    async def _(event: Json) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [actions(button())]})

    @bolt.action("press")
    async def _(ack: AsyncAck, body: Json) -> None:
        clicks.append(body)
        view = {"type": "home", "blocks": [section()]}
        await client.views_publish(user_id=EMIL, view=view, hash=body["view"]["hash"])
        await ack()

    home = (await slack.open_home(EMIL)).home
    assert home
    await slack.click(EMIL, home, "press")
    assert home.blocks[0]["type"] == "section"
    assert "response_url" not in clicks[0]
    assert clicks[0]["container"] == {"type": "view", "view_id": home.id}


async def test_words_in_the_direct_messages_are_an_event(
    slack: StandIn, bolt: AsyncApp, client: AsyncWebClient
) -> None:
    @bolt.message("how")
    async def _(event: Json) -> None:
        await client.chat_postMessage(channel=event["channel"], text=f"{event['channel_type']}: {event['text']}")

    seen = await slack.say(ISLA, "how much is <b>?", "dm")
    assert seen.text == "im: how much is &lt;b&gt;?"


async def test_two_clicks_at_once_are_two_payloads(slack: StandIn, bolt: AsyncApp) -> None:
    answering(bolt, text="Before", blocks=[actions(button())])
    triggers: set[str] = set()

    @bolt.action("press")
    async def _(ack: AsyncAck, respond: AsyncRespond, body: Json) -> None:
        triggers.add(body["trigger_id"])
        await ack()
        await respond(text="After", replace_original=True)

    await slack.click(EMIL, await slack.command(EMIL, "/roleshift menu"), "press", times=4)
    assert len(triggers) == 4


async def test_a_chart_is_no_reason_to_refuse_a_message(slack: StandIn, bolt: AsyncApp) -> None:
    answering(bolt, text="A chart", blocks=[chart()])
    assert (await slack.command(EMIL, "/roleshift team")).blocks[0]["type"] == "data_visualization"
