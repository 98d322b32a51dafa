"""The outbox, for what workers left behind: abandoned claims, windows that are over, and posts in doubt."""

from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, case, exists, func, null, or_, select, tuple_, update

from bot.core.outbox import Delivery, DeliveryState, Kind
from bot.outbox.deliveries import COLUMNS, delivery_of
from bot.outbox.leases import MINE, key_of
from bot.store.member_schema import delivery
from bot.store.schema import workspace
from bot.store.types import database_now

_c = delivery.c
_LEASE_ENDS = database_now() + bindparam("lease")
_UNSTARTED_CLAIM = and_(_c.state == DeliveryState.SENDING, _c.started_at.is_(None))
_IN_DOUBT = (  # one that stays unconfirmed has ended; such rows are kept for months, and a look at each would take long
    _c.state.in_([DeliveryState.SENDING, DeliveryState.UNCONFIRMED]),
    _c.ended_at.is_(None),
)
_ABANDONED = (
    update(delivery)
    .where(
        *_IN_DOUBT,
        or_(and_(_UNSTARTED_CLAIM, _c.lease_until <= database_now()), _c.lease_until > _LEASE_ENDS),
    )
    .values(
        state=case((_UNSTARTED_CLAIM, DeliveryState.PLANNED), else_=_c.state),
        claim_token=case((_UNSTARTED_CLAIM, null()), else_=_c.claim_token),
        lease_until=case((_UNSTARTED_CLAIM, null()), else_=_LEASE_ENDS),
    )
    .returning(_c.state)
)


def release_abandoned(tx: Connection, lease: float) -> int:
    """Give back claims that were not started and whose lease is over, across all workspaces. Return how many.

    A lease that ends later than a new one was taken before the database's clock was set back. A claim with such a
    lease is given back if it was not started. Otherwise its post may be on its way: it gets a new lease, so that it
    is settled as late after the start as any other.
    """
    return [row.state for row in tx.execute(_ABANDONED, {"lease": lease})].count(DeliveryState.PLANNED)


_EXPIRED = (
    select(_c.workspace_id, _c.key)
    .where(
        _c.state == DeliveryState.PLANNED,
        _c.try_at <= bindparam("now"),  # never after the window; the index has this column
        _c.window_ends_at <= bindparam("now"),
    )
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_EXPIRE = (
    update(delivery)
    .where(tuple_(_c.workspace_id, _c.key).in_(_EXPIRED))
    .values(
        state=DeliveryState.MISSED,
        words=None,
        reason=func.coalesce(_c.reason, "window over"),
        ended_at=bindparam("now"),
    )
    .returning(_c.kind)
)


def expire(tx: Connection, now: datetime, most: int) -> list[Kind]:
    """Mark deliveries as missed whose window is over. Return the kind of each; across all workspaces."""
    return [Kind(kind) for (kind,) in tx.execute(_EXPIRE, {"now": now, "most": most})]


_UNSETTLED = (
    select(_c.workspace_id, _c.key)
    .where(
        *_IN_DOUBT,
        _c.started_at.is_not(None),
        _c.lease_until + bindparam("settling") <= database_now(),
        ~exists().where(workspace.c.workspace_id == _c.workspace_id, workspace.c.disconnected_at.is_not(None)),
    )
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_SETTLE = (
    update(delivery)
    .where(tuple_(_c.workspace_id, _c.key).in_(_UNSETTLED))
    .values(state=DeliveryState.UNCONFIRMED, claim_token=bindparam("token"), lease_until=database_now())
    .returning(*COLUMNS)
)


def claim_unsettled(tx: Connection, token: str, settling: float, most: int) -> list[Delivery]:
    """Claim started but unconfirmed deliveries after their lease and the settling time; across all workspaces."""
    return [delivery_of(row) for row in tx.execute(_SETTLE, {"token": token, "settling": settling, "most": most})]


_LEAVE = (
    update(delivery)
    .where(*MINE, _c.state == DeliveryState.UNCONFIRMED)
    .values(lease_until=None, reason=bindparam("why"), ended_at=bindparam("now"))
)


def leave_unconfirmed(tx: Connection, token: str, claimed: Delivery, why: str, now: datetime) -> bool:
    """End a delivery as unconfirmed: it is not sent again, and admins see it. Return False if the claim is lost."""
    return tx.execute(_LEAVE, {**key_of(claimed), "token": token, "why": why, "now": now}).rowcount > 0
