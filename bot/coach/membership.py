"""Meet members, follow the changes of their profiles in Slack, and forget them; connect workspaces."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach import admins, installing, schedules
from bot.coach.posts import answers
from bot.coach.posts.answers import ASK_AGAIN, FIRST_DAY, LIKED
from bot.core.errors import NotCoached, WasForgotten
from bot.core.member import MemberKey, Profile
from bot.core.outbox import AdminSubject, Copy, Kind, key_of
from bot.outbox import deliveries
from bot.store import installations, members, teams, workspaces

REPLAYED_WITHIN = timedelta(minutes=10)
TEAMS_WITHIN = timedelta(minutes=1)
TEAMS_LEASE = timedelta(minutes=10)  # a reading that is under way must not end early


def meet(tx: Connection, who: MemberKey, profile: Profile, now: datetime, asked_at: datetime | None = None) -> None:
    """Store a member with their zone, for a request made at `asked_at`, or `now` if that is not known.

    The zone of the first member who has one becomes that of the workspace, whose figures count weeks there. Raise
    NotCoached if nothing may be stored about this person, and WasForgotten if they asked before their *forget me*.
    """
    if not profile.coachable:
        raise NotCoached
    members.meet(tx, who, profile.zone, now)
    teams.read_soon(tx, who.workspace_id, now + TEAMS_WITHIN, now + TEAMS_LEASE)  # they may be in one
    check_not_forgotten(tx, who, asked_at or now, now)  # after the write, which waits for a concurrent *forget me*


def greet(tx: Connection, who: MemberKey, profile: Profile, now: datetime) -> None:
    """Tell an admin who installed the bot, once, what to do first. They become a member: a delivery belongs to one."""
    meet(tx, who, profile, now)
    if admins.first_day(tx, who.workspace_id, now) is not None:
        copy = Copy(*who, key_of(Kind.TASK, FIRST_DAY, who.member_id))
        answers.put(tx, copy, Kind.TASK, AdminSubject(task=FIRST_DAY), now)


def check_not_forgotten(tx: Connection, who: MemberKey, asked_at: datetime, now: datetime) -> None:
    """Raise WasForgotten if a request is older than the member's last *forget me*."""
    if members.is_buried(tx, who, asked_at, now):
        raise WasForgotten


def forget(tx: Connection, who: MemberKey, now: datetime, asked_at: datetime | None = None) -> Counter[str]:
    """Delete every row about a member and return the number per table. Answers to others no longer name them.

    A tombstone stays for ten minutes, twice as long as Slack's signatures are valid. Meanwhile, requests from before
    `asked_at` (or `now`) store nothing. Those from the same second or later store the person as a new member.
    """
    deleted = members.forget(tx, who.workspace_id, [who.member_id])
    deliveries.reword(tx, who.workspace_id, Kind.ANSWER, who.member_id, ASK_AGAIN)
    deliveries.reword(tx, who.workspace_id, Kind.NEWS, who.member_id, AdminSubject(task=LIKED))
    members.bury(tx, who, asked_at or now, now + REPLAYED_WITHIN)
    return deleted


def changed(tx: Connection, who: MemberKey, profile: Profile, event_id: str, now: datetime) -> None:
    """Handle Slack's event that a person's profile has changed. Ignore an event that was delivered before."""
    if workspaces.see_event(tx, who.workspace_id, event_id, now):
        see_profile(tx, who, profile, now)


def see_profile(tx: Connection, who: MemberKey, profile: Profile, now: datetime) -> None:
    """Store what Slack says about a person: their zone, and whether they may be coached, lead and be a coach admin.

    A member who may no longer be coached is forgotten after some days, unless that changes before.
    """
    if profile.coachable:
        members.see_profile(tx, who, profile.zone, now)
        schedules.follow_zone(tx, who, profile.zone, now)
    else:
        members.see_left(tx, who, now)
        schedules.leave(tx, who, "may not be coached", now)
    if not profile.may_be_coach_admin:
        admins.lose(tx, who, now)


class Turn(NamedTuple):
    """One worker's lease to ask Slack about these members of a workspace. It ends by the database's clock."""

    workspace_id: str
    members: tuple[MemberKey, ...]
    lease_until: float


def stale(tx: Connection, soon: datetime, before: datetime, each: int, limit: int) -> list[MemberKey]:
    """Return the members, leads and admins whose profiles to fetch again, at most `each` of one workspace."""
    found, counts = list[MemberKey](), Counter[str]()
    learners = members.stale(tx, soon, before, each, limit)
    for who in dict.fromkeys([*learners, *members.stale_named(tx, before, limit)]):
        counts[who.workspace_id] += 1
        if counts[who.workspace_id] <= each:
            found.append(who)
    return found[:limit]


def take_turns(tx: Connection, whom: Sequence[MemberKey], before: datetime, lease: float) -> list[Turn]:
    """Lease the workspaces of these members for so many seconds, but none of which another worker asks or has asked."""
    leases = workspaces.begin_asking(tx, {who.workspace_id for who in whom}, lease)
    mine = [who for who in whom if who.workspace_id in leases]
    still = members.still_stale(tx, mine, before)
    return [
        Turn(workspace_id, tuple(who for who in mine if who.workspace_id == workspace_id and who in still), until)
        for workspace_id, until in leases.items()
    ]


def disconnected(
    tx: Connection, workspace_id: str, event_id: str, now: datetime, happened_at: datetime | None = None
) -> bool:
    """Delete the tokens of a workspace that removed the app or revoked its token, and end there as `lose` does.

    Return False if this event was handled before, or is late: the app may be installed again since.
    """
    is_new = workspaces.see_event(tx, workspace_id, event_id, now)
    if not is_new or not installations.revoke(tx, workspace_id, happened_at or now):
        return False
    workspaces.know(tx, workspace_id, now)  # so that the sweep finds it
    installing.lose(tx, [workspace_id], now)
    return True


def connect_alone(tx: Connection, workspace_id: str, now: datetime) -> None:
    """Record the only workspace for which the bot has a token. Disconnect those of earlier tokens."""
    workspaces.connect(tx, workspace_id, now)
    workspaces.disconnect_others(tx, workspace_id, now)
