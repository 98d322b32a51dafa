"""Answers to what people wrote, and what admins have to do. Both are decided when they are planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog
from bot.core.outbox import Delivery, Kind
from bot.core.outcomes import Refused, Unknown
from bot.core.subjects import AdminSubject, DrawnSubject, Subject
from bot.outbox import deliveries
from bot.outbox.messages import NOTHING_TO_SAY, Answer, Content

KINDS_OF_ANSWERS = (Kind.ANSWER, Kind.REPLY, Kind.TASK)

NOT_POSTED = "not-posted"  # to an admin, whose introduction Slack refused: the channel, and the reason
INSTALL_ANEW = "install-anew"  # to admins, if a refresh token was lost: the address, and when the token ends


@dataclass(frozen=True, slots=True)
class AnswerPost:
    """What an answer says, or what an admin has to do."""

    about: DrawnSubject | AdminSubject
    subject: Subject | None = None
    authors: tuple[str, ...] = ()


def wanted(_tx: Connection, _catalog: Catalog, planned: Sequence[Delivery], _now: datetime) -> dict[str, Answer]:
    return {
        each.id: AnswerPost(each.subject) if isinstance(each.subject, DrawnSubject | AdminSubject) else NOTHING_TO_SAY
        for each in planned
    }


def still_wanted(_tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> dict[str, Answer]:
    """Keep what was read at the claim, a second ago."""
    return {delivery.id: content for delivery, content in claimed}


def sent(tx: Connection, sent: Sequence[tuple[Delivery, str]], _now: datetime) -> None:
    deliveries.empty(tx, [delivery for delivery, _ in sent])


def failed(tx: Connection, delivery: Delivery, _outcome: Refused | Unknown, _now: datetime) -> None:
    """Delete what the answer said: it is not sent again."""
    deliveries.empty(tx, [delivery])


def content_refused(_tx: Connection, _delivery: Delivery, _reason: str, _now: datetime) -> bool:
    """Return False: an answer has no other content for a retry."""
    return False


def seen_as(_tx: Connection, _delivery: Delivery) -> str | None:
    """Return None: the buttons of an answer say nothing about its ts."""
    return None
