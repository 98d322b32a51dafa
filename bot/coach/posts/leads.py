"""The message of the month to a lead: what to do with the team, what to ask, and what blocks most in the workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.coach import desk
from bot.core.catalog import Catalog
from bot.core.content_types import LeadText
from bot.core.outbox import Delivery
from bot.core.record import Records
from bot.core.subjects import TeamSubject
from bot.core.team import Blocking, Lead, Team
from bot.outbox.messages import Answer, Content, Never
from bot.store import teams

NOT_WANTED = Never("leads no team, or said no")


@dataclass(frozen=True, slots=True)
class LeadPost(Content):
    """What a lead reads this month. `blocking`: what kept members of the workspace from their tips."""

    team: Team
    text: LeadText
    blocking: tuple[Blocking, ...]


def wanted(
    tx: Connection, catalog: Catalog, _records: Records, planned: Sequence[Delivery], now: datetime
) -> dict[str, Answer]:
    return {each.id: _wanted(tx, catalog, each, now) for each in planned}


def _wanted(tx: Connection, catalog: Catalog, delivery: Delivery, now: datetime) -> Answer:
    lead, subject = _lead(tx, delivery), delivery.subject
    if lead is None or not isinstance(subject, TeamSubject) or not catalog.leads:
        return NOT_WANTED
    week = desk.last_month(tx, delivery.workspace_id, now)
    text = catalog.leads[(subject.turn - 1) % len(catalog.leads)]
    return LeadPost(lead.team, text, week.blocking(catalog) if week else ())


def still_wanted(tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> dict[str, Answer]:
    """Keep the messages to those who still lead the team and still want them."""
    return {each.id: content if _lead(tx, each) else NOT_WANTED for each, content in claimed}


def _lead(tx: Connection, delivery: Delivery) -> Lead | None:
    """Return the lead whom a message is for, if they lead its team and said yes."""
    lead, subject = teams.led_by(tx, delivery.member), delivery.subject
    if lead is None or not lead.yes or not isinstance(subject, TeamSubject):
        return None
    return lead if lead.team.team_id == subject.team_id else None
