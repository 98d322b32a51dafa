"""An installation of the app in a workspace, as OAuth grants it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    """Tokens, encrypted under the key with this id. `refresh`: the refresh token, where Slack rotates tokens."""

    key_id: str
    token: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Installation:
    workspace_id: str  # or the organisation's id
    at: datetime  # Slack's time
    bot_user: str
    scopes: frozenset[str]
    sealed: Sealed
    expires_at: datetime | None = None  # when the token ends; without a refresh token, it is lost then
    installed_by: str | None = None  # None once they are forgotten
    app_id: str | None = None
    enterprise_id: str | None = None


def is_organisation(slack_id: str) -> bool:
    return slack_id.startswith("E")
