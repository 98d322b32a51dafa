"""Check what a person fills in as Slack's client does, before the app learns of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, time
from decimal import Decimal
from typing import Any

from bot.playground.emulator.blocks import SEVERAL, STATE_FIELDS, Json, elements, fits, options_of
from bot.playground.emulator.people import GUESTS, Person
from bot.playground.emulator.workspace import Channel, Workspace

EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
URL = re.compile(r"https?://\S+")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


EXTERNAL = ("external_select", "multi_external_select")  # whose options the app gives for what is typed


def field_errors(blocks: Iterable[Json], state: Json) -> dict[str, str]:
    """Return the errors that Slack's client shows before it submits a modal, by block_id."""
    errors: dict[str, str] = {}
    for block, element in elements(blocks):
        if block["type"] != "input":
            continue
        field, _ = STATE_FIELDS[element["type"]]
        given = state[block["block_id"]][element["action_id"]].get(field)
        if not given:
            if not block.get("optional"):
                errors[block["block_id"]] = "Please complete this required field."
        elif field == "value" and (wrong := WRONG[element["type"]](element, given)):
            errors[block["block_id"]] = wrong
    return errors


def _wrong_length(element: Json, given: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3_000)
    if len(given) < least:
        return f"Please enter at least {least} characters."
    if len(given) > most:
        return f"Please enter at most {most} characters; that is {len(given) - most} too many."
    return None


def _wrong_number(element: Json, given: str) -> str | None:
    """Return what is wrong with a number, or None. Numbers and their limits are text in Slack's payloads."""
    if not NUMBER.fullmatch(given):
        return "Please enter a number."
    if not element["is_decimal_allowed"] and "." in given:
        return "Please enter a whole number."
    number = Decimal(given)
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Please enter {element['min_value']} or more."
    if number > Decimal(element.get("max_value", "Infinity")):
        return f"Please enter {element['max_value']} or less."
    return None


def _no_email(_: Json, given: str) -> str | None:
    return None if EMAIL.fullmatch(given) else "Please enter an email address."


def _no_url(_: Json, given: str) -> str | None:
    return None if URL.fullmatch(given) else "Please enter a URL that begins with http:// or https://."


WRONG: dict[str, Callable[[Json, str], str | None]] = {
    "email_text_input": _no_email,
    "url_text_input": _no_url,
    "plain_text_input": _wrong_length,
    "number_input": _wrong_number,
}


def check_offered(workspace: Workspace, person: Person, element: Json, state: Json) -> None:
    """Raise LookupError if this person could not have chosen that. Choosing nothing is always possible."""
    field = STATE_FIELDS.get(element["type"], ("selected_option", ""))[0]
    chosen = state.get(field)
    if not chosen or field in {"value", "rich_text_value"}:
        return
    if not _is_offered(workspace, person, element, field, chosen):
        raise LookupError(f"{element['action_id']} does not offer {chosen!r}")


def _is_offered(workspace: Workspace, person: Person, element: Json, field: str, chosen: Any) -> bool:  # noqa: ANN401 -- by the field
    match field:
        case several if several in SEVERAL:
            is_few = len(chosen) <= element.get("max_selected_items", len(chosen))
            found = is_few and all(_is_offered(workspace, person, element, SEVERAL[field], each) for each in chosen)
        case "selected_option" if element["type"] in EXTERNAL:
            initial = [element.get("initial_option"), *element.get("initial_options", [])]
            found = chosen in initial or chosen in workspace.offered[person.id, element["action_id"]]
        case "selected_option":
            found = chosen["value"] in {option["value"] for option in options_of(element)}
        case "selected_date":
            found = _reads(date.fromisoformat, r"\d{4}-\d\d-\d\d", chosen)
        case "selected_time":
            found = _reads(time.fromisoformat, r"\d\d:\d\d", chosen)
        case "selected_date_time":
            found = isinstance(chosen, int)
        case "selected_user":
            found = chosen in {*workspace.people, workspace.bot_user}
        case "selected_channel":
            found = chosen in {channel.id for channel in public_channels(workspace, person)}
        case _:  # selected_conversation
            rooms = [c for c in workspace.channels.values() if c.private and not c.archived and person.id in c.members]
            offered = [*public_channels(workspace, person), *rooms, workspace.dm(person.id)]
            found = any(channel.id == chosen and fits(element, channel.spot.kind) for channel in offered)
    return found


def _reads(read: Callable[[str], object], pattern: str, text: str) -> bool:
    """Return whether a text has this pattern and is the date or time that it looks like."""
    try:
        return re.fullmatch(pattern, text) is not None and bool(read(text))
    except ValueError:
        return False


def public_channels(workspace: Workspace, person: Person) -> list[Channel]:
    """Return the channels in a picker: for members all public ones, for guests only theirs; none is archived."""
    is_outsider = person.kind in GUESTS
    there = [c for c in workspace.channels.values() if c.kind == "channel" and not c.private and not c.archived]
    return [channel for channel in there if not is_outsider or person.id in channel.members]
