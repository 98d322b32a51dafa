"""Each kind of field in a modal: its state as Slack sends it, what it offers, and errors before the form is sent."""

import contextlib
from typing import Any

import pytest
from block_kit_samples import NUMBER, TEXT_INPUT, Json, field, modal, option, plain, section, select
from bolt_app import opening, responding
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.emulator.blocks import SEVERAL, Spot
from bot.playground.emulator.choices import public_channels
from bot.playground.emulator.refusal import CannotDo
from bot.playground.emulator.views import View
from tests.driver.outcome import Outcome
from tests.driver.standin import StandIn
from tests.every import try_every

EMIL, KENJI, ISLA, LEADS = "U02EMIL", "U04KENJI", "U05ISLA", "C06LEADTEAM"
A, B = option("a"), option("b")


def rich(words: str) -> Json:
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
    return {"type": "rich_text", "elements": [line]}


FIELDS: dict[str, Json] = {
    "words": TEXT_INPUT,
    "lines": {**TEXT_INPUT, "action_id": "lines", "multiline": True, "max_length": 20},
    "count": NUMBER,
    "one": select(action_id="one"),
    "some": select("multi_static_select", action_id="some", max_selected_items=2, options=[A, B, option("c")]),
    "radio": select("radio_buttons", action_id="radio"),
    "boxes": select("checkboxes", action_id="boxes"),
    "day": {"type": "datepicker", "action_id": "day"},
    "time": {"type": "timepicker", "action_id": "time"},
    "who": {"type": "users_select", "action_id": "who"},
    "room": {"type": "channels_select", "action_id": "room"},
    "chat": {
        "type": "conversations_select",
        "action_id": "chat",
        "filter": {"include": ["public"], "exclude_bot_users": True},
        "default_to_current_conversation": True,
    },
    "mail": {"type": "email_text_input", "action_id": "mail"},
    "link": {"type": "url_text_input", "action_id": "link"},
    "notes": {"type": "rich_text_input", "action_id": "notes", "initial_value": rich("Old")},
    "people": {"type": "multi_users_select", "action_id": "people", "max_selected_items": 2},
    "rooms": {"type": "multi_channels_select", "action_id": "rooms", "initial_channels": ["C01GENERAL"]},
    "chats": {
        "type": "multi_conversations_select",
        "action_id": "chats",
        "filter": {"include": ["public"]},
        "default_to_current_conversation": True,
    },
}


def form(*names: str, **more: Any) -> Json:
    blocks = [field(FIELDS[name], block_id=name, optional=True) for name in names or FIELDS]
    return modal(submit=plain("Save"), callback_id="form", blocks=blocks, **more)


@pytest.fixture
def submitted(bolt: AsyncApp) -> list[Json]:
    states: list[Json] = []
    opening(bolt, form())

    @bolt.view("form")
    async def _(ack: AsyncAck, view: Json) -> None:
        states.append({block_id: next(iter(state.values())) for block_id, state in view["state"]["values"].items()})
        await ack()

    return states


# What is filled in, the key that Slack sends for it, and what stands there.
STATES: dict[str, tuple[object, str, object]] = {
    "words": ("Ship it", "value", "Ship it"),
    "lines": ("one\ntwo", "value", "one\ntwo"),
    "count": (20, "value", "20"),
    "one": ("a", "selected_option", A),
    "some": (["a", "b"], "selected_options", [A, B]),
    "radio": ("b", "selected_option", B),
    "boxes": (["b"], "selected_options", [B]),
    "day": ("2026-12-01", "selected_date", "2026-12-01"),
    "time": ("09:30", "selected_time", "09:30"),
    "who": (ISLA, "selected_user", ISLA),
    "room": ("C05DESIGN", "selected_channel", "C05DESIGN"),
    "chat": ("C02PLATFORM", "selected_conversation", "C02PLATFORM"),
    "mail": ("ada@example.com", "value", "ada@example.com"),
    "link": ("https://example.com/a", "value", "https://example.com/a"),
    "notes": ("Hi", "rich_text_value", rich("Hi")),
    "people": ([EMIL, ISLA], "selected_users", [EMIL, ISLA]),
    "rooms": (["C05DESIGN"], "selected_channels", ["C05DESIGN"]),
    "chats": (["C02PLATFORM"], "selected_conversations", ["C02PLATFORM"]),
}


