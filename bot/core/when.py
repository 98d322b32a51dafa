"""Read what people type about time, and find in what they write which minutes, day, hour or span they mean."""

import re
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from bot.core.calendar import DAY, DEFAULT_SLOT, HOUR, Slot, at_local, place_of, zone_of
from bot.core.errors import NextStep, UserError, quoted
from bot.core.member import known_zone
from bot.core.rhythm import SHORT
from bot.core.words import words_of

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FILLERS = frozenset({"at", "on", "every", "and"})
# A zone that is named after a place begins with one of these.
CONTINENTS = frozenset("Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split())
MAX_NEAR, NEAR = 3, 0.6  # how many zones to offer for a misspelt name, and their least ratio by difflib
USUAL_ZONES = ("Europe/London", "Asia/Kolkata", "America/New_York")  # to offer if no name is similar
BY_FORM = NextStep("Choose day and time", "choose-time")
PAUSES = (NextStep("Pause 2 weeks", "tips", "pause 2 weeks"), NextStep("Pause 4 weeks", "tips", "pause 4 weeks"))
LATER = 3 * HOUR  # minutes until "later"
AFTERNOON = 8  # an hour before it, said without am or pm, is one after noon
_NUMBERS = {"a": 1.0, "an": 1, "one": 1, "couple": 2, "few": 3, "half": 0.5, "quarter": 0.25}
_MINUTES = {"minute": 1, "hour": HOUR, "day": DAY, "week": 7 * DAY, "fortnight": 14 * DAY, "month": 30 * DAY}
_DAYS_AHEAD = {"day after tomorrow": 2, "tomorrow": 1, "tmrw": 1, "tmr": 1, "today": 0, "tonight": 0}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_HOURS = {"morning": 9, "afternoon": 15, "noon": 12, "midday": 12, "lunch": 13, "evening": 18, "tonight": 19, "eod": 17}
_COUNT = rf"(\d{{1,3}}|{'|'.join(_NUMBERS)})"
_SPAN = re.compile(rf"\b{_COUNT} (?:(?:of )?(?:an? )?)?({'|'.join(_MINUTES)})s?\b")
_TOO_LONG = re.compile(_SPAN.pattern + r"(?: (?!not?\b)\w+){0,4} (?:too (?:much|long)|(?:more|longer) than(?! enough))")
_CLOCK = re.compile(
    r"\b(\d{1,2})[:.h](\d{2})(?! *[./]?\d) ?([ap])?\.?m?\b|\b(\d{1,2}) ?([ap])\.?m\b"
    r"|(?:\bat |(?<=day |ays )(?=\d+(?:$|[,;!?]| please)))(\d{1,2})\b(?![./:-])"
)
_ISO = re.compile(r"\b(2\d\d\d)-(\d\d)-(\d\d)\b")
_NUMERIC = re.compile(r"\b(\d{1,2})[./](\d{1,2})\b(?!:)")
_NAMED = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_NAMED}\b|\b{_NAMED} (\d{{1,2}})(?:st|nd|rd|th)?\b")
_MONTH = re.compile(rf"\b(?:in|until|till|til|to|through|before|by|from|next) {_NAMED}(?= |$)")
_OF_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b")
_WEEKDAY = re.compile(rf"\b({'|'.join(name[:3] for name in DAYS)})(?:[a-z]*day)?s?\b")
_UNWANTED_DAY = re.compile(rf"\b(?:instead of|than|from) {_WEEKDAY.pattern}")
_WANTED_DAY = re.compile(rf"(?s).*\b(?:make it|to|instead|rather)\b(.*{_WEEKDAY.pattern}.*)")
_PARTS = re.compile(r"[,;!?]|\. |\b(?:but|because|as)\b")
_BAD = frozenset("bad busy full no".split())  # of a day that somebody does not want
_UNTIL = re.compile(r"\b(until|till|til|to|through|thru|before|back|return)\b")


def read_slot(words: str, usual: Slot) -> Slot:
    """Read `tue 09:30`, `monday at 9am`, `weds` or `09:30`. Take a missing half from `usual`. Raise UserError."""
    weekday, minute = usual.weekday, usual.minute
    for word in re.sub(r"(\d) +([ap]m)\b", r"\1\2", words.casefold()).split():
        plain = word.strip(",.").removesuffix("s")
        day = next((number for number, name in enumerate(DAYS) if len(plain) >= 3 and name.startswith(plain)), None)
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


