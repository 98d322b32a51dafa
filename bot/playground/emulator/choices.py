"""Check what a person fills in as Slack's client does, before the app learns of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, time
from decimal import Decimal

from bot.playground.emulator.blocks import STATE_FIELDS, Json, elements, fits, options_of
from bot.playground.emulator.people import GUESTS, Person
from bot.playground.emulator.workspace import Channel, Workspace

NUMBER = re.compile(r"-?\d+(\.\d+)?")


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
    return f"Please enter at most {most} characters." if len(given) > most else None


def _wrong_number(element: Json, given: str) -> str | None:
    """Return what is wrong with a number, or None. Numbers and their limits are text in Slack's payloads."""
    if not NUMBER.fullmatch(given):
        return "Please enter a number."
    if not element["is_decimal_allowed"] and "." in given:
        return "Please enter a whole number."
    number = Decimal(given)
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Please enter {element['min_value']} or more."
    return f"Please enter {element['max_value']} or less." if number > _most(element) else None


def _most(element: Json) -> Decimal:
    return Decimal(element.get("max_value", "Infinity"))


WRONG: dict[str, Callable[[Json, str], str | None]] = {
    "plain_text_input": _wrong_length,
    "number_input": _wrong_number,
}


def check_offered(workspace: Workspace, person: Person, element: Json, state: Json) -> None:
    """Raise LookupError if this person could not have chosen that. Choosing nothing is always possible."""
    field = STATE_FIELDS.get(element["type"], ("selected_option", ""))[0]
    chosen = state.get(field)
    if not chosen or field == "value":
        return
    if not OFFERED[field](workspace, person, element, chosen):
        raise LookupError(f"{element['action_id']} does not offer {chosen!r}")


def _options(workspace: Workspace, person: Person, element: Json, chosen: list[Json]) -> bool:
    most = element.get("max_selected_items", len(chosen))
    return len(chosen) <= most and all(_option(workspace, person, element, option) for option in chosen)


def _option(workspace: Workspace, person: Person, element: Json, chosen: Json) -> bool:
    if element["type"] == "external_select":
        return chosen == element.get("initial_option") or chosen in workspace.offered[person.id, element["action_id"]]
    return chosen["value"] in {option["value"] for option in options_of(element)}


def _date(_: Workspace, __: Person, ___: Json, chosen: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", chosen) is not None and _reads(date.fromisoformat, chosen)


def _time(_: Workspace, __: Person, ___: Json, chosen: str) -> bool:
    return re.fullmatch(r"\d\d:\d\d", chosen) is not None and _reads(time.fromisoformat, chosen)


def _moment(_: Workspace, __: Person, ___: Json, chosen: int) -> bool:
    return isinstance(chosen, int)


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _person(workspace: Workspace, _: Person, __: Json, chosen: str) -> bool:
    return chosen in {*workspace.people, workspace.bot_user}


def _channel(workspace: Workspace, person: Person, _: Json, chosen: str) -> bool:
    return chosen in {channel.id for channel in public_channels(workspace, person)}


def _conversation(workspace: Workspace, person: Person, element: Json, chosen: str) -> bool:
    theirs = [c for c in workspace.channels.values() if c.private and not c.archived and person.id in c.members]
    offered = [*public_channels(workspace, person), *theirs, workspace.dm(person.id)]
    return any(channel.id == chosen and fits(element, channel.spot.kind) for channel in offered)


OFFERED: dict[str, Callable[..., bool]] = {
    "selected_option": _option,
    "selected_options": _options,
    "selected_date": _date,
    "selected_time": _time,
    "selected_date_time": _moment,
    "selected_user": _person,
    "selected_channel": _channel,
    "selected_conversation": _conversation,
}


def public_channels(workspace: Workspace, person: Person) -> list[Channel]:
    """Return the channels in a picker: for members all public ones, for guests only theirs; none is archived."""
    is_outsider = person.kind in GUESTS
    there = [c for c in workspace.channels.values() if c.kind == "channel" and not c.private and not c.archived]
    return [channel for channel in there if not is_outsider or person.id in channel.members]
