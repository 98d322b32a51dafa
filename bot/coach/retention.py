"""Retention: how long what the bot keeps is kept, and its deletion after that, a bounded batch in each transaction."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.store import retention


@dataclass(frozen=True, slots=True)
class Retention:
    """How long to keep what nobody needs any more."""

    departed: timedelta = timedelta(days=30)  # members who left, and workspaces from which the app was removed
    deliveries: timedelta = timedelta(days=90)  # after their end
    audit: timedelta = timedelta(days=400)


def sweep_members(tx: Connection, rules: Retention, now: datetime, most: int) -> int:
    """Forget members whose days of grace are over, and return how many."""
    return retention.forget_left(tx, now - rules.departed, most)


def sweep_workspaces(tx: Connection, rules: Retention, now: datetime) -> int:
    """Delete some rows of one workspace whose days of grace are over; return 0 once there are no more."""
    gone = retention.find_gone(tx, now - rules.departed)
    return 0 if gone is None else retention.erase_workspace(tx, gone).total()


def sweep_deliveries(tx: Connection, rules: Retention, now: datetime, most: int) -> int:
    """Delete deliveries that ended long ago, and return how many. One that may still be sent twice is kept."""
    return retention.sweep_deliveries(tx, now - rules.deliveries, now, most)


def sweep_audit(tx: Connection, rules: Retention, now: datetime, most: int) -> int:
    """Delete what admins did long ago from the audit, and return how many rows."""
    return retention.sweep_audit(tx, now - rules.audit, most)


def erase_workspace(tx: Connection, workspace_id: str) -> Counter[str]:
    """Delete some rows of a workspace and return how many of each table; none are left once the count is empty."""
    return retention.erase_workspace(tx, workspace_id)
