"""An installation of the app in a workspace, as OAuth grants it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    """Tokens, encrypted under the key with this id. `refresh`: the refresh token, where Slack rotates tokens."""

    key_id: str
    token: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Granted:
    """What Slack granted to the app in a workspace. `at` is Slack's time."""

    workspace_id: str
    at: datetime
    bot_user: str
    scopes: frozenset[str]
    sealed: Sealed
    expires_at: datetime | None = None
    installed_by: str | None = None
    app_id: str | None = None
    enterprise_id: str | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """A workspace in which the app is installed."""

    workspace_id: str
    sealed: Sealed
    bot_user: str | None
    enterprise_id: str | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lost:
    """A workspace whose refresh token Slack does not accept: somebody must install the app there anew.

    Until `expires_at` its token works. `installed_by`: who installed it; None if they were forgotten.
    """

    workspace_id: str
    expires_at: datetime
    installed_by: str | None = None


def written(scopes: Iterable[str]) -> str:
    """Return scopes as they are stored."""
    return ",".join(sorted(scopes))
