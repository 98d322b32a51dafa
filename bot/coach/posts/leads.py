"""The message of the month to a lead: what to do with the team, what to ask, and what blocks most in the workspace."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.coach import desk
from bot.core.catalog import Catalog
from bot.core.challenges import A_MONTH, Challenge, ChallengeState
from bot.core.content_types import LeadText
from bot.core.outbox import Delivery, TeamSubject
from bot.core.record import Records
from bot.core.team import Blocking, Lead, Team
from bot.outbox.messages import Answer, Content, Later, Never
from bot.store import admins, challenges, record as record_rows, teams

NOT_WANTED = Never("leads no team, or said no")


@dataclass(frozen=True, slots=True)
class LeadPost(Content):
    """What a lead reads this month. `blocking`: what kept members from tips; `shown`: who showed the team something.

    `ended`: the team's latest project, if it ended in the last month. `admins`: named ones, whom the lead can ask.
    """

    team: Team
    text: LeadText
    blocking: tuple[Blocking, ...]
    shown: tuple[str, ...] = ()
    ended: Challenge | None = None
    admins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedPost(Content):
    """What tells somebody that they were named lead of a team."""

    team: Team


def wanted(tx: Connection, catalog: Catalog, _records: Records, delivery: Delivery, now: datetime) -> Answer:
    lead, subject = _lead(tx, delivery), delivery.subject
    if lead is None or not isinstance(subject, TeamSubject) or not catalog.leads:
        return NOT_WANTED
    if delivery.member_id is None:  # `Messages` asks about decent hours only where it knows the member
        decent = replace(record_rows.read(tx, lead.who).hours, zone=subject.zone).decent(now)
        return Later(decent - now) if decent > now else NamedPost(lead.team)
    week = desk.recent_week(tx, delivery.workspace_id, now)
    text = catalog.leads[(subject.turn - 1) % len(catalog.leads)]
    lately = challenges.projects_of(tx, delivery.workspace_id, lead.team.team_id, now - A_MONTH)
    ended = next((project for project in lately[:1] if project.state is ChallengeState.CLOSED), None)
    return LeadPost(lead.team, text, week.blocking(catalog) if week else (), _shown(tx, lead, now), ended)


def _shown(tx: Connection, lead: Lead, now: datetime, *, lock: bool = False) -> tuple[str, ...]:
    nobody = lead.who._replace(member_id="")  # else it reads all that the lead ever showed
    seen = challenges.shown_to(tx, nobody, [lead.team.team_id], now - A_MONTH, lock=lock)
    return tuple(dict.fromkeys(each.entry.who.member_id for each in seen if each.entry))


def still_wanted(tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> dict[str, Answer]:
    """Keep the messages to those who still lead the team and still want them, with what is shown and whom to ask."""
    answers: dict[str, Answer] = {}
    for delivery, content in claimed:
        lead = _lead(tx, delivery)
        if lead is not None and isinstance(content, LeadPost):
            shown = _shown(tx, lead, delivery.due_at, lock=True)
            named = [each for each in admins.named(tx, delivery.workspace_id) if each != lead.who.member_id]
            still_shown = tuple(member_id for member_id in content.shown if member_id in shown)
            content = replace(content, shown=still_shown, admins=tuple(named[:2]))  # noqa: PLW2901
        answers[delivery.id] = NOT_WANTED if lead is None else content
    return answers


def _lead(tx: Connection, delivery: Delivery) -> Lead | None:
    """Return the lead whom a message is for, if they lead its team and said yes, or were just named."""
    subject = delivery.subject
    if not isinstance(subject, TeamSubject):
        return None
    if delivery.member_id is None:
        named = teams.leads_of(tx, delivery.workspace_id).get(subject.team_id)
        return named if named and named.yes is None and named.dm_channel == delivery.channel else None
    lead = teams.led_by(tx, delivery.member)
    if lead is None or not lead.yes:
        return None
    return lead if lead.team.team_id == subject.team_id else None
