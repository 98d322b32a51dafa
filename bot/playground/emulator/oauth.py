"""OAuth v2: codes, tokens and refresh tokens of the app, as `oauth.v2.access` gives them and uninstalling ends them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.playground.emulator.blocks import Json
from bot.playground.emulator.clock import Clock
from bot.playground.emulator.manifest import SlackApp
from bot.playground.emulator.refusal import SlackRefusal
from bot.playground.emulator.workspace import Workspace

CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(hours=12)
GRACE = timedelta(seconds=30)  # Slack says "a short grace period", and not how long it is
MAX_ACTIVE = 2  # tokens of an installation after a refresh
ORGANISATION = "E0ORGANISATION"
BOT_USER = "W0BOT"  # of the organisation's installation


@dataclass
class Code:
    """What a person allowed; it can be exchanged once. Without a workspace it is for the whole organisation."""

    workspace: Workspace | None
    person: str
    scopes: frozenset[str]
    redirect_uri: str
    born_at: datetime
    used: bool = False


@dataclass
class Token:
    """A token of the app in one workspace. It expires only where tokens are rotated."""

    workspace: Workspace | None
    scopes: frozenset[str]
    expires_at: datetime | None = None
    revoked: bool = False
    replaced: bool = False  # revoked because newer ones were issued


@dataclass
class RefreshToken:
    """A refresh token. It works once, and again for a short time after that."""

    workspace: Workspace | None
    scopes: frozenset[str]
    used_at: datetime | None = None
    revoked: bool = False


@dataclass
class OAuth:
    """The installations of one app. `rotates`: tokens expire after twelve hours, and are exchanged before that.

    The rules are those of Slack's guide "Using token rotation": a refresh token is revoked a short grace period after
    its first use; the token that it came with works on; after a refresh at most two tokens are active, and the oldest
    of more is revoked.
    """

    app: SlackApp
    clock: Clock
    rotates: bool = False
    has_organisation: bool = False  # whether the workspaces belong to an Enterprise organisation
    granted: set[str] = field(default_factory=set)  # workspaces to which the organisation gave its installation
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)
    grace: timedelta = GRACE
    refreshes: int = 0

    def allow(self, workspace: Workspace | None, person: str, scopes: frozenset[str], redirect_uri: str) -> str:
        code = f"{len(self.codes) + 1}.{secrets.token_hex(16)}"
        self.codes[code] = Code(workspace, person, scopes, redirect_uri, self.clock())
        return code

    def access(self, authorization: str, given: Mapping[str, str]) -> Json:
        """Exchange a code or a refresh token for a token, as `oauth.v2.access` does."""
        self._check_app(authorization, given)
        if given.get("grant_type") == "refresh_token":
            return self._refreshed(given.get("refresh_token", ""))
        code = self.codes.get(given.get("code", ""))
        if code is None or self.clock() - code.born_at > CODE_LIFE:
            raise SlackRefusal("invalid_code")
        if code.used:
            raise SlackRefusal("code_already_used")
        if given.get("redirect_uri", "") != code.redirect_uri:
            raise SlackRefusal("bad_redirect_uri")
        code.used = True
        if code.workspace is not None:
            code.workspace.installed = True
            code.workspace.scopes = code.scopes
        return self._issued(Token(code.workspace, code.scopes)) | {"authed_user": {"id": code.person}}

    def find(self, token: str) -> Token | None:
        """Return what a token stands for, if the app got it through OAuth. Raise Slack's error if it ended."""
        found = self.tokens.get(token)
        if found is None:
            return None
        if found.revoked:
            raise SlackRefusal("token_revoked" if found.replaced else "account_inactive")
        if found.expires_at is not None and found.expires_at <= self.clock():
            raise SlackRefusal("token_expired")
        return found

    def revoke(self, token: str) -> Json:
        """Revoke one token, as `auth.revoke` does."""
        found = self.find(token)
        if found is None:
            raise SlackRefusal("invalid_auth")
        found.revoked = True
        return {"revoked": True}

    def remove(self, workspace: Workspace | None) -> None:
        """End all tokens of a workspace or of the organisation, as removing the app does."""
        issued: tuple[Token | RefreshToken, ...] = (*self.tokens.values(), *self.refresh_tokens.values())
        for token in issued:
            token.revoked = token.revoked or token.workspace is workspace

    @property
    def is_for_all(self) -> bool:
        """Whether the organisation has installed the app."""
        return any(token.workspace is None and not token.revoked for token in self.tokens.values())

    def serves(self, workspace: Workspace) -> bool:
        """Return whether the organisation's installation serves a workspace."""
        return workspace.id in self.granted and self.is_for_all

    def secrets(self) -> set[str]:
        """Return every secret that was given out, so that no page shows one."""
        return {*self.tokens, *self.refresh_tokens, *self.codes, self.app.client_secret}

    def _check_app(self, authorization: str, given: Mapping[str, str]) -> None:
        client_id, client_secret = given.get("client_id", ""), given.get("client_secret", "")
        if authorization.startswith("Basic "):
            pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
            client_id, _, client_secret = pair.partition(":")
        if client_id != self.app.client_id:
            raise SlackRefusal("invalid_client_id")
        if not secrets.compare_digest(client_secret, self.app.client_secret):
            raise SlackRefusal("bad_client_secret")

    def _refreshed(self, refresh_token: str) -> Json:
        """Exchange a refresh token."""
        found, now = self.refresh_tokens.get(refresh_token), self.clock()
        if found is None or found.revoked or (found.used_at is not None and now - found.used_at >= self.grace):
            raise SlackRefusal("invalid_refresh_token")
        found.used_at = found.used_at or now
        self.refreshes += 1
        issued = self._issued(Token(found.workspace, found.scopes))
        working = [token for token in self.tokens.values() if token.workspace is found.workspace and not token.revoked]
        active = [token for token in working if token.expires_at is None or token.expires_at > now]
        for token in active[:-MAX_ACTIVE]:
            token.revoked = token.replaced = True
        return issued

    def _issued(self, token: Token) -> Json:
        """Issue a token, with a refresh token where tokens are rotated, and return it as Slack does."""
        text = f"xoxb-playground-{secrets.token_hex(24)}"
        rotation: Json = {}
        if self.rotates:
            text, refresh = f"xoxe.{text}", f"xoxe-1-{secrets.token_hex(40)}"
            token.expires_at = self.clock() + TOKEN_LIFE
            self.refresh_tokens[refresh] = RefreshToken(token.workspace, token.scopes)
            rotation = {"refresh_token": refresh, "expires_in": int(TOKEN_LIFE.total_seconds())}
        self.tokens[text] = token
        workspace = token.workspace
        organisation = {"id": ORGANISATION, "name": "Organisation"} if self.has_organisation else None
        return {
            "access_token": text,
            "token_type": "bot",
            "scope": ",".join(sorted(token.scopes)),
            "bot_user_id": BOT_USER if workspace is None else workspace.bot_user,
            "app_id": self.app.id,
            "team": None if workspace is None else {"id": workspace.id, "name": workspace.name},
            "enterprise": organisation,
            "is_enterprise_install": workspace is None,
            **rotation,
        }
