"""Teams: which there are, who is in them, who leads them, and when Slack is asked next."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, literal, select, update

from bot.core.member import MemberKey
from bot.core.team import Lead, Team
from bot.store.member_schema import lead, member, team_member
from bot.store.schema import team, workspace
from bot.store.types import insert, rows_of, upsert

_t, _l, _m, _w = team.c, lead.c, team_member.c, workspace.c
_COLUMNS = (_t.workspace_id, _t.team_id, _t.source, _t.name, _t.channel, _t.trouble)


def of_workspace(tx: Connection, workspace_id: str) -> list[Team]:
    """Return the teams of a workspace in the order in which they were added."""
    here = select(*_COLUMNS).where(_t.workspace_id == workspace_id)
    return [Team(*row) for row in tx.execute(here.order_by(_t.added_at, _t.team_id))]


def save(tx: Connection, new: Team, now: datetime) -> None:
    changes = {"name": new.name, "channel": new.channel, "trouble": new.trouble}
    tx.execute(upsert(team, asdict(new) | {"added_at": now}, changes))


def remove(tx: Connection, workspace_id: str, team_id: str) -> list[str]:
    """Delete a team, and who is in it and leads it. Return the id of its lead, if it has one."""
    leads = _end_leads(tx, _l.workspace_id == workspace_id, _l.team_id == team_id)
    for column in (_m.team_id, _t.team_id):
        tx.execute(delete(column.table).where(column.table.c.workspace_id == workspace_id, column == team_id))
    return leads


def change(tx: Connection, workspace_id: str, team_id: str, **changed: str | None) -> None:
    tx.execute(update(team).where(_t.workspace_id == workspace_id, _t.team_id == team_id).values(**changed))


def members_of(tx: Connection, workspace_id: str) -> dict[str, str]:
    """Return who is in which team by what Slack said last."""
    rows = tx.execute(select(_m.member_id, _m.team_id).where(_m.workspace_id == workspace_id))
    return {row.member_id: row.team_id for row in rows}


def team_of(tx: Connection, who: MemberKey) -> Team | None:
    its_team = and_(_t.workspace_id == _m.workspace_id, _t.team_id == _m.team_id)
    theirs = select(*_COLUMNS).select_from(team_member.join(team, its_team)).where(*rows_of(team_member, who))
    row = tx.execute(theirs).first()
    return Team(*row) if row else None


def move(tx: Connection, workspace_id: str, team_id: str | None, members: Collection[str]) -> None:
    """Put these members into a team, without those whom the bot has not met. None takes them out of their teams."""
    if team_id is None:
        tx.execute(delete(team_member).where(_m.workspace_id == workspace_id, _m.member_id.in_(list(members))))
        return
    known = select(member.c.workspace_id, member.c.member_id, literal(team_id)).where(
        member.c.workspace_id == workspace_id, member.c.member_id.in_(list(members)), member.c.profile_at.is_not(None)
    )
    tx.execute(insert(team_member).from_select(["workspace_id", "member_id", "team_id"], known))


def read_at(tx: Connection, workspace_id: str, then: datetime | None, lease_until: datetime | None = None) -> None:
    """Set when to ask next. `lease_until`: a worker ends its lease; nothing changes if another one took it over."""
    this = update(workspace).where(_w.workspace_id == workspace_id)
    mine = this if lease_until is None else this.where(_w.teams_read_at == lease_until)
    tx.execute(mine.values(teams_read_at=then))


def read_soon(tx: Connection, workspace_id: str, then: datetime, unless_before: datetime) -> None:
    """Plan to read the teams of a workspace at this moment, unless that is planned soon or under way.

    A workspace that another transaction has locked is left out, so that nobody waits: it keeps its daily reading.
    """
    later = select(_w.workspace_id).where(_w.workspace_id == workspace_id, _w.teams_read_at > unless_before)
    free = later.with_for_update(skip_locked=True).scalar_subquery()
    tx.execute(update(workspace).where(_w.workspace_id == free).values(teams_read_at=then))


def claim_reading(tx: Connection, now: datetime, lease_until: datetime) -> list[str]:
    """Take the workspaces whose teams are to be read, across all workspaces. No other worker does so until then."""
    due = update(workspace).where(_w.teams_read_at <= now, _w.disconnected_at.is_(None))
    return list(tx.scalars(due.values(teams_read_at=lease_until).returning(_w.workspace_id)))


def _leads(tx: Connection, *where: ColumnElement[bool], most: int | None = None) -> list[Lead]:
    its_team = and_(_t.workspace_id == _l.workspace_id, _t.team_id == _l.team_id)
    columns = (_l.member_id, _l.yes, _l.next_at, _l.dm_channel, *_COLUMNS)
    these = select(*columns).select_from(lead.join(team, its_team)).where(*where).order_by(_l.next_at).limit(most)
    return [
        Lead(MemberKey(its[0], member_id), Team(*its), yes, next_at, dm_channel)
        for member_id, yes, next_at, dm_channel, *its in tx.execute(these)
    ]


def led_by(tx: Connection, who: MemberKey) -> Lead | None:
    return next(iter(_leads(tx, *rows_of(lead, who))), None)


def leads_of(tx: Connection, workspace_id: str) -> Mapping[str, Lead]:
    return {each.team.team_id: each for each in _leads(tx, _l.workspace_id == workspace_id)}


def due_leads(tx: Connection, until: datetime, most: int | None = None) -> list[Lead]:
    """Return the leads whose message of the month is to be planned by then, across all connected workspaces."""
    is_connected = (_w.workspace_id == _l.workspace_id, _w.disconnected_at.is_(None))
    return _leads(tx, _l.next_at <= until, *is_connected, most=most)


def set_lead(tx: Connection, who: MemberKey, team_id: str, now: datetime) -> list[str]:
    """Name the lead of a team, who leads one at most and is asked anew. Return the id of the lead before them."""
    ended = _end_leads(tx, _l.workspace_id == who.workspace_id, _l.team_id == team_id)
    anew = {"team_id": team_id, "yes": None, "answered_at": None, "next_at": None, "dm_channel": None, "asked_at": now}
    tx.execute(upsert(lead, {**who._asdict(), "team_id": team_id, "turn": 0, "asked_at": now}, anew))
    return ended


def tell(tx: Connection, who: MemberKey, dm_channel: str) -> bool:
    """Note where a lead is told that they lead a team. Return False if they were told before."""
    new = update(lead).where(*rows_of(lead, who), _l.dm_channel.is_(None))
    return tx.execute(new.values(dm_channel=dm_channel)).rowcount > 0


def end_lead(tx: Connection, who: MemberKey) -> bool:
    return bool(_end_leads(tx, *rows_of(lead, who)))


def _end_leads(tx: Connection, *where: ColumnElement[bool]) -> list[str]:
    return list(tx.scalars(delete(lead).where(*where).returning(_l.member_id)))


def decide(tx: Connection, who: MemberKey, yes: bool, next_at: datetime | None, now: datetime) -> None:  # noqa: FBT001 - the answer itself
    theirs = update(lead).where(*rows_of(lead, who))
    tx.execute(theirs.values(yes=yes, answered_at=now, next_at=next_at))


def plan_next(tx: Connection, who: MemberKey, now: datetime, next_at: datetime) -> int | None:
    """Set when the message after the one of now comes. Return which it is of all; None if another worker planned it."""
    due = update(lead).where(*rows_of(lead, who), _l.next_at <= now)
    return tx.execute(due.values(next_at=next_at, turn=_l.turn + 1).returning(_l.turn)).scalar_one_or_none()
