"""Turn what pydantic finds wrong with an entry into mistakes at their lines, in words for the author."""

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.strict_yaml import Mistake, Places, Where

SWAPPED = {"id": "slug", "slug": "id"}  # files say `id`, the code says `slug`; a file's own key `slug` is unknown


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
            text = f"`{key}` must be kebab-case, such as `token-usage-and-costs`"
        case "value_error":  # raised by a model of ours, in words for authors
            text = f"`{key}`: {fault['ctx']['error']}"
        case _:
            text = f"`{key}`: {fault['msg'][0].lower()}{fault['msg'][1:]}"
    return places.mistake(where, text)
