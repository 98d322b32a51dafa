"""Quotes for a recap: who should be reminded to choose them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from bot.core.challenges import Challenge, is_last_day
from bot.core.member import MemberKey
from bot.store import entries


def wanted(tx: Connection, who: MemberKey, among: Iterable[Challenge], now: datetime) -> frozenset[str]:
    """Return the ids of challenges for which this member should choose quotes now.

    These are challenges that they started, on their last day, with lines to quote, of which they have chosen none.
    The line stays on their own screens until they choose: who only glanced at it in the morning would miss it, and
    nothing is ever sent about it.
    """
    ending = [each for each in among if each.started_by == who.member_id and is_last_day(each, now)]
    if not ending:
        return frozenset()
    return entries.without_quotes(tx, [(each.workspace_id, each.challenge_id) for each in ending])
