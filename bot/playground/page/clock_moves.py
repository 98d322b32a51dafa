"""How the page's clock buttons move time."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


class ClockMoves(Protocol):
    """Moves the emulator's clock; each move returns what happened on the way, as a sentence for the page."""

    async def advance(self, step: timedelta) -> str: ...

    async def next_event(self) -> str: ...

    def reset(self) -> None:
        """Go back to the real time."""
