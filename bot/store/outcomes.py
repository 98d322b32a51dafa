"""What became of deliveries, across all workspaces: for the operator's list and for the metrics."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.core.delivery import Delivery, Kind, State
from bot.store.deliveries import COLUMNS, delivery_of
from bot.store.tables import delivery

_UNDELIVERED = (
    select(*COLUMNS, delivery.c.state)
    .where(delivery.c.state.in_([State.REFUSED, State.MISSED, State.UNCONFIRMED]))
    .order_by(delivery.c.due_at)
)
_OUTCOMES = select(delivery.c.kind, delivery.c.state, func.count()).group_by(delivery.c.kind, delivery.c.state)


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A delivery that did not reach anybody, or that nobody knows of."""

    delivery: Delivery
    state: State


def undelivered(tx: Connection) -> list[Undelivered]:
    """All that was refused, missed or never confirmed; across all workspaces."""
    return [Undelivered(delivery_of(row), State(row.state)) for row in tx.execute(_UNDELIVERED)]


def outcomes(tx: Connection) -> list[tuple[Kind, State, int]]:
    """How many deliveries of each kind are in each state; across all workspaces."""
    return [(Kind(kind), State(state), count) for kind, state, count in tx.execute(_OUTCOMES)]
