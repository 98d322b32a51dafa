"""The rules take the blocks that Slack takes and refuse those that Slack refuses."""

import contextlib
import copy
from collections.abc import Callable
from typing import Any

import pytest
from block_kit_samples import (
    CONFIRM,
    NUMBER,
    PICTURE,
    RICH,
    TABLE,
    TEXT_INPUT,
    THUMBS,
    TRASH,
    Json,
    actions,
    button,
    chart,
    field,
    modal,
    mrkdwn,
    on,
    option,
    plain,
    refusal,
    section,
    select,
)
from hypothesis import given, strategies as st

from bot.playground.emulator.refusal import SlackRefusal, explain
from bot.playground.emulator.rules import Surface, assert_slack_ok, assert_submission_answer_ok
from bot.playground.emulator.schema import ONLY_SLACKS
from tests.every import check_every

GOOD_EVERYWHERE = {
    "section": section(),
    "section of fields": {"type": "section", "fields": [mrkdwn(), plain()]},
    "section with button": section(accessory=button(style="primary", value="1", confirm=CONFIRM)),
    "section with several": section(accessory=select("multi_static_select", max_selected_items=1)),
    "header": {"type": "header", "text": plain("H" * 150)},
    "context": {"type": "context", "elements": [mrkdwn(), plain(), {"type": "image", **PICTURE}]},
    "divider": {"type": "divider", "block_id": "line"},
    "actions": actions(
        button(url="https://example.com"),
        select(initial_option=option("b"), placeholder=plain("Pick")),
        {"type": "overflow", "action_id": "more", "options": [option("x", url="https://example.com")]},
        {"type": "datepicker", "action_id": "day", "initial_date": "2026-12-01"},
        {"type": "timepicker", "action_id": "time", "initial_time": "09:30"},
        {"type": "users_select", "action_id": "who"},
        {"type": "channels_select", "action_id": "where"},
        {"type": "conversations_select", "action_id": "chat", "filter": {"include": ["public"]}},
    ),
    "radio": actions({**select("radio_buttons"), "initial_option": option("a")}),
    "checkboxes": section(accessory=select("checkboxes", initial_options=[option("a")])),
    "groups": actions(
        {"type": "static_select", "action_id": "g", "option_groups": [{"label": plain(), "options": [option()]}]}
    ),
    "image": {"type": "image", "title": plain(), **PICTURE},
    "rich_text": RICH,
}


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
def test_a_good_block_is_taken_everywhere(surface: Surface) -> None:
    def check(block: Json) -> None:
        assert_slack_ok(on(surface, block), surface)

    check_every(GOOD_EVERYWHERE, check)


NO_VIEW: dict[Surface, str] = dict.fromkeys(("modal", "home"), "invalid_arguments")
ALERT: Json = {"type": "alert", "text": plain(), "level": "warning"}
# What is taken on one surface alone, and how the others refuse it.
ONLY_ON: list[tuple[Surface, Json, dict[Surface, str]]] = [
    ("message", {"type": "markdown", "text": "# Hi"}, NO_VIEW),
    ("message", TABLE, NO_VIEW),
    ("message", chart(), NO_VIEW),
    ("message", {"type": "context_actions", "elements": [THUMBS, TRASH]}, NO_VIEW),
    ("modal", ALERT, {"message": "invalid_blocks", "home": "invalid_arguments"}),
    ("modal", field(NUMBER), {"message": "invalid_blocks"}),
]


def test_what_only_one_surface_shows() -> None:
    for here, block, elsewhere in ONLY_ON:
        assert_slack_ok(on(here, block), here)
        assert {there: refusal(on(there, block), there).error for there in elsewhere} == elsewhere


@pytest.mark.parametrize("kind", ["channels_select", "conversations_select"])
def test_only_a_field_of_a_modal_asks_for_the_address_of_a_post_in_the_chosen_channel(kind: str) -> None:
    menu = {"type": kind, "action_id": "where", "response_url_enabled": True}
    assert_slack_ok(on("modal", field(menu)), "modal")
    several = field({**menu, "type": f"multi_{kind}"})
    for block in (section(accessory=menu), actions(menu), several):
        assert "invalid additional property: response_url_enabled" in refusal(on("modal", block), "modal").detail
    assert refusal(on("message", section(accessory=menu)), "message").error == "invalid_blocks"
    assert refusal(on("home", field(menu)), "home").error == "invalid_arguments"


