"""Meeting members, following what Slack says about them, and forgetting them."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.coach import admins, schedules
from bot.core.errors import WasForgotten
from bot.core.member import MemberKey, Profile
from bot.store import limiter, members, tombstones, workspaces

REPLAYED_WITHIN = timedelta(minutes=10)


def is_met(tx: Connection, who: MemberKey) -> bool:
    """Whether this person is remembered as one who may be coached."""
    return members.is_met(tx, who)


def meet(tx: Connection, who: MemberKey, profile: Profile, now: datetime, asked_at: datetime | None = None) -> None:
    """Remember a member with their zone, for a request made at `asked_at`; `now` where that is not known.

    Raises NotCoached for somebody about whom nothing may be stored, and WasForgotten where the request is older than
    the member's last *forget me*. That is looked up after the row is written, which waits for a forgetting.
    """
    profile.check_coachable()
    members.meet(tx, who, profile.zone, now)
    if tombstones.is_buried(tx, who, asked_at or now, now):
        raise WasForgotten


def forget(tx: Connection, who: MemberKey, now: datetime, asked_at: datetime | None = None) -> int:
    """Delete every row about a member and return how many there were. See `erase`."""
    return erase(tx, who, now, asked_at).total()


def erase(tx: Connection, who: MemberKey, now: datetime, asked_at: datetime | None = None) -> Counter[str]:
    """Delete every row about a member and return how many there were in each table.

    What they had asked for before `asked_at`, or `now`, stores nothing for ten minutes: twice as long as Slack's
    signatures are valid. What they ask for later starts afresh. Slack signs to the second; what it signed in that same
    second counts as later: a person who comes back at once must not be refused.
    """
    gone = members.forget(tx, who.workspace_id, [who.member_id])
    tombstones.bury(tx, who, asked_at or now, now + REPLAYED_WITHIN)
    return gone


def sweep_tombstones(tx: Connection, now: datetime) -> int:
    """Delete the tombstones whose time is over, and return how many."""
    return tombstones.sweep(tx, now)


def changed(tx: Connection, who: MemberKey, profile: Profile, event_id: str, now: datetime) -> None:
    """Slack says, by an event, that a person has changed."""
    if workspaces.see_event(tx, who.workspace_id, event_id, now):
        see_profile(tx, who, profile, now)


def see_profile(tx: Connection, who: MemberKey, profile: Profile, now: datetime) -> None:
    """Follow what Slack says about a person: their zone, and whether they may be coached and be a coach admin.

    Who may not be coached any more is forgotten after the days of grace, unless Slack says otherwise before.
    """
    if profile.coachable:
        members.see_profile(tx, who, profile.zone, now)
        schedules.follow_zone(tx, who, profile.zone, now)
    else:
        members.see_left(tx, who, now)
        schedules.leave(tx, who, "may not be coached", now)
    if not profile.may_be_coach_admin:
        admins.lose(tx, who, now)


def stale(tx: Connection, soon: datetime, before: datetime, most: int) -> list[MemberKey]:
    """Return members about whom Slack should be asked again: before their next tip, and coach admins once a day."""
    found = members.stale(tx, soon, before, most)
    of_admins = [who for who in members.stale_admins(tx, before, most) if who not in found]
    return [*found, *of_admins][:most]


def hold(tx: Connection, workspace_id: str, pause: timedelta) -> None:
    """Slack asks for patience: nobody calls it about this workspace for so long."""
    limiter.pause(tx, workspace_id, pause.total_seconds())


def disconnected(tx: Connection, workspace_id: str, event_id: str, now: datetime) -> bool:
    """The app was removed from a workspace, or its token taken back: nothing is sent there any more.

    False where that was heard before: meanwhile the app may be installed again.
    """
    news = workspaces.see_event(tx, workspace_id, event_id, now)
    if news:
        workspaces.disconnect(tx, workspace_id, workspaces.REMOVED, now)
    return news


def connect(tx: Connection, workspace_id: str, now: datetime) -> None:
    """The app has a working token for a workspace."""
    workspaces.connect(tx, workspace_id, now)


def connect_alone(tx: Connection, workspace_id: str, now: datetime) -> None:
    """The same for a token that opens this workspace and no other: nothing goes to those of an earlier token."""
    workspaces.connect(tx, workspace_id, now)
    workspaces.disconnect_others(tx, workspace_id, now)


def sweep(tx: Connection, before: datetime) -> int:
    """Lets go of events that Slack will not deliver again."""
    return workspaces.forget_events(tx, before)
