"""Teams of a workspace: add and remove them, read who is in them once a day, and ask their leads."""

import secrets
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach.act import Act
from bot.coach.admins import check_not_forgotten
from bot.coach.membership import TEAMS_LEASE
from bot.core.calendar import Hours, at_local, week_of, zone_of
from bot.core.challenges import ChallengeState
from bot.core.errors import NextStep, UserError
from bot.core.member import AdminAct, MemberKey
from bot.core.outbox import Copy, Kind, NewDelivery, TeamSubject, key_of
from bot.core.team import Lead, Team
from bot.outbox import deliveries
from bot.store import admins, challenges, members, record as record_rows, teams, workspaces

MAX_TEAMS, MAX_NAME = 60, 75
AT_ONCE = 100  # members who change their team in one transaction
TEAMS = NextStep("Teams", "team", "teams")
People = Mapping[str, Collection[str] | str]  # by team, who is in it; or why Slack did not say so: it keeps its members


class NewTeam(NamedTuple):
    source: str
    name: str
    channel: str
    lead: MemberKey | None
    asked_at: datetime | None = None  # when Slack signed the admin's request


class Teams(NamedTuple):
    """The teams of a workspace and their leads, by the team's id. `added`: the one that was added just now."""

    teams: tuple[Team, ...]
    leads: Mapping[str, Lead]
    added: Team | None = None


class Reading(NamedTuple):
    """A workspace whose teams one worker reads until its lease ends."""

    workspace_id: str
    teams: tuple[Team, ...]
    lease_until: datetime


def listed(tx: Connection, workspace_id: str, added: Team | None = None) -> Teams:
    return Teams(tuple(teams.of_workspace(tx, workspace_id)), teams.leads_of(tx, workspace_id), added)


def add(act: Act, new: NewTeam) -> Teams:
    """Add a team with its lead, or change one; Slack is asked within a minute. Raise UserError and NotMet."""
    act.lock()
    if new.lead is not None:
        check_not_forgotten(act.tx, new.lead, new.asked_at or act.now, act.now)
    workspaces.lock(act.tx, act.who.workspace_id)
    every = {each.source: each for each in teams.of_workspace(act.tx, act.who.workspace_id)}
    if len(every) >= MAX_TEAMS and new.source not in every:
        raise UserError(f"There are {MAX_TEAMS} teams, and I can't read more. Remove one first.", TEAMS)
    before = every.get(new.source)
    team_id = before.team_id if before else secrets.token_hex(8)
    found = Team(act.who.workspace_id, team_id, new.source, new.name, new.channel)
    teams.save(act.tx, found, act.now)
    before_them = teams.set_lead(act.tx, new.lead, found.team_id, act.now) if new.lead else []
    teams.read_at(act.tx, act.who.workspace_id, act.now)
    act.audit(AdminAct.TEAM_ADDED, on_member=new.lead and new.lead.member_id, subject=new.name)
    admins.clear_unknown(act.tx, act.who.workspace_id, before_them)
    return listed(act.tx, act.who.workspace_id, found)


def remove(act: Act, source: str) -> Team:
    """Delete a team. Raise UserError and NotMet."""
    act.lock()
    every = teams.of_workspace(act.tx, act.who.workspace_id)
    found = next((each for each in every if each.source == source), None)
    if found is None:
        raise UserError("There is no such team.", TEAMS)
    for project in challenges.projects_of(act.tx, act.who.workspace_id, found.team_id, act.now):
        challenges.end(act.tx, project, ChallengeState.CANCELLED, act.now)
    leads = teams.remove(act.tx, act.who.workspace_id, found.team_id)
    admins.clear_unknown(act.tx, act.who.workspace_id, leads)
    teams.read_at(act.tx, act.who.workspace_id, act.now)  # its members may be in another team from now on
    act.audit(AdminAct.TEAM_REMOVED, subject=found.name)
    return found


def tell(act: Act, team_id: str, dm_channel: str, zone: str | None) -> Lead:
    """Tell a lead once, at `dm_channel` and in their own hours, that they lead a team. Raise UserError and NotMet."""
    act.lock()
    lead = teams.leads_of(act.tx, act.who.workspace_id).get(team_id)
    if lead is None or lead.yes is not None or not teams.tell(act.tx, lead.who, dm_channel):
        raise UserError("They were told, or answered, or do not lead it any more.", TEAMS)
    copy = Copy(act.who.workspace_id, None, key_of(Kind.LEAD, team_id, dm_channel), dm_channel)
    now, week, about = act.now, week_of(act.now, zone), TeamSubject(team_id=team_id, turn=0, zone=zone)
    deliveries.put(act.tx, NewDelivery([copy], Kind.LEAD, due_at=now, until=now, week=week, subject=about))
    act.audit(AdminAct.LEAD_TOLD, on_member=lead.who.member_id, subject=lead.team.name)
    return lead


