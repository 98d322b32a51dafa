"""The outbox, for planners, members' requests and operators: put deliveries in, look them up, cancel and retry them."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, null, select, tuple_, update

from bot.core.member import MemberKey
from bot.core.outbox import KINDS, Budget, Delivery, DeliveryState, Kind, Known, NewDelivery, Subject
from bot.core.outcomes import Sent
from bot.store.member_schema import delivery
from bot.store.schema import workspace
from bot.store.types import Conditions, insert, rows_of, this_member

_c = delivery.c
COLUMNS = (
    _c.workspace_id, _c.key, _c.id, _c.kind, _c.member_id, _c.channel, _c.week, _c.subject, _c.reason,
    _c.due_at, _c.window_ends_at, _c.attempts, _c.started_at, _c.thread,
)  # fmt: skip
# Claimed, and not cancelled or known to be in Slack.
OPEN = _c.state.in_([DeliveryState.SENDING, DeliveryState.UNCONFIRMED])
STARTED = (OPEN, _c.started_at.is_not(None))  # its message may be in Slack, or appear there
UNSTARTED = {"state": DeliveryState.PLANNED, "claim_token": None, "lease_until": None, "started_at": None}
_MAY_BE_CANCELLED = (_c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING]), _c.started_at.is_(None))
_WAITS_OR_ARRIVES = _c.state.in_(
    [DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNCONFIRMED]
)
_FAILED = _c.state.in_([DeliveryState.REFUSED, DeliveryState.MISSED, DeliveryState.UNCONFIRMED])
_WRITTEN = [kind for kind, rules in KINDS.items() if rules.subject is not None and rules.subject.is_written]
WITHOUT_WORDS = case((_c.kind.in_(_WRITTEN), null()), else_=_c.subject)
_CANCELLED = {"state": DeliveryState.CANCELLED, "subject": WITHOUT_WORDS}
_COUNTED = [kind for kind, rules in KINDS.items() if rules.budget is not Budget.FREE]
_OF_WEEK = (*this_member(delivery), _c.week == bindparam("of_week"), _c.kind.in_(_COUNTED), _WAITS_OR_ARRIVES)
_COUNTED_IN_WEEK = select(func.count()).where(*_OF_WEEK, _c.key.not_in(bindparam("but", expanding=True)))
THESE = (_c.workspace_id == bindparam("w"), _c.key.in_(bindparam("keys", expanding=True)))
_KNOWN = (*COLUMNS, _c.state, _c.try_at, _c.ended_at)
_FIND = select(*_KNOWN).where(*THESE)
NEED_CONSENT = tuple(kind for kind, rules in KINDS.items() if rules.needs_consent)


def this(workspace_id: str, key: str) -> Conditions:
    return _c.workspace_id == workspace_id, _c.key == key


def put(tx: Connection, *new: NewDelivery) -> None:
    """Put deliveries into the outbox. One whose idempotency key is there already is ignored."""
    rows = list[dict[str, Any]]()
    for each in new:
        alike = ("kind", "thread", "week", "reason", "state", "due_at", "window_ends_at")
        shared = {name: getattr(each, name) for name in alike} | {
            "subject": each.subject and each.subject.stored(),
            "try_at": min(each.try_at or each.due_at, each.window_ends_at),  # never after it, as `expire` expects
            "ended_at": None if each.state is DeliveryState.PLANNED else each.due_at,
            "attempts": 0,
        }
        rows += [{**copy._asdict(), "id": secrets.token_hex(12), **shared} for copy in each.copies]
    if rows:
        tx.execute(insert(delivery).on_conflict_do_nothing(), rows)


def find(tx: Connection, workspace_id: str, key: str) -> Known | None:
    return find_all(tx, workspace_id, [key]).get(key)


def find_all(tx: Connection, workspace_id: str, keys: Collection[str]) -> dict[str, Known]:
    """Return these deliveries by their keys, in one statement."""
    return {row.key: _known(row) for row in tx.execute(_FIND, {"w": workspace_id, "keys": list(keys)})}


def cancel_all(tx: Connection, who: MemberKey, why: str, now: datetime, kinds: Collection[Kind] = tuple(Kind)) -> bool:
    """Cancel the deliveries to a member that have not started. Return True if another is being sent already."""
    theirs = (*rows_of(delivery, who), _c.kind.in_(kinds))
    tx.execute(update(delivery).where(*_MAY_BE_CANCELLED, *theirs).values(**_CANCELLED, reason=why, ended_at=now))
    return tx.execute(select(_c.key).where(*theirs, *STARTED, _c.ended_at.is_(None))).first() is not None


def cancel(tx: Connection, workspace_id: str, key: str, why: str, now: datetime) -> bool:
    """Cancel a delivery. Return False, with nothing changed, if it has started, ended or never existed."""
    it = update(delivery).where(*_MAY_BE_CANCELLED, *this(workspace_id, key))
    return tx.execute(it.values(**_CANCELLED, reason=why, ended_at=now)).rowcount > 0


def posted(tx: Connection, workspace_id: str, key: str) -> Sent | None:
    in_slack = (*this(workspace_id, key), _c.channel.is_not(None), _c.ts.is_not(None))
    row = tx.execute(select(_c.channel, _c.ts).where(*in_slack)).first()
    return None if row is None else Sent(row.channel, row.ts)


def empty(tx: Connection, about: Sequence[Delivery]) -> None:
    """Delete what these answers say: it is only needed until they are sent."""
    if about:
        its = update(delivery).where(_c.workspace_id == bindparam("w"), _c.key == bindparam("k"))
        tx.execute(its.values(subject=None), [{"w": each.workspace_id, "k": each.key} for each in about])


def reword(tx: Connection, workspace_id: str, kind: Kind, said: str, instead: Subject) -> None:
    """Let deliveries that say this text say something else, if they have not started."""
    say_it = (_c.workspace_id == workspace_id, _c.kind == kind, _c.subject.contains(said))
    unsent = update(delivery).where(*say_it, *_MAY_BE_CANCELLED)
    tx.execute(unsent.values(**UNSTARTED, subject=instead.stored()))  # a claim holds the words of before


def latest(tx: Connection, workspace_id: str, kind: Kind, channel: str, since: datetime) -> datetime | None:
    """Return when a channel last got a message of this kind, or may have; None if that was before `since`."""
    there = (_c.workspace_id == workspace_id, _c.kind == kind, _c.channel == channel, _c.due_at > since)
    return tx.execute(select(func.max(_c.due_at)).where(*there, _WAITS_OR_ARRIVES)).scalar_one_or_none()


def retry(tx: Connection, workspace_id: str, key: str, now: datetime) -> bool:
    """Plan a delivery again that failed. Return False if it did not, or if its window is over."""
    failed = (*this(workspace_id, key), _FAILED, _c.ended_at.is_not(None), _c.window_ends_at > now)
    again = update(delivery).where(*failed).values(**UNSTARTED, ended_at=None, attempts=0, try_at=now)
    return tx.execute(again).rowcount > 0


def doubtful(tx: Connection, workspace_id: str, delivery_id: str) -> Delivery | None:
    """Return a delivery by the id that its message carries, if it began and Slack has not confirmed it."""
    it = select(*COLUMNS).where(_c.workspace_id == workspace_id, _c.id == delivery_id, *STARTED)
    row = tx.execute(it).first()
    return None if row is None else delivery_of(row)


def arrived(tx: Connection, workspace_id: str, key: str, at: Sent, now: datetime) -> bool:
    """Mark a delivery as sent that was being sent or is unconfirmed, because somebody saw its message in Slack.

    Return False if that was done already, or if it had ended as unconfirmed. A locked row is left alone: the sender may
    be marking it at this moment, and may wait for this transaction. Without its claim, the sender, or who looks it up,
    can add nothing any more.
    """
    in_doubt = select(_c.workspace_id, _c.key).where(*this(workspace_id, key), *STARTED)
    it = tuple_(_c.workspace_id, _c.key).in_(in_doubt.with_for_update(skip_locked=True))
    sent = {"state": DeliveryState.SENT, "channel": at.channel, "ts": at.ts, "reason": None, "ended_at": now}
    seen = update(delivery).where(it).values(**sent, claim_token=None)
    row = tx.execute(seen.returning(_c.lease_until)).first()
    return row is not None and row.lease_until is not None  # it is null where it had ended as unconfirmed


def counted_this_week(tx: Connection, who: MemberKey, but: Collection[str], week: str) -> int:
    """Count the direct messages of a week that use up a member's budget, sent or planned, except these keys."""
    values = {"w": who.workspace_id, "m": who.member_id, "of_week": week, "but": list(but)}
    return tx.execute(_COUNTED_IN_WEEK, values).scalar_one()