def read_minute(word: str) -> int:
    """Return the minute of the day for `09:30`, `9am` or `9:30pm`. Raise UserError."""
    minute = minute_in(word) if _CLOCK.fullmatch(word.casefold()) else None  # a number alone could also be a day
    if minute is None:
        raise UserError(f"I need a time like `09:30` or `9am`, not {quoted(word)}. A day can stand before it.", BY_FORM)
    return minute


@cache
def _zones() -> tuple[dict[str, str], dict[str, str]]:
    """Return the zones by their names, and those that are named after a place by its name, in small letters."""
    by_name = {name.casefold(): name for name in available_timezones()}
    of_places = (name for name in sorted(by_name.values()) if name.partition("/")[0] in CONTINENTS)
    # If two names have the same city, one is an old name of the other.
    return by_name, {name.rpartition("/")[2].casefold(): name for name in of_places}


def read_zone(word: str) -> str:
    """Return the IANA name for a name or its city, however written. Raise UserError, which offers similar ones."""
    plain, (by_name, by_city) = "_".join(word.split()).casefold(), _zones()
    if not plain:
        raise UserError("Which time zone? Type your city, such as `tips zone Kolkata`.", BY_FORM)
    zone = known_zone("_".join(word.split())) or by_name.get(plain) or by_city.get(plain)
    if zone is None or ("/" not in zone and zone != "UTC"):
        near = [by_city[city] for city in get_close_matches(plain.rpartition("/")[2], by_city, MAX_NEAR, NEAR)]
        if not near:
            names = [by_name[name] for name in get_close_matches(plain, by_name, MAX_NEAR, NEAR)]
            near = [name for name in names if name in by_city.values()]
        offered = (NextStep(place_of(name), "tips", f"zone {name}") for name in near or USUAL_ZONES)
        raise UserError(f"I don't know the time zone {quoted(word)}. Type a big city near you, or pick one.", *offered)
    return zone


def zone_of_city(word: str) -> str | None:
    """Return `Europe/Berlin` for `Berlin`; None if no zone is named after this place."""
    return _zones()[1].get("_".join(word.split()).casefold())


def minutes_in(text: str) -> int | None:
    """Return how many minutes somebody has, if they say it; a short time is what *short* means elsewhere."""
    if _TOO_LONG.search(" ".join(words_of(text))):
        return 5  # the least that is offered
    spans, _ = _spans(text)
    return int(min(spans)) if spans else SHORT if {"short", "quick"} & set(words_of(text)) else None


def _spans(text: str) -> tuple[list[float], list[float]]:
    """Return the spans in a text, in minutes: those that are said in minutes or hours, and those in days or more."""
    short, long = list[float](), list[float]()
    for number, unit in _SPAN.findall(" ".join(words_of(text))):
        count = _NUMBERS.get(number) or float(number)
        if unit in {"minute", "hour"}:
            short.append(count * _MINUTES[unit])
        elif count >= 1:
            long.append(count * _MINUTES[unit])
    return short, long


def read_pause(words: str, zone: str | None, now: datetime) -> datetime:
    """Return the end of a pause: `2 weeks`, `until the 18th` (when that local day begins). Raise UserError."""
    until = pause_end(words, zone, now)
    if until is None:
        raise UserError("For how long? Type `pause 10 days` or `pause until 2027-01-04`, or pick one.", *PAUSES)
    if until <= now:
        raise UserError("That day is over already. Pick a later one.", *PAUSES)
    if until - now > timedelta(days=366):
        raise UserError("A pause lasts a year at most.", *PAUSES, NextStep("Stop weekly tips", "tips", "off"))
    return until


def pause_end(text: str, zone: str | None, now: datetime) -> datetime | None:
    """Return when a pause ends: after a span, or when a local day begins that is named. It may be over already."""
    today, plain = now.astimezone(zone_of(zone)).date(), text.casefold()
    is_until = _UNTIL.search(plain) is not None
    if spans := _spans(text)[1]:
        return now + timedelta(minutes=spans[0])
    day = day_in(plain, today)
    week, month = today + timedelta(days=7 - today.weekday()), _next_month(today)
    if not is_until and "this week" in plain:
        day = week
    elif not is_until and "this month" in plain:
        day = month
    elif day is not None and not is_until:  # the day, the week or the month itself is away
        day = week + timedelta(days=7) if "next week" in plain else day
        day = _next_month(month) if "next month" in plain else day + timedelta(days=day <= today + timedelta(days=1))
    return None if day is None else at_local(day, 0, zone)


