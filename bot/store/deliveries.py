"""Deliveries: planned, claimed by one worker at a time, and brought to an end that is written down."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.delivery import Delivery, Kind, State
from bot.core.member import Consent, MemberKey
from bot.store import many
from bot.store.dbtime import database_now
from bot.store.tables import delivery, schedule, workspace

_c = delivery.c
COLUMNS = (
    _c.workspace_id, _c.key, _c.id, _c.kind, _c.member_id, _c.channel, _c.week, _c.subject, _c.reason,
    _c.due_at, _c.window_ends_at, _c.attempts, _c.started_at,
)  # fmt: skip
_KEY = (_c.workspace_id == bindparam("w"), _c.key == bindparam("k"))
_MINE = (*_KEY, _c.claim_token == bindparam("token"))
_KEYS = tuple_(_c.workspace_id, _c.key).in_(bindparam("keys", expanding=True))
_CLAIMED = (_c.claim_token == bindparam("token"), _c.state == State.SENDING, _c.started_at.is_(None))
_UNSTARTED = {"state": State.PLANNED, "claim_token": None, "lease_until": None, "started_at": None}

_PLAN = insert(delivery).on_conflict_do_nothing()
_NEW = many.arrays(
    workspace_id=_c.workspace_id, key=_c.key, id=_c.id, kind=_c.kind, member_id=_c.member_id, channel=_c.channel,
    week=_c.week, subject=_c.subject, reason=_c.reason, state=_c.state, due_at=_c.due_at, try_at=_c.try_at,
    window_ends_at=_c.window_ends_at, attempts=_c.attempts, ended_at=_c.ended_at,
)  # fmt: skip
_PLAN_ALL = insert(delivery).from_select(_NEW.c.keys(), select(*_NEW.c)).on_conflict_do_nothing()
_DUE = (
    select(_c.workspace_id, _c.key)
    .where(
        _c.state == State.PLANNED,
        _c.workspace_id == bindparam("w"),
        _c.try_at <= bindparam("now"),
        _c.window_ends_at > bindparam("now"),
    )
    .order_by(_c.try_at, _c.key)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(delivery)
    .where(tuple_(_c.workspace_id, _c.key).in_(_DUE))
    .values(
        state=State.SENDING,
        claim_token=bindparam("token"),
        lease_until=database_now() + bindparam("lease"),
        started_at=None,
    )
    .returning(*COLUMNS)
)
_CHOOSE = update(delivery).where(*_MINE).values(subject=bindparam("tip"))
_CONSENT = exists().where(
    schedule.c.workspace_id == _c.workspace_id,
    schedule.c.member_id == _c.member_id,
    schedule.c.consent == Consent.YES,
)
_HELD = exists().where(workspace.c.workspace_id == _c.workspace_id, workspace.c.held_until > database_now())
_BEGIN = (
    update(delivery)
    .where(
        _KEYS,
        *_CLAIMED,
        _c.lease_until > database_now(),
        or_(_c.member_id.is_(None), _c.kind == Kind.NOTICE, _CONSENT),  # a notice answers what its reader did
        ~_HELD,
    )
    .values(started_at=bindparam("now"))
    .returning(_c.workspace_id, _c.key)
)
_SET_CHANNEL = update(delivery).where(*_KEY).values(channel=bindparam("its_channel"))
_END = update(delivery).where(*_MINE).values(state=bindparam("end"), reason=bindparam("why"), ended_at=bindparam("now"))
_AGAIN = (
    update(delivery)
    .where(*_MINE)
    .values(**_UNSTARTED, reason=bindparam("why"), try_at=bindparam("later"), attempts=_c.attempts + 1)
)
_LOST = (
    update(delivery)
    .where(*_MINE, _c.state == State.SENDING)  # else somebody has seen it in the meantime
    .values(state=State.UNCONFIRMED, reason=bindparam("why"), lease_until=database_now())
)
_RELEASE = update(delivery).where(*_CLAIMED).values(**_UNSTARTED)
_GIVE_BACK = update(delivery).where(_KEYS, *_CLAIMED).values(**_UNSTARTED)
_TAKEN_BACK = (
    update(delivery)
    .where(_KEYS, *_CLAIMED, _c.member_id.is_not(None), _c.kind != Kind.NOTICE, ~_CONSENT)
    .values(state=State.CANCELLED, reason="tips off", ended_at=bindparam("now"))
)
_ABANDONED = (
    update(delivery)
    .where(_c.state == State.SENDING, _c.started_at.is_(None), _c.lease_until <= database_now())
    .values(**_UNSTARTED)
)
_EXPIRE = (
    update(delivery)
    .where(_c.state == State.PLANNED, _c.window_ends_at <= bindparam("now"))
    .values(state=State.MISSED, reason=func.coalesce(_c.reason, "window over"), ended_at=bindparam("now"))
    .returning(_c.kind)
)
_OF_MEMBER = (_c.workspace_id == bindparam("w"), _c.member_id == bindparam("m"))
_CANCEL = (
    update(delivery)
    .where(*_OF_MEMBER, _c.state.in_([State.PLANNED, State.SENDING]), _c.started_at.is_(None))
    .values(state=State.CANCELLED, reason=bindparam("why"), ended_at=bindparam("now"))
)
_ON_THE_WAY = select(_c.key).where(
    *_OF_MEMBER,
    _c.state.in_([State.SENDING, State.UNCONFIRMED]),  # Slack may still show what it did not answer for
    _c.started_at.is_not(None),
    _c.ended_at.is_(None),
)
_UNSETTLED = (
    select(_c.workspace_id, _c.key)
    .where(
        _c.state.in_([State.SENDING, State.UNCONFIRMED]),
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
    .values(state=State.UNCONFIRMED, claim_token=bindparam("token"), lease_until=database_now())
    .returning(*COLUMNS)
)
_LEAVE = (
    update(delivery)
    .where(*_MINE, _c.state == State.UNCONFIRMED)
    .values(lease_until=None, reason=bindparam("why"), ended_at=bindparam("now"))
)
_FIND = select(*COLUMNS).where(*_KEY)


def plan(tx: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Adds what is owed; what is owed already stays as it is."""
    many.write(tx, _PLAN, _PLAN_ALL, rows)


