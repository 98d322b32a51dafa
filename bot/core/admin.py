"""What admins do: each act bears a name, under which it is remembered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What an admin did, as the audit table calls it."""

    ADMIN_ADDED = "admin added"
    ADMIN_REMOVED = "admin removed"
    ADMIN_LOST = "admin lost"  # Slack said that they are no full member any more
    CHALLENGE_POSTED = "challenge posted"
    CHALLENGE_POSTED_AGAIN = "challenge posted again"
    CHALLENGE_CLOSED = "challenge closed"
    CHALLENGE_CANCELLED = "challenge cancelled"
    LINES_PICKED = "lines picked"
    SETTINGS_CHANGED = "settings changed"
    NUDGES_TRIED_AGAIN = "nudges tried again"
    DENIED = "denied"  # somebody who is no admin tried what only admins may


@dataclass(frozen=True, slots=True)
class Acted:
    """One act: who did it (None once they are forgotten), to whom or on what, and when."""

    act: Act
    at: datetime
    admin_id: str | None
    on_member: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class CoachAdmin:
    """Somebody who was named an admin of the coach, beside those whom Slack calls admins."""

    member_id: str
    added_by: str | None
    added_at: datetime
