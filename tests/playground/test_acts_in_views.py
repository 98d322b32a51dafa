"""Modals and Homes open, show errors, change, stack and close as in Slack, with a real Bolt app."""

from typing import Any

import pytest
from block_kit_samples import TEXT_INPUT, Json, actions, button, field, modal, plain, section
from bolt_app import by_both, error_of, heard, opening
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.emulator.views import View
from tests.driver.outcome import Outcome
from tests.driver.standin import StandIn

EMIL = "U02EMIL"


def opened(outcome: Outcome) -> View:
    assert outcome.view, outcome.toast
    return outcome.view


async def test_a_trigger_opens_one_modal(slack: StandIn, bolt: AsyncApp, client: AsyncWebClient) -> None:
    errors: list[str] = []

    @bolt.command("/roleshift")
    async def _(ack: AsyncAck, command: Json) -> None:
        await client.views_open(trigger_id=command["trigger_id"], view=modal())
        wrong = (command["trigger_id"], "1.invented")
        errors.extend([await error_of(client.views_open(trigger_id=each, view=modal())) for each in wrong])
        await ack()

    seen = await slack.command(EMIL, "/roleshift challenge")
    assert opened(seen).spec["title"] == plain("Title")
    assert errors == ["exchanged_trigger_id", "invalid_trigger_id"]


@by_both
async def test_a_modal_is_submitted_refused_corrected_and_closed(slack: StandIn, bolt: AsyncApp) -> None:
    form = modal(submit=plain("Save"), callback_id="form", private_metadata="m", blocks=[field(TEXT_INPUT)])
    submitted: list[Json] = []

    opening(bolt, form)

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


def step(name: str, **more: Any) -> Json:
    """Return a modal with one field. The app answers its submit as the test chooses."""
    form = field(TEXT_INPUT, block_id=name, optional=True)
    return modal(submit=plain(name), callback_id=name, blocks=[form], **more)


@pytest.fixture
def steps(bolt: AsyncApp) -> AsyncApp:
    """Pick, then a form in its place, then a preview on top, then a last view that clears all when it is closed."""
    opening(bolt, step("pick"))
    heard(bolt.view("pick"), response_action="update", view=step("form"))

    @bolt.view("form")
    async def _(ack: AsyncAck, view: Json) -> None:
        if view["state"]["values"]["form"]["words"]["value"]:
            await ack(response_action="push", view=step("preview"))
        else:
            await ack(response_action="errors", errors={"form": "Say what to do."})

    last = modal(callback_id="last", clear_on_close=True, notify_on_close=True)
    heard(bolt.view("preview"), response_action="update", view=last)
    return bolt


async def test_a_form_is_walked_step_by_step_to_its_end(slack: StandIn, steps: AsyncApp) -> None:
    closed = heard(steps.view_closed("last"))
    pick = opened(await slack.command(EMIL, "/roleshift challenge new"))
    form = opened(await slack.submit(EMIL, pick))
    assert (form.id, form.spec["callback_id"]) == (pick.id, "form")
    assert (await slack.submit(EMIL, form)).errors == {"form": "Say what to do."}
    preview = opened(await slack.submit(EMIL, form, {"words": "Ship it"}))
    assert (preview.previous_id, preview.root_id) == (form.id, form.id)
    last = opened(await slack.submit(EMIL, preview))
    assert [view.id for view in slack.workspace.screens.stacks[EMIL]] == [form.id, last.id]
    assert (await slack.close(EMIL, last)).view is None
    assert [body["is_cleared"] for body in closed] == [True]
    assert slack.refused == []


@pytest.mark.usefixtures("steps")
async def test_back_from_a_pushed_view_lies_the_one_below_with_what_was_typed(slack: StandIn) -> None:
    form = opened(await slack.submit(EMIL, await slack.command(EMIL, "/roleshift challenge new")))
    preview = opened(await slack.submit(EMIL, form, {"words": "Ship it"}))
    below = opened(await slack.close(EMIL, preview))
    assert (below.id, below.state["form"]["words"]["value"]) == (form.id, "Ship it")
    again = opened(await slack.submit(EMIL, below))
    assert again.spec["callback_id"] == "preview", "what was typed is sent once more"
    assert (await slack.close(EMIL, again, whole_stack=True)).view is None, "the x takes the whole stack away"


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
        assert await error_of(client.views_update(view_id=view_id, hash=view_hash, view=modal())) == error


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
