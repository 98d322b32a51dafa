"""The weeks in which a member practised, across a change of the clocks."""

from datetime import UTC, datetime

from bot.core.calendar import active_weeks

AFTER_MIDNIGHT = datetime(2026, 3, 29, 22, 30, tzinfo=UTC)  # Monday 00:30 in Berlin; the clocks went forward on Sunday


def test_no_week_is_left_out_after_the_clocks_went_forward() -> None:
    wednesday_before = datetime(2026, 3, 25, 12, tzinfo=UTC)
    assert active_weeks([wednesday_before], AFTER_MIDNIGHT, "Europe/Berlin") == (*[False] * 10, True, False)


def test_weeks_are_local_and_older_ones_are_left_out() -> None:
    sunday_night = datetime(2026, 3, 29, 20, tzinfo=UTC)  # 22:00 in Berlin, and 05:00 on Monday in Tokyo
    too_old = datetime(2026, 1, 1, tzinfo=UTC)
    assert active_weeks([sunday_night, too_old], AFTER_MIDNIGHT, "Europe/Berlin")[-2:] == (True, False)
    assert active_weeks([sunday_night, too_old], AFTER_MIDNIGHT, "Asia/Tokyo")[-2:] == (False, True)
    assert active_weeks([too_old], AFTER_MIDNIGHT, None) == (False,) * 12
