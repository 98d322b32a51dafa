"""How often tips come: the answer to a tip that asks how to go on."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach import schedules
from bot.coach.practice import TipSeen, look
from bot.coach.schedules import Tips
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.rhythm import Wish
from bot.store import members


class Chosen(NamedTuple):
    """The tip of the message that asked, and the schedule after the answer."""

    seen: TipSeen
    tips: Tips


def choose(
    tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, asking: str | None, wish: Wish, now: datetime
) -> Chosen:
    """Let tips come as the member wants them from now on. Raise UserError and NotMet."""
    known = members.lock_known(tx, who)
    seen = look(tx, catalog, who, known, tip_id, asking, now)
    return Chosen(seen, schedules.choose_rhythm(tx, who, wish, now, known))
