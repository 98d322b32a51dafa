"""The current time, as an object that the playground and the tests can move."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock(Clock):
    """The machine's clock plus the whole seconds that a file holds; no file means no offset."""

    def __init__(self, offset: Path) -> None:
        self._offset = offset

    def now(self) -> datetime:
        try:
            seconds = int(self._offset.read_text() or 0)
        except FileNotFoundError:
            seconds = 0
        return super().now() + timedelta(seconds=seconds)
