"""The workspaces that installed the app through OAuth: their tokens, read from the database and cached for seconds."""

import asyncio
import logging
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from slack_bolt.authorization import AuthorizeResult

from bot.coach import installing
from bot.core.errors import NothingChanged, NotInstalled, OutcomeUnknown
from bot.core.installation import Installation, Sealed
from bot.run.clock import Clock
from bot.slack.oauth.slack_app import INSTALL, REDIRECT, Grant, GrantRefused, NoAnswer, SlackApp, TooManyCalls
from bot.store import Store
from bot.token_keys import TokenKeys, UnknownKey

log = logging.getLogger(__name__)

FRESH = 10  # seconds; no process uses a revoked token for longer
MAX_KNOWN = 2_000  # workspaces in memory
# Slack's tokens last for 12 hours. If a refresh token gets lost, people have half of that to install the app anew.
REFRESH_BEFORE = timedelta(hours=6)
AT_ONCE = timedelta(minutes=2)  # before its end, a token is refreshed by the call that needs it
ALWAYS = timedelta(days=1)  # before its end, a token is refreshed that Slack refuses
REFRESH_LEASE = 20.0  # seconds by the database's clock; longer than a call and its commit
REFRESH_TRIES, REFRESH_PAUSE = 3, 1.0  # tries and seconds, within Slack's short grace period
DEAD = {"invalid_refresh_token", "invalid_grant", "token_revoked", "account_inactive"}  # no later try can succeed
MAX_REFRESHES = 5  # in each run of the job, every ten seconds: Slack allows the whole app a hundred calls a minute
OTHER_WORKSPACE = "other_workspace"  # the reason in the log, where Slack's answer to a refresh is about another one
STORE_TRIES, STORE_PAUSE = 5, 1.0  # tries and seconds, for tokens that Slack gave and that are lost unless stored
TOKEN, REFRESH_TOKEN = "token", "refresh_token"


@dataclass(frozen=True, slots=True)
class _Known:
    """An installation as it was read, and until when it is used, by the loop's clock."""

    installation: Installation
    token: str = field(repr=False)
    until: float


