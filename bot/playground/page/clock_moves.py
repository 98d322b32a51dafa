"""How the page's clock buttons move time."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from bot.playground.emulator.changes import Change
from bot.playground.emulator.emulator import Emulator

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


class ClockMoves(Protocol):
    """Moves the emulator's clock; each move returns what happened on the way, as a sentence for the page."""

    async def advance(self, step: timedelta) -> str: ...

    async def next_event(self, reader: str | None = None) -> str:
        """Move to the next message from the app. With `reader`, only what this person gets or a channel counts."""

    def reset(self) -> None:
        """Go back to the real time."""


class Jumps:
    """Moves the clock at once: nobody knows what the app plans."""

    def __init__(self, slack: Emulator) -> None:
        self._slack = slack

    async def advance(self, step: timedelta) -> str:
        self._slack.clock.advance(step)
        self._tell()
        return "The clock was moved."

    async def next_event(self, reader: str | None = None) -> str:  # noqa: ARG002 - as in the protocol
        return "Nobody here knows what the app plans next. Move the clock by an hour, a day or a week."

    def reset(self) -> None:
        self._slack.clock.reset()
        self._tell()

    def _tell(self) -> None:
        for workspace in self._slack.workspaces.values():
            workspace.tell(Change("clock", None))
