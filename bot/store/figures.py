"""The weekly figures of a workspace: count what its members did, once for each week, and keep what may be shown."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.core import team as core_team
from bot.core.practice import Answer, Step
from bot.core.team import Counts, Figures, WeekCounts
from bot.store.facts import IS_LAST_STEP
from bot.store.member_schema import entry, member, practice, quiz, situation, skill_history, still
from bot.store.schema import snapshot, workspace
from bot.store.types import UtcDateTime, insert, same_member

_SINCE, _UNTIL = (sa.bindparam(name, type_=UtcDateTime) for name in ("since", "until"))


def _who_did(
    figure: str, at: sa.Column[datetime], *where: sa.ColumnElement[bool], name: sa.ColumnElement[str] | None = None
) -> sa.Select[str, str]:
    """Select the members with rows of the week. `name`: the column whose value ends the figure's name."""
    table = at.table
    of_week = (table.c.workspace_id == sa.bindparam("w"), at >= _SINCE, at < _UNTIL)
    named = sa.literal(figure) if name is None else sa.literal(figure) + name
    return sa.select(named.label("figure"), table.c.member_id.label("member_id")).where(*of_week, *where)


_said_after = still.alias("said_after")
_IS_LAST_SAID = ~sa.exists().where(same_member(_said_after, still, "tip", "asking"), _said_after.c.at > still.c.at)
_ANYTHING = ""
_DEEDS = sa.union_all(
    _who_did(core_team.DID, practice.c.at, practice.c.step == Step.DONE, IS_LAST_STEP),
    _who_did(core_team.DID, still.c.at, still.c.answer == Answer.AGAIN, _IS_LAST_SAID),
    _who_did(
        core_team.BLOCKED_BY, practice.c.at, practice.c.step == Step.BLOCKED, IS_LAST_STEP, name=practice.c.blocker
    ),
    _who_did(core_team.LACKS, situation.c.at, situation.c.has.is_(False), name=situation.c.need),
    _who_did(core_team.RIGHT, quiz.c.answered_at, quiz.c.right.is_(True), name=quiz.c.skill),
    _who_did(core_team.WRONG, quiz.c.answered_at, quiz.c.right.is_(False), name=quiz.c.skill),
    _who_did(_ANYTHING, practice.c.at),
    _who_did(_ANYTHING, still.c.at, still.c.answer != Answer.ASKED),
    _who_did(_ANYTHING, situation.c.at),
    _who_did(_ANYTHING, skill_history.c.at),
    _who_did(_ANYTHING, entry.c.joined_at),
).subquery()
_MET = (member.c.workspace_id == sa.bindparam("w"), member.c.profile_at.is_not(None))
_DID = sa.select(sa.func.count(sa.distinct(member.c.member_id))).join(_DEEDS, _DEEDS.c.member_id == member.c.member_id)
_ACTIVE = _DID.where(*_MET)
_BY_FIGURE = _ACTIVE.add_columns(_DEEDS.c.figure).where(_DEEDS.c.figure != _ANYTHING).group_by(_DEEDS.c.figure)
_MEMBERS = sa.select(sa.func.count()).where(*_MET, member.c.met_at < _UNTIL)

_s, _w = snapshot.c, workspace.c


def counted(tx: sa.Connection) -> Sequence[tuple[str, str | None, datetime | None]]:
    """Return each connected workspace with figures, across all workspaces, with its zone and until when it is counted.

    A week that began before that never will be. None: nothing is counted yet.
    """
    wanted = (_w.disconnected_at.is_(None), _w.no_figures.is_not(True))
    until = sa.select(_w.workspace_id, _w.zone, _w.counted_until).where(*wanted)
    return tx.execute(until.order_by(_w.workspace_id)).all()


def count(tx: sa.Connection, workspace_id: str, since: datetime, until: datetime) -> Counts:
    """Return the true counts of a week, which must not be shown."""
    week = {"w": workspace_id, "since": since, "until": until}
    members, active = (tx.scalar(counting, week) or 0 for counting in (_MEMBERS, _ACTIVE))
    return Counts(members, active, {figure: count for count, figure in tx.execute(_BY_FIGURE, week)})


def take(tx: sa.Connection, workspace_id: str, since: datetime, until: datetime) -> bool:
    """Note for ever that this week is counted. Return False if some of it was before, or no figures are wanted.

    Another process that takes the same week waits, and gets False.
    """
    anew = sa.or_(_w.counted_until.is_(None), _w.counted_until <= since)
    this = sa.update(workspace).where(_w.workspace_id == workspace_id, _w.no_figures.is_not(True), anew)
    return tx.execute(this.values(counted_until=until)).rowcount > 0


def switch(tx: sa.Connection, workspace_id: str, now: datetime, *, on: bool) -> None:
    """Switch figures off, which deletes them all; or on: they begin with the next week, and count nothing before it."""
    if on:
        earlier = sa.or_(_w.counted_until.is_(None), _w.counted_until < now)
        tx.execute(sa.update(workspace).where(_w.workspace_id == workspace_id, earlier).values(counted_until=now))
    else:
        tx.execute(sa.delete(snapshot).where(_s.workspace_id == workspace_id))


def keep(tx: sa.Connection, workspace_id: str, until: datetime, figures: Figures) -> None:
    week = {"workspace_id": workspace_id, "ended_at": until}
    tx.execute(insert(snapshot), [{**week, "figure": name, "count": count} for name, count in figures.items()])


def weeks(tx: sa.Connection, workspace_id: str, since: datetime) -> list[WeekCounts]:
    """Return the weeks that ended since then and have figures, the earliest first."""
    found: dict[datetime, dict[str, int]] = {}
    recent = sa.select(_s.ended_at, _s.figure, _s.count).where(_s.workspace_id == workspace_id, _s.ended_at > since)
    for ended_at, figure, count in tx.execute(recent.order_by(_s.ended_at)):
        found.setdefault(ended_at, {})[figure] = count
    return [WeekCounts(ended_at, figures) for ended_at, figures in found.items()]
