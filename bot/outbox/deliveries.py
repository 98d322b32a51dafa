"""The outbox, for planners, members' requests and operators: put deliveries in, look them up, cancel and retry them."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from bot.core.member import MemberKey
from bot.core.outbox import KINDS, Delivery, DeliveryState, Kind, NewDelivery, Subject
from bot.core.outcomes import Sent
from bot.core.why import Past
from bot.outbox import sql


class Found(NamedTuple):
    delivery: Delivery
    state: DeliveryState


def put(tx: Connection, *new: NewDelivery) -> None:
    """Put deliveries into the outbox. One whose idempotency key is there already is ignored."""
    rows = list[dict[str, Any]]()
    for each in new:
        shared = _shared(each)
        rows += [{**copy._asdict(), "id": secrets.token_hex(12), **shared} for copy in each.copies]
    if rows:
        tx.execute(sql.PUT, rows)


def _shared(new: NewDelivery) -> dict[str, Any]:
    return {
        "subject": new.subject and new.subject.stored(),
        "kind": new.kind.value,
        "thread": new.thread,
        "week": new.week,
        "reason": new.reason,
        "state": new.state.value,
        "due_at": new.due_at,
        "try_at": min(new.try_at or new.due_at, new.window_ends_at),  # never after it, as `expire` expects
        "window_ends_at": new.window_ends_at,
        "ended_at": None if new.state is DeliveryState.PLANNED else new.due_at,
        "attempts": 0,
    }


def find(tx: Connection, workspace_id: str, key: str) -> Found | None:
    return find_all(tx, workspace_id, [key]).get(key)


def find_all(tx: Connection, workspace_id: str, keys: Collection[str]) -> dict[str, Found]:
    """Return these deliveries by their keys, in one statement."""
    return {row.key: _found(row) for row in tx.execute(sql.FIND, {"w": workspace_id, "keys": list(keys)})}


def _found(row: Any) -> Found:  # noqa: ANN401 - a row
    return Found(delivery_of(row), DeliveryState(row.state))


NEED_CONSENT = tuple(kind for kind, rules in KINDS.items() if rules.needs_consent)


def cancel_all(tx: Connection, who: MemberKey, why: str, now: datetime, kinds: Collection[Kind] = tuple(Kind)) -> bool:
    """Cancel the deliveries to a member that have not started. Return True if another is being sent already."""
    key = {"w": who.workspace_id, "m": who.member_id, "kinds": list(kinds)}
    tx.execute(sql.CANCEL_ALL, {**key, "why": why, "now": now})
    return tx.execute(sql.ON_THE_WAY, key).first() is not None


def cancel(tx: Connection, workspace_id: str, key: str, why: str, now: datetime) -> bool:
    """Cancel a delivery. Return False, with nothing changed, if it has started, ended or never existed."""
    return tx.execute(sql.CANCEL, {"w": workspace_id, "k": key, "why": why, "now": now}).rowcount > 0


def posted(tx: Connection, workspace_id: str, key: str) -> Sent | None:
    row = tx.execute(sql.POSTED, {"w": workspace_id, "k": key}).first()
    return None if row is None else Sent(row.channel, row.ts)


def empty(tx: Connection, about: Sequence[Delivery]) -> None:
    """Delete what these answers say: it is only needed until they are sent."""
    if about:
        tx.execute(sql.EMPTY, [{"w": each.workspace_id, "k": each.key} for each in about])


def reword(tx: Connection, workspace_id: str, kind: Kind, said: str, instead: Subject) -> None:
    """Let deliveries that say this text say something else, if they have not started."""
    values = {"w": workspace_id, "kinds": [kind], "said": said, "instead": instead.stored()}
    tx.execute(sql.REWORD, values)


def latest(tx: Connection, workspace_id: str, kind: Kind, channel: str, since: datetime) -> datetime | None:
    """Return when a channel last got a message of this kind, or may have; None if that was before `since`."""
    values = {"w": workspace_id, "its_kind": kind, "c": channel, "since": since}
    found: datetime | None = tx.execute(sql.LATEST, values).scalar_one_or_none()
    return found


FAILED = (DeliveryState.REFUSED, DeliveryState.MISSED, DeliveryState.UNCONFIRMED)


def retry(
    tx: Connection, workspace_id: str, key: str, now: datetime, ended_as: Sequence[DeliveryState] = FAILED
) -> bool:
    """Plan a delivery again that ended in one of these states. Return False if it did not, or its window is over."""
    return tx.execute(sql.RETRY, {"w": workspace_id, "k": key, "now": now, "ended_as": ended_as}).rowcount > 0


def doubtful(tx: Connection, workspace_id: str, delivery_id: str) -> Delivery | None:
    """Return a delivery by the id that its message carries, if it began and Slack has not confirmed it."""
    row = tx.execute(sql.FIND_DOUBTFUL, {"w": workspace_id, "its_id": delivery_id}).first()
    return None if row is None else delivery_of(row)


def arrived(tx: Connection, workspace_id: str, key: str, at: Sent, now: datetime) -> bool:
    """Mark a delivery as sent that was being sent or is unconfirmed, because somebody saw its message in Slack.

    Return False if that was done already, or if it had ended as unconfirmed.
    """
    values = {"w": workspace_id, "k": key, "its_channel": at.channel, "its_ts": at.ts, "now": now}
    row = tx.execute(sql.ARRIVED, values).first()
    return row is not None and row.lease_until is not None


def counted_this_week(tx: Connection, who: MemberKey, but: Collection[str], week: str) -> int:
    """Count the direct messages of a week that use up a member's budget, sent or planned, except these keys."""
    values = {"w": who.workspace_id, "m": who.member_id, "but": list(but), "its_week": week}
    return int(tx.execute(sql.COUNTED_THIS_WEEK, values).scalar_one())


