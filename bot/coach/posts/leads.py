"""The message of the month to a lead: what to do with the team, what to ask, and what blocks five or more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog
from bot.core.content_types import LeadText
from bot.core.outbox import Delivery
from bot.core.record import Records
from bot.core.subjects import TeamSubject
from bot.core.team import Blocking, Team, report
from bot.outbox.messages import Answer, Content, Never
from bot.store import figures, teams

NOT_WANTED = Never("leads no team, or said no")


@dataclass(frozen=True, slots=True)
class LeadPost(Content):
    """What a lead reads this month. `blocking`: what keeps five members of the team or more from their tips."""

    team: Team
    text: LeadText
    blocking: tuple[Blocking, ...]


def wanted(
    tx: Connection, catalog: Catalog, _records: Records, planned: Sequence[Delivery], _now: datetime
) -> dict[str, Answer]:
    return {each.id: _wanted(tx, catalog, each) for each in planned}


def _wanted(tx: Connection, catalog: Catalog, delivery: Delivery) -> Answer:
    lead, subject = teams.led_by(tx, delivery.member), delivery.subject
    if lead is None or not lead.yes or not catalog.leads:
        return NOT_WANTED
    if not isinstance(subject, TeamSubject) or lead.team.team_id != subject.team_id:
        return NOT_WANTED
    found = figures.last_of(tx, delivery.workspace_id, subject.team_id)
    text = catalog.leads[(subject.turn - 1) % len(catalog.leads)]
    return LeadPost(lead.team, text, report(catalog, found).blocking)


def still_wanted(tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> dict[str, Answer]:
    return {
        each.id: content if (lead := teams.led_by(tx, each.member)) is not None and lead.yes else NOT_WANTED
        for each, content in claimed
    }
