"""The rate limits of each workspace, which all workers share: when its next post may go, and what is paused.

Slack limits each method by itself, so the Homes of a workspace have a pause of their own. All are seconds since 1970
by the database's clock. A clock that is set back leaves them in the future, so each is ignored where it lies further
ahead than this module ever writes it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, Update, bindparam, case, exists, func, select, update

from bot.core.outbox import DeliveryState
from bot.store.member_schema import delivery
from bot.store.schema import workspace
from bot.store.types import database_now, later_of

SLOT_HORIZON = 1.0  # seconds before its send time that a delivery may be claimed
MAX_PAUSE = 3600.0  # seconds; Slack's Retry-After is seconds to minutes


def _is_ahead(until: Column[float]) -> ColumnElement[bool]:
    return func.coalesce(until, 0.0).between(database_now(), database_now() + MAX_PAUSE)


IS_PAUSED = _is_ahead(workspace.c.paused_until)
HOMES_ARE_PAUSED = _is_ahead(workspace.c.homes_paused_until)
IS_ASKED_ABOUT = _is_ahead(workspace.c.next_ask_at)


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


def _pause(until: Column[float]) -> Update:
    later = later_of(case((_is_ahead(until), until), else_=0.0), database_now() + bindparam("seconds"))
    return update(workspace).where(workspace.c.workspace_id == bindparam("w")).values({until: later})


_PAUSE, _PAUSE_HOMES = _pause(workspace.c.paused_until), _pause(workspace.c.homes_paused_until)


def pause(tx: Connection, workspace_id: str, seconds: float) -> None:
    """Pause the workspace for all workers, for MAX_PAUSE at most. A longer pause that is there already stays."""
    tx.execute(_PAUSE, {"w": workspace_id, "seconds": min(seconds, MAX_PAUSE)})


def pause_homes(tx: Connection, workspace_id: str, seconds: float) -> None:
    """Pause the Homes of the workspace as `pause` does. Messages still go."""
    tx.execute(_PAUSE_HOMES, {"w": workspace_id, "seconds": min(seconds, MAX_PAUSE)})


_FREE_TO_ASK = (
    select(workspace.c.workspace_id)
    .where(workspace.c.workspace_id.in_(bindparam("these", expanding=True)), ~IS_ASKED_ABOUT)
    .order_by(workspace.c.workspace_id)
    .with_for_update(key_share=True, skip_locked=True)
)
_BEGIN_ASKING = (
    update(workspace)
    .where(workspace.c.workspace_id.in_(_FREE_TO_ASK))
    .values(next_ask_at=database_now() + bindparam("lease"))
    .returning(workspace.c.workspace_id, workspace.c.next_ask_at)
)
_END_ASKING = (
    update(workspace)
    .where(workspace.c.workspace_id == bindparam("w"), workspace.c.next_ask_at == bindparam("lease_until"))
    .values(next_ask_at=bindparam("then"))
)


def begin_asking(tx: Connection, workspace_ids: Collection[str], lease: float) -> dict[str, float]:
    """Let one worker ask Slack about the members of these workspaces, but for those where another one does so.

    Return until when each lease of so many seconds lasts. This is its fencing token too.
    """
    rows = tx.execute(_BEGIN_ASKING, {"these": sorted(workspace_ids), "lease": lease})
    return {row.workspace_id: row.next_ask_at for row in rows}


def end_asking(tx: Connection, workspace_id: str, lease_until: float, then: float) -> None:
    """End a lease: from `then` on, any worker may ask again. A lease that another worker took over is left alone."""
    tx.execute(_END_ASKING, {"w": workspace_id, "lease_until": lease_until, "then": then})
