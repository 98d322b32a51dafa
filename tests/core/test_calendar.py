"""Local time for weekly things: right in every zone, through every clock change, and never at night."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, strategies as st

from bot.core import calendar
from bot.core.calendar import DEFAULT_QUIET_HOURS, DEFAULT_SLOT, HOUR, Hours, QuietHours, Slot, next_slot, slot_in_week

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
ZONES = sorted(available_timezones())
MOMENTS = st.integers(0, 10 * 365 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
SLOTS = st.builds(Slot, st.integers(0, 6), st.integers(0, 24 * HOUR - 1))
QUIET = st.integers(0, 24 * HOUR - 1)
QUIET_HOURS = st.builds(QuietHours, QUIET, QUIET, st.frozensets(st.integers(0, 6), max_size=6))
SUNDAY_IN_THE_NIGHT = Slot(weekday=6, minute=2 * HOUR + 30)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]  # year to minute


def test_a_week_is_the_one_of_the_members_own_calendar() -> None:
    sunday_evening = utc(2026, 11, 29, 19)
    assert calendar.week_of(sunday_evening, BERLIN) == "2026-W48"
    assert calendar.week_of(sunday_evening, "Asia/Tokyo") == "2026-W49"
    assert calendar.week_of(utc(2027, 1, 1), None) == "2026-W53"


@pytest.mark.parametrize(
    ("after", "slot", "zone", "comes"),
    [
        (utc(2026, 3, 24), SUNDAY_IN_THE_NIGHT, BERLIN, "Sun 2026-03-29 03:30"),  # that day has no half past two
        (utc(2026, 3, 4), SUNDAY_IN_THE_NIGHT, NEW_YORK, "Sun 2026-03-08 03:30"),
        (utc(2026, 3, 29, 1, 30), SUNDAY_IN_THE_NIGHT, BERLIN, "Sun 2026-04-05 02:30"),
        (utc(2011, 12, 27), Slot(4, 10 * HOUR), "Pacific/Apia", "Sat 2011-12-31 10:00"),  # Samoa skipped that Friday
        (utc(2026, 10, 20), SUNDAY_IN_THE_NIGHT, BERLIN, "Sun 2026-10-25 02:30"),  # that day has two: the first
        (utc(2026, 10, 25, 0, 30), SUNDAY_IN_THE_NIGHT, BERLIN, "Sun 2026-11-01 02:30"),
    ],
)
def test_a_time_that_is_skipped_comes_later_and_one_that_comes_twice_the_first_time(
    after: datetime, slot: Slot, zone: str, comes: str
) -> None:
    assert f"{next_slot(after, slot, zone).astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}" == comes


@pytest.mark.parametrize("zone", ["America/Santiago", "Africa/Cairo", "Asia/Beirut"])
def test_where_midnight_is_skipped_the_day_begins_at_one(zone: str) -> None:
    days = (date(2026, 1, 1) + timedelta(days=count) for count in range(365))
    begins = {calendar.at_local(day, 0, zone).astimezone(ZoneInfo(zone)).hour for day in days}
    assert begins == {0, 1}


@given(MOMENTS, SLOTS, st.sampled_from(ZONES))
def test_the_next_slot_is_later_and_less_than_eight_days_away(at: datetime, slot: Slot, zone: str) -> None:
    found = next_slot(at, slot, zone)
    assert timedelta(0) < found - at < timedelta(days=8)
    assert calendar.week_of(slot_in_week(at, slot, zone), zone) == calendar.week_of(at, zone)
    assert slot_in_week(at, slot, zone, weeks_later=1) > slot_in_week(at, slot, zone)


@given(MOMENTS, SLOTS, QUIET_HOURS, st.sampled_from(ZONES))
def test_a_decent_moment_is_never_in_the_quiet_hours_or_on_the_weekend_unless_chosen(
    at: datetime, slot: Slot, quiet_hours: QuietHours, zone: str
) -> None:
    found = Hours(slot, quiet_hours, zone).decent(at)
    assert found >= at
    assert Hours(slot, quiet_hours, zone).decent(found) == found
    local = found.astimezone(ZoneInfo(zone))
    minute, shift = local.hour * HOUR + local.minute, found - slot_in_week(found, slot, zone)
    chosen = slot.minute <= minute < slot.minute + HOUR or timedelta(0) <= shift < timedelta(hours=1)
    assert local.weekday() not in quiet_hours.weekend or local.weekday() == slot.weekday
    assert chosen or not quiet_hours.is_quiet(minute)


@given(MOMENTS, SLOTS, QUIET_HOURS, st.sampled_from(ZONES))
def test_the_slot_itself_is_always_decent_and_within_its_window(
    at: datetime, slot: Slot, quiet_hours: QuietHours, zone: str
) -> None:
    hours, due_at = Hours(slot, quiet_hours, zone), slot_in_week(at, slot, zone)
    assert hours.decent(due_at) == due_at
    assert due_at < hours.week_ends(at)
    assert calendar.week_of(hours.week_ends(at) - timedelta(minutes=1), zone) == calendar.week_of(at, zone)


USUAL = Hours(DEFAULT_SLOT, DEFAULT_QUIET_HOURS, BERLIN)
CAIRO = replace(USUAL, quiet_hours=QuietHours(weekend=frozenset({4, 5})), zone="Africa/Cairo")
NO_WEEKEND = replace(USUAL, quiet_hours=QuietHours(weekend=frozenset()))
LATE_SUNDAYS, LATE_TUESDAYS = (replace(USUAL, slot=Slot(day, hour * HOUR)) for day, hour in ((6, 23), (1, 22)))


@pytest.mark.parametrize(
    ("hours", "late", "decent", "ends"),
    [
        (USUAL, "Tue 10:00", "Tue 10:00", "Fri 20:00"),
        (USUAL, "Tue 19:59", "Tue 19:59", "Fri 20:00"),
        (USUAL, "Tue 20:00", "Wed 08:00", "Fri 20:00"),
        (USUAL, "Wed 03:00", "Wed 08:00", "Fri 20:00"),
        (USUAL, "Fri 20:30", "Mon 08:00", "Fri 20:00"),
        (USUAL, "Sun 23:00", "Mon 08:00", "Fri 20:00"),
        (CAIRO, "Fri 11:00", "Sun 08:00", "Sun 20:00"),  # the weekend is the workspace's own
        (NO_WEEKEND, "Sat 13:00", "Sat 13:00", "Sun 20:00"),
        (LATE_SUNDAYS, "Mon 13:00", "Mon 13:00", "Mon 00:00"),
        (LATE_TUESDAYS, "Wed 21:00", "Wed 22:00", "Fri 23:00"),  # its hour is decent on each day
    ],
)
def test_what_is_late_waits_for_the_next_decent_hour_and_a_week_closes_with_its_last(
    hours: Hours, late: str, decent: str, ends: str
) -> None:
    at = datetime.strptime(f"2026-W48 {late}", "%G-W%V %a %H:%M").replace(tzinfo=ZoneInfo(hours.zone or ""))
    moments = (hours.decent(at), hours.week_ends(at))
    assert [f"{moment.astimezone(at.tzinfo):%a %H:%M}" for moment in moments] == [decent, ends]


def test_quiet_hours_may_be_none_or_within_a_day() -> None:
    assert not any(QuietHours(quiet_from=0, quiet_to=0).is_quiet(minute) for minute in range(24 * HOUR))
    siesta = QuietHours(quiet_from=13 * HOUR, quiet_to=15 * HOUR)
    assert [hour for hour in range(24) if siesta.is_quiet(hour * HOUR)] == [13, 14]
