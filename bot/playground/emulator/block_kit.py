"""Tables of the limits of Block Kit: elements, blocks, and the surfaces on which Slack accepts each block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from bot.playground.emulator.blocks import Json, options_of
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

ID = string(255)
URL = string(3_000, pattern=r"(https?|slack|mailto):\S+")
DATE = string(10, pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")


def texts(most: int) -> dict[str, Check]:
    words = {"text": string(most)}
    return {"plain_text": shape(words, {"emoji": flag}), "mrkdwn": shape(words, {"verbatim": flag})}


def text(most: int) -> Check:
    return by_type(texts(most))


def plain(most: int) -> Check:
    return by_type({"plain_text": texts(most)["plain_text"]})


STYLE = word("primary", "danger")
CONFIRM = shape({"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)}, {"style": STYLE})
PLACEHOLDER = plain(150)


OPTION = {"text": plain(75), "value": string(150)}
SELECT_OPTION = shape(OPTION, {"description": plain(75)})
LINK_OPTION = shape(OPTION, {"description": plain(75), "url": URL})
LIST_OPTION = shape({"text": text(75), "value": string(150)}, {"description": text(75)})


def distinct_options(element: Json, at: str) -> None:
    """Refuse options with equal values: Slack's clients cannot tell them apart."""
    for value, times in Counter(option["value"] for option in options_of(element)).items():
        if times > 1:
            raise Invalid(f"{at}/options", f"option value {value} is there {times} times")


def initial_among_options(element: Json, at: str) -> None:
    given = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    for initial in given:
        if initial not in options_of(element):
            raise Invalid(at, f"initial option is not among the options: {initial.get('value')}")


