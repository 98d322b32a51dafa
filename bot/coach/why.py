"""Find out why a member got no tip this week. It writes nothing, and reads nothing that a person wrote."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.member import MemberKey
from bot.core.why import Case
from bot.outbox import deliveries
from bot.store import members, workspaces
from bot.store import record as record_rows

SIX_WEEKS = timedelta(weeks=6)


def look(tx: Connection, who: MemberKey, now: datetime) -> Case:
    met_at, left_at = members.met_and_left(tx, who)
    past = deliveries.since(tx, who, now - SIX_WEEKS)
    workspace = workspaces.connection(tx, who.workspace_id)
    return Case(record_rows.read(tx, who), met_at, left_at, workspace, past, now)
