"""The outbox, for workers: the rate limit of each workspace, claims, and how each delivery ends.

The claim token is a fencing token: a worker whose lease is over can no longer change its deliveries. A clock that is
set back leaves `next_send_at` in the future, so it is ignored where it lies further ahead than a claim writes it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import BindParameter, Connection, and_, bindparam, case, exists, func, null, or_, select, tuple_, update

from bot.core.member import Consent
from bot.core.outbox import KINDS, Delivery, DeliveryState, Kind, Subject
from bot.core.why import WINDOW_OVER
from bot.outbox.deliveries import COLUMNS, OPEN, THESE, UNSTARTED, WITHOUT_WORDS, delivery_of, this
from bot.store.member_schema import delivery, schedule
from bot.store.schema import workspace
from bot.store.types import Conditions, database_now
from bot.store.workspaces import IS_PAUSED

SLOT_HORIZON = 1.0  # seconds before its send time that a delivery may be claimed
_c = delivery.c
_ID = tuple_(_c.workspace_id, _c.key)
_NOW: BindParameter[datetime] = bindparam("now")
_HAS_TOKEN = _c.claim_token == bindparam("token")
# Claimed by this worker and not started.
_CLAIMED = (_HAS_TOKEN, _c.state == DeliveryState.SENDING, _c.started_at.is_(None))
_IN_DOUBT = (OPEN, _c.ended_at.is_(None))  # without those left unconfirmed, which have ended and are kept for months
_NEEDS_NO_CONSENT = _c.kind.in_([kind for kind, rules in KINDS.items() if not rules.needs_consent])
_CONSENT = exists().where(
    schedule.c.workspace_id == _c.workspace_id, schedule.c.member_id == _c.member_id, schedule.c.consent == Consent.YES
)
_MAY_NOT_BE_CALLED = exists().where(
    workspace.c.workspace_id == _c.workspace_id, or_(IS_PAUSED, workspace.c.disconnected_at.is_not(None))
)

# The statements of a claim and what follows are built once, as SQLAlchemy takes longer for that than the database.
_IS_DUE = (_c.state == DeliveryState.PLANNED, _c.try_at <= _NOW, _c.window_ends_at > _NOW)
_DUE = (
    select(_c.workspace_id, _c.key)
    .where(_c.workspace_id == bindparam("w"), *_IS_DUE)
    .order_by(_c.try_at)  # as the index: by key too, thousands that are due at once would be sorted for each claim
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM: dict[str, object] = {"state": DeliveryState.SENDING, "claim_token": bindparam("token"), "started_at": None}
_TAKE = (
    update(delivery)
    .where(_ID.in_(_DUE))
    .values(**_CLAIM, lease_until=database_now() + bindparam("lease"))
    .returning(*COLUMNS, _c.try_at)
)
_BEGIN = (
    update(delivery)
    .where(*THESE, *_CLAIMED, _c.lease_until > database_now(), or_(_NEEDS_NO_CONSENT, _CONSENT), ~_MAY_NOT_BE_CALLED)
    .values(started_at=_NOW)
    .returning(_c.key)
)
_ITS = update(delivery).where(_c.workspace_id == bindparam("w"), _c.key == bindparam("k"), _HAS_TOKEN)
_CONFIRM = _ITS.values(
    state=DeliveryState.SENT, channel=bindparam("its_channel"), ts=bindparam("its_ts"), reason=None, ended_at=_NOW
)
# Without the state, which _CONFIRM has set: SQLite would read everything that was ever sent in the workspace.
_CONFIRMED = select(_c.key).where(*THESE, _HAS_TOKEN)
_FURTHEST = database_now() + 2 * SLOT_HORIZON + bindparam("gap")
_NEXT_SEND_AT = case((workspace.c.next_send_at <= _FURTHEST, workspace.c.next_send_at), else_=0.0)
_HAS_DUE = exists().where(_c.workspace_id == workspace.c.workspace_id, *_IS_DUE)
_READY = (
    select(workspace.c.workspace_id, _NEXT_SEND_AT.label("next_send_at"), database_now().label("db_now"))
    .where(workspace.c.disconnected_at.is_(None), database_now() + SLOT_HORIZON >= _NEXT_SEND_AT, ~IS_PAUSED, _HAS_DUE)
    .order_by(_NEXT_SEND_AT)
    .limit(bindparam("most"))
    .with_for_update(of=workspace, skip_locked=True)
)


def _mine(token: str, claimed: Delivery) -> Conditions:
    return *this(claimed.workspace_id, claimed.key), _c.claim_token == token


def ready(tx: Connection, now: datetime, most: int, gap: float) -> Sequence[tuple[str, float, float]]:
    """Lock and return workspaces with due deliveries whose rate limit allows a post, the longest waiting first.

    It looks across all workspaces. `gap` is the time between two posts, in seconds. With each: when its next post may
    go, and the time, both by the database's clock.
    """
    return tx.execute(_READY, {"now": now, "most": most, "gap": gap}).all()


def take(tx: Connection, workspace_id: str, now: datetime, most: int, token: str, lease: float) -> list[Delivery]:
    """Claim the due deliveries of a workspace for the lease, and return them in the order in which to try them."""
    values = {"w": workspace_id, "now": now, "most": most, "token": token, "lease": lease}
    taken = sorted(tx.execute(_TAKE, values), key=lambda row: (row.try_at, row.key))
    return [delivery_of(row) for row in taken]


def set_next_send_at(tx: Connection, workspace_id: str, then: float) -> None:
    """Set when the workspace's next post may go, by the database's clock."""
    tx.execute(update(workspace).where(workspace.c.workspace_id == workspace_id).values(next_send_at=then))


def set_subjects(tx: Connection, token: str, chosen: Iterable[tuple[Delivery, Subject]]) -> None:
    rows = [
        {"w": claimed.workspace_id, "k": claimed.key, "token": token, "its_subject": subject.stored()}
        for claimed, subject in chosen
    ]
    if rows:
        tx.execute(_ITS.values(subject=bindparam("its_subject")), rows)


def begin(tx: Connection, token: str, claimed: Sequence[Delivery], now: datetime) -> set[str]:
    """Mark deliveries of a workspace as started. Return the ids that may be sent: no opt-out can stop these any more.

    The others are not sent. Those to members who opted out are cancelled: planned again, they would be claimed and
    refused over and over. The rest is planned again, because the workspace is paused or the lease is over.
    """
    (workspace_id,) = {each.workspace_id for each in claimed}
    these = {"w": workspace_id, "keys": [each.key for each in claimed], "token": token}
    begun = set(tx.scalars(_BEGIN, {**these, "now": now}))
    if len(begun) < len(claimed):
        left = update(delivery).where(*THESE, *_CLAIMED)
        cancelled = {"state": DeliveryState.CANCELLED, "subject": WITHOUT_WORDS, "reason": "tips off", "ended_at": now}
        tx.execute(left.where(~_NEEDS_NO_CONSENT, ~_CONSENT).values(**cancelled), these)
        tx.execute(left.values(**UNSTARTED), these)
    return {each.id for each in claimed if each.key in begun}


def set_channel(tx: Connection, token: str, claimed: Delivery, channel: str | None) -> None:
    """Store the channel to which a delivery is about to be posted. None: it has to be opened."""
    tx.execute(update(delivery).where(*_mine(token, claimed)).values(channel=channel))


def set_week(tx: Connection, claimed: Delivery, week: str) -> None:
    tx.execute(update(delivery).where(*this(claimed.workspace_id, claimed.key)).values(week=week))


def confirm(tx: Connection, token: str, sent: Sequence[tuple[Delivery, str, str]], now: datetime) -> set[str]:
    """Mark deliveries of a workspace as sent, with channel and ts. Return the ids that this worker had claimed."""
    rows = [
        {"w": each.workspace_id, "k": each.key, "token": token, "now": now, "its_channel": channel, "its_ts": ts}
        for each, channel, ts in sent
    ]
    tx.execute(_CONFIRM, rows)
    (workspace_id,) = {each.workspace_id for each, _, _ in sent}
    these = {"w": workspace_id, "keys": [each.key for each, _, _ in sent], "token": token}
    confirmed = set(tx.scalars(_CONFIRMED, these))
    return {each.id for each, _, _ in sent if each.key in confirmed}


def end(tx: Connection, token: str, claimed: Delivery, state: DeliveryState, why: str, now: datetime) -> bool:
    """End a delivery with a reason. Return False if this worker no longer has it claimed."""
    mine = update(delivery).where(*_mine(token, claimed), OPEN)
    return tx.execute(mine.values(state=state, reason=why, ended_at=now, lease_until=None)).rowcount > 0


def again(tx: Connection, token: str, claimed: Delivery, why: str, later: datetime) -> None:
    """Plan a delivery again after an attempt in which nothing was sent, at the latest for the end of its window."""
    then = min(later, claimed.window_ends_at)
    mine = update(delivery).where(*_mine(token, claimed), OPEN)
    tx.execute(mine.values(**UNSTARTED, reason=why, try_at=then, attempts=_c.attempts + 1))


def put_off(tx: Connection, token: str, claimed: Delivery, later: datetime) -> None:
    """Plan a claimed delivery again, by the end of its window at the latest. No failed attempt is counted."""
    then = min(later, claimed.window_ends_at)
    unstarted = update(delivery).where(*this(claimed.workspace_id, claimed.key), *_CLAIMED)
    tx.execute(unstarted.values(**UNSTARTED, try_at=then), {"token": token})


def lost(tx: Connection, token: str, claimed: Delivery, why: str) -> None:
    """Mark a delivery as unconfirmed, to be looked up later, as Slack's answer was lost; unless somebody saw it."""
    mine = update(delivery).where(*_mine(token, claimed), _c.state == DeliveryState.SENDING)
    tx.execute(mine.values(state=DeliveryState.UNCONFIRMED, reason=why, lease_until=database_now()))