@pytest.mark.parametrize("kind", sorted(ONLY_SLACKS))
def test_what_slack_has_and_the_emulator_has_not_is_refused_by_its_name_and_as_no_mistake(kind: str) -> None:
    """It may be a block, the element of a block, or a part of rich text."""
    span = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": kind}]}]}
    for wrong in ({"type": kind}, field({"type": kind}), section(accessory={"type": kind}), span):
        found = refusal(on("message", wrong), "message")
        assert found.error == "emulator_unsupported"
        assert explain(found).startswith("This is a gap of the emulator, not a mistake in the app.")
        assert f"`{kind}` " in explain(found)


BAD_NUMBERS: list[Json] = [
    {"type": "number_input", "action_id": "count"},
    {**NUMBER, "max_value": 30},
    {**NUMBER, "max_value": "many"},
    {**NUMBER, "min_value": "31"},
    {**NUMBER, "initial_value": "31"},
    {**NUMBER, "initial_value": "1.5"},
]
BAD_BLOCKS: dict[str, Json] = {
    "unknown type": {"type": "sparkline"},
    "no type": {"text": plain()},
    "a type that is no text": section(accessory={"type": []}),
    "unknown key": section(colour="red"),
    "empty section": {"type": "section"},
    "empty text": section(text=mrkdwn("")),
    "eleven fields": {"type": "section", "fields": [plain()] * 11},
    "a field of 2,001": {"type": "section", "fields": [plain("x" * 2001)]},
    "header of 151": {"type": "header", "text": plain("H" * 151)},
    "header in mrkdwn": {"type": "header", "text": mrkdwn()},
    "emoji flag on mrkdwn": section(text=mrkdwn() | {"emoji": True}),
    "text as a bare string": section(text="Hi"),
    "eleven in context": {"type": "context", "elements": [plain()] * 11},
    "button in context": {"type": "context", "elements": [button()]},
    "no actions": actions(),
    "26 actions": actions(*(button(action_id=str(n)) for n in range(26))),
    "the same action twice in a block": actions(button(), button()),
    "text input among actions": actions(TEXT_INPUT),
    "several choices among actions": actions(select("multi_static_select")),
    "several people among actions": actions({"type": "multi_users_select", "action_id": "who"}),
    "a person who begins as a text": section(accessory={"type": "multi_users_select", "initial_users": "U1"}),
    "button text of 76": actions(button(text=plain("x" * 76))),
    "button text in mrkdwn": actions(button(text=mrkdwn())),
    "button value of 2,001": actions(button(value="x" * 2001)),
    "button style": actions(button(style="loud")),
    "action_id of 256": actions(button(action_id="x" * 256)),
    "block_id of 256": section(block_id="x" * 256),
    "url without scheme": actions(button(url="example.com")),
    "confirm without deny": actions(button(confirm={key: CONFIRM[key] for key in ("title", "text", "confirm")})),
    "no options": actions(select(options=[])),
    "101 options": actions(select(options=[option(str(n)) for n in range(101)])),
    "options and groups": actions(select(option_groups=[{"label": plain(), "options": [option("z")]}])),
    "option text of 76": actions(select(options=[{"text": plain("x" * 76), "value": "a"}])),
    "option value of 151": actions(select(options=[{"text": plain(), "value": "x" * 151}])),
    "option without value": actions(select(options=[{"text": plain()}])),
    "the same option twice": actions(select(options=[option("a"), option("a")])),
    "initial option elsewhere": actions(select(initial_option=option("c"))),
    "initial option reworded": actions(select(initial_option=option("a") | {"text": plain("other")})),
    "initial options elsewhere": section(accessory=select("checkboxes", initial_options=[option("c")])),
    "eleven radio buttons": actions(select("radio_buttons", options=[option(str(n)) for n in range(11)])),
    "placeholder of 151": actions(select(placeholder=plain("x" * 151))),
    "overflow of six": section(
        accessory={"type": "overflow", "action_id": "o", "options": [option(str(n)) for n in range(6)]}
    ),
    "31 February is a date to Slack, month 13 is none": actions({"type": "datepicker", "initial_date": "2026-13-01"}),
    "quarter past 25": actions({"type": "timepicker", "initial_time": "25:15"}),
    "image without words": {"type": "image", "image_url": "https://example.com/a.png"},
    "image without source": {"type": "image", "alt_text": "A picture"},
    "input without label": {"type": "input", "element": TEXT_INPUT},
    "input of a button": field(button()),
    "label of 2,001": field(TEXT_INPUT, label=plain("x" * 2001)),
    "lengths the wrong way round": field({**TEXT_INPUT, "min_length": 9, "max_length": 3}),
    "max_length of 3,001": field({**TEXT_INPUT, "max_length": 3001}),
    "rich text of words": {"type": "rich_text", "elements": [plain()]},
    "ragged list": {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "dots", "elements": []}]},
    "markdown of 12,001": {"type": "markdown", "text": "x" * 12_001},
    "101 rows": {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101},
    "21 columns": {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]},
    "a table too full": {"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 2_600}] * 4]},
    "chart title of 51": chart(title="x" * 51),
    "chart of no kind": chart(chart={"type": "radar"}),
    "pie without slices": chart(chart={"type": "pie", "segments": [{"label": "a", "value": 0}]}),
}


