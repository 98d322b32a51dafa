"""Turn what pydantic finds wrong with an entry into mistakes at their lines, in words for the author."""

import re
from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.strict_yaml import Mistake, Places, Where

SWAPPED = {"id": "slug", "slug": "id"}  # files say `id`, the code says `slug`; a file's own key `slug` is unknown

NEEDS = {  # what the value has to be, by pydantic's name for the fault
    "int_parsing": "a whole number, such as 15",
    "bool_parsing": "`true` or `false`",
    "string_type": "a text; quote it if it holds `: `",
    "tuple_type": "a list, such as `[one, two]`",
    "model_type": "lines of `key: value`",
}


def mistakes_in(error: ValidationError, places: Places) -> Iterator[Mistake]:
    """Yield each fault as a mistake at its place."""
    yield from (_fault(places, fault) for fault in _own_faults(error))


def _own_faults(error: ValidationError) -> list[ErrorDetails]:
    """Return the faults, except of lists that are too short only because one of their items is at fault."""
    faults = error.errors(include_url=False)
    places = [fault["loc"] for fault in faults]
    return [
        fault
        for fault in faults
        if fault["type"] != "too_short" or not any(_inside(place, fault["loc"]) for place in places)
    ]


def _inside(place: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(place) > len(other) and place[: len(other)] == other


def _fault(places: Places, fault: ErrorDetails) -> Mistake:
    """Return pydantic's fault as a mistake at its line, in words for the author."""
    first, *rest = fault["loc"]
    where: Where = (SWAPPED.get(str(first), first), *rest)
    key = next((str(part) for part in reversed(where) if isinstance(part, str)), "")
    match fault["type"]:
        case "extra_forbidden":
            text = f"unknown key {key!r}"
        case "missing":
            text = f"needs `{key}:`"
        case "string_pattern_mismatch":
            what = "the file's name" if where == ("id",) and not places.holds("id") else f"`{key}`"
            text = f"{what} must be kebab-case, such as `{_kebab(str(fault['input']))}`"
        case "value_error":  # raised by a model of ours, in words for authors
            text = f"`{key}`: {fault['ctx']['error']}"
        case type_ if type_ in NEEDS:
            text = f"`{key}` needs {NEEDS[type_]}"
        case "too_short":
            text = f"`{key}`: {fault['ctx']['min_length']} or more are needed, not {fault['ctx']['actual_length']}"
        case _:
            text = f"`{key}`: {fault['msg'][0].lower()}{fault['msg'][1:]}"
    return places.mistake(where, text)


def _kebab(text: str) -> str:
    """Return a text as the slug that its author may mean."""
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-") or "token-usage-and-costs"
