"""Blocks, elements and views that Slack takes, for tests to use and to spoil."""

from typing import Any

import pytest

from bot.playground.emulator.refusal import SlackRefusal
from bot.playground.emulator.rules import assert_slack_ok

Json = dict[str, Any]


def plain(text: str = "Text") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "*Text*") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "a", **more: Any) -> Json:
    return {"text": plain(value), "value": value, **more}


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "press", "text": plain(), **more}


def select(kind: str = "static_select", **more: Any) -> Json:
    return {"type": kind, "action_id": "pick", "options": [option("a"), option("b")], **more}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": "field", "label": plain("Label"), "element": element, **more}


def chart(**more: Any) -> Json:
    series = {"name": "Members", "data": [{"label": "Mon", "value": 3}, {"label": "Tue", "value": 0}]}
    plot = {"type": "bar", "series": [series], "axis_config": {"categories": ["Mon", "Tue"]}}
    return {"type": "data_visualization", "title": "A week", "chart": plot, **more}


TEXT_INPUT: Json = {"type": "plain_text_input", "action_id": "words"}
NUMBER: Json = {
    "type": "number_input", "action_id": "count", "is_decimal_allowed": False, "min_value": "1", "initial_value": "15",
    "max_value": "30",
}  # fmt: skip
THUMBS: Json = {
    "type": "feedback_buttons",
    "action_id": "thumbs",
    "positive_button": {"text": plain("Good"), "value": "good"},
    "negative_button": {"text": plain("Bad"), "value": "bad"},
}
TRASH: Json = {"type": "icon_button", "action_id": "trash", "icon": "trash", "text": plain("Delete")}
CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain()}
PICTURE = {"image_url": "https://example.com/a.png", "alt_text": "A picture"}
RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "Hi", "style": {"bold": True}}]},
        {"type": "rich_text_list", "style": "bullet", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]},
        ]},
    ],
}  # fmt: skip
TABLE = {
    "type": "table",
    "rows": [[{"type": "raw_text", "text": "Role"}, RICH]],
    "column_settings": [{"align": "right", "is_wrapped": True}],
}


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "blocks": [section()], **more}


def on(surface: str, *blocks: Json) -> Json:
    if surface == "message":
        return {"text": "t", "blocks": list(blocks)}
    if surface == "home":
        return {"type": "home", "blocks": list(blocks)}
    return modal(blocks=list(blocks), submit=plain("Save"))


def refusal(payload: Json, surface: Any) -> SlackRefusal:
    with pytest.raises(SlackRefusal) as caught:
        assert_slack_ok(payload, surface)
    return caught.value
