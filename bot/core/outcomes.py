"""What becomes of a post to Slack: the outcome of sending it, what a later look finds, and how long a retry waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Touches(StrEnum):
    """What a refusal concerns, and so what has to stop."""

    WORKSPACE = "workspace"
    MEMBER = "member"
    CHANNEL = "channel"
    CONTENT = "content"
    OPERATOR = "operator"


class Token(StrEnum):
    """What Slack's refusal of a call says about the token."""

    GONE = "gone"  # the app was removed there, or the workspace was closed
    UNUSABLE = "unusable"  # it has ended, or what the bot sent is not it; another token may work
    SHUT_OUT = "shut out"  # Slack keeps the app out of the workspace, for as long as it wants
    TOO_WEAK = "too weak"  # it works, but not for this call


# Each answer of Slack about a token. .github/SECURITY.md has the same table, with what the bot does.
TOKENS: Mapping[str, Token] = {
    "account_inactive": Token.GONE,
    "token_revoked": Token.GONE,
    "token_expired": Token.UNUSABLE,
    "invalid_auth": Token.UNUSABLE,
    "not_authed": Token.UNUSABLE,
    "team_access_not_granted": Token.SHUT_OUT,
    "team_added_to_org": Token.SHUT_OUT,
    "org_login_required": Token.SHUT_OUT,
    "ekm_access_denied": Token.SHUT_OUT,
    "missing_scope": Token.TOO_WEAK,
    "not_allowed_token_type": Token.TOO_WEAK,
}
WITHDRAWN = "withdrawn"  # the organisation's token works, and Slack does not name the workspace among those it is for
GONE = frozenset(name for name, means in TOKENS.items() if means is Token.GONE) | {WITHDRAWN}
REFUSES_THE_TOKEN = frozenset(name for name, means in TOKENS.items() if means is not Token.TOO_WEAK)


@dataclass(frozen=True, slots=True)
class Sent:
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack refused the message for good."""

    reason: str
    touches: Touches


@dataclass(frozen=True, slots=True)
class NotYet:
    """Nothing was sent, and a retry may succeed. `pause`: how long the whole workspace must wait first."""

    reason: str
    pause: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Slack's answer was lost: it may or may not have the message."""

    reason: str


Outcome = Sent | Refused | NotYet | Unknown


@dataclass(frozen=True, slots=True)
class NotFound:
    """The channel's history does not contain the message."""


@dataclass(frozen=True, slots=True)
class CannotLook:
    """The channel's history can't be read: a scope or the channel's id is missing."""

    reason: str


Finding = Sent | NotFound | CannotLook

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)


def back_off(attempts: int) -> timedelta:
    """Return the backoff after this many failed attempts: 15 s, doubled for each, an hour at most."""
    return min(FIRST_PAUSE * (1 << min(attempts, 10)), LONGEST_PAUSE)
