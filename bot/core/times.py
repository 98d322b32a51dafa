"""Reads what people type about time: a day, an hour, a zone, how long."""

import re
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from bot.core.calendar import DAY, DEFAULT_SLOT, HOUR, Slot, at_local
from bot.core.errors import Step, UserError, quoted
from bot.core.member import known_zone

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PAUSE_MOST = timedelta(days=366)
UNITS = {"day": 1, "week": 7, "month": 30}
FILLERS = frozenset({"at", "on", "every", "and"})
CONTINENTS = frozenset(
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split()
)  # the zones called after a place
MAX_NEAR, NEAR = 3, 0.6  # zones to offer for a misspelt one, and difflib's ratio
USUAL_ZONES = ("Europe/London", "Asia/Kolkata", "America/New_York")  # where none is near
BY_FORM = Step("Choose day and time", "choose-time")
PAUSES = (Step("Pause 2 weeks", "pause", "2 weeks"), Step("Pause 4 weeks", "pause", "4 weeks"))


def read_slot(words: str, usual: Slot) -> Slot:
    """`tue 09:30`, `monday at 9am`, `tue` or `09:30`, the missing half as usual; raises UserError."""
    weekday, minute = usual.weekday, usual.minute
    for word in re.sub(r"(\d) +([ap]m)\b", r"\1\2", words.casefold()).split():
        day = read_weekday(word)
        if day is not None:
            weekday = day
        elif word not in FILLERS:
            minute = read_minute(word)
    return Slot(weekday, minute)


def is_slot(words: str) -> bool:
    """Return whether the words name a day or a time, and nothing else."""
    try:
        read_slot(words, DEFAULT_SLOT)
    except UserError:
        return False
    return any(word not in FILLERS for word in words.casefold().split())


def read_weekday(word: str) -> int | None:
    """0 for `mon`, `Monday` and `mondays`; None if it is no day."""
    plain = word.casefold().strip(",.")
    return next((n for n, name in enumerate(DAYS) if len(plain) >= 3 and f"{name}s".startswith(plain)), None)


def read_minute(word: str) -> int:
    """The minute of the day for `09:30`, `9am` or `9:30pm`; raises UserError."""
    found = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?([ap]m)?", word.casefold())
    if found is None or not (found[2] or found[3]):  # a bare number may be a day as well
        raise _no_time(word)
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        hour = hour % 12 + (12 if found[3] == "pm" else 0) if 1 <= hour <= 12 else DAY
    if minute >= HOUR or hour * HOUR + minute >= DAY:
        raise _no_time(word)
    return hour * HOUR + minute


def _no_time(word: str) -> UserError:
    return UserError(f"I need a time like `09:30` or `9am`, not {quoted(word)}. A day can stand before it.", BY_FORM)


def read_zone(word: str) -> str:
    """An IANA name or its city, whatever its case, with spaces or without; raises UserError with the nearest ones."""
    plain = "_".join(word.split())
    if not plain:
        raise UserError("Which time zone? Type your city, such as `tips zone Kolkata`.", BY_FORM)
    zone = known_zone(plain) or _by_small_letters().get(plain.casefold()) or zone_of_city(word)
    if zone is None or ("/" not in zone and zone != "UTC"):
        near = [Step(name, "tips", f"zone {name}") for name in _nearest_zones(plain)]
        raise UserError(f"I don't know the time zone {quoted(word)}. Type a big city near you, or pick one.", *near)
    return zone


def zone_of_city(word: str) -> str | None:
    """`Europe/Berlin` for `Berlin`; None if no zone is called after this place."""
    return _by_city().get("_".join(word.split()).casefold())


@cache
def _by_small_letters() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _by_city() -> dict[str, str]:
    named = (name for name in sorted(available_timezones()) if name.partition("/")[0] in CONTINENTS)
    return {name.rpartition("/")[2].casefold(): name for name in named}  # namesakes are the same zone under old names


def _nearest_zones(word: str) -> list[str]:
    cities, names = _by_city(), _by_small_letters()
    near = get_close_matches(word.rpartition("/")[2].casefold(), cities, n=MAX_NEAR, cutoff=NEAR)
    found = [cities[city] for city in near] or [
        names[name]
        for name in get_close_matches(word.casefold(), names, n=MAX_NEAR, cutoff=NEAR)
        if names[name] in cities.values()
    ]
    return found or list(USUAL_ZONES)


def read_pause(words: str, zone: str | None, now: datetime) -> datetime:
    """The end of a pause: `2 weeks`, `10 days`, `until 2027-01-04` (that local day's beginning); raises UserError."""
    plain = words.casefold().strip()
    until = _read_until(plain, zone) if plain.startswith("until") else _read_span(plain, now)
    if until is None:
        raise UserError("For how long? Type `pause 10 days` or `pause until 2027-01-04`, or pick one.", *PAUSES)
    if until <= now:
        raise UserError("That day is over already. Pick a later one.", *PAUSES)
    if until - now > PAUSE_MOST:
        raise UserError("A pause lasts a year at most.", *PAUSES, Step("Stop weekly tips", "tips", "off"))
    return until


def _read_span(words: str, now: datetime) -> datetime | None:
    found = re.fullmatch(r"(?:for )?(\d{1,3}|a|an|one) ?(day|week|month)s?", words)
    if found is None:
        return None
    count = int(found[1]) if found[1].isdigit() else 1
    return now + timedelta(days=count * UNITS[found[2]]) if count else None


def _read_until(words: str, zone: str | None) -> datetime | None:
    try:
        day = date.fromisoformat(words.removeprefix("until").strip())
        return at_local(day, 0, zone)
    except (ValueError, OverflowError):
        return None
