"""All SQL of the outbox. The functions of deliveries.py and leases.py say what each statement does."""

from typing import Any

from sqlalchemy import and_, bindparam, case, exists, func, null, or_, select, tuple_, update

from bot.core.member import Consent
from bot.core.outbox import KINDS, Budget, DeliveryState
from bot.core.why import WINDOW_OVER
from bot.store.member_schema import delivery, schedule
from bot.store.schema import workspace
from bot.store.types import database_now, insert
from bot.store.workspaces import IS_PAUSED

_c = delivery.c
COLUMNS = (
    _c.workspace_id, _c.key, _c.id, _c.kind, _c.member_id, _c.channel, _c.week, _c.subject, _c.reason,
    _c.due_at, _c.window_ends_at, _c.attempts, _c.started_at, _c.thread,
)  # fmt: skip
_IT = (_c.workspace_id == bindparam("w"), _c.key == bindparam("k"))

# One delivery that the worker with this token has claimed.
_MINE = (*_IT, _c.claim_token == bindparam("token"))

# Some deliveries of a workspace.
_KEYS = (_c.workspace_id == bindparam("w"), _c.key.in_(bindparam("keys", expanding=True)))

# Claimed, and not cancelled or known to be in Slack.
_OPEN = _c.state.in_([DeliveryState.SENDING, DeliveryState.UNCONFIRMED])
_STARTED = (_OPEN, _c.started_at.is_not(None))  # its message may be in Slack, or appear there

# Claimed by this worker and not started.
_CLAIMED = (_c.claim_token == bindparam("token"), _c.state == DeliveryState.SENDING, _c.started_at.is_(None))
_UNSTARTED = {"state": DeliveryState.PLANNED, "claim_token": None, "lease_until": None, "started_at": None}
_SENT: dict[str, Any] = {
    "state": DeliveryState.SENT,
    "channel": bindparam("its_channel"),
    "ts": bindparam("its_ts"),
    "reason": None,
    "ended_at": bindparam("now"),
}
PUT = insert(delivery).on_conflict_do_nothing()
FIND = select(*COLUMNS, _c.state).where(*_KEYS)
_OF_MEMBER = (_c.workspace_id == bindparam("w"), _c.member_id == bindparam("m"))
_OF_KINDS = _c.kind.in_(bindparam("kinds", expanding=True))
_WRITTEN = [kind for kind, rules in KINDS.items() if rules.subject is not None and rules.subject.is_written]
_WITHOUT_WORDS = case((_c.kind.in_(_WRITTEN), null()), else_=_c.subject)
_CANCEL = (
    update(delivery)
    .where(_c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING]), _c.started_at.is_(None))
    .values(state=DeliveryState.CANCELLED, subject=_WITHOUT_WORDS, reason=bindparam("why"), ended_at=bindparam("now"))
)
CANCEL_ALL = _CANCEL.where(*_OF_MEMBER, _OF_KINDS)

# Find those to a member that Slack may show already or soon.
ON_THE_WAY = select(_c.key).where(*_OF_MEMBER, _OF_KINDS, *_STARTED, _c.ended_at.is_(None))
CANCEL = _CANCEL.where(*_IT)
POSTED = select(_c.channel, _c.ts).where(*_IT, _c.channel.is_not(None), _c.ts.is_not(None))
REWORD = (
    update(delivery)
    .where(_c.workspace_id == bindparam("w"), _OF_KINDS, _c.subject.contains(bindparam("said")))
    .where(_c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING]), _c.started_at.is_(None))
    .values(**_UNSTARTED, subject=bindparam("instead"))  # a claim holds the words of before
)
EMPTY = update(delivery).where(*_IT).values(subject=None)
LATEST = select(func.max(_c.due_at)).where(
    _c.workspace_id == bindparam("w"),
    _c.kind == bindparam("its_kind"),
    _c.channel == bindparam("c"),
    _c.due_at > bindparam("since"),
    _c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNCONFIRMED]),
)
RETRY = (
    update(delivery)
    .where(
        *_IT,
        _c.state.in_(bindparam("ended_as", expanding=True)),
        _c.ended_at.is_not(None),
        _c.window_ends_at > bindparam("now"),
    )
    .values(**_UNSTARTED, ended_at=None, attempts=0, try_at=bindparam("now"))
)
FIND_DOUBTFUL = select(*COLUMNS).where(_c.workspace_id == bindparam("w"), _c.id == bindparam("its_id"), *_STARTED)
_DOUBTFUL = (
    select(_c.workspace_id, _c.key)
    .where(*_IT, *_STARTED)
    .with_for_update(skip_locked=True)  # the sender may be marking it at this moment, and may wait for this transaction
)
ARRIVED = (  # without its claim: the sender, or who looks it up, can add nothing any more
    update(delivery)
    .where(tuple_(_c.workspace_id, _c.key).in_(_DOUBTFUL))
    .values(**_SENT, claim_token=None)
    .returning(_c.lease_until)  # null if it had ended as unconfirmed
)
COUNTED = [kind for kind, rules in KINDS.items() if rules.budget is not Budget.FREE]