CHOICE_RULES = (distinct_options, initial_among_options)
GROUP = shape({"label": plain(75), "options": each(SELECT_OPTION, 100)})
CHOICES = {"options": each(SELECT_OPTION, 100), "option_groups": each(GROUP, 100)}
COMMON = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": flag}
MENU = {**COMMON, "placeholder": PLACEHOLDER}
SEVERAL = {"max_selected_items": whole(1, 100)}
LISTED = {"options": each(LIST_OPTION, 10)}
IMAGE_SOURCE = {"image_url": URL, "slack_file": shape(None, {"id": ID, "url": URL}, exactly_one("id", "url"))}
FILTER = shape(
    None,
    {
        "include": each(word("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
    at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
)


def lengths_in_order(element: Json, at: str) -> None:
    if element.get("min_length", 0) > element.get("max_length", 3_000):
        raise Invalid(at, "min_length must not be greater than max_length")


BUTTON = shape(
    {"text": plain(75)},
    {
        "action_id": ID,
        "url": URL,
        "value": string(2_000),
        "style": STYLE,
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
DISPATCH = shape({"trigger_actions_on": each(word("on_enter_pressed", "on_character_entered"), 2)})
TYPED = {"action_id": ID, "dispatch_action_config": DISPATCH, "focus_on_load": flag, "placeholder": PLACEHOLDER}
PLAIN_TEXT_INPUT = shape(
    None,
    {
        **TYPED,
        "initial_value": string(3_000, least=0),
        "multiline": flag,
        "min_length": whole(0, 3_000),
        "max_length": whole(1, 3_000),
    },
    lengths_in_order,
)
NUMBER = string(100, pattern=r"-?\d+(\.\d+)?")


def limits_in_order(element: Json, at: str) -> None:
    """Refuse numbers that are not in the order minimum, initial value, maximum, or that have forbidden decimals."""
    numbers = {name: Decimal(element[name]) for name in ("min_value", "initial_value", "max_value") if name in element}
    if list(numbers.values()) != sorted(numbers.values()):
        raise Invalid(at, f"must be in this order: {', '.join(numbers)}")
    if not element["is_decimal_allowed"] and any(number % 1 for number in numbers.values()):
        raise Invalid(at, "decimals need is_decimal_allowed")


NUMBER_INPUT = shape(
    {"is_decimal_allowed": flag},
    {**TYPED, "initial_value": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
    limits_in_order,
)
IMAGE = shape({"alt_text": string(2_000)}, IMAGE_SOURCE, exactly_one("image_url", "slack_file"))

ONE_OF_OPTIONS = {**MENU, **CHOICES, "initial_option": SELECT_OPTION}
SEVERAL_OPTIONS = {**MENU, **CHOICES, **SEVERAL, "initial_options": each(SELECT_OPTION, 100)}
CONVERSATIONS = {**MENU, "default_to_current_conversation": flag, "filter": FILTER}
ROOM, CONVERSATION = {**MENU, "initial_channel": ID}, {**CONVERSATIONS, "initial_conversation": ID}
IDS = each(ID, 100)
SEVERAL_OF_MANY = {**MENU, **SEVERAL}

OFFER = shape(None, CHOICES, exactly_one("options", "option_groups"))  # the app's answer to a `block_suggestion`
MENUS: Mapping[str, Check] = {
    "static_select": shape(None, ONE_OF_OPTIONS, exactly_one("options", "option_groups"), *CHOICE_RULES),
    "external_select": shape(None, {**MENU, "initial_option": SELECT_OPTION, "min_query_length": whole(0, 150)}),
    "users_select": shape(None, {**MENU, "initial_user": ID}),
    "channels_select": shape(None, ROOM),
    "conversations_select": shape(None, CONVERSATION),
    "datepicker": shape(None, {**MENU, "initial_date": DATE}),
    "timepicker": shape(None, {**MENU, "initial_time": TIME, "timezone": string(100)}),
    "datetimepicker": shape(None, {**COMMON, "initial_date_time": whole(10**9, 10**10 - 1)}),
    "radio_buttons": shape(LISTED, {**COMMON, "initial_option": LIST_OPTION}, *CHOICE_RULES),
    "checkboxes": shape(LISTED, {**COMMON, "initial_options": each(LIST_OPTION, 10)}, *CHOICE_RULES),
}
MULTI: Mapping[str, Check] = {
    "multi_static_select": shape(None, SEVERAL_OPTIONS, exactly_one("options", "option_groups"), *CHOICE_RULES),
    "multi_external_select": shape(
        None, {**SEVERAL_OF_MANY, "initial_options": each(SELECT_OPTION, 100), "min_query_length": whole(0, 150)}
    ),
    "multi_users_select": shape(None, {**SEVERAL_OF_MANY, "initial_users": IDS}),
    "multi_channels_select": shape(None, {**SEVERAL_OF_MANY, "initial_channels": IDS}),
    "multi_conversations_select": shape(None, {**SEVERAL, **CONVERSATIONS, "initial_conversations": IDS}),
}
PRESSED: Mapping[str, Check] = {
    "button": BUTTON,
    "overflow": shape({"options": each(LINK_OPTION, 5)}, {"action_id": ID, "confirm": CONFIRM}, distinct_options),
}

FEEDBACK = shape({"text": plain(75), "value": string(2_000)}, {"accessibility_label": string(75)})
BELOW_ANSWERS: Mapping[str, Check] = {
    "feedback_buttons": shape({"positive_button": FEEDBACK, "negative_button": FEEDBACK}, {"action_id": ID}),
    "icon_button": shape(
        {"icon": word("trash"), "text": plain(75)},
        {
            "action_id": ID,
            "value": string(2_000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": IDS,
        },
    ),
}

IN_SECTION = by_type({**PRESSED, **MENUS, **MULTI, "image": IMAGE})
IN_ACTIONS = by_type({**PRESSED, **MENUS})
FILLED_IN = {**MENUS, **MULTI, "plain_text_input": PLAIN_TEXT_INPUT}
IN_INPUT = by_type(FILLED_IN)
IN_CONTEXT = by_type({"image": IMAGE, **texts(3_000)})


def refuse_repeated(name: str, items: list[Json], at: str) -> None:
    seen: set[str] = set()
    for index, item in enumerate(items):
        if (item_id := item.get(name)) in seen:
            raise Invalid(f"{at}/{index}/{name}", f'`{name}`: "{item_id}" already exists')
        seen |= {item_id} if item_id else set()


def distinct_actions(block: Json, at: str) -> None:
    """Refuse a block in which two elements have the same action_id. Slack allows the same id in two blocks."""
    refuse_repeated("action_id", block["elements"], f"{at}/elements")


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
LINES = whole(1, 100)
MAY_ANSWER = {"response_url_enabled": flag}
ONLY_IN_MODALS: Mapping[str, Check] = {
    "channels_select": shape(None, ROOM | MAY_ANSWER),
    "conversations_select": shape(None, CONVERSATION | MAY_ANSWER),
    "number_input": NUMBER_INPUT,
    "email_text_input": shape(None, {**TYPED, "initial_value": string(3_000, least=0)}),
    "url_text_input": shape(None, {**TYPED, "initial_value": string(3_000, least=0)}),
    "rich_text_input": shape(
        None,
        {**TYPED, "initial_value": by_type({"rich_text": shape(RICH_TEXT)}), "min_lines": LINES, "max_lines": LINES},
    ),
}
IN_MODAL_INPUT = by_type({**FILLED_IN, **ONLY_IN_MODALS})

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
    "context_actions": shape({"elements": each(by_type(BELOW_ANSWERS), 5)}, ANY, distinct_actions),
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
    "message": (*EVERYWHERE, "context_actions", "markdown", "table", "data_visualization"),
    "modal": (*EVERYWHERE, "alert"),
    "home": EVERYWHERE,
}
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_OF_A_KIND = {"table": 1, "data_visualization": 2}


def blocks_on(surface: str) -> Check:
    """Return a check for all blocks on a surface, with the rules that concern several blocks."""
    kinds = {kind: BLOCKS[kind] for kind in SURFACES[surface]}
    if surface == "modal":
        kinds["input"] = labelled(IN_MODAL_INPUT)
    check_each = each(by_type(kinds), MOST_BLOCKS[surface], least=0)

    def check(value: object, at: str) -> None:
        check_each(value, at)
        if isinstance(value, list):
            _across(value, at)

    return check


def _across(blocks: list[Json], at: str) -> None:
    refuse_repeated("block_id", blocks, at)
    for kind, most in MOST_OF_A_KIND.items():
        if sum(block["type"] == kind for block in blocks) > most:
            raise Invalid(at, f"no more than {most} {kind} blocks allowed")
    inside = [block.get("element") or block.get("accessory") or {} for block in blocks]
    if sum(bool(element.get("focus_on_load")) for element in inside) > 1:
        raise Invalid(at, "only one element may have focus_on_load")