def delivery_of(row: Sequence[Any]) -> Delivery:
    workspace_id, key, id_, kind_, member_id, channel, week, subject, *others = row[: len(COLUMNS)]
    kind = Kind(kind_)
    its = KINDS[kind].subject
    about = None if subject is None or its is None else its.model_validate_json(subject)
    return Delivery(workspace_id, key, id_, kind, member_id, channel, week, about, *others)


def _known(row: Row[*tuple[Any, ...]]) -> Known:
    return Known(delivery_of(row), DeliveryState(row.state), row.try_at, row.ended_at)


def waiting(tx: Connection, now: datetime) -> list[Known]:
    """Return planned deliveries to members that may still be sent; across all connected workspaces."""
    to_members = (_c.state == DeliveryState.PLANNED, _c.member_id.is_not(None), _c.window_ends_at > now)
    connected = delivery.join(workspace, workspace.c.workspace_id == _c.workspace_id)
    planned = select(*_KNOWN).select_from(connected).where(*to_members, workspace.c.disconnected_at.is_(None))
    return [_known(row) for row in tx.execute(planned.order_by(_c.try_at, _c.key))]


def undelivered(tx: Connection) -> list[Known]:
    """Return all refused, missed and unconfirmed deliveries, which did or may not arrive; across all workspaces."""
    return [_known(row) for row in tx.execute(select(*_KNOWN).where(_FAILED).order_by(_c.due_at))]


