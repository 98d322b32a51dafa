"""Planned nudges: one for each ISO week, at most one after an outage, none at night; and planned reminders."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.core import practice
from bot.core.calendar import DEFAULT_QUIET_HOURS, DEFAULT_SLOT, HOUR, Hours, QuietHours, Slot, next_slot, same_week
from bot.core.content_types import Tip
from bot.core.practice import CannotPlan, Plan, ReminderWish, WishPart
from bot.core.rhythm import plan_nudge

BERLIN = "Europe/Berlin"
START = datetime(2026, 1, 5, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)  # 09:30 in Berlin
WEDNESDAY_MORNING = datetime(2026, 11, 25, 9, 12, tzinfo=UTC)  # Wednesday, 10:12 in Berlin
TODAY = date(2026, 11, 25)
HOURS = Hours(Slot(1, 570), QuietHours(), BERLIN)


def test_a_bot_that_wakes_before_this_weeks_slot_sends_nothing_early() -> None:
    monday = TUESDAY + timedelta(days=6)
    plan = plan_nudge(TUESDAY, Hours(DEFAULT_SLOT, DEFAULT_QUIET_HOURS, BERLIN), monday)
    assert plan.nudge is None
    assert plan.missed is not None
    assert plan.next_due_at == TUESDAY + timedelta(weeks=1)


@given(st.data())
def test_a_member_who_flies_around_the_world_gets_one_for_each_week(data: st.DataObject) -> None:
    hours = [START + timedelta(hours=hour) for hour in range(24 * 7 * 4)]
    places = st.sampled_from(["America/New_York", "Asia/Tokyo", BERLIN, "Pacific/Auckland", "Asia/Kolkata"])
    moves = data.draw(st.dictionaries(st.integers(0, len(hours) - 1), places, max_size=12))
    zone, due_at, weeks = BERLIN, next_slot(START, DEFAULT_SLOT, BERLIN), []
    for number, now in enumerate(hours):
        if number in moves:
            due_at, zone = same_week(due_at, DEFAULT_SLOT, zone, moves[number]), moves[number]
        if due_at <= now:
            plan = plan_nudge(due_at, Hours(DEFAULT_SLOT, DEFAULT_QUIET_HOURS, zone), now)
            due_at = plan.next_due_at
            if plan.nudge and plan.nudge.try_at < plan.nudge.window_ends_at:
                weeks.append(plan.nudge.week)
    assert weeks == sorted(set(weeks))
    assert weeks[:3] == ["2026-W02", "2026-W03", "2026-W04"]


# Planned reminders: the member's own day and time, moved into decent hours, four weeks ahead at most.


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_a_wish_is_in_the_members_own_zone() -> None:
    wish = ReminderWish(date(2026, 11, 26), 10 * HOUR)
    assert wish.at(BERLIN, WEDNESDAY_MORNING) == at(26, 9)
    assert wish.at("Asia/Kolkata", WEDNESDAY_MORNING) == at(26, 4, 30)


@pytest.mark.parametrize(
    ("day", "minute", "part"),
    [
        (TODAY - timedelta(days=1), 10 * HOUR, WishPart.DAY),
        (TODAY, 10 * HOUR + 12, WishPart.TIME),  # this very minute
        (TODAY, 0, WishPart.TIME),
        (TODAY + timedelta(days=29), 10 * HOUR, WishPart.DAY),
        (date.max, 10 * HOUR, WishPart.DAY),
    ],
)
def test_a_moment_that_is_over_or_too_far_ahead_names_what_to_change(day: date, minute: int, part: WishPart) -> None:
    with pytest.raises(CannotPlan) as caught:
        ReminderWish(day, minute).at(BERLIN, WEDNESDAY_MORNING)
    assert caught.value.part is part


def test_the_form_shows_a_full_hour_that_is_an_hour_away_first() -> None:
    assert HOURS.next_hour(WEDNESDAY_MORNING) == at(25, 11)  # noon in Berlin
    assert HOURS.next_hour(at(25, 10)) == at(25, 11)


@pytest.mark.parametrize(
    ("planned", "last"),
    [
        (at(26, 9), at(27, 23)),  # Thursday: until the end of Friday
        (at(27, 16), at(30, 23)),  # Friday: until the end of Monday
        (datetime(2026, 10, 24, 9, tzinfo=UTC), datetime(2026, 10, 26, 23, tzinfo=UTC)),  # over the end of summer time
    ],
)
def test_a_late_reminder_may_come_until_the_end_of_the_next_decent_day(planned: datetime, last: datetime) -> None:
    assert HOURS.next_day_ends(planned) == last


def test_a_calendar_reads_a_reminder_and_no_line_of_its_file_is_too_long() -> None:
    title, steps = "Read one log; aloud, together", ("Open the log.", f"Read {'ä' * 60}.")
    tip = Tip(id="a-tip", title=title, do=steps, done_when="both heard it.", minutes=20)
    file = practice.calendar_file(Plan(tip.id, "0123456789abcdef", at(26, 9)), tip, at(25, 9))
    assert file.replace("\r\n ", "").split("\r\n") == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//roleshift//EN", "BEGIN:VEVENT", "UID:0123456789abcdef@roleshift",
        "DTSTAMP:20261125T090000Z", "DTSTART:20261126T090000Z", "DURATION:PT20M",
        r"SUMMARY:Read one log\; aloud\, together",
        rf"DESCRIPTION:1. Open the log.\n2. Read {'ä' * 60}.\nDone when both heard it.",
        "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    assert [line for line in file.split("\r\n") if len(line.encode()) > 75] == []
