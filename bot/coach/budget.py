"""The weekly budget of direct messages: the week's nudge comes first, reminders take what is left."""

from sqlalchemy import Connection

from bot.core.calendar import week_of
from bot.core.member import MemberKey
from bot.store import outbox
from bot.store.schedules import Terms


def is_used(tx: Connection, who: MemberKey, key: str, week: str, terms: Terms) -> bool:
    """Return whether the member had all direct messages of a week; the tip that is still to come counts.

    `key` is the delivery that asks, which does not count itself.
    """
    used = outbox.counted_this_week(tx, who, key, week)
    to_come = terms.next_due_at is not None and week_of(terms.next_due_at, terms.zone) == week
    return used + to_come >= terms.budget
