"""What people type about time is read as they meant it, or turned away with an example."""

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.calendar import DEFAULT_SLOT, HOUR, Slot
from bot.core.errors import UserError
from bot.core.times import DAYS, read_pause, read_slot, read_weekday, read_zone

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("words", "slot"),
    [
        ("tue 09:30", Slot(1, 9 * HOUR + 30)),
        ("Thursday 8:15", Slot(3, 8 * HOUR + 15)),
        ("thurs", Slot(3, DEFAULT_SLOT.minute)),
        ("mondays, 17.00", Slot(0, 17 * HOUR)),
        ("23:59", Slot(DEFAULT_SLOT.weekday, 23 * HOUR + 59)),
        ("00:00 sun", Slot(6, 0)),
        ("02:30 sunday", Slot(6, 2 * HOUR + 30)),
    ],
)
def test_a_day_and_a_time_are_read_in_any_order_and_the_missing_half_is_as_usual(words: str, slot: Slot) -> None:
    assert read_slot(words, DEFAULT_SLOT) == slot


@pytest.mark.parametrize("words", ["25:99", "9pm-ish", "24:00", "tue 9", "t 09:30", "tue 09:60", "someday", "-1:30"])
def test_a_time_that_is_none_is_answered_with_one_that_is(words: str) -> None:
    with pytest.raises(UserError, match=r"like `tue 09:30` \(24 h\)"):
        read_slot(words, DEFAULT_SLOT)


@pytest.mark.parametrize("number", range(7))
def test_every_day_is_known_by_three_letters_or_more(number: int) -> None:
    name = DAYS[number]
    assert {read_weekday(name[:letters]) for letters in range(3, len(name) + 1)} == {number}
    assert read_weekday(f"{name}s") == number
    assert read_weekday(name[:2]) is None


def test_every_zone_is_known_whatever_its_case() -> None:
    for zone in available_timezones():
        if "/" in zone:
            assert read_zone(zone.lower()) == read_zone(zone) == zone
    assert read_zone("america/port of spain") == "America/Port_of_Spain"
    assert read_zone("utc") == "UTC"


@pytest.mark.parametrize(
    "words", ["Mars/Base", "GMT+5:30", "", "Europe", "../etc/passwd", "/etc/localtime", "EST", "x" * 90]
)
def test_a_zone_that_is_none_is_answered_with_one_that_is(words: str) -> None:
    with pytest.raises(UserError, match="Asia/Kolkata`"):
        read_zone(words)


@pytest.mark.parametrize(
    ("words", "days"),
    [("2 weeks", 14), ("for 10 days", 10), ("a week", 7), ("1 month", 30), ("one day", 1), ("2weeks", 14)],
)
def test_a_pause_is_read_as_people_say_it(words: str, days: int) -> None:
    assert read_pause(words, BERLIN, NOW) == NOW + timedelta(days=days)


def test_a_pause_until_a_day_ends_as_that_day_begins_where_the_member_is() -> None:
    assert read_pause("until 2027-01-04", BERLIN, NOW) == datetime(2027, 1, 3, 23, tzinfo=UTC)
    assert read_pause("UNTIL 2027-01-04", "Asia/Kolkata", NOW) == datetime(2027, 1, 3, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("", "For how long?"),
        ("a while", "For how long?"),
        ("0 days", "For how long?"),
        ("until 2027-02-31", "For how long?"),
        ("until then", "For how long?"),
        ("until 0001-01-01", "For how long?|over already"),
        ("until 2026-11-22", "over already"),
        ("until 9999-12-31", "For how long?|a year at most"),
        ("500 days", "a year at most"),
    ],
)
def test_a_pause_that_can_not_be_is_answered_with_what_can(words: str, answer: str) -> None:
    for zone in (BERLIN, "Pacific/Kiritimati", "Pacific/Pago_Pago", None):
        with pytest.raises(UserError, match=answer.replace("?", r"\?")):
            read_pause(words, zone, NOW)


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_the_reader(words: str) -> None:
    readers = (lambda: read_slot(words, DEFAULT_SLOT), lambda: read_zone(words), lambda: read_pause(words, None, NOW))
    for read in readers:
        with contextlib.suppress(UserError):
            read()
