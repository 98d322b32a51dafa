"""What admins do: name coach admins, choose settings, introduce the coach in a channel; and the audit of it all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach.act import Act
from bot.core.catalog import Policy
from bot.core.errors import NextStep, NotMet, UserError
from bot.core.member import Acted, AdminAct, FirstDay, MemberKey, WorkspaceSettings
from bot.core.outbox import Copy, DrawnSubject, Kind, NewDelivery, key_of
from bot.outbox import deliveries
from bot.store import admins, challenges, figures, members, teams, workspaces

OF_CHALLENGES = {
    AdminAct.CHALLENGE_POSTED, AdminAct.CHALLENGE_POSTED_AGAIN, AdminAct.CHALLENGE_CLOSED, AdminAct.CHALLENGE_CANCELLED,
    AdminAct.CHALLENGE_REFUSED, AdminAct.LINES_PICKED,
}  # fmt: skip


class AuditPage(NamedTuple):
    acts: tuple[Acted, ...]  # the latest first
    older: str | None  # the id of the last one, if there are older ones
    titles: Mapping[str, str] = {}  # of challenges by id; not of private or deleted ones
    projects: Collection[str] = ()  # the ids of those that are a team's project


def add(act: Act, whom: MemberKey, asked_at: datetime | None = None) -> Sequence[str]:
    """Name a coach admin, who need not be a member. Naming one again changes nothing. Raise UserError and NotMet."""
    act.lock()
    check_not_forgotten(act.tx, whom, asked_at or act.now, act.now)
    if admins.add(act.tx, whom, act.who, act.now):
        act.audit(AdminAct.ADMIN_ADDED, on_member=whom.member_id)
    return admins.named(act.tx, act.who.workspace_id)


def remove(act: Act, whom: MemberKey) -> Sequence[str]:
    """Remove a coach admin. Raise UserError for a member who is none, and NotMet."""
    act.lock()
    if not admins.remove(act.tx, whom):
        said = "They are not a coach admin, so nothing changed. Workspace admins and owners always have this right."
        raise UserError(said, NextStep("Who are they?", "admins"))
    act.audit(AdminAct.ADMIN_REMOVED, on_member=whom.member_id)
    admins.clear_unknown(act.tx, whom.workspace_id, [whom.member_id])
    return admins.named(act.tx, act.who.workspace_id)


def check_not_forgotten(tx: Connection, whom: MemberKey, asked_at: datetime, now: datetime) -> None:
    """Raise UserError if somebody who is about to be named had themselves forgotten after the admin asked."""
    members.lock(tx, [whom])  # if they are a member: a concurrent *forget me* then waits, and ends this naming too
    if members.is_buried(tx, whom, asked_at, now):
        raise UserError("They asked me just now to forget them, so I named nobody. Name them again if you like.")


def lose(tx: Connection, whom: MemberKey, now: datetime) -> None:
    """End the rights of somebody who is deactivated or a guest in Slack. Only an admin can name them again."""
    ended = {AdminAct.ADMIN_LOST: admins.remove(tx, whom), AdminAct.LEAD_LOST: teams.end_lead(tx, whom)}
    for act in (act for act, was_so in ended.items() if was_so):
        admins.record(tx, whom.workspace_id, act, now, on_member=whom.member_id)
        admins.clear_unknown(tx, whom.workspace_id, [whom.member_id])


def note(act: Act, did: AdminAct) -> None:
    """Record an act of somebody who may be unknown. Store their id only if the bot has met them."""
    try:
        act.lock()
    except NotMet:
        admins.record(act.tx, act.who.workspace_id, did, act.now)
    else:
        act.audit(did)


def read_audit(act: Act, after: str, limit: int) -> AuditPage:
    """Return a page of the audit: the acts before the one with the id `after`. To open the first page is an act."""
    rows = admins.acts(act.tx, act.who.workspace_id, after, limit + 1)
    acts = tuple(acted for _, acted in rows[:limit])
    about = {acted.subject for acted in acts if acted.subject and acted.act in OF_CHALLENGES}
    named = challenges.find_all(act.tx, act.who.workspace_id, about) if about else ()
    if not after:
        note(act, AdminAct.AUDIT_READ)
    titles = {each.challenge_id: each.title for each in named if not each.private}
    projects = {each.challenge_id for each in named if each.team_id}
    return AuditPage(acts, rows[limit - 1][0] if len(rows) > limit else None, titles, projects)


CHOSEN = {  # what an admin can choose: its name in the audit → its field
    "usual slot": "slot",
    "quiet hours": "quiet_hours",
    "weekly budget": "dm_budget",
    "challenge channel": "challenge_channel",
    "who starts challenges": "members_may_challenge",
    "figures": "figures",
    "assistants": "assistants",
}


def save_settings(act: Act, chosen: WorkspaceSettings) -> None:
    """Store an admin's choice, but keep the zone. Record each change in the audit. Raise NotMet."""
    act.lock()
    old = workspaces.settings(act.tx, act.who.workspace_id)
    new = replace(chosen, zone=old.zone)
    workspaces.save_settings(act.tx, act.who.workspace_id, new, act.now)
    if not (old.figures and new.figures):
        figures.switch(act.tx, act.who.workspace_id, act.now, on=new.figures)
    for name, its_field in CHOSEN.items():
        if getattr(new, its_field) != getattr(old, its_field):
            act.audit(AdminAct.SETTINGS_CHANGED, subject=name)


MAX_WHY = 150  # characters of the line under an introduction


class IntroductionWish(NamedTuple):
    """A wish to introduce the coach, and why. A form (`form_id`) that is sent twice posts once."""

    form_id: str
    channel: str = ""
    why: str = ""

    def __str__(self) -> str:
        return " ".join(self)


def introduced_before(tx: Connection, workspace_id: str, channel: str, now: datetime) -> datetime | None:
    """Return when a channel had an introduction lately, or is about to have one."""
    return deliveries.latest(tx, workspace_id, Kind.INTRODUCTION, channel, now - timedelta(days=30))


def announce(act: Act, wish: IntroductionWish) -> None:
    """Plan an introduction, and record it in the audit. A second call changes nothing. Raise NotMet."""
    act.lock()
    workspaces.lock(act.tx, act.who.workspace_id)  # the form may be sent twice at once
    key = key_of(Kind.INTRODUCTION, wish.channel, wish.form_id)
    if deliveries.find(act.tx, act.who.workspace_id, key) is not None:
        return
    copy, about = Copy(act.who.workspace_id, None, key, wish.channel), DrawnSubject(text=wish.why)
    until = act.now + timedelta(hours=1)  # then the channel is not surprised any more
    deliveries.put(act.tx, NewDelivery([copy], Kind.INTRODUCTION, due_at=act.now, until=until, subject=about))
    act.audit(AdminAct.INTRODUCED, subject=key)


def first_day(tx: Connection, workspace_id: str, now: datetime, policy: Policy | None = None) -> FirstDay | None:
    """Return what is done of that which admins are shown first for 90 days; None if nothing is left."""
    found = admins.first_day(tx, workspace_id, now - timedelta(days=90), tools=policy is not None)
    return None if found is None or all(found) else found
