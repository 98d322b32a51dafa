"""What is still owed: to whom and on which terms, what waits, and what is put off to a better hour."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, or_, select, tuple_, update

from bot.core.calendar import QuietHours, Slot
from bot.core.delivery import COUNTED, Delivery, Kind, State
from bot.core.member import DM_BUDGET, Consent
from bot.store.deliveries import COLUMNS, delivery_of
from bot.store.tables import delivery, schedule, workspace
from bot.store.workspaces import quiet_hours_of

_TERMS = (
    select(
        schedule.c.member_id,
        schedule.c.consent,
        schedule.c.weekday,
        schedule.c.minute,
        schedule.c.zone,
        schedule.c.next_due_at,
        workspace.c.weekend,
        workspace.c.quiet_from,
        workspace.c.quiet_to,
        workspace.c.dm_budget,
    )
    .select_from(schedule.join(workspace, workspace.c.workspace_id == schedule.c.workspace_id))
    .where(schedule.c.workspace_id == bindparam("w"), schedule.c.member_id.in_(bindparam("members", expanding=True)))
)
_STATE = select(delivery.c.state).where(delivery.c.workspace_id == bindparam("w"), delivery.c.key == bindparam("k"))
_COUNTED_THIS_WEEK = select(func.count()).where(
    delivery.c.workspace_id == bindparam("w"),
    delivery.c.member_id == bindparam("m"),
    delivery.c.week == bindparam("its_week"),
    delivery.c.kind.in_(COUNTED),
    or_(
        delivery.c.state.in_([State.SENDING, State.SENT, State.UNCONFIRMED]),
        (delivery.c.state == State.PLANNED) & (delivery.c.kind == Kind.NUDGE),
    ),
    delivery.c.key != bindparam("k"),
)
_WAITING = (
    select(*COLUMNS, delivery.c.try_at)
    .select_from(delivery.join(workspace, workspace.c.workspace_id == delivery.c.workspace_id))
    .where(
        delivery.c.state == State.PLANNED,
        delivery.c.member_id.is_not(None),
        delivery.c.window_ends_at > bindparam("now"),
        workspace.c.disconnected_at.is_(None),
    )
    .order_by(delivery.c.try_at, delivery.c.key)
)
_PUT_OFF = (
    update(delivery)
    .where(
        delivery.c.workspace_id == bindparam("w"),
        delivery.c.key == bindparam("k"),
        delivery.c.claim_token == bindparam("token"),
    )
    .values(state=State.PLANNED, claim_token=None, lease_until=None, try_at=bindparam("later"))
)
_IT = (delivery.c.workspace_id == bindparam("w"), delivery.c.key == bindparam("k"))
_PLAN_ANEW = (
    update(delivery)
    .where(
        *_IT,
        delivery.c.state.in_([State.REFUSED, State.MISSED, State.UNCONFIRMED]),
        delivery.c.ended_at.is_not(None),
        delivery.c.window_ends_at > bindparam("now"),
    )
    .values(
        state=State.PLANNED,
        claim_token=None,
        lease_until=None,
        started_at=None,
        ended_at=None,
        attempts=0,
        try_at=bindparam("now"),
    )
)
_SET_WEEK = update(delivery).where(*_IT).values(week=bindparam("its_week"))
_CALL_OFF = (
    update(delivery)
    .where(*_IT, delivery.c.state.in_([State.PLANNED, State.SENDING]), delivery.c.started_at.is_(None))
    .values(state=State.CANCELLED, reason=bindparam("why"), ended_at=bindparam("now"))
)
_IN_DOUBT = (
    select(delivery.c.workspace_id, delivery.c.key)
    .where(*_IT, delivery.c.state.in_([State.SENDING, State.UNCONFIRMED]), delivery.c.started_at.is_not(None))
    .with_for_update(skip_locked=True)  # who sent it is writing the same at this moment, and may wait for us
)
_ARRIVED = (
    update(delivery)
    .where(tuple_(delivery.c.workspace_id, delivery.c.key).in_(_IN_DOUBT))
    .values(state=State.SENT, ts=bindparam("its_ts"), reason=None, ended_at=bindparam("now"))
)
_FIND_ALL = select(*COLUMNS, delivery.c.state).where(
    tuple_(delivery.c.workspace_id, delivery.c.key).in_(bindparam("keys", expanding=True))
)
_STATES = select(delivery.c.key, delivery.c.state).where(
    delivery.c.workspace_id == bindparam("w"), delivery.c.key.in_(bindparam("keys", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a member gets what is owed to them; `budget` of direct messages is the workspace's, a week."""

    consent: Consent
    slot: Slot
    zone: str | None
    next_due_at: datetime | None
    quiet_hours: QuietHours
    budget: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Planned, and not sent yet."""

    delivery: Delivery
    try_at: datetime


def terms(tx: Connection, workspace_id: str, members: Sequence[str]) -> dict[str, Terms]:
    """The terms of these members of a workspace, in one statement; whoever was never asked has none."""
    return {
        row.member_id: Terms(
            consent=Consent(row.consent),
            slot=Slot(row.weekday, row.minute),
            zone=row.zone,
            next_due_at=row.next_due_at,
            quiet_hours=quiet_hours_of(row.weekend, row.quiet_from, row.quiet_to),
            budget=DM_BUDGET if row.dm_budget is None else row.dm_budget,
        )
        for row in tx.execute(_TERMS, {"w": workspace_id, "members": list(members)})
    }


def counted_this_week(tx: Connection, one: Delivery, week: str) -> int:
    """Other direct messages of the weekly budget that the member had, or will have, in that week."""
    values = {"w": one.workspace_id, "m": one.member_id, "k": one.key, "its_week": week}
    return int(tx.execute(_COUNTED_THIS_WEEK, values).scalar_one())


def state_of(tx: Connection, workspace_id: str, key: str) -> State | None:
    """Where a delivery stands; None if there is none."""
    found = tx.execute(_STATE, {"w": workspace_id, "k": key}).scalar_one_or_none()
    return None if found is None else State(found)


def states_of(tx: Connection, workspace_id: str, keys: Sequence[str]) -> dict[str, State]:
    """Where these deliveries of a workspace stand, in one statement."""
    rows = tx.execute(_STATES, {"w": workspace_id, "keys": list(keys)})
    return {row.key: State(row.state) for row in rows}


def find_all(tx: Connection, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], tuple[Delivery, State]]:
    """Return these deliveries by workspace and key, each with where it stands, in one statement."""
    rows = tx.execute(_FIND_ALL, {"keys": list(keys)})
    return {(row.workspace_id, row.key): (delivery_of(row), State(row.state)) for row in rows}


def plan_anew(tx: Connection, workspace_id: str, key: str, now: datetime) -> bool:
    """Owes again what ended unsent, or in doubt, because somebody who may has said so; False where that can't be."""
    return tx.execute(_PLAN_ANEW, {"w": workspace_id, "k": key, "now": now}).rowcount > 0


def set_week(tx: Connection, one: Delivery, week: str) -> None:
    """In which week it counts."""
    tx.execute(_SET_WEEK, {"w": one.workspace_id, "k": one.key, "its_week": week})


def call_off(tx: Connection, workspace_id: str, key: str, why: str, now: datetime) -> None:
    """Cancels a delivery that has not started."""
    tx.execute(_CALL_OFF, {"w": workspace_id, "k": key, "why": why, "now": now})


def arrived(tx: Connection, workspace_id: str, key: str, ts: str, now: datetime) -> None:
    """Slack has what was in doubt: somebody has seen it."""
    tx.execute(_ARRIVED, {"w": workspace_id, "k": key, "its_ts": ts, "now": now})


def waiting(tx: Connection, now: datetime) -> list[Waiting]:
    """What members of connected workspaces may still get of what was planned; across all workspaces."""
    return [Waiting(delivery_of(row), row.try_at) for row in tx.execute(_WAITING, {"now": now})]


def put_off(tx: Connection, token: str, one: Delivery, later: datetime) -> None:
    """Gives back a claimed delivery until then: it is no failed try."""
    tx.execute(_PUT_OFF, {"w": one.workspace_id, "k": one.key, "token": token, "later": later})
