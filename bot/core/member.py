"""A member: what Slack says about them, their weekly tips, what their workspace chose for all, and what admins did."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.calendar import DAY, DEFAULT_QUIET_HOURS, DEFAULT_SLOT, HOUR, QuietHours, Slot
from bot.core.content_types import Level
from bot.core.rhythm import AS_USUAL, Rhythm


class MemberKey(NamedTuple):
    """A member's id with the workspace's. Without it, a member's id is ambiguous."""

    workspace_id: str
    member_id: str


@dataclass(frozen=True, slots=True)
class Profile:
    """The part of `users.info` that the coach needs. `zone` is an IANA name or None."""

    zone: str | None
    coachable: bool  # not a deleted account, a bot, an outsider of a shared channel or a single-channel guest
    is_admin: bool = False
    is_guest: bool = False  # may be coached, but may not act for the team
    name: str | None = None  # shown where they want that, never stored
    title: str | None = None  # to offer a role, never stored

    @property
    def may_be_coach_admin(self) -> bool:
        """Return whether this person may act for the whole team: a full member with an active account."""
        return self.coachable and not self.is_guest


@dataclass(frozen=True, slots=True)
class Member:
    """A member as stored. `role` is a role's slug, `zone` an IANA name; what is None is unknown."""

    key: MemberKey
    role: str | None = None
    zone: str | None = None
    level: Level | None = None
    singles_only: bool = False  # they want single tips and no projects


class Consent(StrEnum):
    """A member's answer to weekly tips. YES is the opt-in, NO the opt-out; only YES allows tips."""

    UNASKED = "unasked"
    ASKED = "asked"
    YES = "yes"
    NO = "no"


DM_BUDGET = 2  # direct messages a week, of all kinds that count against it
DM_BUDGETS = range(1, 6)  # that a workspace can choose from


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    slot: Slot = DEFAULT_SLOT
    quiet_hours: QuietHours = DEFAULT_QUIET_HOURS
    zone: str | None = None  # of its figures' weeks, and of the tips of members whose own zone is unknown
    dm_budget: int = DM_BUDGET
    challenge_channel: str | None = None  # offered first
    members_may_challenge: bool = False
    figures: bool = True  # False: none are taken, and members are not asked about the team
    assistants: bool = True  # may ask the coach in the name of their members

    @property
    def leaves_an_hour(self) -> bool:
        """Return whether at least one hour of the day is not quiet. If both times are equal, no hour is quiet."""
        return (self.quiet_hours.quiet_to - self.quiet_hours.quiet_from) % DAY <= DAY - HOUR


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a member gets their weekly tip. `zone_is_own`: they set it, so it no longer follows Slack's."""

    consent: Consent
    slot: Slot
    zone: str | None
    zone_is_own: bool = False
    paused_until: datetime | None = None
    next_due_at: datetime | None = None
    rhythm: Rhythm = AS_USUAL
    dm_channel: str | None = None  # None: no message was sent yet

    @property
    def comes_at(self) -> datetime | None:
        return self.next_due_at and self.rhythm.next_due(self.next_due_at, self.slot, self.zone)

    def heard(self) -> Self:
        return replace(self, rhythm=self.rhythm.heard())

    def as_of(self, now: datetime) -> Self:
        """Return the schedule without its pause if that is over."""
        over = self.paused_until is not None and self.paused_until <= now
        return replace(self, paused_until=None) if over else self


def known_zone(name: object) -> str | None:
    """Return the name if it is a time zone that this machine knows, else None. Slack may send any value."""
    if not isinstance(name, str) or not name:
        return None
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a name that is a folder, such as "Europe"
        return None
    return name


class AssistantToken(NamedTuple):
    """A token with which an assistant of a member asks the coach: its name, and from when until when it works."""

    label: str
    made_at: datetime
    until: datetime
    digest: str  # SHA-256 of the whole token


class AdminAct(StrEnum):
    ADMIN_ADDED = "admin added"
    ADMIN_REMOVED = "admin removed"
    ADMIN_LOST = "admin lost"  # Slack said that they are no longer a full member
    CHALLENGE_POSTED = "challenge posted"
    CHALLENGE_POSTED_AGAIN = "challenge posted again"
    CHALLENGE_CLOSED = "challenge closed"
    CHALLENGE_CANCELLED = "challenge cancelled"
    CHALLENGE_REFUSED = "challenge refused"  # Slack did not take its post, or its recap
    LINES_PICKED = "lines picked"
    SETTINGS_CHANGED = "settings changed"
    LINE_HIDDEN = "line hidden"  # what came of a tip, from colleagues
    LINE_ALLOWED = "line allowed"  # it was reported, and may be read again
    NUDGES_TRIED_AGAIN = "nudges tried again"
    INTRODUCED = "introduced"  # the coach in a channel
    INTRODUCTION_REFUSED = "introduction refused"  # by Slack
    TEAM_ADDED = "team added"
    TEAM_REMOVED = "team removed"
    LEAD_TOLD = "lead told"
    LEAD_LOST = "lead lost"  # as ADMIN_LOST
    DESK_READ = "desk read"
    DESK_EXPORTED = "desk exported"
    AUDIT_READ = "audit read"
    FIRST_DAY_DONE = "first day done"  # they want to be shown no more of it
    DENIED = "denied"  # a member who is not an admin tried an act of admins


class FirstDay(NamedTuple):
    """What is done of that which admins of a new workspace are shown first."""

    introduced: bool  # the coach in a channel
    teams: bool
    quiet_hours: bool
    tools: bool  # that are allowed


class Acted(NamedTuple):
    """An act: who did it (None once they are forgotten), to whom or to what, and when."""

    act: AdminAct
    at: datetime
    admin_id: str | None
    on_member: str | None = None
    subject: str | None = None
