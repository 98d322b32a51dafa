"""The weeks in which a member practised."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.core.calendar import week_of

WEEK = timedelta(weeks=1)
WEEKS_SHOWN = 12


def active_weeks(moments: Iterable[datetime], now: datetime, zone: str | None) -> tuple[bool, ...]:
    """Return for each of the last twelve local ISO weeks whether one of the moments lies in it, the oldest first."""
    first = now - WEEKS_SHOWN * WEEK
    weeks = {week_of(at, zone) for at in moments if at >= first}
    return tuple(week_of(now - ago * WEEK, zone) in weeks for ago in reversed(range(WEEKS_SHOWN)))
