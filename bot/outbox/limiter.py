"""The rate limit of each workspace, which all workers share: when its next post may go, by the database's clock.

A clock that is set back leaves that in the future, so it is ignored where it lies further ahead than a claim writes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, exists, select, update

from bot.core.outbox import DeliveryState
from bot.store.member_schema import delivery
from bot.store.schema import workspace
from bot.store.types import database_now
from bot.store.workspaces import IS_PAUSED

SLOT_HORIZON = 1.0  # seconds before its send time that a delivery may be claimed


@dataclass(frozen=True, slots=True)
class Ready:
    """A locked workspace that has due deliveries and may be sent to. Its times are by the database's clock."""

    workspace_id: str
    next_send_at: float
    now: float


_FURTHEST = database_now() + 2 * SLOT_HORIZON + bindparam("gap")
_NEXT_SEND_AT = case((workspace.c.next_send_at <= _FURTHEST, workspace.c.next_send_at), else_=0.0)
_HAS_DUE = exists().where(
    delivery.c.workspace_id == workspace.c.workspace_id,
    delivery.c.state == DeliveryState.PLANNED,
    delivery.c.try_at <= bindparam("now"),
    delivery.c.window_ends_at > bindparam("now"),
)
_READY = (
    select(workspace.c.workspace_id, _NEXT_SEND_AT.label("next_send_at"), database_now().label("db_now"))
    .where(workspace.c.disconnected_at.is_(None), database_now() + SLOT_HORIZON >= _NEXT_SEND_AT, ~IS_PAUSED, _HAS_DUE)
    .order_by(_NEXT_SEND_AT)
    .limit(bindparam("most"))
    .with_for_update(of=workspace, skip_locked=True)
)


def ready(tx: Connection, now: datetime, most: int, gap: float) -> Sequence[Ready]:
    """Lock and return workspaces with due deliveries whose rate limit allows a post, the longest waiting first.

    It looks across all workspaces. `gap` is the time between two posts, in seconds.
    """
    return [Ready(*row) for row in tx.execute(_READY, {"now": now, "most": most, "gap": gap})]


_SET_NEXT = update(workspace).where(workspace.c.workspace_id == bindparam("w")).values(next_send_at=bindparam("then"))


def set_next_send_at(tx: Connection, workspace_id: str, then: float) -> None:
    """Set when the workspace's next post may go, by the database's clock."""
    tx.execute(_SET_NEXT, {"w": workspace_id, "then": then})
