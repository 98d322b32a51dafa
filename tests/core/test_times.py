"""Typed days, times, zones and durations are understood, or refused with an example."""

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.calendar import DEFAULT_SLOT, HOUR, Slot
from bot.core.errors import UserError
from bot.core.times import is_slot, read_slot, read_zone, zone_of_city
from bot.core.when import read_pause

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("words", "slot"),
    [
        ("tue 09:30", Slot(1, 9 * HOUR + 30)),
        ("Thursday 8:15", Slot(3, 8 * HOUR + 15)),
        ("thurs", Slot(3, DEFAULT_SLOT.minute)),
        ("weds 9am", Slot(2, 9 * HOUR)),
        ("mondays, 17.00", Slot(0, 17 * HOUR)),
        ("23:59", Slot(DEFAULT_SLOT.weekday, 23 * HOUR + 59)),
        ("00:00 sun", Slot(6, 0)),
        ("at 9 AM on Fridays", Slot(4, 9 * HOUR)),
        ("12am", Slot(DEFAULT_SLOT.weekday, 0)),
        ("12:05pm", Slot(DEFAULT_SLOT.weekday, 12 * HOUR + 5)),
        ("9.30pm wed", Slot(2, 21 * HOUR + 30)),
    ],
)
def test_a_day_and_a_time_are_read_in_any_order_and_the_missing_half_is_as_usual(words: str, slot: Slot) -> None:
    assert read_slot(words, DEFAULT_SLOT) == slot


@pytest.mark.parametrize(
    "words", ["25:99", "9pm-ish", "24:00", "tue 9", "t 09:30", "tue 09:60", "someday", "-1:30", "13am", "0pm"]
)
def test_a_time_that_is_none_is_answered_with_one_that_is(words: str) -> None:
    with pytest.raises(UserError, match="a time like `09:30` or `9am`, not") as refused:
        read_slot(words, DEFAULT_SLOT)
    assert [step.verb for step in refused.value.steps] == ["choose-time"]


@pytest.mark.parametrize(
    ("words", "means"),
    [("9am", True), ("monday", True), ("tue 09:30", True), ("at on", False), ("", False), ("9", False), ("hi", False)],
)
def test_a_bare_day_or_time_is_told_from_other_words(words: str, means: bool) -> None:
    assert is_slot(words) is means


def test_every_zone_is_known_whatever_its_case() -> None:
    for zone in available_timezones():
        if "/" in zone:
            assert read_zone(zone.lower()) == read_zone(zone) == zone
    assert read_zone("america/port of spain") == "America/Port_of_Spain"
    assert read_zone("utc") == "UTC"


@pytest.mark.parametrize(
    ("city", "zone"),
    [("Berlin", "Europe/Berlin"), ("kolkata", "Asia/Kolkata"), ("new york", "America/New_York")],
)
def test_a_city_is_enough_for_a_zone(city: str, zone: str) -> None:
    assert read_zone(city) == zone_of_city(city) == zone


@pytest.mark.parametrize(
    "words", ["Mars/Base", "GMT+5:30", "Europe", "../etc/passwd", "/etc/localtime", "EST", "x" * 90]
)
def test_an_unknown_zone_is_answered_with_some_that_are_known(words: str) -> None:
    with pytest.raises(UserError, match="I don't know the time zone") as refused:
        read_zone(words)
    offered = [step.words.removeprefix("zone ") for step in refused.value.steps]
    assert 1 <= len(offered) <= 3
    assert [read_zone(zone) for zone in offered] == offered


def test_no_zone_at_all_is_answered_with_the_form() -> None:
    with pytest.raises(UserError, match="Which time zone") as refused:
        read_zone("")
    assert [step.verb for step in refused.value.steps] == ["choose-time"]


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
