"""Store what a member answers to a question about their team."""

from datetime import datetime

from sqlalchemy import Connection

from bot.coach.practice import TipSeen, look
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.pulse import Opinion, Question
from bot.store import members, pulses


def answer(
    tx: Connection, catalog: Catalog, who: MemberKey, tip: str, question: Question, opinion: Opinion, now: datetime
) -> TipSeen:
    """Store the answer, and return the tip in whose message it was asked. Raise UserError and NotMet."""
    known = members.lock_known(tx, who)
    pulses.answer(tx, who, question, opinion, now)
    return look(tx, catalog, who, known, tip, None, now)
