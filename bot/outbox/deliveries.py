"""The outbox, for planners and members' requests: put deliveries in, look them up, cancel them, retry them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.core.outbox import KINDS, Budget, Delivery, DeliveryState, Kind, NewDelivery, NewMailing, parse_subject
from bot.core.outcomes import Sent
from bot.core.subjects import Stored, Subject, stored
from bot.store.member_schema import delivery


class Content(NamedTuple):
    """What a delivery is about, when it is due, and what became of it."""

    subject: Subject | None
    due_at: datetime
    state: DeliveryState


_c = delivery.c
COLUMNS = (
    _c.workspace_id, _c.key, _c.id, _c.kind, _c.member_id, _c.channel, _c.week, _c.subject, _c.check_name, _c.words,
    _c.reason, _c.due_at, _c.window_ends_at, _c.attempts, _c.started_at, _c.thread,
)  # fmt: skip
_IT = (_c.workspace_id == bindparam("w"), _c.key == bindparam("k"))
_PUT = insert(delivery).on_conflict_do_nothing()


def put(tx: Connection, new: Sequence[NewDelivery | NewMailing]) -> None:
    """Put deliveries into the outbox. One whose idempotency key is there already is ignored."""
    if not new:
        return
    rows = list[dict[str, Any]]()
    for each in new:
        shared = _shared(each)
        rows += [{**copy._asdict(), **shared} for copy in each.copies]
    tx.execute(_PUT, rows)


_ABOUT_NOTHING = dict.fromkeys(Stored._fields)


def _shared(new: NewDelivery | NewMailing) -> dict[str, Any]:
    about = _ABOUT_NOTHING if new.subject is None else stored(new.subject)._asdict()
    return {
        **about,
        "kind": new.kind.value,
        "thread": new.thread,
        "week": new.week,
        "reason": new.reason,
        "state": new.state.value,
        "due_at": new.due_at,
        "try_at": min(new.try_at or new.due_at, new.window_ends_at),  # never after it, as `expire` expects
        "window_ends_at": new.window_ends_at,
        "ended_at": None if new.state is DeliveryState.PLANNED else new.due_at,
        "attempts": 0,
    }


_FIND = select(*COLUMNS).where(*_IT)


def find(tx: Connection, workspace_id: str, key: str) -> Delivery | None:
    """Return a delivery; None if there is none with this idempotency key."""
    row = tx.execute(_FIND, {"w": workspace_id, "k": key}).first()
    return None if row is None else delivery_of(row)


_FIND_ALL = select(*COLUMNS, _c.state).where(tuple_(_c.workspace_id, _c.key).in_(bindparam("keys", expanding=True)))


def find_all(
    tx: Connection, keys: Collection[tuple[str, str]]
) -> dict[tuple[str, str], tuple[Delivery, DeliveryState]]:
    """Return these deliveries and their states by workspace and key, in one statement."""
    rows = tx.execute(_FIND_ALL, {"keys": list(keys)})
    return {(row.workspace_id, row.key): (delivery_of(row), DeliveryState(row.state)) for row in rows}


_CONTENT = select(_c.kind, _c.subject, _c.check_name, _c.words, _c.due_at, _c.state).where(*_IT)


def content_of(tx: Connection, workspace_id: str, key: str) -> Content | None:
    """Return what a delivery is about; None if there is none with this idempotency key."""
    row = tx.execute(_CONTENT, {"w": workspace_id, "k": key}).first()
    if row is None:
        return None
    subject = parse_subject(Kind(row.kind), row.subject, row.check_name, row.words)
    return Content(subject, row.due_at, DeliveryState(row.state))


_STATE = select(_c.state).where(_c.workspace_id == bindparam("w"), _c.key == bindparam("k"))


def state_of(tx: Connection, workspace_id: str, key: str) -> DeliveryState | None:
    """Return the state of a delivery; None if there is no such delivery."""
    found = tx.execute(_STATE, {"w": workspace_id, "k": key}).scalar_one_or_none()
    return None if found is None else DeliveryState(found)


_OF_MEMBER = (_c.workspace_id == bindparam("w"), _c.member_id == bindparam("m"))
_OF_KINDS = _c.kind.in_(bindparam("kinds", expanding=True))
_CANCEL_ALL = (
    update(delivery)
    .where(
        *_OF_MEMBER, _OF_KINDS, _c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING]), _c.started_at.is_(None)
    )
    .values(state=DeliveryState.CANCELLED, words=None, reason=bindparam("why"), ended_at=bindparam("now"))
)
_ON_THE_WAY = select(_c.key).where(
    *_OF_MEMBER,
    _OF_KINDS,
    _c.state.in_([DeliveryState.SENDING, DeliveryState.UNCONFIRMED]),  # an unconfirmed message may still appear
    _c.started_at.is_not(None),
    _c.ended_at.is_(None),
)


NEED_CONSENT = tuple(kind for kind, rules in KINDS.items() if rules.needs_consent)


def cancel_all(tx: Connection, who: MemberKey, why: str, now: datetime, kinds: Collection[Kind] = tuple(Kind)) -> bool:
    """Cancel the deliveries to a member that have not started. Return True if another is being sent already."""
    key = {"w": who.workspace_id, "m": who.member_id, "kinds": list(kinds)}
    tx.execute(_CANCEL_ALL, {**key, "why": why, "now": now})
    return tx.execute(_ON_THE_WAY, key).first() is not None


_CANCEL = (
    update(delivery)
    .where(*_IT, _c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING]), _c.started_at.is_(None))
    .values(state=DeliveryState.CANCELLED, words=None, reason=bindparam("why"), ended_at=bindparam("now"))
)


def cancel(tx: Connection, workspace_id: str, key: str, why: str, now: datetime) -> bool:
    """Cancel a delivery. Return False, with nothing changed, if it has started, ended or never existed."""
    return tx.execute(_CANCEL, {"w": workspace_id, "k": key, "why": why, "now": now}).rowcount > 0


_POSTED = select(_c.channel, _c.ts).where(*_IT, _c.channel.is_not(None), _c.ts.is_not(None))


def posted(tx: Connection, workspace_id: str, key: str) -> Sent | None:
    """Return where Slack shows a delivery; None if that is not known."""
    row = tx.execute(_POSTED, {"w": workspace_id, "k": key}).first()
    return None if row is None else Sent(row.channel, row.ts)


_EMPTY = update(delivery).where(*_IT).values(words=None)


def empty(tx: Connection, about: Sequence[Delivery]) -> None:
    """Delete what these answers say: it is only needed until they are sent."""
    if about:
        tx.execute(_EMPTY, [{"w": each.workspace_id, "k": each.key} for each in about])


_LATEST = select(func.max(_c.due_at)).where(
    _c.workspace_id == bindparam("w"),
    _c.kind == bindparam("its_kind"),
    _c.channel == bindparam("c"),
    _c.due_at > bindparam("since"),
    _c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNCONFIRMED]),
)


def latest(tx: Connection, workspace_id: str, kind: Kind, channel: str, since: datetime) -> datetime | None:
    """Return when a channel last got a message of this kind, or may have; None if that was before `since`."""
    values = {"w": workspace_id, "its_kind": kind, "c": channel, "since": since}
    found: datetime | None = tx.execute(_LATEST, values).scalar_one_or_none()
    return found


_RETRY = (
    update(delivery)
    .where(
        *_IT,
        _c.state.in_([DeliveryState.REFUSED, DeliveryState.MISSED, DeliveryState.UNCONFIRMED]),
        _c.ended_at.is_not(None),
        _c.window_ends_at > bindparam("now"),
    )
    .values(
        state=DeliveryState.PLANNED,
        claim_token=None,
        lease_until=None,
        started_at=None,
        ended_at=None,
        attempts=0,
        try_at=bindparam("now"),
    )
)


def retry(tx: Connection, workspace_id: str, key: str, now: datetime) -> bool:
    """Plan a failed or unconfirmed delivery again. Return False if its window is over or it did not fail."""
    return tx.execute(_RETRY, {"w": workspace_id, "k": key, "now": now}).rowcount > 0


_IN_DOUBT = (
    select(_c.workspace_id, _c.key)
    .where(*_IT, _c.state.in_([DeliveryState.SENDING, DeliveryState.UNCONFIRMED]), _c.started_at.is_not(None))
    .with_for_update(skip_locked=True)  # the sender may be marking it at this moment, and may wait for this transaction
)
_ARRIVED = (
    update(delivery)
    .where(tuple_(_c.workspace_id, _c.key).in_(_IN_DOUBT))
    .values(state=DeliveryState.SENT, ts=bindparam("its_ts"), reason=None, ended_at=bindparam("now"))
)


def arrived(tx: Connection, workspace_id: str, key: str, ts: str, now: datetime) -> None:
    """Mark a delivery as sent if it was being sent or unconfirmed, because somebody saw its message in Slack."""
    tx.execute(_ARRIVED, {"w": workspace_id, "k": key, "its_ts": ts, "now": now})


COUNTED = [kind for kind, rules in KINDS.items() if rules.budget is not Budget.FREE]
PLACE_KEPT = [kind for kind, rules in KINDS.items() if rules.budget in {Budget.FIRST, Budget.HELD}]
_COUNTED_THIS_WEEK = select(func.count()).where(
    _c.workspace_id == bindparam("w"),
    _c.member_id == bindparam("m"),
    _c.week == bindparam("its_week"),
    _c.kind.in_(COUNTED),
    or_(
        _c.state.in_([DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNCONFIRMED]),
        (_c.state == DeliveryState.PLANNED) & _c.kind.in_(PLACE_KEPT),
    ),
    _c.key != bindparam("k"),
)


def counted_this_week(tx: Connection, who: MemberKey, key: str, week: str) -> int:
    """Count the direct messages of a week that use up a member's budget, sent or planned, except that with `key`."""
    values = {"w": who.workspace_id, "m": who.member_id, "k": key, "its_week": week}
    return int(tx.execute(_COUNTED_THIS_WEEK, values).scalar_one())


def delivery_of(row: Sequence[Any]) -> Delivery:
    """Return the delivery in a row that begins with COLUMNS."""
    workspace_id, key, id_, kind_, member_id, channel, week, subject, check_name, words, *others = row[: len(COLUMNS)]
    kind = Kind(kind_)
    about = parse_subject(kind, subject, check_name, words)
    return Delivery(workspace_id, key, id_, kind, member_id, channel, week, about, *others)
