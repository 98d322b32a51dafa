"""Reads what people type about time: a day, an hour, a zone, how long."""

import re
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import available_timezones

from bot.core.calendar import DAY, HOUR, Slot, at_local
from bot.core.errors import UserError, quoted
from bot.core.member import known_zone

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PAUSE_MOST = timedelta(days=366)
UNITS = {"day": 1, "week": 7, "month": 30}


def read_slot(words: str, usual: Slot) -> Slot:
    """`tue 09:30`, `tue` or `09:30`, the missing half as usual; raises UserError."""
    weekday, minute = usual.weekday, usual.minute
    for word in words.split():
        day = read_weekday(word)
        if day is None:
            minute = read_minute(word)
        else:
            weekday = day
    return Slot(weekday, minute)


def read_weekday(word: str) -> int | None:
    """0 for `mon`, `Monday` and `mondays`; None if it is no day."""
    plain = word.casefold().strip(",.")
    return next((n for n, name in enumerate(DAYS) if len(plain) >= 3 and f"{name}s".startswith(plain)), None)


def read_minute(word: str) -> int:
    """The minute of the day for `09:30`; raises UserError."""
    found = re.fullmatch(r"(\d{1,2})[:.](\d{2})", word)
    minute = int(found[1]) * HOUR + int(found[2]) if found and int(found[2]) < HOUR else DAY
    if minute >= DAY:
        raise UserError(f"I need a day and a time like `tue 09:30` (24 h), not {quoted(word)}.")
    return minute


def read_zone(word: str) -> str:
    """An IANA name, whatever its case, with spaces or without; raises UserError."""
    plain = "_".join(word.split())
    if not plain:
        raise UserError("Which time zone? Example: `Asia/Kolkata`.")
    zone = known_zone(plain) or _by_small_letters().get(plain.casefold())
    if zone is None or ("/" not in zone and zone != "UTC"):
        raise UserError(f"I don't know the time zone {quoted(word)}. Example: `Asia/Kolkata`.")
    return zone


@cache
def _by_small_letters() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def read_pause(words: str, zone: str | None, now: datetime) -> datetime:
    """The end of a pause: `2 weeks`, `10 days`, `until 2027-01-04` (that local day's beginning); raises UserError."""
    plain = words.casefold().strip()
    until = _read_until(plain, zone) if plain.startswith("until") else _read_span(plain, now)
    if until is None:
        raise UserError("For how long? Try `/roleshift pause 2 weeks` or `/roleshift pause until 2027-01-04`.")
    if until <= now:
        raise UserError("That day is over already. Try `/roleshift pause 2 weeks`.")
    if until - now > PAUSE_MOST:
        raise UserError("A pause lasts a year at most. To stop for good: `/roleshift tips off`.")
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
