"""The team's desk: count members, keep weekly snapshots of the figures, and find nudges that did not arrive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    distinct,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import Consent
from bot.core.outbox import KINDS, Budget, DeliveryState
from bot.core.practice import Step
from bot.core.team import DONE, MEMBERS, Ended, Figures, Population
from bot.store.member_schema import delivery, member, practice, quiz, schedule, situation, skill_mark
from bot.store.schema import snapshot, workspace
from bot.store.types import UtcDateTime

WEEK, MONTH = timedelta(weeks=1), timedelta(weeks=4)  # tips are counted for a week, reasons for four

_MET = (member.c.workspace_id == bindparam("w"), member.c.profile_at.is_not(None))


def _their(workspace_id: Column[str], member_id: Column[str]) -> ColumnElement[bool]:
    return and_(workspace_id == member.c.workspace_id, member_id == member.c.member_id)


_WEEKLY = and_(_their(schedule.c.workspace_id, schedule.c.member_id), schedule.c.consent == Consent.YES)
_BY_ROLE = (
    select(member.c.role, func.count().label("members"), func.count(schedule.c.member_id).label("weekly"))
    .select_from(member.outerjoin(schedule, _WEEKLY))
    .where(*_MET)
    .group_by(member.c.role)
)


def _members_by(what: str, name: Column[str], *where: ColumnElement[bool]) -> Select[str, str, int]:
    """Count the members with rows that match, by the name in a column."""
    table = name.table
    theirs = _their(table.c.workspace_id, table.c.member_id)
    return (
        select(
            literal(what).label("what"), name.label("name"), func.count(distinct(table.c.member_id)).label("members")
        )
        .select_from(table.join(member, theirs))
        .where(*_MET, *where)
        .group_by(name)
    )


_later = practice.alias("later")
_IS_LAST_STEP = ~exists().where(
    *(_later.c[name] == practice.c[name] for name in ("workspace_id", "member_id", "tip")), _later.c.at > practice.c.at
)
_after = quiz.alias("after")
_IS_LAST_ANSWER = ~exists().where(
    *(_after.c[name] == quiz.c[name] for name in ("workspace_id", "member_id", "skill")),
    _after.c.answered_at > quiz.c.answered_at,
)
_LACKS, _SKILL, _ASKED, _RIGHT, _WHY = "lacks", "skill", "asked", "right", "why"
_BY_NAME = union_all(
    _members_by(_SKILL, skill_mark.c.skill, skill_mark.c.undone_at.is_(None)),
    _members_by(_LACKS, situation.c.need, situation.c.has.is_(False)),
    _members_by(_ASKED, quiz.c.skill, quiz.c.answered_at.is_not(None)),
    _members_by(_RIGHT, quiz.c.skill, quiz.c.right.is_(True), _IS_LAST_ANSWER),
    _members_by(
        _WHY, practice.c.blocker,
        practice.c.step == Step.BLOCKED.value, practice.c.at >= bindparam("month", type_=UtcDateTime), _IS_LAST_STEP,
    ),
)  # fmt: skip
_OF_EACH = (
    select(practice.c.step, func.count().label("marks"))
    .select_from(practice.join(member, _their(practice.c.workspace_id, practice.c.member_id)))
    .where(
        *_MET,
        practice.c.step.in_([Step.DONE.value, Step.BLOCKED.value]),
        practice.c.at >= bindparam("week", type_=UtcDateTime),
        _IS_LAST_STEP,
    )
    .group_by(practice.c.step, practice.c.member_id)
    .subquery()
)
_STEPS = select(*_OF_EACH.c, func.count().label("members")).group_by(*_OF_EACH.c)

_s = snapshot.c
_SNAPSHOTS = (
    select(_s.week, _s.figure, _s.count.label("people"), _s.taken_at)
    .where(_s.workspace_id == bindparam("w"), _s.week >= bindparam("since"))
    .order_by(_s.week)
)
_TREND = _SNAPSHOTS.where(_s.figure.in_([MEMBERS, DONE]))
_LAST_WEEK = select(func.max(_s.week)).where(_s.workspace_id == workspace.c.workspace_id).scalar_subquery()
_LATEST = (  # one look at the end of an index for each workspace; a join would read all snapshots
    select(workspace.c.workspace_id, workspace.c.zone, _LAST_WEEK.label("week"))
    .where(workspace.c.disconnected_at.is_(None))
    .order_by(workspace.c.workspace_id)
)
_FIRST = insert(snapshot).on_conflict_do_nothing().returning(_s.figure)
_KEEP = insert(snapshot).on_conflict_do_nothing()

_d = delivery.c
WEEKLY = [kind for kind, rules in KINDS.items() if rules.budget is Budget.FIRST]  # the weekly tip
_OF_WEEK = (_d.workspace_id == bindparam("w"), _d.kind.in_(WEEKLY))
_ENDED = (
    select(_d.state, _d.reason, func.count(distinct(_d.member_id)))
    .where(
        *_OF_WEEK,
        _d.state.in_([DeliveryState.REFUSED, DeliveryState.MISSED, DeliveryState.UNCONFIRMED]),
        _d.due_at >= bindparam("since"),
    )
    .group_by(_d.state, _d.reason)
)
_FAILED = (*_OF_WEEK, _d.state.in_([DeliveryState.REFUSED, DeliveryState.MISSED]))
_CAN_COME = (
    select(_d.workspace_id, _d.key)
    .select_from(
        delivery.join(schedule, and_(schedule.c.workspace_id == _d.workspace_id, schedule.c.member_id == _d.member_id))
    )
    .where(
        *_FAILED,
        _d.window_ends_at > bindparam("now"),
        schedule.c.consent == Consent.YES,
        or_(schedule.c.paused_until.is_(None), schedule.c.paused_until <= bindparam("now")),
    )
    .order_by(schedule.c.member_id)
    .with_for_update(of=schedule)  # a concurrent opt-out waits, and then cancels what is planned here
)
_AGAIN = (
    update(delivery)
    .where(*_FAILED, tuple_(_d.workspace_id, _d.key).in_(_CAN_COME))  # _FAILED here too: a row may have begun meanwhile
    .values(
        state=DeliveryState.PLANNED,
        try_at=bindparam("now"),
        attempts=0,
        claim_token=None,
        lease_until=None,
        started_at=None,
        reason=None,
        ended_at=None,
    )
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The figures of a week. They never change after they are taken."""

    taken_at: datetime
    figures: Figures


