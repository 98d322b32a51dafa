"""Tables of the limits of Block Kit's elements and composition objects."""

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
    shape,
    string,
    whole,
    word,
)

ID = string(255)
URL = string(3_000, pattern=r"(https?|slack|mailto):\S+")
DATE = string(10, pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")


def plain(most: int) -> Check:
    return by_type({"plain_text": shape({"text": string(most)}, {"emoji": flag})})


def text(most: int) -> Check:
    mrkdwn = shape({"text": string(most)}, {"verbatim": flag})
    return by_type({"plain_text": shape({"text": string(most)}, {"emoji": flag}), "mrkdwn": mrkdwn})


STYLE = word("primary", "danger")
CONFIRM = shape({"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)}, {"style": STYLE})
PLACEHOLDER = plain(150)


def option(label: Check, **more: Check) -> Check:
    return shape({"text": label, "value": string(150)}, {"description": plain(75), **more})


SELECT_OPTION = option(plain(75))
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
PLAIN_TEXT_INPUT = shape(
    None,
    {
        "action_id": ID,
        "initial_value": string(3_000, least=0),
        "multiline": flag,
        "min_length": whole(0, 3_000),
        "max_length": whole(1, 3_000),
        "dispatch_action_config": DISPATCH,
        "focus_on_load": flag,
        "placeholder": PLACEHOLDER,
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
    {
        "action_id": ID,
        "initial_value": NUMBER,
        "min_value": NUMBER,
        "max_value": NUMBER,
        "dispatch_action_config": DISPATCH,
        "focus_on_load": flag,
        "placeholder": PLACEHOLDER,
    },
    limits_in_order,
)
IMAGE = shape({"alt_text": string(2_000)}, IMAGE_SOURCE, exactly_one("image_url", "slack_file"))

ONE_OF_OPTIONS = {**MENU, **CHOICES, "initial_option": SELECT_OPTION}
SEVERAL_OPTIONS = {**MENU, **CHOICES, **SEVERAL, "initial_options": each(SELECT_OPTION, 100)}
PLACE = {**MENU, "response_url_enabled": flag}
ONE_CONVERSATION = {"initial_conversation": ID, "default_to_current_conversation": flag, "filter": FILTER}

OFFER = shape(None, CHOICES, exactly_one("options", "option_groups"))  # the app's answer to a `block_suggestion`
MENUS: Mapping[str, Check] = {
    "static_select": shape(None, ONE_OF_OPTIONS, exactly_one("options", "option_groups"), *CHOICE_RULES),
    "external_select": shape(None, {**MENU, "initial_option": SELECT_OPTION, "min_query_length": whole(0, 150)}),
    "users_select": shape(None, {**MENU, "initial_user": ID}),
    "channels_select": shape(None, {**PLACE, "initial_channel": ID}),
    "conversations_select": shape(None, {**PLACE, **ONE_CONVERSATION}),
    "datepicker": shape(None, {**MENU, "initial_date": DATE}),
    "timepicker": shape(None, {**MENU, "initial_time": TIME, "timezone": string(100)}),
    "datetimepicker": shape(None, {**COMMON, "initial_date_time": whole(10**9, 10**10 - 1)}),
    "radio_buttons": shape(LISTED, {**COMMON, "initial_option": LIST_OPTION}, *CHOICE_RULES),
    "checkboxes": shape(LISTED, {**COMMON, "initial_options": each(LIST_OPTION, 10)}, *CHOICE_RULES),
}
MULTI: Mapping[str, Check] = {
    "multi_static_select": shape(None, SEVERAL_OPTIONS, exactly_one("options", "option_groups"), *CHOICE_RULES),
}
PRESSED: Mapping[str, Check] = {
    "button": BUTTON,
    "overflow": shape(
        {"options": each(option(plain(75), url=URL), 5)}, {"action_id": ID, "confirm": CONFIRM}, distinct_options
    ),
}

IN_SECTION = by_type({**PRESSED, **MENUS, **MULTI, "image": IMAGE})
IN_ACTIONS = by_type({**PRESSED, **MENUS})
IN_INPUT = by_type({**MENUS, **MULTI, "plain_text_input": PLAIN_TEXT_INPUT})
IN_MODAL_INPUT = by_type(
    {**MENUS, **MULTI, "plain_text_input": PLAIN_TEXT_INPUT, "number_input": NUMBER_INPUT},
)
IN_CONTEXT = by_type(
    {
        "image": IMAGE,
        "plain_text": shape({"text": string(3_000)}, {"emoji": flag}),
        "mrkdwn": shape({"text": string(3_000)}, {"verbatim": flag}),
    }
)
