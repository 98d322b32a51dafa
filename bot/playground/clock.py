"""The clock that stand-in and bot share: real time plus an offset in a file that the playground's buttons move."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}

WORKING_HOURS = range(9, 17)
MORNING, FRIDAY, SATURDAY = 10, 4, 5


def real_time() -> datetime:
    return datetime.now(UTC)


class MovableClock:
    """Writes its offset in whole seconds to `path`, where the bot reads it (`ROLESHIFT_CLOCK`)."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.offset = timedelta()
        self._write()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def advance(self, step: timedelta, zone: str | None = None) -> None:
        """Moves on; a day or more lands in somebody's working hours, as nothing is sent at night or on weekends."""
        then = self() + step
        self.offset += step + (_working_hour(then, self(), zone) - then if step >= STEPS["day"] else timedelta())
        self._write()

    def reset(self) -> None:
        self.offset = timedelta()
        self._write()

    def _write(self) -> None:
        if self.path is None:
            return
        # The bot may read at any moment: it must never see half a number.
        fresh = self.path.with_name(f"{self.path.name}.new")
        fresh.write_text(str(int(self.offset.total_seconds())), encoding="ascii")
        os.replace(fresh, self.path)  # noqa: PTH105 -- the one call that is documented as atomic


def _working_hour(then: datetime, now: datetime, zone: str | None) -> datetime:
    """The moment itself if somebody works then, else that day's morning; of a weekend, Friday's if that is ahead."""
    local = then.astimezone(ZoneInfo(zone or "UTC"))
    if local.weekday() < SATURDAY and local.hour in WORKING_HOURS:
        return then
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    back = max(local.weekday() - FRIDAY, 0)
    found = (morning - timedelta(days=back)).astimezone(UTC)
    return found if found > now else (morning + timedelta(days=3 - back if back else 1)).astimezone(UTC)
