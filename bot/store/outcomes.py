"""What became of deliveries: confirmed one by one, and listed all together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, tuple_, update

from bot.core.delivery import Delivery, Kind, State
from bot.store import many
from bot.store.deliveries import COLUMNS, delivery_of
from bot.store.tables import delivery

_c = delivery.c
_SENT: dict[str, Any] = {"state": State.SENT, "ended_at": bindparam("now"), "reason": None}
_CONFIRM = (
    update(delivery)
    .where(_c.workspace_id == bindparam("w"), _c.key == bindparam("k"), _c.claim_token == bindparam("token"))
    .values(channel=bindparam("its_channel"), ts=bindparam("its_ts"), **_SENT)
)
_CONFIRMED = select(_c.workspace_id, _c.key).where(
    tuple_(_c.workspace_id, _c.key).in_(bindparam("keys", expanding=True)),
    _c.claim_token == bindparam("token"),
    _c.state == State.SENT,
)
_NEW = many.arrays(w=_c.workspace_id, k=_c.key, its_channel=_c.channel, its_ts=_c.ts)
_CONFIRM_ALL = (
    update(delivery)
    .where(_c.workspace_id == _NEW.c.w, _c.key == _NEW.c.k, _c.claim_token == bindparam("token"))
    .values(channel=_NEW.c.its_channel, ts=_NEW.c.its_ts, **_SENT)
    .returning(_c.workspace_id, _c.key)
)
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


def confirm(tx: Connection, token: str, sent: Sequence[tuple[Delivery, str, str]], now: datetime) -> set[str]:
    """Note channel and ts of what Slack has, and return the ids of those that were still this worker's to confirm."""
    rows = [{"w": one.workspace_id, "k": one.key, "its_channel": channel, "its_ts": ts} for one, channel, ts in sent]
    if tx.dialect.name == "postgresql":
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        found = tx.execute(_CONFIRM_ALL, {**columns, "token": token, "now": now})
    else:
        tx.execute(_CONFIRM, [{**row, "token": token, "now": now} for row in rows])
        found = tx.execute(_CONFIRMED, {"keys": [(row["w"], row["k"]) for row in rows], "token": token})
    mine = {tuple(row) for row in found}
    return {one.id for one, _, _ in sent if (one.workspace_id, one.key) in mine}


def undelivered(tx: Connection) -> list[Undelivered]:
    """All that was refused, missed or never confirmed; across all workspaces."""
    return [Undelivered(delivery_of(row), State(row.state)) for row in tx.execute(_UNDELIVERED)]


def outcomes(tx: Connection) -> list[tuple[Kind, State, int]]:
    """How many deliveries of each kind are in each state; across all workspaces."""
    return [(Kind(kind), State(state), count) for kind, state, count in tx.execute(_OUTCOMES)]