def delivery_of(row: Sequence[Any]) -> Delivery:
    columns = row[: len(sql.COLUMNS)]
    workspace_id, key, id_, kind_, member_id, channel, week, subject, *others = columns
    kind = Kind(kind_)
    its = KINDS[kind].subject
    about = None if subject is None or its is None else its.model_validate_json(subject)
    return Delivery(workspace_id, key, id_, kind, member_id, channel, week, about, *others)


A_DAY, MANY_FAILURES = timedelta(days=1), 10  # failures of a day that an operator should know of


@dataclass(frozen=True, slots=True)
class WaitingDelivery:
    delivery: Delivery
    try_at: datetime


def waiting(tx: Connection, now: datetime) -> list[WaitingDelivery]:
    """Return planned deliveries to members that may still be sent; across all connected workspaces."""
    return [WaitingDelivery(delivery_of(row), row.try_at) for row in tx.execute(sql.WAITING, {"now": now})]


def undelivered(tx: Connection) -> list[Found]:
    """Return all refused, missed and unconfirmed deliveries, which did or may not arrive; across all workspaces."""
    return [_found(row) for row in tx.execute(sql.UNDELIVERED)]


def since(tx: Connection, who: MemberKey, then: datetime) -> list[Past]:
    """Return what a member was to get since then, with what became of it; cancelled ones, too."""
    rows = tx.execute(sql.SINCE, {"w": who.workspace_id, "m": who.member_id, "since": then})
    return [Past(delivery_of(row), DeliveryState(row.state), row.try_at, row.ended_at) for row in rows]


def count_open(tx: Connection) -> list[tuple[Kind, DeliveryState, int]]:
    """Count the deliveries that are not final, by kind and state; across all workspaces.

    The final ones are nearly all of a large table. Each process counts them as they end.
    """
    return [(Kind(kind), DeliveryState(state), count) for kind, state, count in tx.execute(sql.COUNT_OPEN)]


def failing(tx: Connection, now: datetime) -> dict[DeliveryState, int]:
    """Count workspaces in which many posts of the last day were refused, or never confirmed; across all workspaces."""
    rows = tx.execute(sql.COUNT_FAILING, {"since": now - A_DAY, "least": MANY_FAILURES})
    return {DeliveryState(row.state): row.workspaces for row in rows}
