"""What each kind of message means. `POSTS` maps a kind to the module that knows its content and its consequences."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from bot.coach.posts import answers, challenges, introductions, leads, tips
from bot.core.catalog import Catalog
from bot.core.outbox import Delivery, Kind
from bot.core.outcomes import Refused, Unknown
from bot.outbox.messages import Answer, Content


class Family(Protocol):
    """A module for related kinds of messages. Its functions take many deliveries at once."""

    def wanted(self, tx: Connection, catalog: Catalog, planned: Sequence[Delivery], now: datetime) -> dict[str, Answer]:
        """Return what each delivery says now, or why it says nothing, by its id. All are of the same workspace."""

    def still_wanted(self, tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> dict[str, Answer]:
        """Return what each delivery says just before it is sent. Lock what members wrote until the transaction ends."""

    def sent(self, tx: Connection, sent: Sequence[tuple[Delivery, str]], now: datetime) -> None:
        """Record what follows from deliveries that were sent, each with its ts."""

    def failed(self, tx: Connection, delivery: Delivery, outcome: Refused | Unknown, now: datetime) -> None:
        """Record what follows from a delivery that was refused or stays unconfirmed."""

    def content_refused(self, tx: Connection, delivery: Delivery, reason: str, now: datetime) -> bool:
        """Handle Slack's refusal of the content. Return whether to retry the delivery with other content."""

    def seen_as(self, tx: Connection, delivery: Delivery) -> str | None:
        """Return the ts of the message if a member pressed one of its buttons, which proves that it arrived."""


POSTS: Mapping[Kind, Family] = {
    **dict.fromkeys(tips.KINDS_OF_TIPS, tips),
    **dict.fromkeys(challenges.KINDS_OF_CHALLENGES, challenges),
    **dict.fromkeys(answers.KINDS_OF_ANSWERS, answers),
    **dict.fromkeys(introductions.KINDS_OF_INTRODUCTIONS, introductions),
    **dict.fromkeys(leads.KINDS_TO_LEADS, leads),
}


def by_family(deliveries: Sequence[Delivery]) -> Iterator[tuple[Family, list[Delivery]]]:
    for family in dict.fromkeys(POSTS[delivery.kind] for delivery in deliveries):
        yield family, [delivery for delivery in deliveries if POSTS[delivery.kind] is family]
