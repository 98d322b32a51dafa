"""The workspaces that installed the app through OAuth: their tokens, cached for seconds, and refreshed in time.

Slack rotates tokens: one lasts 12 hours; a refresh token is revoked shortly after its use; of more than two active
tokens the oldest is revoked. So a refresh whose answer is lost is repeated at once, and one whose process died is taken
over 20 to 30 seconds later. If that is too late, the old token works for six hours, nobody can renew it, and people are
asked to install the bot again. Slack's rate limit is the app's: a 429 holds the refreshes of all processes.

A removal deletes the tokens. What a process has read of them it uses for ten seconds more, unless it was told; the
outbox is stricter: see `sending.begin`. Where an organisation's installation serves a workspace, too, calls use its own
one, unless Slack refused that the last time.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.oauth.installation_store import Installation as Grant

from bot.clock import Clock
from bot.coach import installing
from bot.core.errors import NothingChanged, NotInstalled, OutcomeUnknown
from bot.core.installation import Installation, is_organisation
from bot.core.outcomes import GONE, TOKENS, WITHDRAWN
from bot.slack.gateway import GivenTo
from bot.slack.oauth import GrantRefused, GrantUnclear, SlackApp, TooManyCalls
from bot.slack.web_client import ANOTHER_MAY_WORK
from bot.store import Store, installations
from bot.token_keys import TokenKeys, Undecryptable, UnknownKey

log = logging.getLogger(__name__)

FRESH = 10  # seconds; no process uses a revoked token for longer
MAX_KNOWN = 2_000  # workspaces in memory
# Slack's tokens last for 12 hours. If a refresh token gets lost, people have half of that to install the app anew.
REFRESH_BEFORE = timedelta(hours=6)
AT_ONCE = timedelta(minutes=2)  # before its end, a token is refreshed by the call that needs it
ALWAYS = timedelta(days=1)  # before its end, a token is refreshed that Slack refuses
REFRESH_LEASE = 20.0  # seconds by the database's clock; longer than a call and its commit
REFRESH_TRIES, REFRESH_PAUSE = 3, 1.0  # tries and seconds, within Slack's short grace period
USED_UP = {"invalid_refresh_token", "invalid_grant"}  # no later try with this refresh token can succeed
MAX_LOOKS = 20  # in each run of the job
MAX_REFRESHES = 5  # in each run of the job, every ten seconds: Slack allows the whole app a hundred calls a minute
OTHER_WORKSPACE = "other_workspace"  # the reason in the log, where Slack's answer to a refresh is about another one
STORE_TRIES, STORE_PAUSE = 5, 1.0  # tries and seconds, for tokens that Slack gave and that are lost unless stored


class InstalledWorkspaces:
    """Stores installations, authorizes requests, and gives calls their token."""

    fault: str | None = None  # without any installation, the bot waits for the first
    workspace_ids: tuple[str, ...] = ()  # whose rows must be in the database: each may go at any time

    def __init__(self, store: Store, clock: Clock, keys: TokenKeys, app: SlackApp) -> None:
        self._store, self._clock, self._keys, self.app = store, clock, keys, app
        self._known: dict[str, tuple[Installation, float]] = {}  # each with when to read it again, by the loop's clock

    async def save(self, installation: Grant) -> bool:
        """Store what Slack granted to a workspace, or to an organisation with its workspaces.

        Return False if the app was removed there since then. Raise GrantUnclear if Slack doesn't name the workspaces.
        """
        workspace_id = installation.enterprise_id if installation.is_enterprise_install else installation.team_id
        assert workspace_id and installation.bot_token and installation.bot_user_id  # noqa: S101, PT018 - oauth.py refuses others; for the type checker
        given = None
        if installation.is_enterprise_install:
            try:
                answer = await self.app.workspace(workspace_id, installation.bot_token).given()
            except NothingChanged as error:
                raise GrantUnclear(type(error.__cause__ or error).__name__) from error
            if isinstance(answer, str):
                raise GrantUnclear(answer)
            given = answer
        expires = installation.bot_token_expires_at
        new = Installation(
            workspace_id=workspace_id,
            at=datetime.fromtimestamp(installation.installed_at, UTC),
            bot_user=installation.bot_user_id,
            scopes=frozenset(installation.bot_scopes or ()),
            sealed=self._keys.seal(workspace_id, installation.bot_token, installation.bot_refresh_token),
            expires_at=None if expires is None else datetime.fromtimestamp(expires, UTC),
            installed_by=installation.user_id or None,
            app_id=installation.app_id,
            enterprise_id=installation.enterprise_id,
        )
        now = self._clock.now()
        stored = await self._store.write(installing.install, new, now)
        if stored and given is not None:
            await self._store.write(installing.compare, workspace_id, given.workspace_ids, given.at, now)
        self.disconnect(workspace_id)  # what was read of an older installation
        return stored

    async def change(
        self, change: Callable[..., object], organisation: str, *given: object, at: datetime | None
    ) -> None:
        """Store what an organisation did with its installation. `at`: when, by Slack's clock; None: now."""
        now = self._clock.now()
        await self._store.write(lambda tx: change(tx, organisation, *given, at or now, now))
        self.disconnect(organisation)

    async def _find(self, workspace_id: str) -> Installation | None:
        """Return the installation of a workspace as it was within the last ten seconds; None if there is none."""
        now = asyncio.get_running_loop().time()
        known, until = self._known.get(workspace_id, (None, now))
        if now < until:
            return known
        stored = await self._store.read(installations.find, workspace_id)
        self.disconnect(workspace_id)
        if stored is None:
            return None
        if len(self._known) >= MAX_KNOWN:
            self._known.pop(next(iter(self._known)))  # the one that was read longest ago
        self._known[workspace_id] = stored, now + FRESH
        return stored

    def _decrypted(self, stored: Installation) -> tuple[str, str | None]:
        """Return the token and the refresh token of an installation. Raise NothingChanged without the key."""
        try:
            return self._keys.token(stored), self._keys.refresh_token(stored)
        except UnknownKey as error:
            ids = {"workspace_id": stored.workspace_id, "key_id": stored.sealed.key_id}
            log.error("token.undecryptable", extra=ids)  # noqa: TRY400 - the ids say it
            raise NothingChanged from error

    async def authorize(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        """Return what Bolt needs for a request. Slack may name an organisation in place of a workspace. See `check`."""
        place = team_id or enterprise_id
        if place is None:
            raise NotInstalled
        found = await self._find(place)
        bot_user = found.bot_user if found else None
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=place, bot_user_id=bot_user)

    async def check(self, workspace_id: str, organisation: str | None) -> None:
        """Raise NotInstalled unless this workspace has the app, or its organisation gave it its own.

        The event of that may have got lost, or this may be an old request, so Slack is asked. Raise NothingChanged
        where it does not answer.
        """
        if await self._find(workspace_id):
            return
        if organisation is None:
            raise NotInstalled
        given = await self.app.workspace(organisation, await self.current(organisation)).given()
        if isinstance(given, str) or workspace_id not in given.workspace_ids:
            raise NotInstalled
        await self.change(installing.grant, organisation, [workspace_id], at=given.at)
        if await self._find(workspace_id) is None:  # it was withdrawn meanwhile
            raise NotInstalled

    async def refusal(self, workspace_id: str) -> str | None:
        """Ask Slack about each installation that may serve a workspace. Return why none does; None if one does.

        Raise NothingChanged where Slack's answer is missing, and NotInstalled where there is no installation.
        """
        answers, unclear = list[str | None](), None
        for installation in await self._store.read(installations.serving, workspace_id):
            try:
                given = await self._asked(installation)
            except NothingChanged as error:
                unclear = error
                continue
            if isinstance(given, GivenTo):
                answers.append(None if workspace_id in given.workspace_ids else WITHDRAWN)
            else:
                answers.append(given)
        self.disconnect(workspace_id)  # another one may come first now
        if None in answers:
            return None
        if unclear is not None:
            raise unclear
        if not answers:
            await self._store.write(installing.lose, [workspace_id], self._clock.now())
            raise NotInstalled
        return next((why for why in answers if why not in GONE), answers[0])

    async def _asked(self, asked: Installation) -> GivenTo | str | None:
        """Ask Slack about an installation, with a newer token if it refuses the one that is stored. Note what it says.

        Return why it refuses the token; of an organisation that it accepts, the workspaces that were given it. Raise
        NothingChanged.
        """
        answer = await self._ask(asked)
        if isinstance(answer, str) and TOKENS[answer] in ANOTHER_MAY_WORK and asked.sealed.refresh is not None:
            await self.refresh(asked.workspace_id, self._clock.now() + ALWAYS)
            newer = await self._store.read(installations.of, asked.workspace_id)
            if newer is not None and newer.sealed.token != asked.sealed.token:
                answer = await self._ask(newer)
            elif newer is None or newer.sealed.refresh is not None:
                raise NothingChanged  # another process refreshes it now, or died while it did
            asked = newer
        why = answer if isinstance(answer, str) else None
        why = await self._store.write(installations.answered, asked, why, self._clock.now())
        return why if isinstance(answer, str) else answer

    async def _ask(self, installation: Installation) -> GivenTo | str | None:
        slack = self.app.workspace(installation.workspace_id, self._decrypted(installation)[0])
        return await (slack.given() if is_organisation(installation.workspace_id) else slack.refuses_token())

    async def look(self, stopping: asyncio.Event) -> None:
        """Ask Slack about installations whose turn it is, as events get lost. One that fails does not stop others."""
        now = self._clock.now()
        for organisation in await self._store.write(installing.look, now, MAX_LOOKS):
            stored = await self._store.read(installations.of, organisation)
            if stopping.is_set() or stored is None:
                continue
            try:
                given = await self._asked(stored)
            except NothingChanged:
                log.warning("token.not_checked", extra={"workspace_id": organisation})
                continue
            named = given if isinstance(given, GivenTo) else GivenTo(frozenset(), None)  # so it is asked about each
            await self._store.write(installing.compare, organisation, named.workspace_ids, named.at, now)

    def disconnect(self, workspace_id: str) -> None:
        """Forget what was read about this workspace or, of an organisation, about all its workspaces."""
        for known, (found, _) in list(self._known.items()):
            if workspace_id in {known, found.workspace_id}:
                del self._known[known]

    async def _connected(self, workspace_id: str) -> Installation:
        found = await self._find(workspace_id)
        if found is None:
            raise NotInstalled
        return found

    async def current(self, workspace_id: str) -> str:
        """Return the token of a workspace. Raise NotInstalled, or NothingChanged if it can't be had now."""
        found = await self._connected(workspace_id)
        if found.expires_at is not None and found.expires_at - self._clock.now() <= AT_ONCE:
            await self.refresh(found.workspace_id, self._clock.now() + AT_ONCE)
            found = await self._connected(workspace_id)
            ends = found.expires_at
            if found.sealed.refresh is not None and ends is not None and ends <= self._clock.now():
                raise NothingChanged  # the refresh will be tried again
        return self._decrypted(found)[0]

    async def newer(self, workspace_id: str, refused: str) -> str | None:
        """Return the token that replaced one which Slack refused; None if there is none, and none will come.

        Raise NothingChanged if there may be one soon: a process refreshes the token now, or died while it did.
        """
        self.disconnect(workspace_id)
        try:
            found = await self._connected(workspace_id)
            if self._decrypted(found)[0] == refused:
                await self.refresh(found.workspace_id, self._clock.now() + ALWAYS)
                found = await self._connected(workspace_id)
        except NotInstalled:
            return None
        if (token := self._decrypted(found)[0]) != refused:
            return token
        if found.sealed.refresh is not None:
            raise NothingChanged
        return None

    async def refresh_due(self, stopping: asyncio.Event) -> None:
        """Refresh tokens that expire soon, unless another process does. A workspace that fails does not stop others."""
        before = self._clock.now() + REFRESH_BEFORE
        for workspace_id in await self._store.read(installations.expiring, before, MAX_REFRESHES):
            if stopping.is_set():
                return
            try:
                await self.refresh(workspace_id, before)  # does nothing once Slack's rate limit paused all refreshes
            except (NothingChanged, OutcomeUnknown) as error:
                reason = type(error.__cause__ or error).__name__
                log.error("token.not_refreshed", extra={"workspace_id": workspace_id, "reason": reason})  # noqa: TRY400 - the reason says it

    async def refresh(self, workspace_id: str, before: datetime) -> None:
        """Refresh the token of a workspace if it expires before this moment, and if no other process does."""
        claim, write = secrets.token_hex(12), self._store.write
        held = await write(installations.claim_refresh, workspace_id, before, claim, REFRESH_LEASE)
        if held is None:
            return
        refresh_token = self._decrypted(held)[1] or ""
        try:
            grant = await self._granted(workspace_id, claim, refresh_token)
            _check_workspace(held, grant)
        except TooManyCalls as error:
            log.warning("token.refreshes_paused", extra={"seconds": error.seconds})
            await write(installations.pause_refreshes, error.seconds)
        except GrantRefused as error:
            reason = str(error)
            log.error("token.not_refreshed", extra={"workspace_id": workspace_id, "reason": reason})  # noqa: TRY400 - the reason says it
            if reason in USED_UP:  # else the refresh token is kept, as where, say, the client secret is wrong
                await write(installing.refresh_refused, workspace_id, claim, self.app.start, self._clock.now())
        except GrantUnclear as error:  # tried again when the lease is over
            log.warning("token.not_refreshed", extra={"workspace_id": workspace_id, "reason": str(error)})
        else:
            await self._keep(workspace_id, claim, grant)
        self.disconnect(workspace_id)

    async def _granted(self, workspace_id: str, claim: str, refresh_token: str) -> Grant:
        """Ask for new tokens, again at once if the answer is lost: a used refresh token works for a short time only."""
        for _ in range(REFRESH_TRIES - 1):
            try:
                return await self.app.refresh(refresh_token)
            except TooManyCalls:
                raise
            except GrantUnclear:
                await asyncio.sleep(REFRESH_PAUSE)
            if not await self._store.write(installations.hold_refresh, workspace_id, claim, REFRESH_LEASE):
                raise GrantUnclear("the lease is over")
        return await self.app.refresh(refresh_token)

    async def _keep(self, workspace_id: str, claim: str, grant: Grant) -> None:
        """Store refreshed tokens. Slack gives them once, so try again while the database does not answer.

        To store them twice is harmless: the first time ends the lease, so the second changes nothing.
        """
        expires = grant.bot_token_expires_at
        assert grant.bot_token and expires  # noqa: S101, PT018 - `SlackApp.refresh` refuses others; for the type checker
        sealed = self._keys.seal(workspace_id, grant.bot_token, grant.bot_refresh_token)
        ends = datetime.fromtimestamp(expires, UTC)
        for tries_left in reversed(range(STORE_TRIES)):
            try:
                now = self._clock.now()
                stored = await self._store.write(installing.refreshed, workspace_id, claim, sealed, ends, now)
            except (NothingChanged, OutcomeUnknown):
                if not tries_left:
                    raise
                await asyncio.sleep(STORE_PAUSE)
            else:
                log.info("token.refreshed", extra={"workspace_id": workspace_id, "stored": stored})
                return


async def checked_keys(store: Store, setting: str) -> TokenKeys:
    """Return the keys of the setting. Raise UnknownKey if one is missing, or decrypts nothing that is stored under it.

    A token that does not decrypt beside others that do was damaged: that is told, and stops nobody else.
    """
    keys = TokenKeys(setting)
    for first in await store.read(installations.for_each_key):
        try:
            keys.token(first)
        except Undecryptable:
            for workspace_id in keys.damaged(await store.read(installations.under_key, first.sealed.key_id)):
                log.error("token.undecryptable", extra={"workspace_id": workspace_id, "key_id": first.sealed.key_id})  # noqa: TRY400 - the ids say it
    return keys


def _check_workspace(held: Installation, grant: Grant) -> None:
    """Raise GrantRefused if Slack answers about another workspace or organisation, or one that moved since."""
    moved = held.enterprise_id is not None and held.enterprise_id != grant.enterprise_id
    place = grant.enterprise_id if is_organisation(held.workspace_id) else grant.team_id
    if place != held.workspace_id or grant.is_enterprise_install != is_organisation(held.workspace_id) or moved:
        raise GrantRefused(OTHER_WORKSPACE)
