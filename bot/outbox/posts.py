"""The answers to "what does this delivery say now?": content, never or later."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.core.subjects import Subject


class Content(Protocol):
    """What a screen needs to draw a message."""

    @property
    def subject(self) -> Subject | None:
        """Return what the message is about if that is decided at the claim; None if it was decided before."""

    @property
    def authors(self) -> tuple[str, ...]:
        """Return the ids of the members whose names it shows."""


@dataclass(frozen=True, slots=True)
class Never:
    """There is nothing to say any more, so the delivery is cancelled."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """It can't be said yet, so the delivery waits."""

    wait: timedelta


Answer = Content | Never | Later
NOTHING_TO_SAY = Never("nothing to say any more")