class InstalledWorkspaces:
    """Authorizes requests and gives calls their token.

    What was read is used for ten seconds. So after a removal, which deletes the token, every other process stops using
    it within ten seconds; the process that was told forgets it at once. The outbox is stricter: see `sending.begin`.
    """

    fault = None  # a bot without any workspace waits for its first

    def __init__(self, store: Store, clock: Clock, keys: TokenKeys, app: SlackApp) -> None:
        self._store, self._clock, self._keys, self.app = store, clock, keys, app
        self._known: dict[str, _Known] = {}

    @property
    def workspace_ids(self) -> tuple[str, ...]:
        """Return nothing: the rows of these workspaces may go at any time."""
        return ()

    async def authorize(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        """Return what Bolt needs to know for a request. `check` then tells whether the app is installed there."""
        if team_id is None:
            raise NotInstalled
        bot_user = None
        with suppress(NotInstalled):
            bot_user = (await self._find(team_id)).installation.bot_user
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_user_id=bot_user)

    def check(self, workspace_id: str) -> None:
        """Raise NotInstalled unless `authorize` found an installation of this workspace."""
        if workspace_id not in self._known:
            raise NotInstalled

    def disconnect(self, workspace_id: str) -> None:
        """Forget what was read about this workspace."""
        self._known.pop(workspace_id, None)

    async def current(self, workspace_id: str) -> str:
        """Return the token of a workspace. Raise NotInstalled, or NothingChanged if it can't be had now."""
        known = await self._find(workspace_id)
        expires_at = known.installation.expires_at
        if expires_at is None or expires_at - self._clock.now() > AT_ONCE:
            return known.token
        await self.refresh(workspace_id, self._clock.now() + AT_ONCE)
        known = await self._find(workspace_id)
        expires_at, waits = known.installation.expires_at, known.installation.sealed.refresh is not None
        if waits and expires_at is not None and expires_at <= self._clock.now():
            raise NothingChanged  # the refresh will be tried again
        return known.token

    async def newer(self, workspace_id: str, refused: str) -> str | None:
        """Return the token that replaced one which Slack refused; None if there is none, and none will come.

        Raise NothingChanged if there may be one soon: a process refreshes the token now, or died while it did.
        """
        self.disconnect(workspace_id)
        try:
            if (found := await self._find(workspace_id)).token != refused:
                return found.token
            await self.refresh(workspace_id, self._clock.now() + ALWAYS)
            if (found := await self._find(workspace_id)).token != refused:
                return found.token
        except NotInstalled:
            return None
        if found.installation.sealed.refresh is not None:
            raise NothingChanged
        return None

    async def refresh_due(self, stopping: asyncio.Event) -> None:
        """Refresh tokens that expire soon, unless another process does. A workspace that fails does not stop others."""
        before = self._clock.now() + REFRESH_BEFORE
        for workspace_id in await self._store.read(installing.expiring, before, MAX_REFRESHES):
            if stopping.is_set():
                return
            try:
                await self.refresh(workspace_id, before)  # does nothing once Slack's rate limit paused all refreshes
            except (NothingChanged, OutcomeUnknown) as error:
                reason = type(error.__cause__ or error).__name__
                log.error("token.not_refreshed", extra={"workspace_id": workspace_id, "reason": reason})  # noqa: TRY400 - the reason says it

    async def refresh(self, workspace_id: str, before: datetime) -> None:
        """Refresh the token of a workspace if it expires before this moment, and if no other process does."""
        claim = secrets.token_hex(12)
        held = await self._store.write(installing.claim_refresh, workspace_id, before, claim, REFRESH_LEASE)
        if held is None:
            return
        refresh_token = self._decrypted(held, REFRESH_TOKEN, held.sealed.refresh or "")
        try:
            grant = await self._granted(workspace_id, claim, refresh_token)
            _check_workspace(held, grant)
        except TooManyCalls as error:
            log.warning("token.refreshes_paused", extra={"seconds": error.seconds})
            await self._store.write(installing.pause_refreshes, error.seconds)
        except GrantRefused as error:
            await self._refused(workspace_id, claim, str(error))
        except NoAnswer as error:  # tried again when the lease is over
            log.warning("token.not_refreshed", extra={"workspace_id": workspace_id, "reason": str(error)})
        else:
            await self._keep(workspace_id, claim, grant)
        self.disconnect(workspace_id)

    async def _granted(self, workspace_id: str, claim: str, refresh_token: str) -> Grant:
        """Return what Slack gives for a refresh token. If the answer is lost, ask again at once.

        Slack accepts a used refresh token for a short time only. Raise GrantRefused or NoAnswer.
        """
        for tries_left in reversed(range(REFRESH_TRIES)):
            try:
                return await self.app.refresh(refresh_token)
            except TooManyCalls:
                raise
            except NoAnswer:
                if not tries_left:
                    raise
            await asyncio.sleep(REFRESH_PAUSE)
            if not await self._store.write(installing.hold_refresh, workspace_id, claim, REFRESH_LEASE):
                raise NoAnswer("the lease is over")
        raise AssertionError  # the last try returns or raises; for the type checker

    async def _refused(self, workspace_id: str, claim: str, reason: str) -> None:
        """Delete a refresh token that no later try can use. Keep it if, say, the client secret is wrong."""
        log.error("token.not_refreshed", extra={"workspace_id": workspace_id, "reason": reason})
        if reason in DEAD:
            address = self.app.redirect_uri.removesuffix(REDIRECT) + INSTALL
            await self._store.write(installing.refresh_refused, workspace_id, claim, address, self._clock.now())

    def sealed(self, workspace_id: str, grant: Grant) -> Sealed:
        """Return the tokens of a grant as they are stored."""
        return encrypted(self._keys, workspace_id, grant.token, grant.refresh_token)

    async def _keep(self, workspace_id: str, claim: str, grant: Grant) -> None:
        """Store refreshed tokens. Slack gives them once, so try again while the database does not answer.

        To store them twice is harmless: the first time ends the lease, so the second changes nothing.
        """
        assert grant.expires_at is not None  # noqa: S101 - `SlackApp.refresh` refuses others; for the type checker
        sealed = self.sealed(workspace_id, grant)
        for tries_left in reversed(range(STORE_TRIES)):
            try:
                stored = await self._store.write(
                    installing.refreshed, workspace_id, claim, sealed, grant.expires_at, self._clock.now()
                )
            except (NothingChanged, OutcomeUnknown):
                if not tries_left:
                    raise
                await asyncio.sleep(STORE_PAUSE)
            else:
                log.info("token.refreshed", extra={"workspace_id": workspace_id, "stored": stored})
                return

    async def _find(self, workspace_id: str) -> _Known:
        """Return the installation as it was within the last ten seconds. Raise NotInstalled."""
        now = asyncio.get_running_loop().time()
        known = self._known.get(workspace_id)
        if known is not None and now < known.until:
            return known
        found = await self._store.read(installing.find, workspace_id)
        self._known.pop(workspace_id, None)
        if found is None:
            raise NotInstalled
        if len(self._known) >= MAX_KNOWN:
            self._known.pop(next(iter(self._known)))  # the one that was read longest ago
        known = _Known(found, self._decrypted(found, TOKEN, found.sealed.token), now + FRESH)
        self._known[workspace_id] = known
        return known

    def _decrypted(self, found: Installation, column: str, hidden: str) -> str:
        try:
            return self._keys.decrypt(found.sealed.key_id, found.workspace_id, column, hidden)
        except UnknownKey as error:
            log.error("token.undecryptable", extra={"workspace_id": found.workspace_id, "key_id": found.sealed.key_id})  # noqa: TRY400 - the ids say it
            raise NothingChanged from error


def _check_workspace(held: Installation, grant: Grant) -> None:
    """Raise GrantRefused if Slack's answer is about another workspace or organisation.

    A workspace may join an organisation after it installed the app.
    """
    known, answered = held.enterprise_id, grant.enterprise_id
    moved = known is not None and known != answered
    if grant.workspace_id != held.workspace_id or grant.for_organisation or moved:
        raise GrantRefused(OTHER_WORKSPACE)


def check_keys(keys: TokenKeys, installed: Sequence[Installation]) -> None:
    """Decrypt the token of each of these installations. Raise UnknownKey, which names the key."""
    for each in installed:
        keys.decrypt(each.sealed.key_id, each.workspace_id, TOKEN, each.sealed.token)


def encrypted(keys: TokenKeys, workspace_id: str, token: str, refresh_token: str | None) -> Sealed:
    """Return tokens as they are stored."""
    refresh = None if refresh_token is None else keys.encrypt(workspace_id, REFRESH_TOKEN, refresh_token)
    return Sealed(keys.first, keys.encrypt(workspace_id, TOKEN, token), refresh)


def resealed(keys: TokenKeys, found: Installation) -> Sealed:
    """Return the tokens of an installation, encrypted under the first key. Raise UnknownKey."""
    key_id, workspace_id, refresh = found.sealed.key_id, found.workspace_id, found.sealed.refresh
    token = keys.decrypt(key_id, workspace_id, TOKEN, found.sealed.token)
    refresh_token = None if refresh is None else keys.decrypt(key_id, workspace_id, REFRESH_TOKEN, refresh)
    return encrypted(keys, workspace_id, token, refresh_token)
