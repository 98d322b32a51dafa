"""Tables of the limits of Block Kit's blocks, and of the surfaces on which Slack accepts each block."""

from __future__ import annotations

from collections.abc import Mapping

from bot.playground.emulator.blocks import Json
from bot.playground.emulator.elements import (
    ID,
    IMAGE_SOURCE,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_INPUT,
    IN_MODAL_INPUT,
    IN_SECTION,
    URL,
    plain,
    text,
)
from bot.playground.emulator.schema import (
    Check,
    Invalid,
    at_least_one,
    by_type,
    each,
    exactly_one,
    flag,
    number,
    shape,
    string,
    whole,
    word,
)


def distinct_actions(block: Json, at: str) -> None:
    """Refuse a block in which two elements have the same action_id. Slack allows the same id in two blocks."""
    seen: set[str] = set()
    for index, element in enumerate(block["elements"]):
        action_id = element.get("action_id")
        if action_id in seen:
            raise Invalid(f"{at}/elements/{index}/action_id", f'`action_id`: "{action_id}" already exists')
        seen |= {action_id} if action_id else set()


# Rich text: the elements of a line, and the elements that contain lines.
FACE = {"style": shape(None, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), flag))}
WHEN = {"timestamp": whole(0, 2**40), "format": string(255)}
SPANS: Mapping[str, Check] = {
    "text": shape({"text": string(12_000)}, FACE),
    "link": shape({"url": URL}, {"text": string(3_000), "unsafe": flag, **FACE}),
    "emoji": shape({"name": string(255)}, {"unicode": string(255), "skin_tone": whole(1, 6), **FACE}),
    "user": shape({"user_id": ID}, FACE),
    "channel": shape({"channel_id": ID}, FACE),
    "broadcast": shape({"range": word("here", "channel", "everyone")}, FACE),
    "date": shape(WHEN, {"url": URL, "fallback": string(3_000), **FACE}),
}
LINE = each(by_type(SPANS), 1_000, least=0)
SECTION_OF_TEXT = shape({"elements": LINE})
LIST_STYLE = {
    "style": word("bullet", "ordered"),
    "elements": each(by_type({"rich_text_section": SECTION_OF_TEXT}), 1_000),
}
LIST_LOOKS = {"indent": whole(0, 8), "offset": whole(0, 2**31), "border": whole(0, 1)}
PARAGRAPHS: Mapping[str, Check] = {
    "rich_text_section": SECTION_OF_TEXT,
    "rich_text_list": shape(LIST_STYLE, LIST_LOOKS),
    "rich_text_preformatted": shape({"elements": LINE}, {"border": whole(0, 1), "language": string(255)}),
    "rich_text_quote": shape({"elements": LINE}, {"border": whole(0, 1)}),
}
RICH_TEXT = {"elements": each(by_type(PARAGRAPHS), 1_000)}

# Tables.
CELL = by_type(
    {"raw_text": shape({"text": string(3_000)}), "rich_text": shape(RICH_TEXT, {"block_id": ID})},
)
COLUMN = shape(None, {"align": word("left", "center", "right"), "is_wrapped": flag})

# Charts.
POINT = shape({"label": string(20), "value": number})
SERIES = shape({"name": string(20), "data": each(POINT, 20)})
AXES = shape({"categories": each(string(20), 20)}, {"x_label": string(50), "y_label": string(50)})


def points_match_categories(chart: Json, at: str) -> None:
    """Refuse a chart unless each series has one point for each category."""
    categories = chart["axis_config"]["categories"]
    if len(set(categories)) < len(categories):
        raise Invalid(f"{at}/axis_config/categories", "categories must be unique")
    for index, series in enumerate(chart["series"]):
        if sorted(point["label"] for point in series["data"]) != sorted(categories):
            raise Invalid(f"{at}/series/{index}/data", "labels must match axis_config.categories")
    names = [series["name"] for series in chart["series"]]
    if len(set(names)) < len(names):
        raise Invalid(f"{at}/series", "series names must be unique")


def positive_segments(chart: Json, at: str) -> None:
    if any(segment["value"] <= 0 for segment in chart["segments"]):
        raise Invalid(f"{at}/segments", "values must be greater than zero")


PLOT = shape({"series": each(SERIES, 6), "axis_config": AXES}, None, points_match_categories)
CHARTS: Mapping[str, Check] = {
    "pie": shape({"segments": each(POINT, 6)}, None, positive_segments),
    "bar": PLOT,
    "area": PLOT,
    "line": PLOT,
}

ANY = {"block_id": ID}
FIELDS = {"text": text(3_000), "fields": each(text(2_000), 10), "accessory": IN_SECTION, "expand": flag}


def labelled(element: Check) -> Check:
    return shape(
        {"label": plain(2_000), "element": element},
        ANY | {"hint": plain(2_000), "optional": flag, "dispatch_action": flag},
    )


BLOCKS: Mapping[str, Check] = {
    "section": shape(None, ANY | FIELDS, at_least_one("text", "fields")),
    "header": shape({"text": plain(150)}, ANY),
    "context": shape({"elements": each(IN_CONTEXT, 10)}, ANY),
    "actions": shape({"elements": each(IN_ACTIONS, 25)}, ANY, distinct_actions),
    "divider": shape(None, ANY),
    "input": labelled(IN_INPUT),
    "image": shape(
        {"alt_text": string(2_000)},
        ANY | IMAGE_SOURCE | {"title": plain(2_000)},
        exactly_one("image_url", "slack_file"),
    ),
    "rich_text": shape(RICH_TEXT, ANY),
    "markdown": shape({"text": string(12_000)}, ANY),
    "table": shape({"rows": each(each(CELL, 20), 100)}, ANY | {"column_settings": each(COLUMN, 20, least=0)}),
    "data_visualization": shape({"title": string(50), "chart": by_type(CHARTS)}, ANY),
    "alert": shape({"text": text(200)}, ANY | {"level": word("default", "info", "warning", "error", "success")}),
}

EVERYWHERE = ("section", "header", "context", "actions", "divider", "input", "image", "rich_text")
SURFACES: Mapping[str, tuple[str, ...]] = {
    "message": (*EVERYWHERE, "markdown", "table", "data_visualization"),
    "modal": (*EVERYWHERE, "alert"),
    "home": EVERYWHERE,
}
ONLY_THERE: Mapping[str, Mapping[str, Check]] = {"modal": {"input": labelled(IN_MODAL_INPUT)}}  # numbers, too
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_OF_A_KIND = {"table": 1, "data_visualization": 2}


def blocks_on(surface: str) -> Check:
    """Return a check for all blocks on a surface, with the rules that concern several blocks."""
    kinds = {kind: BLOCKS[kind] for kind in SURFACES[surface]} | dict(ONLY_THERE.get(surface, {}))
    check_each = each(by_type(kinds), MOST_BLOCKS[surface], least=0)

    def check(value: object, at: str) -> None:
        check_each(value, at)
        if isinstance(value, list):
            _across(value, at)

    return check


def _across(blocks: list[Json], at: str) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            raise Invalid(f"{at}/{index}/block_id", f'`block_id`: "{block_id}" already exists')
        seen |= {block_id} if block_id else set()
    for kind, most in MOST_OF_A_KIND.items():
        if sum(block["type"] == kind for block in blocks) > most:
            raise Invalid(at, f"no more than {most} {kind} blocks allowed")
    if sum(bool(_element(block).get("focus_on_load")) for block in blocks) > 1:
        raise Invalid(at, "only one element may have focus_on_load")


def _element(block: Json) -> Json:
    element: Json = block.get("element") or block.get("accessory") or {}
    return element
