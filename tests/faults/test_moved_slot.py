"""A bug that the proofs found: a clock change moves a slot into the next day."""

from datetime import UTC, datetime

from bot.core.calendar import DEFAULT_QUIET_HOURS, Slot, next_decent, slot_in_week, window_end

SATURDAY_LATE = Slot(weekday=5, minute=23 * 60 + 30)


def test_a_saturday_slot_in_greenland_comes_on_sunday_when_the_clocks_go_forward() -> None:
    """Saturday ends an hour early there, so its 23:30 becomes Sunday's 00:30, and Saturday has no decent hour left."""
    due_at = slot_in_week(datetime(2026, 3, 27, tzinfo=UTC), SATURDAY_LATE, "America/Nuuk")
    assert due_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert next_decent(due_at, SATURDAY_LATE, DEFAULT_QUIET_HOURS, "America/Nuuk") == due_at
    assert window_end(due_at, SATURDAY_LATE, DEFAULT_QUIET_HOURS, "America/Nuuk") == datetime(
        2026, 3, 29, 2, 30, tzinfo=UTC
    )
