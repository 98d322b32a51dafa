"""OAuth with Slack: the state of an installation, and what Slack grants for codes and refresh tokens."""

import asyncio
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin

from aiohttp import ClientSession, encode_basic_auth
from slack_sdk.oauth.installation_store import Installation as Grant
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import Clock
from bot.core.outcomes import NotYet, Refused
from bot.slack.gateway import WorkspaceGateway
from bot.slack.web_client import UNANSWERED, read_failure, sent_at, web_client

INSTALL = "/slack/install"  # where people begin
REDIRECT = "/slack/oauth_redirect"  # where Slack sends people back
STATE_LIFE = timedelta(minutes=10)


class GrantRefused(Exception):
    """Slack did not accept a code or a refresh token; the text is Slack's name for the error."""


class GrantUnclear(Exception):
    """Slack did not answer as it should, so it is not known whether it accepted the code or the refresh token."""


class TooManyCalls(GrantUnclear):
    """Slack's rate limit was hit, so nothing was accepted. `seconds`: how long to wait before the next call."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__("ratelimited")


class SlackApp:
    """The app as Slack knows it: its client id, its secret, and the address to which Slack sends people back."""

    def __init__(
        self, client_id: str, client_secret: str, redirect_uri: str, session: ClientSession, api_url: str, clock: Clock
    ) -> None:
        self._client_id = client_id
        self._own_name = {"Authorization": encode_basic_auth(client_id, client_secret)}
        self.redirect_uri, self.start = redirect_uri, redirect_uri.removesuffix(REDIRECT) + INSTALL
        self._state_key = hmac.digest(client_secret.encode(), b"state", "sha256")
        self._session, self._api_url, self.now = session, api_url, clock.now
        self._limited_until = 0.0  # by the loop's clock

    def made(self, state: str, browser: str) -> bool:
        """Return whether this app made the state for this browser within the last ten minutes."""
        content, _, signature = state.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(content, browser).encode()):
            return False
        return self.now().timestamp() < int(content.rpartition(".")[2])

    def _signature(self, content: str, browser: str) -> str:
        return hmac.digest(self._state_key, f"{content}/{browser}".encode(), "sha256").hex()

    def authorize_url(self, scopes: Iterable[str], browser: str) -> str:
        """Return the address of Slack's page that asks. The manifest says which scopes are optional.

        `browser`: its cookie. OAuth's `state` in the address is for it alone. Nothing is stored until it comes back.
        """
        content = f"{secrets.token_urlsafe(16)}.{int((self.now() + STATE_LIFE).timestamp())}"
        state = f"{content}.{self._signature(content, browser)}"
        asked = {"client_id": self._client_id, "scope": ",".join(scopes), "redirect_uri": self.redirect_uri}
        return f"{urljoin(self._api_url, '/oauth/v2/authorize')}?{urlencode(asked | {'state': state})}"

    def home_url(self, app_id: str | None, workspace_id: str) -> str:
        return f"{urljoin(self._api_url, '/app_redirect')}?{urlencode({'app': app_id or '', 'team': workspace_id})}"

    async def grant(self, code: str) -> Grant:
        """Exchange a code for tokens. Raise GrantRefused or GrantUnclear."""
        return _read(await self._access(code=code, redirect_uri=self.redirect_uri), self.now())

    async def refresh(self, refresh_token: str) -> Grant:
        """Exchange a refresh token for new tokens. Raise GrantRefused or GrantUnclear."""
        grant = _read(await self._access(grant_type="refresh_token", refresh_token=refresh_token), self.now())
        if grant.bot_refresh_token is None or grant.bot_token_expires_at is None:
            raise GrantUnclear("no refresh token")
        return grant

    def workspace(self, place: str, token: str) -> WorkspaceGateway:
        return WorkspaceGateway(place, self._session, self._api_url, token)

    async def _access(self, **given: str) -> AsyncSlackResponse:
        now = asyncio.get_running_loop().time
        if (left := self._limited_until - now()) > 0:
            raise TooManyCalls(left)
        try:
            # The SDK's own method warns: it uses what aiohttp will remove.
            client = web_client(self._session, self._api_url, None)
            return await client.api_call("oauth.v2.access", data=given, headers=self._own_name)
        except UNANSWERED as error:
            outcome = read_failure(error, to_member=False)
            if isinstance(outcome, Refused):
                raise GrantRefused(outcome.reason) from error
            if isinstance(outcome, NotYet) and outcome.pause is not None:
                seconds = outcome.pause.total_seconds()
                self._limited_until = now() + seconds
                raise TooManyCalls(seconds) from error
            raise GrantUnclear(outcome.reason) from error


def _read(answer: AsyncSlackResponse, now: datetime) -> Grant:
    """Return what Slack granted, at Slack's time. Raise GrantUnclear where it lacks what every grant has."""
    data: Mapping[str, Any] = answer.data if isinstance(answer.data, dict) else {}
    token, bot_user, lasts = data.get("access_token"), data.get("bot_user_id"), data.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(bot_user, str):
        raise GrantUnclear("no token")
    team, enterprise, installer = (data.get(name) or {} for name in ("team", "enterprise", "authed_user"))
    return Grant(
        app_id=data.get("app_id"),
        enterprise_id=enterprise.get("id"),
        enterprise_name=enterprise.get("name"),
        team_id=team.get("id"),
        team_name=team.get("name"),
        bot_token=token,
        bot_user_id=bot_user,
        bot_scopes=str(data.get("scope") or ""),
        bot_refresh_token=data.get("refresh_token") or None,
        bot_token_expires_at=int(now.timestamp()) + int(lasts) if lasts else None,
        user_id=installer.get("id") or "",
        is_enterprise_install=bool(data.get("is_enterprise_install")) or not team.get("id"),
        installed_at=(sent_at(answer) or now).timestamp(),
    )
