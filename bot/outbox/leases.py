"""The outbox, for workers: claim deliveries with a lease, start them, and record how each ends.

The claim token is a fencing token: a worker whose lease is over can no longer change its deliveries.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, or_, select, tuple_, update

from bot.core.member import Consent
from bot.core.outbox import KINDS, Delivery, DeliveryState
from bot.core.subjects import Subject, stored
from bot.outbox.deliveries import COLUMNS, delivery_of
from bot.store.member_schema import delivery, schedule
from bot.store.schema import workspace
from bot.store.types import database_now
from bot.store.workspaces import IS_PAUSED

_c = delivery.c
_KEY = (_c.workspace_id == bindparam("w"), _c.key == bindparam("k"))
MINE = (*_KEY, _c.claim_token == bindparam("token"))
_KEYS = (_c.workspace_id == bindparam("w"), _c.key.in_(bindparam("keys", expanding=True)))
_CLAIMED = (_c.claim_token == bindparam("token"), _c.state == DeliveryState.SENDING, _c.started_at.is_(None))
_UNSTARTED = {"state": DeliveryState.PLANNED, "claim_token": None, "lease_until": None, "started_at": None}
_DUE = (
    select(_c.workspace_id, _c.key)
    .where(
        _c.state == DeliveryState.PLANNED,
        _c.workspace_id == bindparam("w"),
        _c.try_at <= bindparam("now"),
        _c.window_ends_at > bindparam("now"),
    )
    .order_by(_c.try_at)  # as the index: by key too, thousands that are due at once would be sorted for each claim
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(delivery)
    .where(tuple_(_c.workspace_id, _c.key).in_(_DUE))
    .values(
        state=DeliveryState.SENDING,
        claim_token=bindparam("token"),
        lease_until=database_now() + bindparam("lease"),
        started_at=None,
    )
    .returning(*COLUMNS)
)


def take(tx: Connection, workspace_id: str, now: datetime, most: int, token: str, lease: float) -> list[Delivery]:
    """Claim the due deliveries of a workspace. No other worker can claim these during the lease."""
    values = {"w": workspace_id, "now": now, "most": most, "token": token, "lease": lease}
    taken = [delivery_of(row) for row in tx.execute(_TAKE, values)]
    return sorted(taken, key=lambda each: (each.due_at, each.key))


_SET_SUBJECT = update(delivery).where(*MINE).values(subject=bindparam("its_subject"), check_name=bindparam("its_check"))


def set_subjects(tx: Connection, token: str, chosen: Iterable[tuple[Delivery, Subject]]) -> None:
    """Record what claimed deliveries are about."""
    rows = [{**key_of(each), **_subject(subject), "token": token} for each, subject in chosen]
    if rows:
        tx.execute(_SET_SUBJECT, rows)


def _subject(subject: Subject) -> dict[str, Any]:
    about = stored(subject)
    return {"its_subject": about.subject, "its_check": about.check_name}


WITHOUT_CONSENT = {"no_consent": [kind.value for kind, rules in KINDS.items() if not rules.needs_consent]}
_NEEDS_NO_CONSENT = _c.kind.in_(bindparam("no_consent", expanding=True))
_CONSENT = exists().where(
    schedule.c.workspace_id == _c.workspace_id,
    schedule.c.member_id == _c.member_id,
    schedule.c.consent == Consent.YES,
)
_MAY_NOT_BE_CALLED = exists().where(
    workspace.c.workspace_id == _c.workspace_id, or_(IS_PAUSED, workspace.c.disconnected_at.is_not(None))
)
_BEGIN = (
    update(delivery)
    .where(
        *_KEYS,
        *_CLAIMED,
        _c.lease_until > database_now(),
        or_(_NEEDS_NO_CONSENT, _CONSENT),
        ~_MAY_NOT_BE_CALLED,
    )
    .values(started_at=bindparam("now"))
    .returning(_c.key)
)
_TAKEN_BACK = (
    update(delivery)
    .where(*_KEYS, *_CLAIMED, ~_NEEDS_NO_CONSENT, ~_CONSENT)
    .values(state=DeliveryState.CANCELLED, words=None, reason="tips off", ended_at=bindparam("now"))
)
_GIVE_BACK = update(delivery).where(*_KEYS, *_CLAIMED).values(**_UNSTARTED)


def begin(tx: Connection, token: str, claimed: Sequence[Delivery], now: datetime) -> set[str]:
    """Mark deliveries as started and return the ids that may be sent. An opt-out can no longer stop these.

    The others are not sent. Those to members who opted out are cancelled: planned again, they would be claimed and
    refused over and over. The rest is planned again, because the workspace is paused or the lease is over.
    """
    ids: dict[str, dict[str, str]] = {}
    for each in claimed:
        ids.setdefault(each.workspace_id, {})[each.key] = each.id
    return {id_of[key] for workspace_id, id_of in ids.items() for key in _begin(tx, token, workspace_id, id_of, now)}


def _begin(tx: Connection, token: str, workspace_id: str, keys: Collection[str], now: datetime) -> list[str]:
    these = {"w": workspace_id, "keys": list(keys), "token": token}
    begun = list(tx.scalars(_BEGIN, {**these, **WITHOUT_CONSENT, "now": now}))
    if len(begun) < len(keys):
        tx.execute(_TAKEN_BACK, {**these, **WITHOUT_CONSENT, "now": now})
        tx.execute(_GIVE_BACK, these)
    return begun


_SET_CHANNEL = update(delivery).where(*_KEY).values(channel=bindparam("its_channel"))


def set_channel(tx: Connection, claimed: Delivery, channel: str) -> None:
    """Store the channel to which a delivery is about to be posted."""
    tx.execute(_SET_CHANNEL, {**key_of(claimed), "its_channel": channel})


_SET_WEEK = update(delivery).where(*_KEY).values(week=bindparam("its_week"))


def set_week(tx: Connection, claimed: Delivery, week: str) -> None:
    """Store the week in whose budget a delivery counts."""
    tx.execute(_SET_WEEK, {"w": claimed.workspace_id, "k": claimed.key, "its_week": week})


_SENT: dict[str, Any] = {"state": DeliveryState.SENT, "ended_at": bindparam("now"), "reason": None}
_CONFIRM = (
    update(delivery)
    .where(_c.workspace_id == bindparam("w"), _c.key == bindparam("k"), _c.claim_token == bindparam("token"))
    .values(channel=bindparam("its_channel"), ts=bindparam("its_ts"), **_SENT)
)
# Without the state, which _CONFIRM has set: SQLite would read everything that was ever sent in the workspace.
_CONFIRMED = select(_c.workspace_id, _c.key).where(
    tuple_(_c.workspace_id, _c.key).in_(bindparam("keys", expanding=True)), _c.claim_token == bindparam("token")
)


def confirm(tx: Connection, token: str, sent: Sequence[tuple[Delivery, str, str]], now: datetime) -> set[str]:
    """Mark deliveries as sent, with channel and ts. Return the ids of those that this worker still had claimed."""
    shared = {"token": token, "now": now}
    tx.execute(
        _CONFIRM, [{**key_of(each), **shared, "its_channel": channel, "its_ts": ts} for each, channel, ts in sent]
    )
    keys = [(each.workspace_id, each.key) for each, _, _ in sent]
    confirmed = {tuple(row) for row in tx.execute(_CONFIRMED, {"keys": keys, "token": token})}
    return {each.id for each, _, _ in sent if (each.workspace_id, each.key) in confirmed}


_END = update(delivery).where(*MINE).values(state=bindparam("end"), reason=bindparam("why"), ended_at=bindparam("now"))


def end(tx: Connection, token: str, claimed: Delivery, state: DeliveryState, why: str, now: datetime) -> bool:
    """End a delivery with a reason. Return False if this worker no longer has it claimed."""
    values = {**key_of(claimed), "token": token, "end": state.value, "why": why, "now": now}
    return tx.execute(_END, values).rowcount > 0


_AGAIN = (
    update(delivery)
    .where(*MINE)
    .values(**_UNSTARTED, reason=bindparam("why"), try_at=bindparam("later"), attempts=_c.attempts + 1)
)


def again(tx: Connection, token: str, claimed: Delivery, why: str, later: datetime) -> None:
    """Plan a delivery again after an attempt in which nothing was sent, at the latest for the end of its window."""
    then = min(later, claimed.window_ends_at)
    tx.execute(_AGAIN, {**key_of(claimed), "token": token, "why": why, "later": then})


_PUT_OFF = (
    update(delivery)
    .where(
        _c.workspace_id == bindparam("w"),
        _c.key == bindparam("k"),
        _c.claim_token == bindparam("token"),
    )
    .values(state=DeliveryState.PLANNED, claim_token=None, lease_until=None, try_at=bindparam("later"))
)


def put_off(tx: Connection, token: str, claimed: Delivery, later: datetime) -> None:
    """Plan a claimed delivery again for later, at the latest for the end of its window.

    This does not count as a failed attempt.
    """
    then = min(later, claimed.window_ends_at)
    tx.execute(_PUT_OFF, {"w": claimed.workspace_id, "k": claimed.key, "token": token, "later": then})


_LOST = (
    update(delivery)
    .where(*MINE, _c.state == DeliveryState.SENDING)  # otherwise somebody saw its message, and it is marked as sent
    .values(state=DeliveryState.UNCONFIRMED, reason=bindparam("why"), lease_until=database_now())
)


def lost(tx: Connection, token: str, claimed: Delivery, why: str) -> None:
    """Mark a delivery as unconfirmed: Slack's answer was lost. It is looked up once the settling time is over."""
    tx.execute(_LOST, {**key_of(claimed), "token": token, "why": why})


_RELEASE = update(delivery).where(*_CLAIMED).values(**_UNSTARTED)


def release(tx: Connection, token: str) -> int:
    """Plan again what this worker claimed but did not start, across all workspaces. Return the number."""
    return tx.execute(_RELEASE, {"token": token}).rowcount


def key_of(claimed: Delivery) -> dict[str, Any]:
    """Return the parameters of MINE, without the token."""
    return {"w": claimed.workspace_id, "k": claimed.key}
