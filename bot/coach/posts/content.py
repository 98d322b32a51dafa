"""What a family of kinds answers when it is asked what a delivery should say now."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.core.subjects import Subject


class Content(Protocol):
    """All that a screen needs to draw a message."""

    @property
    def subject(self) -> Subject | None:
        """What the message is about, if that is decided when it is claimed; None: as it was planned."""

    @property
    def authors(self) -> tuple[str, ...]:
        """The ids of the members whose names are shown."""


@dataclass(frozen=True, slots=True)
class Never:
    """There is nothing to say any more: the delivery is cancelled."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """It can't be said yet: the delivery waits."""

    wait: timedelta


Answer = Content | Never | Later
NOTHING_TO_SAY = Never("nothing to say any more")
