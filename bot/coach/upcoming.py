"""The next moment at which the jobs have something to do, so that a clock can be moved there."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from bot.core.challenges import LAST_CALL
from bot.store import upcoming


def next_due(tx: Connection, after: datetime, members: Collection[str] | None = None) -> datetime | None:
    """Return the first moment after `after` at which something is due; None if nothing is planned.

    With `members`, other members' tips and messages do not count; challenges and channels always do.
    """
    first = upcoming.first(tx, after, after + LAST_CALL, members)
    last_call = first.called and first.called - LAST_CALL
    return min(filter(None, (first.slot, first.delivery, first.end, last_call)), default=None)
