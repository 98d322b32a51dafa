"""Deeds of admins: who they are, the team's desk, the settings of a workspace, and the audit."""

from sqlalchemy import Connection

from bot.coach import admins, audits, settings, team
from bot.coach.admins import Admins
from bot.coach.audits import AuditPage
from bot.core.member import Act, MemberKey
from bot.slack.message import Message
from bot.slack.team import admins_view, audit_view
from bot.slack.team import desk as team_view
from bot.slack.team import export as team_export
from bot.slack.team import settings as settings_view
from bot.store import workspaces
from bot.store.member_schema import coach_admin
from tests.faults.deeds.deed import Deed, Some, a_member, a_member_now
from tests.faults.neighbours import Turn, some


def _two_now(_tx: Connection, on: Turn) -> Some:
    return on.who(), on.who(), on.now


def _named(tx: Connection, on: Turn) -> Some:
    """Return a member who acts and, mostly, a coach admin on whom they act."""
    whom = MemberKey(on.workspace_id, some(tx, on, coach_admin).member_id) if on.likely() else on.who()
    return on.who(), whom, on.now


def _denied(_tx: Connection, on: Turn) -> Some:
    """Draw somebody who tries what only admins may do, now and then a person whom the bot has not met."""
    stranger = MemberKey(on.workspace_id, f"U1{on.here.word}")
    return stranger if on.likely(0.3) else on.who(), on.words("tried"), on.now


def _lost(tx: Connection, on: Turn) -> Some:
    _, whom, now = _named(tx, on)
    return whom, now


def _workspace(_tx: Connection, on: Turn) -> Some:
    return (on.workspace_id,)


def _for_members_too(_tx: Connection, _on: Turn, found: Admins) -> list[Message]:
    return [admins_view.listed(found, for_admins=which) for which in (True, False)]


def _audited(_tx: Connection, _on: Turn, found: AuditPage) -> Message:
    return audit_view.listed(found, days=400, is_first=True)


DEEDS = (
    Deed(admins.is_named, a_member),
    Deed(admins.named, _workspace, then=_for_members_too),
    Deed(admins.add, _two_now, (admins_view.changed,), often=3),
    Deed(admins.remove, _named, (admins_view.changed,)),
    Deed(admins.lose, _lost, often=0.5),
    Deed(admins.deny, _denied),
    Deed(audits.note, lambda _, on: (on.who(), on.one_of(tuple(Act)), on.now, on.words("subject"))),
    Deed(audits.read, lambda _, on: (on.who(), "", 15, on.now), then=_audited, often=2),
    Deed(audits.export, lambda _, on: (on.who(), 40, on.now), then=_audited),
    Deed(audits.page, lambda _, on: (on.workspace_id, "", 15), then=_audited),
    Deed(workspaces.settings, _workspace, (settings_view.form,)),
    Deed(settings.settle, lambda _, on: (on.who(), on.settings(), on.now), (settings_view.saved,)),
    Deed(team.desk, lambda _, on: (on.catalog, on.who(), on.now), (team_view.shown, team_export.exported), often=3),
    Deed(team.read_desk, lambda _, on: (on.catalog, on.who(), Act.DESK_READ, on.now), (team_view.shown,)),
    Deed(team.try_again, a_member_now, (team_view.tried_again,), often=2),
)
