"""Teams: which there are, who is in them, who leads them, and when Slack is asked next."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.core.member import MemberKey
from bot.core.team import Lead, Team
from bot.store.member_schema import lead, member, team_member
from bot.store.schema import snapshot, team, workspace

_t, _l, _m = team.c, lead.c, team_member.c
_COLUMNS = (_t.workspace_id, _t.team_id, _t.source, _t.name, _t.channel, _t.trouble)
_OF_WORKSPACE = select(*_COLUMNS).where(_t.workspace_id == bindparam("w")).order_by(_t.added_at, _t.team_id)
_OF_SOURCE = select(*_COLUMNS).where(_t.workspace_id == bindparam("w"), _t.source == bindparam("s"))
_INSERT = upsert(team)
_SAVE = _INSERT.on_conflict_do_update(
    index_elements=[_t.workspace_id, _t.team_id],
    set_={name: _INSERT.excluded[name] for name in ("name", "channel", "trouble")},
)
_REMOVE = tuple(
    delete(column.table).where(column.table.c.workspace_id == bindparam("w"), column == bindparam("t"))
    for column in (_l.team_id, _m.team_id, snapshot.c.team, _t.team_id)
)
_TROUBLE = update(team).where(_t.workspace_id == bindparam("w"), _t.team_id == bindparam("t"))


def of_workspace(tx: Connection, workspace_id: str) -> list[Team]:
    """Return the teams of a workspace in the order in which they were added."""
    return [Team(*row) for row in tx.execute(_OF_WORKSPACE, {"w": workspace_id})]


def of_source(tx: Connection, workspace_id: str, source: str) -> Team | None:
    row = tx.execute(_OF_SOURCE, {"w": workspace_id, "s": source}).first()
    return Team(*row) if row else None


def save(tx: Connection, new: Team, now: datetime) -> None:
    values = dict(zip((column.name for column in _COLUMNS), _as_row(new), strict=True))
    tx.execute(_SAVE, {**values, "added_at": now})


def _as_row(new: Team) -> tuple[str | None, ...]:
    return new.workspace_id, new.team_id, new.source, new.name, new.channel, new.trouble


def remove(tx: Connection, workspace_id: str, team_id: str) -> None:
    """Delete a team with its figures, and who is in it and leads it."""
    for statement in _REMOVE:
        tx.execute(statement, {"w": workspace_id, "t": team_id})


def set_trouble(tx: Connection, workspace_id: str, team_id: str, trouble: str | None) -> None:
    tx.execute(_TROUBLE.values(trouble=trouble), {"w": workspace_id, "t": team_id})


# Who is in them.

_IN_TEAMS = select(_m.member_id, _m.team_id).where(_m.workspace_id == bindparam("w"))
_LEAVE = delete(team_member).where(
    _m.workspace_id == bindparam("w"), _m.member_id.in_(bindparam("members", expanding=True))
)


def members_of(tx: Connection, workspace_id: str) -> dict[str, str]:
    return {row.member_id: row.team_id for row in tx.execute(_IN_TEAMS, {"w": workspace_id})}


def leave(tx: Connection, workspace_id: str, members: Collection[str]) -> None:
    tx.execute(_LEAVE, {"w": workspace_id, "members": list(members)})


def join(tx: Connection, workspace_id: str, team_id: str, members: Collection[str]) -> None:
    """Put those of these people into a team whom the bot has met."""
    known = select(member.c.workspace_id, member.c.member_id, literal(team_id)).where(
        member.c.workspace_id == workspace_id, member.c.member_id.in_(list(members)), member.c.profile_at.is_not(None)
    )
    tx.execute(insert(team_member).from_select(["workspace_id", "member_id", "team_id"], known))


# When Slack is asked.

_READ_AT = (
    update(workspace)
    .where(workspace.c.workspace_id == bindparam("w"))
    .values(teams_read_at=bindparam("then", type_=workspace.c.teams_read_at.type))
)
_TO_READ = (
    update(workspace)
    .where(workspace.c.teams_read_at <= bindparam("now"), workspace.c.disconnected_at.is_(None))
    .values(teams_read_at=bindparam("lease_until", type_=workspace.c.teams_read_at.type))
    .returning(workspace.c.workspace_id)
)


def read_at(tx: Connection, workspace_id: str, then: datetime | None) -> None:
    tx.execute(_READ_AT, {"w": workspace_id, "then": then})


def claim_reading(tx: Connection, now: datetime, lease_until: datetime) -> list[str]:
    """Take the workspaces whose teams are to be read, across all workspaces. No other worker does so until then."""
    return list(tx.execute(_TO_READ, {"now": now, "lease_until": lease_until}).scalars())


_END_READING = _READ_AT.where(workspace.c.teams_read_at == bindparam("lease_until"))


def end_reading(tx: Connection, workspace_id: str, lease_until: datetime, then: datetime | None) -> bool:
    """End a lease, and set when to ask next. Return False if another worker took it over."""
    return tx.execute(_END_READING, {"w": workspace_id, "lease_until": lease_until, "then": then}).rowcount > 0


# Who leads them.

_LEADS = select(_l.member_id, _l.yes, *_COLUMNS).select_from(
    lead.join(team, and_(_t.workspace_id == _l.workspace_id, _t.team_id == _l.team_id))
)
_OF_TEAMS = _LEADS.where(_l.workspace_id == bindparam("w"))
_LED_BY = _OF_TEAMS.where(_l.member_id == bindparam("m"))
_DUE = _LEADS.where(_l.next_at <= bindparam("now")).order_by(_l.next_at).limit(bindparam("most"))
_NO_LEAD = delete(lead).where(_l.workspace_id == bindparam("w"), _l.team_id == bindparam("t"))
_NAME = upsert(lead)
_SET_LEAD = _NAME.on_conflict_do_update(
    index_elements=[_l.workspace_id, _l.member_id],
    set_={"team_id": _NAME.excluded.team_id, "yes": None, "answered_at": None, "next_at": None},
)
_DECIDE = update(lead).where(_l.workspace_id == bindparam("w"), _l.member_id == bindparam("m"))
_PLANNED = _DECIDE.values(next_at=bindparam("next"), turn=_l.turn + 1).returning(_l.turn)


def _lead(row: Sequence[Any]) -> Lead:
    member_id, yes, *columns = row
    found = Team(*columns)
    return Lead(MemberKey(found.workspace_id, member_id), found, yes)


def led_by(tx: Connection, who: MemberKey) -> Lead | None:
    row = tx.execute(_LED_BY, {"w": who.workspace_id, "m": who.member_id}).first()
    return _lead(row) if row else None


def leads_of(tx: Connection, workspace_id: str) -> Mapping[str, Lead]:
    return {each.team.team_id: each for each in map(_lead, tx.execute(_OF_TEAMS, {"w": workspace_id}))}


def set_lead(tx: Connection, who: MemberKey, team_id: str) -> None:
    """Name the lead of a team in place of another one. A member leads one team; they are asked anew."""
    tx.execute(_NO_LEAD, {"w": who.workspace_id, "t": team_id})
    tx.execute(_SET_LEAD, {**who._asdict(), "team_id": team_id, "turn": 0})


def decide(tx: Connection, who: MemberKey, yes: bool, next_at: datetime | None, now: datetime) -> None:  # noqa: FBT001 - the answer itself
    values = {"yes": yes, "answered_at": now, "next_at": next_at}
    tx.execute(_DECIDE.values(values), {"w": who.workspace_id, "m": who.member_id})


def due_leads(tx: Connection, now: datetime, most: int) -> list[Lead]:
    """Return the leads whose message of the month is to be planned, across all workspaces."""
    return [_lead(row) for row in tx.execute(_DUE, {"now": now, "most": most})]


def planned(tx: Connection, who: MemberKey, next_at: datetime) -> int:
    """Record that a message was planned, and when the next one is. Return how many were planned so far."""
    found: int = tx.execute(_PLANNED, {"w": who.workspace_id, "m": who.member_id, "next": next_at}).scalar_one()
    return found
