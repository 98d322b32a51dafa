"""The weekly budget of direct messages. The week's nudge comes first; other messages use what is left."""

from sqlalchemy import Connection

from bot.core.calendar import week_of
from bot.core.member import MemberKey
from bot.outbox import deliveries
from bot.store.schedules import Terms


def is_used(tx: Connection, who: MemberKey, key: str, week: str, terms: Terms) -> bool:
    """Return whether a member's direct messages of a week are used up. A tip that is still to come counts.

    `key` is the idempotency key of the delivery in question, which does not count itself.
    """
    used = deliveries.counted_this_week(tx, who, key, week)
    to_come = terms.next_due_at is not None and week_of(terms.next_due_at, terms.zone) <= week  # one comes each week
    return used + to_come >= terms.budget
