"""The weeks in which a member practised."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.calendar import zone_of

WEEK = timedelta(weeks=1)
WEEKS_SHOWN = 12


def active_weeks(moments: Iterable[datetime], now: datetime, zone: str | None) -> tuple[bool, ...]:
    """Return for each of the last twelve local ISO weeks whether one of the moments lies in it, the oldest first."""
    here, first = zone_of(zone), now - WEEKS_SHOWN * WEEK
    this_week = _week(now, here)
    ago = {this_week - _week(at, here) for at in moments if at >= first}
    return tuple(weeks in ago for weeks in reversed(range(WEEKS_SHOWN)))


def _week(at: datetime, here: ZoneInfo) -> int:
    """Return the number of the local ISO week since the first day of the calendar, which is a Monday."""
    return (at.astimezone(here).toordinal() - 1) // 7