def row(  # noqa: PLR0913 - the columns that a new delivery has to say something about
    *,
    workspace_id: str,
    key: str,
    id: str,  # noqa: A002 - the column's name
    kind: Kind,
    member_id: str | None,
    due_at: datetime,
    try_at: datetime,
    window_ends_at: datetime,
    week: str | None = None,
    subject: str | None = None,
    state: State = State.PLANNED,
    reason: str | None = None,
    channel: str | None = None,
) -> dict[str, Any]:
    """The values of a new delivery."""
    values = locals()  # named as the columns are
    values["kind"], values["state"] = kind.value, state.value
    values["ended_at"], values["attempts"] = None if state is State.PLANNED else due_at, 0
    return values


def take(tx: Connection, workspace_id: str, now: datetime, most: int, token: str, lease: float) -> list[Delivery]:
    """Claims what is owed to one workspace; nobody else gets these while the lease runs."""
    values = {"w": workspace_id, "now": now, "most": most, "token": token, "lease": lease}
    return sorted((delivery_of(row) for row in tx.execute(_TAKE, values)), key=lambda taken: (taken.due_at, taken.key))


def choose(tx: Connection, token: str, chosen: Iterable[tuple[Delivery, str]]) -> None:
    """Notes the tips of claimed deliveries."""
    rows = [{**_key(one), "token": token, "tip": tip} for one, tip in chosen]
    if rows:
        tx.execute(_CHOOSE, rows)


