"""A day, an hour, a span and a zone are read as people type them, or found in what they write."""

import contextlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import available_timezones

import pytest
from hypothesis import given, strategies as st

from bot.core import when
from bot.core.calendar import DEFAULT_SLOT, Slot
from bot.core.errors import UserError
from bot.core.member import known_zone

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)  # a Tuesday, ten o'clock in Berlin
TODAY = date(2026, 12, 1)
EARLIER = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def day_of(text: str) -> str | None:
    day = when.day_in(text, TODAY)
    return day.isoformat() if day else None


def moment_of(text: str) -> str | None:
    moment = when.moment_in(text, BERLIN, NOW)
    return f"{moment[0]} {moment[1] // 60:02}:{moment[1] % 60:02}" if moment else None


def end_of(text: str) -> str | None:
    end = when.pause_end(text, BERLIN, NOW)
    return f"{end.astimezone(UTC):%Y-%m-%d %H:%M}" if end else None


def slot_of(text: str) -> Slot | None:
    return when.slot_in(text, DEFAULT_SLOT)


def typed_slot(text: str) -> Slot:
    return when.read_slot(text, DEFAULT_SLOT)


# A reader, and what it finds in each text.
READ: list[tuple[Callable[[str], object], dict[str, object]]] = [
    (when.minutes_in, {
        "I have ten minutes": 10, "5min?": 5, "got 15 mins before a meeting": 15, "half an hour": 30,
        "a quarter of an hour": 15, "1 hour": 60, "an hour free": 60, "5-10 minutes": 10, "a couple of minutes": 2,
        "something short please": 10, "a quick one": 10, "for two weeks": None, "": None,
        "minutes of the meeting": None, "20 minutes is more than I've got today": 5, "45 min is too long": 5,
        "20 minutes is more than enough": 20, "not more than 10 minutes": 10,
    }),
    (day_of, {
        "tomorrow": "2026-12-02", "the day after tomorrow": "2026-12-03", "today": "2026-12-01",
        "on Friday at 10": "2026-12-04", "next tue": "2026-12-08", "weds": "2026-12-02", "next week": "2026-12-07",
        "next month": "2027-01-01", "in 3 days": "2026-12-04", "in two weeks": "2026-12-15",
        "till the 18th": "2026-12-18", "on the 1st": "2027-01-01", "jan 5": "2027-01-05",
        "5th of January": "2027-01-05", "18 dec": "2026-12-18", "from 20 dec to 3 jan": "2027-01-03",
        "until march": "2027-03-01", "2027-01-04": "2027-01-04", "24.12.": "2026-12-24", "12/24": "2026-12-24",
        "31.2.": None, "soon": None, "I may do that": None, "Monday's data": "2026-12-07",
    }),
    (when.minute_in, {
        "at 10": 600, "at 5": 1020, "10:30": 630, "4pm": 960, "9 a.m.": 540, "14:00": 840, "9.15": 555,
        "tomorrow morning": 540, "after lunch": 780, "in the evening": 1080, "at 25:99": None, "soon": None,
        "24.12.": None,
    }),
    (moment_of, {
        "remind me tomorrow": "2026-12-02 09:30", "tomorrow at 4pm": "2026-12-02 16:00",
        "on friday at 10": "2026-12-04 10:00", "in 2 hours": "2026-12-01 12:00", "in half an hour": "2026-12-01 10:30",
        "later today": "2026-12-01 13:00", "later": "2026-12-01 13:00", "at 5": "2026-12-01 17:00",
        "at 9": "2026-12-02 09:00",  # nine o'clock is over
        "after lunch": "2026-12-01 13:00", "next monday morning": "2026-12-07 09:00", "today": "2026-12-01 13:00",
        "when I am ready": None,
    }),
    (end_of, {
        "for 2 weeks, I am on holiday": "2026-12-15 09:00", "a fortnight": "2026-12-15 09:00",
        "10 days": "2026-12-11 09:00", "for a month": "2026-12-31 09:00", "until Monday": "2026-12-06 23:00",
        "on holiday till the 18th": "2026-12-17 23:00", "out of office next week": "2026-12-13 23:00",
        "until next week": "2026-12-06 23:00", "sick this week": "2026-12-06 23:00",
        "too busy this month": "2026-12-31 23:00", "I'm back on jan 5": "2027-01-04 23:00",
        "parental leave until march": "2027-02-28 23:00", "today": "2026-12-01 23:00", "tomorrow": "2026-12-02 23:00",
        "next month": "2027-01-31 23:00", "for some time": None, "for zero days": None,
    }),
    (slot_of, {
        "can you send it on mondays": Slot(0, 570), "thursday at 14:00": Slot(3, 840), "make it 9am": Slot(1, 540),
        "mornings are better": Slot(1, 540), "mornings are bad, can it come thursday afternoon": Slot(3, 900),
        "tuesday doesn't work for me": None, "another day": None,
        "thursdays after lunch is bad, make it friday 9 please": Slot(4, 540), "fridays 9": Slot(4, 540),
        "from thursday to friday 10:00": Slot(4, 600), "instead of thursday friday at 14:00": Slot(4, 840),
        "rather friday than thursday": Slot(4, 570), "not mondays, make it friday": Slot(4, 570),
        "friday 4 december": Slot(4, 570), "friday 9 pm": Slot(4, 1260), "thursday or friday at 10": None,
        "yes but thursday 10am, tuesday is release day": Slot(3, 600), "monday 9am, tuesday 10am": None,
        "tuesday at 9 is bad, thursday is better": None,
    }),
    (typed_slot, {  # in any order, and the missing half is as usual
        "tue 09:30": Slot(1, 570), "Thursday 8:15": Slot(3, 495), "thurs": Slot(3, 570), "weds 9am": Slot(2, 540),
        "mondays, 17.00": Slot(0, 1020), "23:59": Slot(1, 1439), "00:00 sun": Slot(6, 0),
        "at 9 AM on Fridays": Slot(4, 540), "12am": Slot(1, 0), "12:05pm": Slot(1, 725), "9.30pm wed": Slot(2, 1290),
    }),
    (when.is_slot, {"9am": True, "monday": True, "tue 09:30": True, "at on": False, "": False, "9": False}),
]  # fmt: skip


