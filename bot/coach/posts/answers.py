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
from bot.outbox.messages import NOTHING_TO_SAY, Answer

KINDS_OF_ANSWERS = (Kind.ANSWER, Kind.REPLY, Kind.TASK)

NOT_POSTED = "not-posted"  # to an admin, whose introduction Slack refused: the channel, and the reason
INSTALL_ANEW = "install-anew"  # to admins, if a refresh token was lost: the address, and when the token ends


@dataclass(frozen=True, slots=True)
class AnswerPost:
    about: DrawnSubject | AdminSubject
    subject: Subject | None = None
    authors: tuple[str, ...] = ()


def wanted(_tx: Connection, _catalog: Catalog, planned: Sequence[Delivery], _now: datetime) -> dict[str, Answer]:
    return {
        each.id: AnswerPost(each.subject) if isinstance(each.subject, DrawnSubject | AdminSubject) else NOTHING_TO_SAY
        for each in planned
    }


def sent(tx: Connection, sent: Sequence[tuple[Delivery, str]], _now: datetime) -> None:
    deliveries.empty(tx, [delivery for delivery, _ in sent])


def failed(tx: Connection, delivery: Delivery, _outcome: Refused | Unknown, _now: datetime) -> None:
    """Delete what the answer said: it is not sent again."""
    deliveries.empty(tx, [delivery])
