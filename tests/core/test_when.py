"""A day, an hour, a span and the minutes that somebody has are found in what they write, however they write it."""

from datetime import UTC, date, datetime

import pytest

from bot.core.calendar import Slot
from bot.core.when import day_in, minute_in, minutes_in, moment_in, pause_end, slot_in

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)  # a Tuesday, ten o'clock in Berlin
TODAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("I have ten minutes", 10),
        ("5min?", 5),
        ("got 15 mins before a meeting", 15),
        ("half an hour", 30),
        ("a quarter of an hour", 15),
        ("1 hour", 60),
        ("an hour free", 60),
        ("5-10 minutes", 10),
        ("a couple of minutes", 2),
        ("something short please", 15),
        ("a quick one", 15),
        ("for two weeks", None),
        ("minutes of the meeting", None),
        ("", None),
    ],
)
def test_the_minutes_that_somebody_has(text: str, minutes: int | None) -> None:
    assert minutes_in(text) == minutes


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("tomorrow", "2026-12-02"),
        ("the day after tomorrow", "2026-12-03"),
        ("today", "2026-12-01"),
        ("on Friday at 10", "2026-12-04"),
        ("next tue", "2026-12-08"),
        ("weds", "2026-12-02"),
        ("next week", "2026-12-07"),
        ("next month", "2027-01-01"),
        ("in 3 days", "2026-12-04"),
        ("in two weeks", "2026-12-15"),
        ("till the 18th", "2026-12-18"),
        ("on the 1st", "2027-01-01"),
        ("jan 5", "2027-01-05"),
        ("5th of January", "2027-01-05"),
        ("18 dec", "2026-12-18"),
        ("from 20 dec to 3 jan", "2027-01-03"),
        ("until march", "2027-03-01"),
        ("2027-01-04", "2027-01-04"),
        ("24.12.", "2026-12-24"),
        ("12/24", "2026-12-24"),
        ("31.2.", None),
        ("soon", None),
        ("I may do that", None),
        ("Monday's data", "2026-12-07"),
    ],
)
def test_a_day(text: str, day: str | None) -> None:
    found = day_in(text, TODAY)
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("at 10", 600), ("at 5", 1020), ("10:30", 630), ("4pm", 960), ("9 a.m.", 540), ("14:00", 840), ("9.15", 555),
        ("tomorrow morning", 540), ("after lunch", 780), ("in the evening", 1080), ("at 25:99", None), ("soon", None),
        ("24.12.", None),
    ],
)  # fmt: skip
def test_an_hour(text: str, minute: int | None) -> None:
    assert minute_in(text) == minute


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("remind me tomorrow", ("2026-12-02", 570)),
        ("tomorrow at 4pm", ("2026-12-02", 960)),
        ("on friday at 10", ("2026-12-04", 600)),
        ("in 2 hours", ("2026-12-01", 720)),
        ("in half an hour", ("2026-12-01", 630)),
        ("later today", ("2026-12-01", 780)),
        ("later", ("2026-12-01", 780)),
        ("at 5", ("2026-12-01", 1020)),
        ("at 9", ("2026-12-02", 540)),  # nine o'clock is over
        ("after lunch", ("2026-12-01", 780)),
        ("next monday morning", ("2026-12-07", 540)),
        ("today", ("2026-12-01", 780)),
        ("when I am ready", None),
    ],
)
def test_a_moment(text: str, moment: tuple[str, int] | None) -> None:
    found = moment_in(text, BERLIN, NOW)
    assert (found and (found[0].isoformat(), found[1])) == moment


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("for 2 weeks, I am on holiday", "2026-12-15 09:00"),
        ("a fortnight", "2026-12-15 09:00"),
        ("10 days", "2026-12-11 09:00"),
        ("for a month", "2026-12-31 09:00"),
        ("on holiday till the 18th", "2026-12-17 23:00"),
        ("until Monday", "2026-12-06 23:00"),
        ("out of office next week", "2026-12-13 23:00"),
        ("until next week", "2026-12-06 23:00"),
        ("sick this week", "2026-12-06 23:00"),
        ("too busy this month", "2026-12-31 23:00"),
        ("I'm back on jan 5", "2027-01-04 23:00"),
        ("parental leave until march", "2027-02-28 23:00"),
        ("today", "2026-12-01 23:00"),
        ("tomorrow", "2026-12-02 23:00"),
        ("next month", "2027-01-31 23:00"),
        ("for some time", None),
        ("for zero days", None),
    ],
)
def test_the_end_of_a_pause(text: str, end: str | None) -> None:
    found = pause_end(text, BERLIN, NOW)
    assert (found and f"{found.astimezone(UTC):%Y-%m-%d %H:%M}") == end


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("can you send it on mondays", Slot(0, 570)),
        ("thursday at 14:00", Slot(3, 840)),
        ("mornings are better", Slot(1, 540)),
        ("mornings are bad, can it come thursday afternoon", Slot(3, 900)),
        ("make it 9am", Slot(1, 540)),
        ("tuesday doesn't work for me", None),
        ("another day", None),
    ],
)
def test_a_slot_of_the_week(text: str, slot: Slot | None) -> None:
    assert slot_in(text, Slot(1, 570)) == slot
