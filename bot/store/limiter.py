"""The pace of each workspace, which all workers share, and whose turn it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, func, select, update

from bot.core.outbox import DeliveryState
from bot.store.dbtime import database_now, later_of
from bot.store.tables import delivery, workspace

SLOT_HORIZON = 1.0  # seconds ahead of its slot that a delivery may be claimed

_OWED = exists().where(
    delivery.c.workspace_id == workspace.c.workspace_id,
    delivery.c.state == DeliveryState.PLANNED,
    delivery.c.try_at <= bindparam("now"),
    delivery.c.window_ends_at > bindparam("now"),
)
_READY = (
    select(workspace.c.workspace_id, workspace.c.next_slot, database_now().label("db_now"))
    .where(
        workspace.c.disconnected_at.is_(None),
        func.coalesce(workspace.c.next_slot, 0.0) <= database_now() + SLOT_HORIZON,
        func.coalesce(workspace.c.held_until, 0.0) <= database_now(),
        _OWED,
    )
    .order_by(func.coalesce(workspace.c.next_slot, 0.0))
    .limit(bindparam("most"))
    .with_for_update(of=workspace, skip_locked=True)
)
_SET_NEXT = update(workspace).where(workspace.c.workspace_id == bindparam("w")).values(next_slot=bindparam("then"))
_PAUSE = (
    update(workspace)
    .where(workspace.c.workspace_id == bindparam("w"))
    .values(held_until=later_of(func.coalesce(workspace.c.held_until, 0.0), database_now() + bindparam("seconds")))
)


@dataclass(frozen=True, slots=True)
class Ready:
    """A workspace, locked, to which something is owed and may be sent; seconds by the database's clock."""

    workspace_id: str
    next_send_at: float
    now: float


def ready(tx: Connection, now: datetime, most: int) -> Sequence[Ready]:
    """Workspaces to which something is owed and whose pace allows it, the longest waiting first; locked."""
    rows = tx.execute(_READY, {"now": now, "most": most})
    return [Ready(row.workspace_id, row.next_slot or 0.0, row.db_now) for row in rows]


def set_next_send_at(tx: Connection, workspace_id: str, then: float) -> None:
    """When the workspace's next post may go, by the database's clock."""
    tx.execute(_SET_NEXT, {"w": workspace_id, "then": then})


def pause(tx: Connection, workspace_id: str, seconds: float) -> None:
    """Nothing more goes to this workspace for so long, whichever worker asks."""
    tx.execute(_PAUSE, {"w": workspace_id, "seconds": seconds})
