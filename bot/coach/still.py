"""*Still doing it?*: store the answer to the question in a weekly message, or take it back."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach.practice import A_TIP, TipSeen, locked
from bot.core.catalog import Catalog
from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.core.use import Answer, Use, WhyNot
from bot.store import uses


class Said(NamedTuple):
    """What a member said in a message about a tip that they did."""

    tip: str
    asking: str
    answer: Answer
    why: WhyNot | None = None


def answer(tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, said: Said, now: datetime) -> TipSeen:
    """Add the answer to the log, and return the tip of the message. The last answer counts. Raise UserError, NotMet."""
    seen = locked(tx, catalog, who, tip_id, said.asking, now)
    if said.tip not in seen.history.done_tips:
        raise UserError("That question belongs to a message that is not yours, or to a tip that you took back.", A_TIP)
    use = Use(said.tip, said.answer, now, said.asking, said.why)
    uses.add(tx, [(who, use)])
    history = seen.history.with_use(use)
    return replace(seen, history=history, use=history.uses.in_message(said.asking))
