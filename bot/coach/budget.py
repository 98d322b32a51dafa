"""The weekly budget of direct messages: the week's nudge comes first, reminders take what is left."""

from sqlalchemy import Connection

from bot.core.calendar import week_of
from bot.core.outbox import Delivery
from bot.store import outbox
from bot.store.outbox import Terms


def is_used(tx: Connection, one: Delivery, week: str, terms: Terms) -> bool:
    """Whether nothing beside what was sent, and the nudge that is still to come, may go to the member that week."""
    used = outbox.counted_this_week(tx, one, week)
    to_come = terms.next_due_at is not None and week_of(terms.next_due_at, terms.zone) == week
    return used + to_come >= terms.budget