def day_in(text: str, today: date) -> date | None:
    """Return the day that is named, the next one of its name; None if none is."""
    plain = text.casefold()
    for words, days in _DAYS_AHEAD.items():
        if words in plain:
            return today + timedelta(days=days)
    if (day := _dated(plain, today)) is not None:
        return day
    if spans := _spans(text)[1]:
        return today + timedelta(days=spans[0] // DAY)
    if (found := _WEEKDAY.search(plain)) is not None:
        place = next(number for number, name in enumerate(DAYS) if name.startswith(found[1]))
        return today + timedelta(days=(place - today.weekday() - 1) % 7 + 1)
    if "next week" in plain:
        return today + timedelta(days=7 - today.weekday())
    return _next_month(today) if "next month" in plain else None


def _dated(plain: str, today: date) -> date | None:
    if (found := _ISO.search(plain)) is not None:
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if every := _DAY_MONTH.findall(plain):
        day, month, month_first, day_second = every[-1]
        return _coming(int(day or day_second), _MONTHS.index(month or month_first) + 1, today)
    if (found := _NUMERIC.search(plain)) is not None:  # in which order, nobody can tell: the one that comes first
        first, second = int(found[1]), int(found[2])
        days = [_coming(*pair, today) for pair in ((first, second), (second, first))]
        return min((day for day in days if day is not None), default=None)
    if (found := _OF_MONTH.search(plain)) is not None:
        days = [_coming(int(found[1]), month, today) for month in range(1, 13)]
        return min((day for day in days if day is not None), default=None)
    found = _MONTH.search(plain)
    return _coming(1, _MONTHS.index(found[1]) + 1, today) if found is not None else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming(day: int, month: int, today: date) -> date | None:
    """Return the next such day after today; None if there is none."""
    this_year = _date(today.year, month, day)
    return this_year if this_year is not None and this_year > today else _date(today.year + 1, month, day)


def _next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def minute_in(text: str) -> int | None:
    """Return the minute of a day that is named, by a clock or by a part of the day; None if none is."""
    plain = text.casefold()
    if (found := _CLOCK.search(plain)) is not None:
        hour, minute = int(found[1] or found[4] or found[6]), int(found[2] or 0)
        half = found[3] or found[5]
        if half:
            hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 24
        elif found[6] and 0 < hour < AFTERNOON:
            hour += 12
        return hour * HOUR + minute if hour * HOUR + minute < DAY and minute < HOUR else None
    return next((hour * HOUR for name, hour in _HOURS.items() if name in plain), None)


def moment_in(text: str, zone: str | None, now: datetime) -> tuple[date, int] | None:
    """Return the local day and minute that somebody means, such as "tomorrow at 4pm" or "in two hours"; or None."""
    local = now.astimezone(zone_of(zone))
    minutes, _ = _spans(text)
    if not minutes and "later" in text.casefold() and day_in(text, local.date()) in {None, local.date()}:
        minutes = [LATER]
    if minutes:
        soon = local + timedelta(minutes=minutes[0])
        return soon.date(), soon.hour * HOUR + soon.minute
    day, minute, at = day_in(text, local.date()), minute_in(text), local.hour * HOUR + local.minute
    if day is None and minute is not None:
        day = local.date() + timedelta(days=minute <= at)
    if day is None:
        return None
    usual = min(at + LATER, DAY - 1) if day == local.date() else 9 * HOUR + 30
    return day, usual if minute is None else minute


def slot_in(text: str, usual: Slot) -> Slot | None:
    """Return the day and time of a week that somebody wants; None if they name neither, or what they don't want."""
    plain = text.casefold()
    wanted = _WANTED_DAY.match(plain)
    timed = [part for part in _PARTS.split(plain) if _WEEKDAY.search(part) and _CLOCK.search(part)]
    surest = [wanted[1]] if wanted else timed if len(timed) == 1 and _BAD.isdisjoint(words_of(timed[0])) else []
    parts = plain, _UNWANTED_DAY.sub("", plain), *surest
    plain = next((part for part in parts if len(set(_WEEKDAY.findall(part))) < 2), "")  # several days are not clear
    found, minute = _WEEKDAY.search(plain), minute_in(plain)
    if found is not None and (of_day := minute_in(plain[found.start() :])) is not None:  # "no mornings, Friday noon"
        minute = of_day
    if (found is None and minute is None) or "not" in words_of(plain):
        return None
    place = usual.weekday if found is None else [name[:3] for name in DAYS].index(found[1])
    return Slot(place, usual.minute if minute is None else minute)