async def test_empty_fields_are_null_or_an_empty_list(slack: StandIn, submitted: list[Json]) -> None:
    emptied: Json = {"words": "", "count": None, "notes": "", "rooms": []}
    await slack.submit(EMIL, await slack.command(EMIL, "/roleshift", "dm"), emptied)
    empty: Json = {name: [] if key in SEVERAL else None for name, (_, key, _) in STATES.items()}
    assert submitted == [{name: {"type": FIELDS[name]["type"], STATES[name][1]: empty[name]} for name in FIELDS}]


async def test_filled_fields_are_in_slacks_shape(slack: StandIn, submitted: list[Json]) -> None:
    begin_where_emil_is = {"chat", "chats"}
    filled = {name: given for name, (given, _, _) in STATES.items() if name not in begin_where_emil_is}
    await slack.submit(EMIL, await slack.command(EMIL, "/roleshift", "platform"), filled)
    assert submitted == [{name: {"type": FIELDS[name]["type"], key: sent} for name, (_, key, sent) in STATES.items()}]
    assert slack.refused == []


def opened(slack: StandIn, *names: str, person: str = EMIL, **more: Any) -> View:
    return slack.workspace.screens.open(person, form(*names), **more)


WRONG: list[tuple[str, object, str]] = [
    ("lines", "x" * 21, "Please enter at most 20 characters; that is 1 too many."),
    ("mail", "ada@work", "Please enter an email address."),
    ("link", "example.com", "Please enter a URL that begins with http:// or https://."),
    ("count", "many", "Please enter a number."),
    ("count", "1.5", "Please enter a whole number."),
    ("count", 0, "Please enter 1 or more."),
    ("count", "31", "Please enter 30 or less."),
]


async def test_slacks_client_says_by_itself_what_is_wrong(slack: StandIn) -> None:
    for name, value, words in WRONG:
        view = opened(slack, name)
        seen = await slack.submit(EMIL, view, {name: value})
        assert (seen.errors, seen.view) == ({name: words}, view)


IMPOSSIBLE: dict[str, tuple[str, object]] = {
    "an option that is not there": ("one", "z"),
    "three where two may be chosen": ("some", ["a", "b", "c"]),
    "the 30th of February": ("day", "2026-02-30"),
    "a date in words": ("day", "tomorrow"),
    "half past 25": ("time", "25:30"),
    "nobody": ("who", "U0NOBODY"),
    "three people where two may be chosen": ("people", [EMIL, KENJI, ISLA]),
    "nobody among several": ("people", [EMIL, "U0NOBODY"]),
    "an archived channel among several": ("rooms", ["C04PROMPTS"]),
    "direct messages among public channels": ("chats", ["D02EMIL"]),
    "an archived channel": ("room", "C04PROMPTS"),
    "direct messages for a channel": ("room", "D02EMIL"),
    "what the filter leaves out": ("chat", "D02EMIL"),
}


async def test_what_slack_does_not_offer_can_not_be_chosen(slack: StandIn) -> None:
    async def check(case: tuple[str, object]) -> None:
        name, value = case
        with pytest.raises(LookupError, match=r"does not offer|has no option"):
            await slack.submit(EMIL, opened(slack, name), {name: value})

    await try_every(IMPOSSIBLE, check)


