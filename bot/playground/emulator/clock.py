"""The clock that emulator and app may share: real time plus an offset in a file, which the page's buttons change."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Clock = Callable[[], datetime]


def real_time() -> datetime:
    return datetime.now(UTC)


class MovableClock:
    """Writes its offset in whole seconds to `path`, where an app can read it."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.offset = timedelta()
        self._write()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def advance(self, step: timedelta) -> None:
        """Move ahead by this much, rounded up to whole seconds: the app reads no smaller ones from the file."""
        self.offset += timedelta(seconds=math.ceil(step.total_seconds()))
        self._write()

    def go_to(self, moment: datetime) -> None:
        """Move ahead to the moment, or to less than a second after it, as the file holds whole seconds; never back."""
        ahead = timedelta(seconds=math.ceil((moment - datetime.now(UTC)).total_seconds()))
        self.offset = max(self.offset, ahead)
        self._write()

    def reset(self) -> None:
        self.offset = timedelta()
        self._write()

    def _write(self) -> None:
        if self.path is None:
            return
        # The app may read at any moment, so the file is replaced at once: a reader never sees half a number.
        fresh = self.path.with_name(f"{self.path.name}.new")
        fresh.write_text(str(int(self.offset.total_seconds())), encoding="ascii")
        os.replace(fresh, self.path)  # noqa: PTH105 -- the one call that is documented as atomic
