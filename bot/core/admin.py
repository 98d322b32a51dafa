"""The acts of admins, as the audit records them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What an admin did, as the audit table calls it."""

    ADMIN_ADDED = "admin added"
    ADMIN_REMOVED = "admin removed"
    ADMIN_LOST = "admin lost"  # Slack said that they are no longer a full member
    CHALLENGE_POSTED = "challenge posted"
    CHALLENGE_POSTED_AGAIN = "challenge posted again"
    CHALLENGE_CLOSED = "challenge closed"
    CHALLENGE_CANCELLED = "challenge cancelled"
    LINES_PICKED = "lines picked"
    SETTINGS_CHANGED = "settings changed"
    NUDGES_TRIED_AGAIN = "nudges tried again"
    INTRODUCED = "introduced"  # the coach in a channel
    DESK_READ = "desk read"
    DESK_EXPORTED = "desk exported"
    AUDIT_READ = "audit read"
    AUDIT_EXPORTED = "audit exported"
    DENIED = "denied"  # a member who is not an admin tried an act of admins


@dataclass(frozen=True, slots=True)
class Acted:
    """An act: who did it (None once they are forgotten), to whom or to what, and when."""

    act: Act
    at: datetime
    admin_id: str | None
    on_member: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class CoachAdmin:
    """A member whom an admin named as coach admin. Slack's own admins need no such entry."""

    member_id: str
    added_by: str | None
    added_at: datetime