# Read them.


def claim(tx: Connection, now: datetime) -> list[Reading]:
    """Take the workspaces whose teams are to be read now, across all workspaces."""
    lease_until = now + TEAMS_LEASE
    claimed = teams.claim_reading(tx, now, lease_until)
    return [Reading(each, tuple(teams.of_workspace(tx, each)), lease_until) for each in claimed]


def moves(
    reading: Reading, people: People, was: Mapping[str, str], known: Collection[str]
) -> Iterator[tuple[str | None, list[str]]]:
    """Yield who leaves their team (None) and who is in which team from now on, some at a time."""
    now: dict[str, str] = {}  # who is in several teams is in the one that was added first
    for team_id in (team.team_id for team in reading.teams):
        told = people[team_id]
        those = [member_id for member_id in was if was[member_id] == team_id] if isinstance(told, str) else told
        for member_id in those:
            if member_id in known:
                now.setdefault(member_id, team_id)
    moving: dict[str | None, list[str]] = {None: [each for each, team_id in was.items() if now.get(each) != team_id]}
    for member_id, team_id in now.items():
        if was.get(member_id) != team_id:
            moving.setdefault(team_id, []).append(member_id)
    for team, those in moving.items():
        yield from ((team, those[start : start + AT_ONCE]) for start in range(0, len(those), AT_ONCE))


def end(tx: Connection, reading: Reading, people: People, names: Mapping[str, str], now: datetime) -> None:
    """End the lease, and store why Slack did not say who is in some of the teams, and the `names` of others."""
    for team in reading.teams:
        found = people[team.team_id]
        trouble = found if isinstance(found, str) else None
        if trouble != team.trouble:
            teams.change(tx, reading.workspace_id, team.team_id, trouble=trouble)
    for team_id, name in names.items():
        teams.change(tx, reading.workspace_id, team_id, name=name[:MAX_NAME])
    teams.read_at(tx, reading.workspace_id, now + timedelta(days=1) if reading.teams else None, reading.lease_until)


# Their leads.


def decide(act: Act, *, yes: bool) -> Lead:
    """Store a lead's answer to a message a month. Raise UserError for somebody who leads no team."""
    act.lock()
    found = teams.led_by(act.tx, act.who)
    if found is None:
        raise UserError("You lead no team here. An admin names leads.", NextStep("Who are the admins?", "admins"))
    if not yes:
        deliveries.cancel_all(act.tx, act.who, "lead off", act.now, (Kind.LEAD,))
    next_at = found.next_at if yes else None
    if found.yes is not yes:
        next_at = _next_month(act.read().hours, act.now) if yes else None
        teams.decide(act.tx, act.who, yes, next_at, act.now)
    return found._replace(yes=yes, next_at=next_at)


def plan_messages(tx: Connection, now: datetime) -> int:
    """Plan the message of the month to each lead who is due. Return their number. Works across all workspaces."""
    due = teams.due_leads(tx, now, 100)
    members.lock(tx, [each.who for each in due])  # first, so that it does not deadlock with *forget me*
    messages = []
    for who, team, *_ in due:
        hours = record_rows.read(tx, who).hours
        turn = teams.plan_next(tx, who, now, _next_month(hours, now))
        if turn is None:
            continue
        copy = Copy(*who, key_of(Kind.LEAD, who.member_id, f"{now.astimezone(zone_of(hours.zone)):%Y-%m}"))
        week, about = week_of(now, hours.zone), TeamSubject(team_id=team.team_id, turn=turn)
        messages.append(NewDelivery([copy], Kind.LEAD, due_at=now, until=now, week=week, subject=about))
    deliveries.put(tx, *messages)
    return len(messages)


def coming(tx: Connection, now: datetime, until: datetime) -> Iterator[tuple[datetime, MemberKey, str | None]]:
    """Yield when which lead will get a message that is not planned yet, and their zone; across all workspaces."""
    for who, _, _, next_at, _ in teams.due_leads(tx, until):
        assert next_at is not None  # noqa: S101 - they are due
        hours, at = record_rows.read(tx, who).hours, max(next_at, now)
        while at <= until:
            yield hours.decent(at), who, hours.zone
            at = _next_month(hours, at)


def _next_month(hours: Hours, now: datetime) -> datetime:
    """Return the first moment of the lead's own hours in the month after this one, but none on New Year's Day."""
    first = (now.astimezone(zone_of(hours.zone)).date().replace(day=1) + timedelta(days=32)).replace(day=1)
    return hours.decent(at_local(first.replace(day=2 if first.month == 1 else 1), hours.slot.minute, hours.zone))