async def test_a_picker_offers_a_private_channel_only_to_its_members_and_only_if_its_filter_includes_it(
    slack: StandIn,
) -> None:
    for who, include, chosen, offers in (
        (EMIL, "private", LEADS, True),
        (EMIL, "public", LEADS, False),
        (EMIL, "private", "C02PLATFORM", False),
        (EMIL, "public", "C02PLATFORM", True),
        (KENJI, "private", LEADS, False),
    ):
        element = FIELDS["chat"] | {"filter": {"include": [include]}}
        spec = modal(submit=plain("Save"), callback_id="form", blocks=[field(element, block_id="chat")])
        view = slack.workspace.screens.open(who, spec)
        with contextlib.nullcontext() if offers else pytest.raises(LookupError, match="does not offer"):
            await slack.submit(who, view, {"chat": chosen})


def test_a_channel_picker_never_offers_a_private_channel(slack: StandIn) -> None:
    emil = slack.workspace.person(EMIL)
    assert LEADS not in {channel.id for channel in public_channels(slack.workspace, emil)}


async def test_a_conversation_picker_begins_where_the_person_is_unless_its_filter_leaves_that_out(
    slack: StandIn,
) -> None:
    platform, leads, dm = Spot("C02PLATFORM", "public"), Spot(LEADS, "private"), Spot("D02EMIL", "im")
    for conversation, begins in ((platform, "C02PLATFORM"), (leads, None), (dm, None), (None, None)):
        view = opened(slack, "chat", conversation=conversation)
        assert view.state["chat"]["chat"]["selected_conversation"] == begins


async def test_a_chosen_channel_brings_the_address_of_a_post_there_if_the_app_asked_for_it(
    slack: StandIn, bolt: AsyncApp
) -> None:
    asking = FIELDS["chat"] | {"action_id": "here", "response_url_enabled": True}
    blocks = [field(element, block_id=element["action_id"], optional=True) for element in (FIELDS["room"], asking)]
    opening(bolt, modal(submit=plain("Save"), callback_id="form", blocks=blocks))
    heard = responding(bolt.view("form"), text="Here", response_type="in_channel")
    await slack.submit(EMIL, await slack.command(EMIL, "/roleshift", "dm"), {"room": "C01GENERAL", "here": "C05DESIGN"})
    ((url,),) = [body["response_urls"] for body in heard]
    assert {key: url[key] for key in ("block_id", "action_id", "channel_id")} == {
        "block_id": "here", "action_id": "here", "channel_id": "C05DESIGN",
    }  # fmt: skip
    assert [message.text for message in slack.said("C05DESIGN")] == ["Here"]
    assert slack.said("C01GENERAL") == []


async def test_a_change_of_a_field_is_sent_only_if_the_app_asked_for_it(
    slack: StandIn, bolt: AsyncApp, client: AsyncWebClient
) -> None:
    """A menu in a section sends its choice at once, and so does an input with `dispatch_action`. Other inputs wait."""
    heard: list[Json] = []
    blocks = [
        section(block_id="menu", accessory=select()),
        field({**TEXT_INPUT, "action_id": "told"}, block_id="told", dispatch_action=True),
        field(TEXT_INPUT, block_id="silent"),
    ]
    opening(bolt, modal(submit=plain("Save"), blocks=blocks))

    async def hear(ack: AsyncAck, body: Json) -> None:
        heard.append(body)
        await client.views_update(view_id=body["view"]["id"], view=modal(submit=plain(f"After {len(heard)}")))
        await ack()

    bolt.action("pick")(hear)
    bolt.action("told")(hear)
    shown = await slack.command(EMIL, "/roleshift")
    with pytest.raises(CannotDo, match="when the form is sent"):
        await slack.click(EMIL, shown, "words", "typed")
    await slack.click(EMIL, shown, "pick", "b")
    reopened: Outcome = await slack.command(EMIL, "/roleshift")
    await slack.click(EMIL, reopened, "told", "typed")
    assert [body["actions"][0].get("value") for body in heard] == [None, "typed"]
    assert heard[0]["actions"][0]["selected_option"] == B
    assert heard[0]["container"] == {"type": "view", "view_id": heard[0]["view"]["id"]}
    assert not {"message", "channel", "response_url", "state"} & heard[0].keys()
