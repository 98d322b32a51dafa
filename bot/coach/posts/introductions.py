"""The introduction of the coach in a channel, with the line that an admin wrote for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.coach.posts.answers import NOT_POSTED
from bot.core.catalog import Catalog
from bot.core.member import Act, MemberKey
from bot.core.outbox import Delivery, Kind, NewDelivery, task_key
from bot.core.outcomes import Refused, Unknown
from bot.core.subjects import AdminSubject, DrawnSubject, Subject
from bot.outbox import deliveries
from bot.outbox.messages import Answer
from bot.store import admins, members

MAX_LATE = timedelta(days=1)  # of the answer to the admin
MAX_ACTS = 50  # of the audit, among which the admin is looked for
UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class IntroductionPost:
    """An introduction. `why` the team does this, in an admin's words."""

    why: str = ""
    subject: Subject | None = None
    authors: tuple[str, ...] = ()


def wanted(_tx: Connection, _catalog: Catalog, planned: Sequence[Delivery], _now: datetime) -> dict[str, Answer]:
    return {delivery.id: IntroductionPost(_why(delivery)) for delivery in planned}


def sent(tx: Connection, sent: Sequence[tuple[Delivery, str]], _now: datetime) -> None:
    """Delete the admin's line. The delivery itself says that the channel had its introduction."""
    deliveries.empty(tx, [delivery for delivery, _ in sent])


def failed(tx: Connection, delivery: Delivery, outcome: Refused | Unknown, now: datetime) -> None:
    """Tell the admin who wanted it why it is not there, unless they were forgotten. That message has their line."""
    deliveries.empty(tx, [delivery])
    if isinstance(outcome, Refused):
        admins.record_change(tx, delivery.workspace_id, Act.INTRODUCTION_REFUSED, now, subject=delivery.key)
    acts = admins.latest_acts(tx, delivery.workspace_id, (Act.INTRODUCED,), MAX_ACTS)
    admin_id = next((act.admin_id for act in acts if act.subject == delivery.key), None)
    if admin_id is None or not members.lock(tx, [MemberKey(delivery.workspace_id, admin_id)]):
        return
    reason = "-".join((outcome.reason if isinstance(outcome, Refused) else UNCONFIRMED).split())[:80]
    told = NewDelivery(
        workspace_id=delivery.workspace_id,
        key=task_key(delivery.key),
        kind=Kind.TASK,
        member_id=admin_id,
        subject=AdminSubject(NOT_POSTED, (delivery.channel or "", reason, *_why(delivery).split())),
        due_at=now,
        until=now + MAX_LATE,
    )
    deliveries.put(tx, [told])


def _why(delivery: Delivery) -> str:
    return delivery.subject.text if isinstance(delivery.subject, DrawnSubject) else ""