def release(tx: Connection, token: str) -> int:
    """Plan again what this worker claimed but did not start, across all workspaces. Return the number."""
    return tx.execute(update(delivery).where(*_CLAIMED).values(**UNSTARTED), {"token": token}).rowcount


def release_abandoned(tx: Connection, lease: float) -> int:
    """Give back claims that were not started and whose lease is over, across all workspaces. Return how many.

    A lease that ends later than a new one was taken before the database's clock was set back. A claim with such a
    lease is given back if it was not started. Otherwise its post may be on its way: it gets a new lease, so that it
    is settled as late after the start as any other.
    """
    ends = database_now() + lease
    is_unstarted = and_(_c.state == DeliveryState.SENDING, _c.started_at.is_(None))
    is_over = and_(is_unstarted, _c.lease_until <= database_now())
    abandoned = update(delivery).where(*_IN_DOUBT, or_(is_over, _c.lease_until > ends))
    renewed = abandoned.values(
        state=case((is_unstarted, DeliveryState.PLANNED), else_=_c.state),
        claim_token=case((is_unstarted, null()), else_=_c.claim_token),
        lease_until=case((is_unstarted, null()), else_=ends),
    )
    return tx.scalars(renewed.returning(_c.state)).all().count(DeliveryState.PLANNED)