def begin(tx: Connection, token: str, claimed: Sequence[Delivery], now: datetime) -> set[str]:
    """Stamps the start of what may still be sent, which nobody can cancel any more; the ids of these.

    The rest is given back, as its workspace was told to wait; but for members who took back their yes it ends: what
    was given back to them would be claimed and refused over and over.
    """
    keys = [(one.workspace_id, one.key) for one in claimed]
    begun = {tuple(row) for row in tx.execute(_BEGIN, {"keys": keys, "token": token, "now": now})}
    if len(begun) < len(claimed):
        tx.execute(_TAKEN_BACK, {"keys": keys, "token": token, "now": now})
        tx.execute(_GIVE_BACK, {"keys": keys, "token": token})
    return {one.id for one in claimed if (one.workspace_id, one.key) in begun}


def set_channel(tx: Connection, one: Delivery, channel: str) -> None:
    """Where it is about to be posted."""
    tx.execute(_SET_CHANNEL, {**_key(one), "its_channel": channel})


def end(tx: Connection, token: str, one: Delivery, state: State, why: str, now: datetime) -> bool:
    """Ends a delivery with its reason; False if it is not this worker's any more."""
    values = {**_key(one), "token": token, "end": state.value, "why": why, "now": now}
    return tx.execute(_END, values).rowcount > 0


def again(tx: Connection, token: str, one: Delivery, why: str, later: datetime) -> None:
    """Plans a delivery anew: nothing of it was sent."""
    tx.execute(_AGAIN, {**_key(one), "token": token, "why": why, "later": later})


def lost(tx: Connection, token: str, one: Delivery, why: str) -> None:
    """The answer was lost; what became of it is looked up once the settling time is over."""
    tx.execute(_LOST, {**_key(one), "token": token, "why": why})


def leave_unconfirmed(tx: Connection, token: str, one: Delivery, why: str, now: datetime) -> bool:
    """Nobody can find out: it is never sent again, and shown to the admin; False if it is not this worker's to say."""
    return tx.execute(_LEAVE, {**_key(one), "token": token, "why": why, "now": now}).rowcount > 0


def release(tx: Connection, token: str) -> int:
    """Gives back what this worker claimed and did not start."""
    return tx.execute(_RELEASE, {"token": token}).rowcount


def release_abandoned(tx: Connection) -> int:
    """Gives back what a worker claimed, did not start, and held beyond its lease; across all workspaces."""
    return tx.execute(_ABANDONED).rowcount


def expire(tx: Connection, now: datetime) -> list[Kind]:
    """Ends what is too late; the kind of each; across all workspaces."""
    return [Kind(kind) for (kind,) in tx.execute(_EXPIRE, {"now": now})]


def cancel(tx: Connection, who: MemberKey, why: str, now: datetime) -> bool:
    """Cancels all that has not started; True if something is on its way already."""
    key = {"w": who.workspace_id, "m": who.member_id}
    tx.execute(_CANCEL, {**key, "why": why, "now": now})
    return tx.execute(_ON_THE_WAY, key).first() is not None


def claim_unsettled(tx: Connection, token: str, settling: float, most: int) -> list[Delivery]:
    """Takes over what was started and never confirmed, once lease and settling time are over; across all workspaces."""
    return [delivery_of(row) for row in tx.execute(_SETTLE, {"token": token, "settling": settling, "most": most})]


def find(tx: Connection, workspace_id: str, key: str) -> Delivery | None:
    """One delivery."""
    row = tx.execute(_FIND, {"w": workspace_id, "k": key}).first()
    return None if row is None else delivery_of(row)


def _key(one: Delivery) -> dict[str, str]:
    return {"w": one.workspace_id, "k": one.key}


def delivery_of(row: Row[*tuple[Any, ...]]) -> Delivery:
    """A row with COLUMNS, as core knows it."""
    return Delivery(
        workspace_id=row.workspace_id,
        key=row.key,
        id=row.id,
        kind=Kind(row.kind),
        member_id=row.member_id,
        channel=row.channel,
        week=row.week,
        subject=row.subject,
        reason=row.reason,
        due_at=row.due_at,
        window_ends_at=row.window_ends_at,
        attempts=row.attempts,
        started_at=row.started_at,
    )
