"""Retention: how long data is kept. After that it is deleted, one bounded batch per transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.store import retention

LATELY = timedelta(hours=2)  # before a deletion, Slack must have refused the token again, unless the app was removed


@dataclass(frozen=True, slots=True)
class Retention:
    """How long to keep data that is no longer needed."""

    departed: timedelta = timedelta(days=30)  # members who left, and workspaces from which the app was removed
    deliveries: timedelta = timedelta(days=90)  # after their end
    audit: timedelta = timedelta(days=400)
    questions: timedelta = timedelta(days=90)  # that nothing answered; members are told so, so it is no setting


def sweep_members(tx: Connection, rules: Retention, now: datetime, limit: int) -> int:
    """Forget members who left long ago, and return their number."""
    return retention.forget_left(tx, now - rules.departed, limit)


def sweep_workspaces(tx: Connection, rules: Retention, now: datetime) -> int:
    """Delete some rows of a workspace that removed the app long ago. Return their number; 0 if none are left."""
    workspace_id = retention.find_gone(tx, now - rules.departed, now - LATELY)
    return 0 if workspace_id is None else retention.erase_workspace(tx, workspace_id).total()


def sweep_deliveries(tx: Connection, rules: Retention, now: datetime, limit: int) -> int:
    """Delete deliveries that ended long ago, and return their number. Keep those that prevent a second send."""
    return retention.sweep_deliveries(tx, now - rules.deliveries, now, limit)


def sweep_audit(tx: Connection, rules: Retention, now: datetime, limit: int) -> int:
    """Delete old acts of admins from the audit, and return the number of rows."""
    return retention.sweep_audit(tx, now - rules.audit, limit)


def sweep_questions(tx: Connection, rules: Retention, now: datetime, limit: int) -> int:
    """Delete old questions that nothing answered, and return the number of rows."""
    return retention.sweep_questions(tx, now - rules.questions, limit)