# Count what uses up a member's budget of a week: sent or planned.
COUNTED_THIS_WEEK = select(func.count()).where(
    _c.workspace_id == bindparam("w"),
    _c.member_id == bindparam("m"),
    _c.week == bindparam("its_week"),
    _c.kind.in_(COUNTED),
    _c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNCONFIRMED]),
    _c.key.not_in(bindparam("but", expanding=True)),
)
WAITING = (
    select(*COLUMNS, _c.try_at)
    .select_from(delivery.join(workspace, workspace.c.workspace_id == _c.workspace_id))
    .where(
        _c.state == DeliveryState.PLANNED,
        _c.member_id.is_not(None),
        _c.window_ends_at > bindparam("now"),
        workspace.c.disconnected_at.is_(None),
    )
    .order_by(_c.try_at, _c.key)
)
UNDELIVERED = (
    select(*COLUMNS, _c.state)
    .where(_c.state.in_([DeliveryState.REFUSED, DeliveryState.MISSED, DeliveryState.UNCONFIRMED]))
    .order_by(_c.due_at)
)
SINCE = (
    select(*COLUMNS, _c.state, _c.try_at, _c.ended_at)
    .where(*_OF_MEMBER, _c.due_at >= bindparam("since"))
    .order_by(_c.due_at, _c.key)
)
COUNT_OPEN = (
    select(_c.kind, _c.state, func.count())
    .where(_c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.UNCONFIRMED]))
    .group_by(_c.kind, _c.state)
)
_FAILURES = (  # the index holds these columns, so no delivery itself is read
    select(_c.state)
    .where(_c.state.in_([DeliveryState.REFUSED, DeliveryState.UNCONFIRMED]), _c.try_at >= bindparam("since"))
    .group_by(_c.state, _c.workspace_id)
    .having(func.count() >= bindparam("least"))
    .subquery()
)
COUNT_FAILING = select(_FAILURES.c.state, func.count().label("workspaces")).group_by(_FAILURES.c.state)
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
TAKE = (
    update(delivery)
    .where(tuple_(_c.workspace_id, _c.key).in_(_DUE))
    .values(
        state=DeliveryState.SENDING,
        claim_token=bindparam("token"),
        lease_until=database_now() + bindparam("lease"),
        started_at=None,
    )
    .returning(*COLUMNS, _c.try_at)
)
SET_SUBJECT = update(delivery).where(*_MINE).values(subject=bindparam("its_subject"))
_NEEDS_NO_CONSENT = _c.kind.in_(bindparam("no_consent", expanding=True))
_CONSENT = exists().where(
    schedule.c.workspace_id == _c.workspace_id, schedule.c.member_id == _c.member_id, schedule.c.consent == Consent.YES
)
_MAY_NOT_BE_CALLED = exists().where(
    workspace.c.workspace_id == _c.workspace_id, or_(IS_PAUSED, workspace.c.disconnected_at.is_not(None))
)
BEGIN = (
    update(delivery)
    .where(*_KEYS, *_CLAIMED, _c.lease_until > database_now(), or_(_NEEDS_NO_CONSENT, _CONSENT), ~_MAY_NOT_BE_CALLED)
    .values(started_at=bindparam("now"))
    .returning(_c.key)
)

# Cancel claimed ones to members who opted out since.
TAKEN_BACK = (
    update(delivery)
    .where(*_KEYS, *_CLAIMED, ~_NEEDS_NO_CONSENT, ~_CONSENT)
    .values(state=DeliveryState.CANCELLED, subject=_WITHOUT_WORDS, reason="tips off", ended_at=bindparam("now"))
)
GIVE_BACK = update(delivery).where(*_KEYS, *_CLAIMED).values(**_UNSTARTED)
SET_CHANNEL = update(delivery).where(*_MINE).values(channel=bindparam("its_channel"))
SET_WEEK = update(delivery).where(*_IT).values(week=bindparam("its_week"))
CONFIRM = update(delivery).where(*_MINE).values(**_SENT)

# Find which of them were still claimed.
# Without the state, which CONFIRM has set: SQLite would read everything that was ever sent in the workspace.
CONFIRMED = select(_c.key).where(*_KEYS, _c.claim_token == bindparam("token"))