@pytest.mark.parametrize(("read", "texts"), READ, ids=[read.__name__ for read, _ in READ])
def test_what_people_write_about_time_is_read(read: Callable[[str], object], texts: dict[str, object]) -> None:
    assert {text: read(text) for text in texts} == texts


@pytest.mark.parametrize(
    "words", ["25:99", "9pm-ish", "24:00", "tue 9", "t 09:30", "tue 09:60", "someday", "-1:30", "13am", "0pm"]
)
def test_a_time_that_is_none_is_answered_with_one_that_is(words: str) -> None:
    with pytest.raises(UserError, match="a time like `09:30` or `9am`, not") as refused:
        when.read_slot(words, DEFAULT_SLOT)
    assert [step.verb for step in refused.value.steps] == ["choose-time"]


def test_every_zone_is_known_whatever_its_case_and_by_its_city() -> None:
    for zone in available_timezones():
        if "/" in zone:
            assert when.read_zone(zone.lower()) == when.read_zone(zone) == zone
    assert when.read_zone("america/port of spain") == "America/Port_of_Spain"
    assert when.read_zone("utc") == "UTC"
    for city, zone in (("Berlin", BERLIN), ("kolkata", "Asia/Kolkata"), ("new york", "America/New_York")):
        assert when.read_zone(city) == when.zone_of_city(city) == zone


@pytest.mark.parametrize(
    "words", ["Mars/Base", "GMT+5:30", "Europe", "../etc/passwd", "/etc/localtime", "EST", "x" * 90]
)
def test_an_unknown_zone_is_answered_with_some_that_are_known(words: str) -> None:
    with pytest.raises(UserError, match="I don't know the time zone") as refused:
        when.read_zone(words)
    offered = [step.words.removeprefix("zone ") for step in refused.value.steps]
    assert 1 <= len(offered) <= 3
    assert [when.read_zone(zone) for zone in offered] == offered


@pytest.mark.parametrize("name", [None, "", "Europe", "../../etc/passwd", "Europe/Berlin\0", "x" * 5_000])
def test_what_slack_may_send_and_is_no_zone_is_no_zone(name: str | None) -> None:
    assert (known_zone(name), known_zone("Asia/Kolkata")) == (None, "Asia/Kolkata")


def test_no_zone_at_all_is_answered_with_the_form() -> None:
    with pytest.raises(UserError, match="Which time zone") as refused:
        when.read_zone("")
    assert [step.verb for step in refused.value.steps] == ["choose-time"]


def test_a_pause_until_a_day_ends_as_that_day_begins_where_the_member_is() -> None:
    assert when.read_pause("until 2027-01-04", BERLIN, EARLIER) == datetime(2027, 1, 3, 23, tzinfo=UTC)
    assert when.read_pause("UNTIL 2027-01-04", "Asia/Kolkata", EARLIER) == datetime(2027, 1, 3, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("", "For how long?"), ("a while", "For how long?"), ("0 days", "For how long?"),
        ("until 2027-02-31", "For how long?"), ("until then", "For how long?"),
        ("until 0001-01-01", "For how long?|over already"), ("until 2026-11-22", "over already"),
        ("until 9999-12-31", "For how long?|a year at most"), ("500 days", "a year at most"),
    ],
)  # fmt: skip
def test_a_pause_that_can_not_be_is_answered_with_what_can(words: str, answer: str) -> None:
    for zone in (BERLIN, "Pacific/Kiritimati", "Pacific/Pago_Pago", None):
        with pytest.raises(UserError, match=answer.replace("?", r"\?")):
            when.read_pause(words, zone, EARLIER)


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_the_reader(words: str) -> None:
    for read in (typed_slot, when.read_zone, lambda text: when.read_pause(text, None, EARLIER)):
        with contextlib.suppress(UserError):
            read(words)