def since(tx: Connection, who: MemberKey, then: datetime) -> list[Known]:
    """Return what a member was to get since then, with what became of it; cancelled ones, too."""
    theirs = select(*_KNOWN).where(*rows_of(delivery, who), _c.due_at >= then)
    return [_known(row) for row in tx.execute(theirs.order_by(_c.due_at, _c.key))]


def count_open(tx: Connection) -> list[tuple[Kind, DeliveryState, int]]:
    """Count the deliveries that are not final, by kind and state; across all workspaces.

    The final ones are nearly all of a large table. Each process counts them as they end.
    """
    is_open = _c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.UNCONFIRMED])
    counted = select(_c.kind, _c.state, func.count()).where(is_open).group_by(_c.kind, _c.state)
    return [(Kind(kind), DeliveryState(state), count) for kind, state, count in tx.execute(counted)]


A_DAY, MANY_FAILURES = timedelta(days=1), 10  # failures of a day that an operator should know of


def failing(tx: Connection, now: datetime) -> dict[DeliveryState, int]:
    """Count workspaces in which many posts of the last day were refused, or never confirmed; across all workspaces."""
    # The index holds these columns, so no delivery itself is read.
    lately = (_c.state.in_([DeliveryState.REFUSED, DeliveryState.UNCONFIRMED]), _c.try_at >= now - A_DAY)
    of_workspace = select(_c.state).where(*lately).group_by(_c.state, _c.workspace_id)
    many = of_workspace.having(func.count() >= MANY_FAILURES).subquery()
    rows = tx.execute(select(many.c.state, func.count()).group_by(many.c.state))
    return {DeliveryState(state): workspaces for state, workspaces in rows}
