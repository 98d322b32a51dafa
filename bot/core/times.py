"""Read what people type about time: a day, an hour, a zone, a duration."""

import re
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from bot.core.calendar import DAY, DEFAULT_SLOT, HOUR, Slot, place_of
from bot.core.errors import NextStep, UserError, quoted
from bot.core.member import known_zone

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FILLERS = frozenset({"at", "on", "every", "and"})
# A zone that is named after a place begins with one of these.
CONTINENTS = frozenset("Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split())
MAX_NEAR, NEAR = 3, 0.6  # how many zones to offer for a misspelt name, and their least ratio by difflib
USUAL_ZONES = ("Europe/London", "Asia/Kolkata", "America/New_York")  # to offer if no name is similar
BY_FORM = NextStep("Choose day and time", "choose-time")


def read_slot(words: str, usual: Slot) -> Slot:
    """Read `tue 09:30`, `monday at 9am`, `tue` or `09:30`. Take a missing half from `usual`. Raise UserError."""
    weekday, minute = usual.weekday, usual.minute
    for word in re.sub(r"(\d) +([ap]m)\b", r"\1\2", words.casefold()).split():
        day = read_weekday(word)
        if day is not None:
            weekday = day
        elif word not in FILLERS:
            minute = read_minute(word)
    return Slot(weekday, minute)


def is_slot(words: str) -> bool:
    try:
        read_slot(words, DEFAULT_SLOT)
    except UserError:
        return False
    return any(word not in FILLERS for word in words.casefold().split())


def read_weekday(word: str) -> int | None:
    """Return 2 for `wed`, `weds`, `Wednesday` and `wednesdays`, and so on; None if the word is not a day."""
    plain = word.casefold().strip(",.").removesuffix("s")
    return next((n for n, name in enumerate(DAYS) if len(plain) >= 3 and name.startswith(plain)), None)


def read_minute(word: str) -> int:
    """Return the minute of the day for `09:30`, `9am` or `9:30pm`. Raise UserError."""
    parts = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?([ap]m)?", word.casefold())
    if parts is None or not (parts[2] or parts[3]):  # a number alone could also be a day
        raise _no_time(word)
    hour, minute = int(parts[1]), int(parts[2] or 0)
    if parts[3]:
        hour = hour % 12 + (12 if parts[3] == "pm" else 0) if 1 <= hour <= 12 else DAY
    if minute >= HOUR or hour * HOUR + minute >= DAY:
        raise _no_time(word)
    return hour * HOUR + minute


def _no_time(word: str) -> UserError:
    return UserError(f"I need a time like `09:30` or `9am`, not {quoted(word)}. A day can stand before it.", BY_FORM)


def read_zone(word: str) -> str:
    """Return the IANA name for a name or its city, in any case, with or without spaces.

    Raise UserError, which offers the most similar names.
    """
    plain = "_".join(word.split())
    if not plain:
        raise UserError("Which time zone? Type your city, such as `tips zone Kolkata`.", BY_FORM)
    zone = known_zone(plain) or _by_small_letters().get(plain.casefold()) or zone_of_city(word)
    if zone is None or ("/" not in zone and zone != "UTC"):
        near = [NextStep(place_of(name), "tips", f"zone {name}") for name in _nearest_zones(plain)]
        raise UserError(f"I don't know the time zone {quoted(word)}. Type a big city near you, or pick one.", *near)
    return zone


def zone_of_city(word: str) -> str | None:
    """Return `Europe/Berlin` for `Berlin`; None if no zone is named after this place."""
    return _by_city().get("_".join(word.split()).casefold())


@cache
def _by_small_letters() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _by_city() -> dict[str, str]:
    named = (name for name in sorted(available_timezones()) if name.partition("/")[0] in CONTINENTS)
    # If two names have the same city, one is an old name of the other.
    return {name.rpartition("/")[2].casefold(): name for name in named}


def _nearest_zones(word: str) -> list[str]:
    cities, names = _by_city(), _by_small_letters()
    near = get_close_matches(word.rpartition("/")[2].casefold(), cities, n=MAX_NEAR, cutoff=NEAR)
    zones = [cities[city] for city in near] or [
        names[name]
        for name in get_close_matches(word.casefold(), names, n=MAX_NEAR, cutoff=NEAR)
        if names[name] in cities.values()
    ]
    return zones or list(USUAL_ZONES)
