"""Do what Slack's client does with blocks: add ids, find elements, and keep what was filled in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

Json = dict[str, Any]


class Spot(NamedTuple):
    """A conversation; `kind` is im, private or public, as the filter of a picker names them."""

    id: str
    kind: str


# Which field of `state.values` holds what was chosen, and which field of the element it starts with.
STATE_FIELDS = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
# Fields that hold a list, and the field of a single choice of the same kind.
SEVERAL = {
    f"{field}s": field for field in ("selected_option", "selected_user", "selected_channel", "selected_conversation")
}


WITH_ELEMENTS = ("actions", "context_actions")  # blocks whose elements people press


def with_ids(blocks: Iterable[Json]) -> list[Json]:
    """Return the blocks with ids as Slack adds them: a block_id each, and an action_id for interactive elements."""
    return [_block_with_ids(block) for block in blocks]


def _block_with_ids(block: Json) -> Json:
    kept = {**block, "block_id": block.get("block_id") or secrets.token_urlsafe(4)}
    for place in ("accessory", "element"):
        if place in kept:
            kept[place] = _element_with_id(kept[place])
    if kept["type"] in WITH_ELEMENTS:
        kept["elements"] = [_element_with_id(element) for element in kept["elements"]]
    return kept


def _element_with_id(element: Json) -> Json:
    if element["type"] == "image":
        return element
    return {**element, "action_id": element.get("action_id") or secrets.token_urlsafe(4)}


def elements(blocks: Iterable[Json] | None) -> Iterator[tuple[Json, Json]]:
    for block in blocks or ():
        inside = [block[place] for place in ("accessory", "element") if place in block]
        if block["type"] in WITH_ELEMENTS:
            inside = block["elements"]
        yield from ((block, element) for element in inside if element["type"] != "image")


def options_of(element: Json) -> list[Json]:
    groups = [group["options"] for group in element.get("option_groups", [])]
    return [*element.get("options", []), *(option for group in groups for option in group)]


def state_values(
    blocks: Iterable[Json] | None, filled_in: Json | None = None, current: Spot | None = None
) -> dict[str, dict[str, Json]]:
    """Return `state.values` of a surface: what was filled in, else the elements' initial values.

    `current` is the conversation from which a modal was opened, for pickers that start with it.
    """
    state: dict[str, dict[str, Json]] = {}
    for block, element in elements(blocks):
        if element["type"] not in STATE_FIELDS:
            continue
        field, start = STATE_FIELDS[element["type"]]
        value = element.get(start)
        if value is None and current and element.get("default_to_current_conversation") and fits(element, current.kind):
            value = [current.id] if field in SEVERAL else current.id
        nothing: list[Json] | None = [] if field in SEVERAL else None
        given = (filled_in or {}).get(block["block_id"], {}).get(element["action_id"])
        initial = {"type": element["type"], field: value or nothing}
        state.setdefault(block["block_id"], {})[element["action_id"]] = given or initial
    return state


def fits(element: Json, kind: str) -> bool:
    """Return whether a conversation passes the `filter` of its picker. The only direct messages here are the app's."""
    chosen: Json = element.get("filter", {})
    return kind in chosen.get("include", [kind]) and not (kind == "im" and chosen.get("exclude_bot_users"))


def filled(element: Json, value: object) -> Json:
    """Return the state (or action) after a person puts a plain value into an element.

    An option is named by its `value`; several by a list of them.
    """
    kind = element["type"]
    if kind == "overflow":
        return {"type": kind, "selected_option": _option(element, value)}
    field, _ = STATE_FIELDS[kind]
    if field == "selected_option":
        return {"type": kind, field: None if value is None else _option(element, value)}
    if field in SEVERAL:
        chosen = list(value) if isinstance(value, (list, tuple)) else [value]
        return {
            "type": kind,
            field: [_option(element, each) for each in chosen] if field == "selected_options" else chosen,
        }
    if value in (None, ""):
        return {"type": kind, field: None}  # Slack says null for an empty field
    if field == "rich_text_value":
        words = {"type": "rich_text_section", "elements": [{"type": "text", "text": str(value)}]}
        return {"type": kind, field: {"type": "rich_text", "elements": [words]}}
    return {"type": kind, field: value if kind == "datetimepicker" else str(value)}


def _option(element: Json, value: object) -> Json:
    for option in options_of(element):
        if option["value"] == value:
            return option
    known = ", ".join(option["value"] for option in options_of(element))
    raise LookupError(f"{element.get('action_id')} has no option {value!r}; it has: {known}")