def test_a_bad_block_is_refused() -> None:
    def check(block: Json) -> None:
        assert refusal(on("message", block), "message").error == "invalid_blocks"

    check_every(BAD_BLOCKS, check)
    for number in BAD_NUMBERS:
        assert refusal(on("modal", field(number)), "modal").error == "invalid_arguments", number


CHARTS: dict[str, Callable[[Json], None]] = {
    "seven series": lambda plot: plot.update(series=plot["series"] * 7),
    "a category too many": lambda plot: plot["axis_config"]["categories"].append("Wed"),
    "a category twice": lambda plot: plot.update(
        series=[{"name": "Tips", "data": [{"label": "Mon", "value": 1}] * 2}],
        axis_config={"categories": ["Mon", "Mon"]},
    ),
    "21 categories": lambda plot: plot["axis_config"].update(categories=[str(n) for n in range(21)]),
    "a label of 21": lambda plot: plot["axis_config"].update(categories=["x" * 21, "Tue"]),
    "no axis": lambda plot: plot.pop("axis_config"),
    "words for a value": lambda plot: plot["series"][0]["data"][0].update(value="3"),
}


def test_a_bad_chart_is_refused() -> None:
    def check(spoil: Callable[[Json], None]) -> None:
        block = copy.deepcopy(chart())
        spoil(block["chart"])
        assert refusal(on("message", block), "message").error == "invalid_blocks"

    check_every(CHARTS, check)


def test_an_action_may_stand_in_two_blocks_but_a_block_id_may_not() -> None:
    assert_slack_ok(on("message", actions(button()), actions(button())), "message")
    twice = on("message", section(block_id="b"), section(block_id="b"))
    assert "already exists" in refusal(twice, "message").detail


def test_the_detail_points_at_the_fault() -> None:
    fault = refusal(on("message", section(), section(text=mrkdwn("x" * 3001))), "message")
    assert fault.detail == "must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    assert fault.as_slack()["response_metadata"]["messages"] == [f"[ERROR] {fault.detail}"]


# Messages, modals, Homes and answers to modals are refused by Slack's own error names.

LONG = section(text=mrkdwn("x" * 2_900))


def with_metadata(**more: object) -> Json:
    return {"text": "t", "metadata": {"event_type": "e", **more}}