class Latest(NamedTuple):
    """The last ISO week of which a workspace has figures; None if it has none yet."""

    workspace_id: str
    zone: str | None
    week: str | None


def population(tx: Connection, workspace_id: str, now: datetime) -> Population:
    """Return the true counts of a workspace, which must not be shown."""
    here = {"w": workspace_id}
    by_role = tx.execute(_BY_ROLE, here).all()
    steps = tx.execute(_STEPS, {**here, "week": now - WEEK}).all()
    named: dict[str, dict[str, int]] = {}
    for row in tx.execute(_BY_NAME, {**here, "month": now - MONTH}):
        named.setdefault(row.what, {})[row.name] = row.members
    return Population(
        members=sum(row.members for row in by_role),
        weekly=sum(row.weekly for row in by_role),
        roles={row.role: row.members for row in by_role if row.role is not None},
        skills=named.get(_SKILL, {}),
        done={row.marks: row.members for row in steps if row.step == Step.DONE},
        blocked={row.marks: row.members for row in steps if row.step == Step.BLOCKED},
        reasons=named.get(_WHY, {}),
        lacks=named.get(_LACKS, {}),
        asked=named.get(_ASKED, {}),
        right=named.get(_RIGHT, {}),
    )


def snapshots(tx: Connection, workspace_id: str, since_week: str) -> dict[str, Snapshot]:
    """Return the snapshots from this ISO week on, by week, the earliest first."""
    return _by_week(tx, _SNAPSHOTS, workspace_id, since_week)


def trend(tx: Connection, workspace_id: str, since_week: str) -> dict[str, Snapshot]:
    """Return the same, but of the figures only how many members there were and how many tips they did."""
    return _by_week(tx, _TREND, workspace_id, since_week)


def _by_week(
    tx: Connection, wanted: Select[str, str, int, datetime], workspace_id: str, since_week: str
) -> dict[str, Snapshot]:
    rows = tx.execute(wanted, {"w": workspace_id, "since": since_week})
    by_week = {week: list(those) for week, those in groupby(rows, key=lambda row: row.week)}
    return {
        week: Snapshot(those[0].taken_at, {row.figure: row.people for row in those}) for week, those in by_week.items()
    }


def latest(tx: Connection) -> list[Latest]:
    """Return the week of the last snapshot of each connected workspace, across all workspaces."""
    return [Latest(*row) for row in tx.execute(_LATEST)]


def keep(tx: Connection, workspace_id: str, week: str, figures: Figures, now: datetime) -> None:
    """Store the figures of a week, unless there are some already. Wait for another process that stores them now."""
    rows = [
        {"workspace_id": workspace_id, "week": week, "figure": name, "count": count, "taken_at": now}
        for name, count in figures.items()
    ]
    first = next(row for row in rows if row["figure"] == MEMBERS)  # only the process that stores this stores the rest
    if tx.execute(_FIRST, first).first() is not None:
        tx.execute(_KEEP, rows)


def ended(tx: Connection, workspace_id: str, since: datetime) -> list[Ended]:
    """Count the nudges since then that did not arrive, by state and reason. True counts must not be shown."""
    rows = tx.execute(_ENDED, {"w": workspace_id, "since": since})
    return [Ended(DeliveryState(state), reason, members) for state, reason, members in rows]


def plan_again(tx: Connection, workspace_id: str, now: datetime) -> int:
    """Plan refused and missed nudges again if they may still come. Return their number."""
    return tx.execute(_AGAIN, {"w": workspace_id, "now": now}).rowcount
