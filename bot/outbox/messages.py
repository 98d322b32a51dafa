"""What the outbox asks about messages. A caller hands in the answers (`Messages`): the outbox knows no kind itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from bot.core.outbox import Delivery, DeliveryState, Subject
from bot.core.outcomes import Refused, Unknown


class Content:
    """What a screen needs to draw a message."""

    __slots__ = ()

    @property
    def subject(self) -> Subject | None:
        """Return what the message is about if that is decided at the claim; None if it was decided before."""
        return None

    @property
    def authors(self) -> tuple[str, ...]:
        """Return the ids of the members whose names it shows."""
        return ()


@dataclass(frozen=True, slots=True)
class Never:
    """There is nothing to say any more, so the delivery ends."""

    reason: str
    state: DeliveryState = DeliveryState.CANCELLED


@dataclass(frozen=True, slots=True)
class Later:
    """It can't be said yet, so the delivery waits."""

    wait: timedelta


Answer = Content | Never | Later
NOTHING_TO_SAY = Never("nothing to say any more")


class Messages(Protocol):
    """What messages say, and what follows from their outcomes. The deliveries of a call are of one workspace."""

    def wanted(self, tx: Connection, taken: Sequence[Delivery], now: datetime) -> Mapping[str, Answer]:
        """Return what each delivery says now, or why it says nothing, by its id."""

    def still_wanted(self, tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> Mapping[str, Answer]:
        """Return what each delivery says just before it is sent. Lock what members wrote until the transaction ends."""

    def sent(self, tx: Connection, sent: Sequence[tuple[Delivery, str]], now: datetime) -> None:
        """Record what follows from deliveries that were sent, each with its ts."""

    def failed(self, tx: Connection, delivery: Delivery, outcome: Refused | Unknown, now: datetime) -> None:
        """Record what follows from a delivery that was refused or stays unconfirmed."""

    def refused(self, tx: Connection, delivery: Delivery, outcome: Refused, now: datetime) -> bool:
        """Record that Slack refused the token, the member or the content. Return whether to try other content."""
