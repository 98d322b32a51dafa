"""Answers to the one question of a weekly message: *Still doing it?*, about the team, or how to go on. See `checks`."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach import schedules
from bot.coach.practice import A_TIP, TipSeen, locked, look
from bot.coach.schedules import Tips
from bot.core.catalog import Catalog
from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.core.rhythm import Wish
from bot.core.weekly_questions import Answer, Opinion, Question, Use, WhyNot
from bot.store import members, weekly_questions


class Said(NamedTuple):
    """What a member said in a message about a tip that they did."""

    tip: str
    asking: str
    answer: Answer
    why: WhyNot | None = None


class Chosen(NamedTuple):
    """The tip of the message that asked how to go on, and the schedule after the answer."""

    seen: TipSeen
    tips: Tips


def answer_still(tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, said: Said, now: datetime) -> TipSeen:
    """Add the answer to the log, and return the tip of the message. The last answer counts. Raise UserError, NotMet."""
    seen = locked(tx, catalog, who, tip_id, said.asking, now)
    if said.tip not in seen.history.done_tips:
        raise UserError("That question belongs to a message that is not yours, or to a tip that you took back.", A_TIP)
    use = Use(said.tip, said.answer, now, said.asking, said.why)
    weekly_questions.add(tx, [(who, use)])
    history = seen.history.with_use(use)
    return replace(seen, history=history, use=history.uses.in_message(said.asking))


def answer_pulse(
    tx: Connection, catalog: Catalog, who: MemberKey, tip: str, question: Question, opinion: Opinion, now: datetime
) -> TipSeen:
    """Store the answer, and return the tip in whose message it was asked. Raise UserError and NotMet."""
    known = members.lock_known(tx, who)
    weekly_questions.answer_pulse(tx, who, question, opinion, now)
    return look(tx, catalog, who, known, tip, None, now)


def go_on(
    tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, asking: str | None, wish: Wish, now: datetime
) -> Chosen:
    """Let tips come as the member wants them from now on. Raise UserError and NotMet."""
    known = members.lock_known(tx, who)
    seen = look(tx, catalog, who, known, tip_id, asking, now)
    return Chosen(seen, schedules.choose_rhythm(tx, who, wish, now, known))
