"""When a planned reminder comes: the member's own day and time, moved into decent hours, four weeks ahead at most."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core.calendar import Hours, QuietHours, Slot
from bot.core.plans import CannotPlan, ReminderWish, WishPart, last_moment, wished_at

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 11, 25, 9, 12, tzinfo=UTC)  # Wednesday, 10:12 in Berlin
WEDNESDAY, HOUR = date(2026, 11, 25), 60
HOURS = Hours(Slot(1, 570), QuietHours(), BERLIN)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_a_wish_is_in_the_members_own_zone() -> None:
    assert wished_at(ReminderWish(date(2026, 11, 26), 10 * HOUR), BERLIN, NOW) == at(26, 9)
    assert wished_at(ReminderWish(date(2026, 11, 26), 10 * HOUR), "Asia/Kolkata", NOW) == at(26, 4, 30)


@pytest.mark.parametrize(
    ("day", "minute", "part"),
    [
        (WEDNESDAY - timedelta(days=1), 10 * HOUR, WishPart.DAY),
        (WEDNESDAY, 10 * HOUR + 12, WishPart.TIME),  # this very minute
        (WEDNESDAY, 0, WishPart.TIME),
        (WEDNESDAY + timedelta(days=29), 10 * HOUR, WishPart.DAY),
        (date.max, 10 * HOUR, WishPart.DAY),
    ],
)
def test_a_moment_that_is_over_or_too_far_ahead_names_what_to_change(day: date, minute: int, part: WishPart) -> None:
    with pytest.raises(CannotPlan) as caught:
        wished_at(ReminderWish(day, minute), BERLIN, NOW)
    assert caught.value.part is part


@pytest.mark.parametrize(
    ("planned", "last"),
    [
        (at(26, 9), at(27, 23)),  # Thursday: until the end of Friday
        (at(27, 16), at(30, 23)),  # Friday: until the end of Monday
        (datetime(2026, 10, 24, 9, tzinfo=UTC), datetime(2026, 10, 26, 23, tzinfo=UTC)),  # over the end of summer time
    ],
)
def test_a_late_reminder_may_come_until_the_end_of_the_next_decent_day(planned: datetime, last: datetime) -> None:
    assert last_moment(planned, HOURS) == last
