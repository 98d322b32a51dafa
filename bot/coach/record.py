"""A member's record: what they did, learned, kept and showed."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.record import Record, read_period, record_of
from bot.store import members, record


def record_for(tx: Connection, catalog: Catalog, who: MemberKey, words: str, now: datetime) -> Record:
    """Return a member's record of the period that they typed. Raise UserError for a period that is none."""
    known = members.with_marks(tx, who)
    history, shown = record.achievements(tx, who)
    period = read_period(words, now, known.member.zone)
    return record_of(catalog, period, history, known.learned_at, shown, known.member.zone, now)
