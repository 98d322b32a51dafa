"""The life of a delivery: what can become of something owed to a member or a channel."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.member import MemberKey


class DeliveryState(StrEnum):
    """Where a delivery stands; all but the first two and UNCONFIRMED are final."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    MISSED = "missed"
    CANCELLED = "cancelled"
    UNCONFIRMED = "unconfirmed"


class Kind(StrEnum):
    """What is delivered."""

    WELCOME = "welcome"
    NUDGE = "nudge"
    REMINDER = "reminder"
    ANOTHER = "another"  # an answer to a click; its row only says that there was one
    CHALLENGE = "challenge"  # the live message in its channel
    LINE = "line"  # what a member wrote about it, in its thread
    LAST_CALL = "last-call"  # by direct message, to who joined and has not done it
    RECAP = "recap"
    NOTICE = "notice"  # to the admin who posted: what can't be posted, and the fix


BRING_A_TIP = (Kind.NUDGE, Kind.REMINDER)
COUNTED = (*BRING_A_TIP, Kind.LAST_CALL)  # against the weekly budget of direct messages


class Touches(StrEnum):
    """Whom a refusal concerns, and so what stops."""

    WORKSPACE = "workspace"
    MEMBER = "member"
    CHANNEL = "channel"
    CONTENT = "content"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Sent:
    """Slack has it."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack will not have it, now or later."""

    reason: str
    touches: Touches


@dataclass(frozen=True, slots=True)
class NotYet:
    """Nothing was sent, and it can be tried again; the whole workspace waits for `pause` if there is one."""

    reason: str
    pause: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer was lost: Slack may or may not have it."""

    reason: str


Outcome = Sent | Refused | NotYet | Unknown


@dataclass(frozen=True, slots=True)
class NotFound:
    """The channel's history does not hold the post."""


@dataclass(frozen=True, slots=True)
class CannotLook:
    """A scope or the channel's id is missing, so nobody can ever find out."""

    reason: str


Finding = Sent | NotFound | CannotLook


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing owed. `id` is random and opaque, `key` says what must not be sent twice."""

    workspace_id: str
    key: str
    id: str
    kind: Kind
    member_id: str | None
    channel: str | None
    week: str | None
    subject: str | None
    reason: str | None
    due_at: datetime
    window_ends_at: datetime
    attempts: int
    started_at: datetime | None

    @property
    def member(self) -> MemberKey:
        """Whom it is for; only of deliveries to a member."""
        assert self.member_id is not None  # noqa: S101 - a delivery to a channel is never asked
        return MemberKey(self.workspace_id, self.member_id)


FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)


def back_off(attempts: int) -> timedelta:
    """How long to wait after that many failed tries: 15 s, doubling, an hour at most."""
    return min(FIRST_PAUSE * (1 << min(attempts, 10)), LONGEST_PAUSE)