def expire(tx: Connection, now: datetime, most: int) -> list[Kind]:
    """Mark deliveries as missed whose window is over. Return the kind of each; across all workspaces."""
    # The index has `try_at`, which is never after the window.
    too_late = (_c.state == DeliveryState.PLANNED, _c.try_at <= now, _c.window_ends_at <= now)
    some = select(_c.workspace_id, _c.key).where(*too_late).limit(most).with_for_update(skip_locked=True)
    reason = func.coalesce(_c.reason, WINDOW_OVER)
    missed = {"state": DeliveryState.MISSED, "subject": WITHOUT_WORDS, "reason": reason, "ended_at": now}
    return [Kind(kind) for kind in tx.scalars(update(delivery).where(_ID.in_(some)).values(missed).returning(_c.kind))]


def take_unsettled(tx: Connection, token: str, settling: float, most: int) -> list[Delivery]:
    """Take started but unconfirmed deliveries after their lease and the settling time; across all workspaces."""
    is_over = _c.lease_until + settling <= database_now()
    these = (*_IN_DOUBT, _c.started_at.is_not(None), is_over, ~_MAY_NOT_BE_CALLED)
    in_doubt = select(_c.workspace_id, _c.key).where(*these)
    # By when each was last looked up: each gets its turn, even if the look-ups of others fail.
    some = in_doubt.order_by(_c.lease_until).limit(most).with_for_update(skip_locked=True)
    claim = {"state": DeliveryState.UNCONFIRMED, "claim_token": token, "lease_until": database_now()}
    taken = tx.execute(update(delivery).where(_ID.in_(some)).values(claim).returning(*COLUMNS))
    return [delivery_of(row) for row in taken]


def is_paused(tx: Connection, workspace_id: str) -> bool:
    return bool(tx.scalar(select(IS_PAUSED).where(workspace.c.workspace_id == workspace_id)))
