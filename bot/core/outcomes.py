"""What becomes of a post to Slack: the outcome of sending it, what a later look finds, and how long a retry waits."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Touches(StrEnum):
    """What a refusal concerns, and so what has to stop."""

    WORKSPACE = "workspace"
    MEMBER = "member"
    CHANNEL = "channel"
    CONTENT = "content"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Sent:
    """Slack has accepted the message."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack refused the message for good."""

    reason: str
    touches: Touches


@dataclass(frozen=True, slots=True)
class NotYet:
    """Nothing was sent, and a retry may succeed. `pause`: how long the whole workspace must wait first."""

    reason: str
    pause: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Slack's answer was lost: it may or may not have the message."""

    reason: str


Outcome = Sent | Refused | NotYet | Unknown


@dataclass(frozen=True, slots=True)
class NotFound:
    """The channel's history does not contain the message."""


@dataclass(frozen=True, slots=True)
class CannotLook:
    """The channel's history can't be read: a scope or the channel's id is missing."""

    reason: str


Finding = Sent | NotFound | CannotLook


FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)


def back_off(attempts: int) -> timedelta:
    """Return the backoff after this many failed attempts: 15 s, doubled for each, an hour at most."""
    return min(FIRST_PAUSE * (1 << min(attempts, 10)), LONGEST_PAUSE)
