"""The outbox, for operators: what waits, what did not arrive, and how much is open."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from bot.core.outbox import Delivery, DeliveryState, Kind
from bot.outbox.deliveries import COLUMNS, delivery_of
from bot.store.member_schema import delivery
from bot.store.schema import workspace

A_DAY, MANY_FAILURES = timedelta(days=1), 10  # failures of a day that an operator should know of

_c = delivery.c
_WAITING = (
    select(*COLUMNS, _c.try_at)
    .select_from(delivery.join(workspace, workspace.c.workspace_id == _c.workspace_id))
    .where(
        _c.state == DeliveryState.PLANNED,
        _c.member_id.is_not(None),
        _c.window_ends_at > bindparam("now"),
        workspace.c.disconnected_at.is_(None),
    )
    .order_by(_c.try_at, _c.key)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that is planned and not sent yet."""

    delivery: Delivery
    try_at: datetime


def waiting(tx: Connection, now: datetime) -> list[Waiting]:
    """Return planned deliveries to members that may still be sent; across all connected workspaces."""
    return [Waiting(delivery_of(row), row.try_at) for row in tx.execute(_WAITING, {"now": now})]


_UNDELIVERED = (
    select(*COLUMNS, _c.state)
    .where(_c.state.in_([DeliveryState.REFUSED, DeliveryState.MISSED, DeliveryState.UNCONFIRMED]))
    .order_by(_c.due_at)
)


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A delivery that did not arrive, or may not have arrived."""

    delivery: Delivery
    state: DeliveryState


def undelivered(tx: Connection) -> list[Undelivered]:
    """Return all refused, missed and unconfirmed deliveries; across all workspaces."""
    return [Undelivered(delivery_of(row), DeliveryState(row.state)) for row in tx.execute(_UNDELIVERED)]


_COUNT_OPEN = (
    select(_c.kind, _c.state, func.count())
    .where(_c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.UNCONFIRMED]))
    .group_by(_c.kind, _c.state)
)


def count_open(tx: Connection) -> list[tuple[Kind, DeliveryState, int]]:
    """Count the deliveries that are not final, by kind and state; across all workspaces.

    The final ones are nearly all of a large table. Each process counts them as they end.
    """
    return [(Kind(kind), DeliveryState(state), count) for kind, state, count in tx.execute(_COUNT_OPEN)]


_FAILURES = (  # the index holds these columns, so no delivery itself is read
    select(_c.state)
    .where(
        _c.state.in_([DeliveryState.REFUSED, DeliveryState.UNCONFIRMED]),
        _c.try_at >= bindparam("since"),
    )
    .group_by(_c.state, _c.workspace_id)
    .having(func.count() >= bindparam("least"))
    .subquery()
)
_COUNT_FAILING = select(_FAILURES.c.state, func.count().label("workspaces")).group_by(_FAILURES.c.state)


def failing(tx: Connection, now: datetime) -> dict[DeliveryState, int]:
    """Count workspaces in which many posts of the last day were refused, or never confirmed; across all workspaces."""
    rows = tx.execute(_COUNT_FAILING, {"since": now - A_DAY, "least": MANY_FAILURES})
    return {DeliveryState(row.state): row.workspaces for row in rows}
