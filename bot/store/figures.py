"""The figures of a workspace and its teams: count members, and keep weekly snapshots."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    distinct,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert

from bot.core import team as core
from bot.core.member import Consent, MemberKey
from bot.core.outbox import WEEKLY, DeliveryState
from bot.core.practice import Answer, Step
from bot.core.team import STEPS, WHOLE, Figures, Group, Reaction, Week
from bot.store.member_schema import (
    delivery,
    member,
    practice,
    quiz,
    schedule,
    situation,
    skill_mark,
    still,
    team_member,
    tip_given,
)
from bot.store.record import IS_LAST_STEP
from bot.store.schema import snapshot, team, workspace
from bot.store.types import UtcDateTime, same_member

MONTH = timedelta(weeks=4)  # reasons are counted for four weeks

_MET = (member.c.workspace_id == bindparam("w"), member.c.profile_at.is_not(None))

_WEEKLY = and_(same_member(schedule, member), schedule.c.consent == Consent.YES)
_IN_TEAM = same_member(team_member, member)
_TEAM = func.coalesce(team_member.c.team_id, WHOLE).label("team")
_MEMBERS = (
    select(_TEAM, func.count().label("members"), func.count(schedule.c.member_id).label("said_yes"))
    .select_from(member.outerjoin(schedule, _WEEKLY).outerjoin(team_member, _IN_TEAM))
    .where(*_MET)
    .group_by(_TEAM)
)
_after = quiz.alias("after")
_IS_LAST_ANSWER = ~exists().where(
    same_member(_after, quiz, "skill"),
    _after.c.answered_at > quiz.c.answered_at,
)


def _at(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime)


def _members_with(
    figure: str, table: Table, name: ColumnElement[str], *where: ColumnElement[bool]
) -> Select[str, str, int]:
    """Count the members of each team with rows that match, by a figure's name: what it counts, and a column's value."""
    return (
        select(
            _TEAM, (literal(figure) + name).label("figure"), func.count(distinct(table.c.member_id)).label("members")
        )
        .select_from(table.join(member, same_member(table, member)).outerjoin(team_member, _IN_TEAM))
        .where(*_MET, *where)
        .group_by(_TEAM, name)
    )


_said_after = still.alias("said_after")
_IS_LAST_SAID = ~exists().where(
    same_member(_said_after, still, "tip", "asking"),
    _said_after.c.at > still.c.at,
)
_SAID_STILL = (
    still.c.answer.in_([Answer.AGAIN.value, Answer.ONCE.value, Answer.NO.value]),
    still.c.asking != "",
    still.c.at.between(_at("month"), _at("until")),
)
_NO_NAME: ColumnElement[str] = literal("")
_COUNTS = union_all(
    _members_with(core.KNOWS, skill_mark, skill_mark.c.skill, skill_mark.c.undone_at.is_(None)),
    _members_with(core.LACKS, situation, situation.c.need, situation.c.has.is_(False)),
    _members_with(core.ASKED, quiz, quiz.c.skill, quiz.c.answered_at.is_not(None)),
    _members_with(core.RIGHT, quiz, quiz.c.skill, quiz.c.right.is_(True), _IS_LAST_ANSWER),
    _members_with(
        core.BLOCKED_BY, practice, practice.c.blocker,
        practice.c.step == Step.BLOCKED.value, practice.c.at.between(_at("month"), _at("until")), IS_LAST_STEP,
    ),
    _members_with(
        core.DID, practice, _NO_NAME,
        practice.c.step == Step.DONE.value, practice.c.at.between(_at("since"), _at("until")), IS_LAST_STEP,
    ),
    _members_with(core.SAID_STILL, still, _NO_NAME, *_SAID_STILL, _IS_LAST_SAID),
    _members_with(core.STILL, still, _NO_NAME, *_SAID_STILL, _IS_LAST_SAID, still.c.answer == Answer.AGAIN.value),
    _members_with(
        core.SENT, delivery, _NO_NAME,
        delivery.c.kind.in_(WEEKLY), delivery.c.state == DeliveryState.SENT,
        delivery.c.ended_at.between(_at("since"), _at("until")),
    ),
)  # fmt: skip

_s = snapshot.c
_LAST_WEEK = (
    select(func.max(_s.week)).where(_s.workspace_id == workspace.c.workspace_id, _s.team == WHOLE).scalar_subquery()
)
_LATEST = (  # one look at the end of an index for each workspace; a join would read all snapshots
    select(workspace.c.workspace_id, workspace.c.zone, _LAST_WEEK.label("week"))
    .where(workspace.c.disconnected_at.is_(None), workspace.c.no_figures.is_not(True))
    .order_by(workspace.c.workspace_id)
)
_last = snapshot.alias("last").c
_LAST_WEEK_OF = select(func.max(_last.week)).where(_last.workspace_id == bindparam("w"), _last.team == WHOLE)
_LAST = select(_s.team, _s.figure, _s.count).where(
    _s.workspace_id == bindparam("w"), _s.week == _LAST_WEEK_OF.scalar_subquery()
)
_KEEP = insert(snapshot).on_conflict_do_nothing()


class Latest(NamedTuple):
    """The last ISO week of which a workspace has figures; None if it has none yet."""

    workspace_id: str
    zone: str | None
    week: str | None


def groups(tx: Connection, workspace_id: str, since: datetime, until: datetime) -> dict[str, Group]:
    """Return the true counts of a workspace and its teams, which must not be shown. They are in the order of `figures`.

    `since`, `until`: the week that is counted.
    """
    when = {"w": workspace_id, "since": since, "until": until, "month": until - MONTH}
    teams = select(team.c.team_id).where(team.c.workspace_id == workspace_id).order_by(team.c.added_at, team.c.team_id)
    sizes: dict[str, int] = {WHOLE: 0, **dict.fromkeys(tx.scalars(teams), 0)}
    counts: dict[str, Counter[str]] = {each: Counter() for each in sizes}
    for each, members, said_yes in tx.execute(_MEMBERS, when):
        sizes[each], counts[each][core.SAID_YES] = members, said_yes
    for each, figure, members in tx.execute(_COUNTS, when):
        counts[each][figure] += members
    whole = Group(sum(sizes.values()), sum(counts.values(), Counter()))
    return {WHOLE: whole} | {each: Group(sizes[each], counts[each]) for each in sizes if each != WHOLE}


def delete_all(tx: Connection, workspace_id: str) -> None:
    tx.execute(delete(snapshot).where(_s.workspace_id == workspace_id))


def last(tx: Connection, workspace_id: str) -> dict[str, dict[str, int]]:
    """Return the last figures of a workspace and its teams, by group."""
    found: dict[str, dict[str, int]] = {}
    for group, figure, count in tx.execute(_LAST, {"w": workspace_id}):
        found.setdefault(group, {})[figure] = count
    return found


def last_of(tx: Connection, workspace_id: str, group: str) -> dict[str, int]:
    found = tx.execute(_LAST.where(_s.team == group), {"w": workspace_id})
    return {figure: count for _, figure, count in found}


def trend(tx: Connection, workspace_id: str, since_week: str) -> dict[str, Week]:
    """Return by week, the earliest first, how many members did a tip."""
    since = (_s.workspace_id == workspace_id, _s.team == WHOLE, _s.week >= since_week)
    did = func.max(_s.count).filter(_s.figure == core.DID)
    weeks = select(_s.week, _s.taken_at, did).where(*since, _s.figure.in_([core.MEMBERS, core.DID]))
    rows = tx.execute(weeks.group_by(_s.week, _s.taken_at).order_by(_s.week))
    return {week: Week(taken_at, did) for week, taken_at, did in rows}


def latest(tx: Connection) -> list[Latest]:
    """Return the week of the last snapshot of each connected workspace, across all workspaces."""
    return [Latest(*row) for row in tx.execute(_LATEST)]


def keep(tx: Connection, workspace_id: str, week: str, shown: Mapping[str, Figures], now: datetime) -> None:
    """Store the figures of a week, unless there are some already. Wait for another process that stores them now."""
    rows = [
        {"workspace_id": workspace_id, "team": group, "week": week, "figure": name, "count": count, "taken_at": now}
        for group, figures in shown.items()
        for name, count in figures.items()
    ]
    # Only the process that stores this row stores the rest.
    first = next(row for row in rows if row["figure"] == core.MEMBERS)
    if tx.execute(_KEEP.returning(_s.figure), first).first() is not None:
        tx.execute(_KEEP, rows)


_TIMES_GIVEN = select(tip_given.c.tip, func.count().label("members")).group_by(tip_given.c.tip)


def times_given(tx: Connection) -> dict[str, int]:
    """Return how many members got each tip; across all workspaces."""
    return {row.tip: row.members for row in tx.execute(_TIMES_GIVEN)}


_REACTIONS = select(practice.c.step, practice.c.workspace_id, practice.c.member_id, practice.c.tip).where(
    practice.c.step.in_([step.value for step in STEPS]), IS_LAST_STEP
)


def reactions(tx: Connection) -> list[Reaction]:
    """Return who said last of which tip that it is not their work, or that they are blocked; across all workspaces."""
    rows = tx.execute(_REACTIONS)
    return [Reaction(Step(row.step), MemberKey(row.workspace_id, row.member_id), row.tip) for row in rows]
