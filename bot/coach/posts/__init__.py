"""What each kind of message means: `POSTS` says which module knows what to say and what follows from an outcome."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from bot.coach.posts import challenges, tips
from bot.coach.posts.content import Answer, Content
from bot.core.catalog import Catalog
from bot.core.outbox import Delivery, Kind, Refused, Unknown


class Family(Protocol):
    """A module for kinds that have a noun in common. It is asked about many deliveries at once."""

    def wanted(self, tx: Connection, catalog: Catalog, planned: Sequence[Delivery]) -> dict[str, Answer]:
        """Return what each delivery of one workspace would say now, or why not, by the delivery's id."""

    def still_wanted(self, tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> dict[str, Answer]:
        """Return what each says just before it is sent. What a member wrote is locked until the transaction ends."""

    def sent(self, tx: Connection, sent: Sequence[tuple[Delivery, str]], now: datetime) -> None:
        """Record what follows from deliveries that Slack has, each with its ts."""

    def failed(self, tx: Connection, one: Delivery, outcome: Refused | Unknown, now: datetime) -> None:
        """Record what follows from a delivery that was refused, or of which nobody can find out."""

    def content_refused(self, tx: Connection, one: Delivery, reason: str, now: datetime) -> bool:
        """Slack refused the content. Return whether the delivery can be tried again with other content."""

    def seen_as(self, tx: Connection, one: Delivery) -> str | None:
        """Return the ts of the message if a member pressed one of its buttons, which proves that it arrived."""


POSTS: Mapping[Kind, Family] = dict.fromkeys(tips.KINDS_OF_TIPS, tips) | dict.fromkeys(
    challenges.KINDS_OF_CHALLENGES, challenges
)


def by_family(deliveries: Sequence[Delivery]) -> Iterator[tuple[Family, list[Delivery]]]:
    """Yield each family with its deliveries."""
    for family in dict.fromkeys(POSTS[one.kind] for one in deliveries):
        yield family, [one for one in deliveries if POSTS[one.kind] is family]