MESSAGES: dict[str, tuple[Json, str]] = {
    "nothing": ({}, "no_text"),
    "blank": ({"text": "  \n"}, "no_text"),
    "no text beside blocks": ({"blocks": [section()]}, "no_text"),
    "text of 40,001": ({"text": "x" * 40_001}, "msg_too_long"),
    "51 blocks": ({"text": "t", "blocks": [section()] * 51}, "invalid_blocks"),
    "blocks as text": ({"text": "t", "blocks": "[]"}, "invalid_blocks_format"),
    "two tables": ({"text": "t", "blocks": [TABLE, TABLE]}, "invalid_blocks"),
    "three charts": ({"text": "t", "blocks": [chart()] * 3}, "invalid_blocks"),
    "much in all blocks": ({"text": "t", "blocks": [LONG] * 4 + [{"type": "divider"}] * 15}, "msg_blocks_too_long"),
    "much markdown": ({"text": "t", "blocks": [{"type": "markdown", "text": "x" * 7_000}] * 2}, "msg_blocks_too_long"),
    "unknown key": ({"text": "t", "colour": "red"}, "invalid_arguments"),
    "metadata without payload": (with_metadata(), "invalid_metadata_format"),
    "metadata with more": (with_metadata(event_payload={}, k=1), "invalid_metadata_format"),
    "payload as text": (with_metadata(event_payload="k"), "invalid_metadata_schema"),
    "payload too large": (with_metadata(event_payload={"k": "x" * 16_000}), "metadata_too_large"),
}


def test_a_bad_message_is_refused_by_name() -> None:
    def check(case: tuple[Json, str]) -> None:
        assert refusal(case[0], "message").error == case[1]

    check_every(MESSAGES, check)


VIEWS: dict[str, tuple[Json, Surface]] = {
    "no title": ({"type": "modal", "blocks": []}, "modal"),
    "title of 25": (modal(title=plain("x" * 25)), "modal"),
    "submit of 25": (modal(submit=plain("x" * 25)), "modal"),
    "close in mrkdwn": (modal(close=mrkdwn()), "modal"),
    "an input without submit": (modal(blocks=[field(TEXT_INPUT)]), "modal"),
    "private_metadata of 3,001": (modal(private_metadata="x" * 3001), "modal"),
    "callback_id of 256": (modal(callback_id="x" * 256), "modal"),
    "101 blocks": (modal(blocks=[section()] * 101), "modal"),
    "unknown key": (modal(text="t"), "modal"),
    "a null": (modal(submit=None), "modal"),
    "a Home for a modal": ({"type": "home", "blocks": []}, "modal"),
    "a Home with a title": ({"type": "home", "title": plain(), "blocks": []}, "home"),
    "two first fields": (
        modal(submit=plain(), blocks=[field({**TEXT_INPUT, "focus_on_load": True}, block_id=b) for b in "ab"]), "modal"
    ),
}  # fmt: skip


def test_a_bad_view_is_refused_by_name() -> None:
    def check(case: tuple[Json, Surface]) -> None:
        assert refusal(*case).error == "invalid_arguments"

    check_every(VIEWS, check)
    assert refusal(modal(blocks=[LONG] * 90), "modal").error == "view_too_large", "250 kB"


ANSWERS: dict[str, Json] = {
    "unknown action": {"response_action": "shout"},
    "no action": {"errors": {"field": "No."}},
    "clear with more": {"response_action": "clear", "view": modal()},
    "no errors": {"response_action": "errors", "errors": {}},
    "an error without words": {"response_action": "errors", "errors": {"field": ""}},
    "an error at no input": {"response_action": "errors", "errors": {"elsewhere": "No."}},
    "update without view": {"response_action": "update"},
}


def test_a_bad_answer_to_a_modal_is_refused() -> None:
    def check(answer: Json) -> None:
        with pytest.raises(SlackRefusal, match="invalid_response_action"):
            assert_submission_answer_ok(answer, [field(TEXT_INPUT)])

    check_every(ANSWERS, check)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
ANY_JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
GOOD = [
    on("message", section(accessory=button()), actions(select(), button()), chart()),
    modal(submit={"type": "plain_text", "text": "Save"}, blocks=[field({"type": "plain_text_input"})]),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in inner for place in places(child, (*path, key)))]


@pytest.mark.parametrize(("good", "surface"), [(GOOD[0], "message"), (GOOD[1], "modal")])
@given(data=st.data())
def test_a_payload_with_one_thing_replaced_is_taken_or_refused(
    good: dict[str, Any], surface: Surface, data: st.DataObject
) -> None:
    assert_slack_ok(good, surface)
    *way, last = data.draw(st.sampled_from(places(good)[1:]))
    spoiled = copy.deepcopy(good)
    parent: Any = spoiled
    for key in way:
        parent = parent[key]
    parent[last] = data.draw(ANY_JSON)
    with contextlib.suppress(SlackRefusal):
        assert_slack_ok(spoiled, surface)