END = (
    update(delivery)
    .where(*_MINE, _OPEN)
    .values(state=bindparam("end"), reason=bindparam("why"), ended_at=bindparam("now"))
)
AGAIN = (
    update(delivery)
    .where(*_MINE, _OPEN)
    .values(**_UNSTARTED, reason=bindparam("why"), try_at=bindparam("later"), attempts=_c.attempts + 1)
)
PUT_OFF = update(delivery).where(*_IT, *_CLAIMED).values(**_UNSTARTED, try_at=bindparam("later"))
LOST = (
    update(delivery)
    .where(*_MINE, _c.state == DeliveryState.SENDING)  # otherwise somebody saw its message, and it is marked as sent
    .values(state=DeliveryState.UNCONFIRMED, reason=bindparam("why"), lease_until=database_now())
)
RELEASE = update(delivery).where(*_CLAIMED).values(**_UNSTARTED)
_LEASE_ENDS = database_now() + bindparam("lease")
_UNSTARTED_CLAIM = and_(_c.state == DeliveryState.SENDING, _c.started_at.is_(None))
_IN_DOUBT = (_OPEN, _c.ended_at.is_(None))  # without those left unconfirmed, which have ended and are kept for months

# Give back claims that nobody started, and renew leases from before the clock was set back; of all workspaces.
ABANDONED = (
    update(delivery)
    .where(*_IN_DOUBT, or_(and_(_UNSTARTED_CLAIM, _c.lease_until <= database_now()), _c.lease_until > _LEASE_ENDS))
    .values(
        state=case((_UNSTARTED_CLAIM, DeliveryState.PLANNED), else_=_c.state),
        claim_token=case((_UNSTARTED_CLAIM, null()), else_=_c.claim_token),
        lease_until=case((_UNSTARTED_CLAIM, null()), else_=_LEASE_ENDS),
    )
    .returning(_c.state)
)
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
EXPIRE = (
    update(delivery)
    .where(tuple_(_c.workspace_id, _c.key).in_(_EXPIRED))
    .values(
        state=DeliveryState.MISSED,
        subject=_WITHOUT_WORDS,
        reason=func.coalesce(_c.reason, WINDOW_OVER),
        ended_at=bindparam("now"),
    )
    .returning(_c.kind)
)
_UNSETTLED = (
    select(_c.workspace_id, _c.key)
    .where(
        *_IN_DOUBT,
        _c.started_at.is_not(None),
        _c.lease_until + bindparam("settling") <= database_now(),
        ~_MAY_NOT_BE_CALLED,
    )
    .order_by(_c.lease_until)  # when it was last looked up: each gets its turn, even if the look-ups of others fail
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
TAKE_UNSETTLED = (
    update(delivery)
    .where(tuple_(_c.workspace_id, _c.key).in_(_UNSETTLED))
    .values(state=DeliveryState.UNCONFIRMED, claim_token=bindparam("token"), lease_until=database_now())
    .returning(*COLUMNS)
)
LEAVE = (
    update(delivery)
    .where(*_MINE, _c.state == DeliveryState.UNCONFIRMED)
    .values(lease_until=None, reason=bindparam("why"), ended_at=bindparam("now"))
)
SLOT_HORIZON = 1.0  # seconds before its send time that a delivery may be claimed
_FURTHEST = database_now() + 2 * SLOT_HORIZON + bindparam("gap")
_NEXT_SEND_AT = case((workspace.c.next_send_at <= _FURTHEST, workspace.c.next_send_at), else_=0.0)
_HAS_DUE = exists().where(
    delivery.c.workspace_id == workspace.c.workspace_id,
    delivery.c.state == DeliveryState.PLANNED,
    delivery.c.try_at <= bindparam("now"),
    delivery.c.window_ends_at > bindparam("now"),
)

# Lock workspaces with due deliveries that may be posted to, the longest waiting first.
READY = (
    select(workspace.c.workspace_id, _NEXT_SEND_AT.label("next_send_at"), database_now().label("db_now"))
    .where(workspace.c.disconnected_at.is_(None), database_now() + SLOT_HORIZON >= _NEXT_SEND_AT, ~IS_PAUSED, _HAS_DUE)
    .order_by(_NEXT_SEND_AT)
    .limit(bindparam("most"))
    .with_for_update(of=workspace, skip_locked=True)
)
PAUSED = select(IS_PAUSED).where(workspace.c.workspace_id == bindparam("w"))
SET_NEXT = update(workspace).where(workspace.c.workspace_id == bindparam("w")).values(next_send_at=bindparam("then"))
