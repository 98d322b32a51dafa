"""What time it is, handed around as an object, so that the playground and tests can move it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)


class MovableClock(Clock):
    """The machine's clock plus the whole seconds that a file holds; no file means no offset."""

    def __init__(self, offset: Path) -> None:
        self._offset = offset

    def now(self) -> datetime:
        """Aware UTC, moved."""
        try:
            seconds = int(self._offset.read_text() or 0)
        except FileNotFoundError:
            seconds = 0
        return super().now() + timedelta(seconds=seconds)
