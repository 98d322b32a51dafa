"""Serve the two addresses of an installation: one leads to Slack's page, to the other Slack sends people back."""

import ipaddress
import logging
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.coach import install_links, installing
from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.core.installation import Granted
from bot.run.services import Services
from bot.slack.apologies import new_reference
from bot.slack.door import AsgiApp, Receive, Scope, Send
from bot.slack.manifest import OPTIONAL_SCOPES, SCOPES
from bot.slack.oauth import results
from bot.slack.oauth.page import HEADERS, Page
from bot.slack.oauth.slack_app import INSTALL, REDIRECT, Grant, GrantRefused, NoAnswer, TooManyCalls
from bot.slack.oauth.workspaces import InstalledWorkspaces

log = logging.getLogger(__name__)

COOKIE = "roleshift_install"
EACH_AT_ONCE, EACH_PER_SECOND = 10, 0.2  # installations that people at one address may finish
ALL_AT_ONCE, ALL_PER_SECOND = 40, 2.0  # of everybody together
MAX_ADDRESSES = 2_000  # in memory; one that is dropped begins anew


class InstallPages:
    """The two pages. All that is not theirs goes to `others`.

    Strangers cost no call and no transaction: the first page stores nothing, and the second one checks the signature of
    the state. People who asked for a state are counted by their address, which a proxy puts into `address_header`.
    """

    def __init__(
        self, services: Services, workspaces: InstalledWorkspaces, others: AsgiApp, address_header: str | None
    ) -> None:
        self._services, self._workspaces, self._app, self._others = services, workspaces, workspaces.app, others
        self._pages = {INSTALL: self._install, REDIRECT: self._redirect}
        self._address_header = address_header
        self._each, self._all = Limit(EACH_AT_ONCE, EACH_PER_SECOND), Limit(ALL_AT_ONCE, ALL_PER_SECOND)
        base = self._app.redirect_uri.removesuffix(REDIRECT)
        self._start = f"{base}{INSTALL}"
        self._cookie_path = f"{urlsplit(base).path}/slack"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = scope.get("path", "")
        page = self._pages.get(path)
        if scope["type"] != "http" or page is None or scope["method"] != "GET":
            await self._others(scope, receive, send)
            return
        response = await self._shown(page, Request(scope))
        await response(scope, receive, send)

    async def _shown(self, page: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
        """Return what a page shows; if that fails, what went wrong, with a button to start again."""
        try:
            return await page(request)
        except NothingChanged as error:
            log.warning("install.not_stored", extra={"reason": type(error.__cause__ or error).__name__})
            return self._answer(results.not_stored(self._start))
        except OutcomeUnknown as error:
            log.warning("install.unconfirmed", extra={"reason": type(error.__cause__ or error).__name__})
            return self._answer(results.unconfirmed(self._start))
        except Exception:
            reference = new_reference()
            log.exception("install.broke", extra={"reference": reference})
            return self._answer(results.broken(reference, self._start))

    async def _install(self, request: Request) -> Response:
        """Send the browser to Slack's page, with a link that works once and only in this browser."""
        browser = _browser(request) or secrets.token_urlsafe(32)
        state = install_links.new_state(self._app.state_key, browser, self._services.clock.now())
        address = self._app.authorize_url([*SCOPES, *OPTIONAL_SCOPES], state)
        response = RedirectResponse(address, 302, headers={"cache-control": "no-store"})
        seconds = int(install_links.WORKS_FOR.total_seconds())
        response.set_cookie(
            COOKIE, browser, seconds, path=self._cookie_path, secure=True, httponly=True, samesite="lax"
        )
        return response

    async def _redirect(self, request: Request) -> Response:
        """Take what Slack sends along, install the app, and say how that went."""
        return self._answer(await self._finished(request))

    async def _finished(self, request: Request) -> Page:
        state, now = request.query_params.get("state", ""), self._services.clock.now()
        if (refusal := self._refusal(request, state, now)) is not None:
            return refusal
        if not await self._services.store.write(install_links.use, state, now):
            return results.link_used(self._start)
        try:
            grant = await self._app.grant(request.query_params.get("code", ""))
        except GrantRefused as error:
            log.warning("install.refused", extra={"reason": str(error)})
            return results.refused(str(error), self._start)
        except NoAnswer as error:
            log.warning("install.unanswered", extra={"reason": str(error)})
            if isinstance(error, TooManyCalls):
                await self._services.store.write(installing.pause_refreshes, error.seconds)
            return results.unanswered(self._start)
        return await self._granted(grant)

    def _refusal(self, request: Request, state: str, now: datetime) -> Page | None:
        """Return why an installation can't go on; None if it can. This costs no call and no transaction."""
        browser, error, address = _browser(request), request.query_params.get("error"), self._address(request)
        if browser is None or not install_links.is_ours(self._app.state_key, state, browser, now):
            return results.link_used(self._start)
        if error:
            return results.cancelled(self._start) if error == "access_denied" else results.refused(error, self._start)
        if not ((address is None or self._each.take(address)) and self._all.take("")):
            return results.too_many(self._start)
        return None

    async def _granted(self, grant: Grant) -> Page:
        """Store what Slack granted, unless the bot can't work with it."""
        if grant.for_organisation or grant.workspace_id is None:
            log.warning("install.for_organisation", extra={"enterprise_id": grant.enterprise_id})
            await self._app.revoke(grant.token)
            return results.organisation(self._start)
        if lacking := SCOPES.keys() - grant.scopes:
            log.warning("install.lacks_scopes", extra={"workspace_id": grant.workspace_id, "scopes": sorted(lacking)})
            return results.lacks(lacking, self._start)
        granted = Granted(
            workspace_id=grant.workspace_id,
            at=grant.at,
            bot_user=grant.bot_user,
            scopes=grant.scopes,
            sealed=self._workspaces.sealed(grant.workspace_id, grant),
            expires_at=grant.expires_at,
            installed_by=grant.installed_by,
            app_id=grant.app_id,
            enterprise_id=grant.enterprise_id,
        )
        store = self._services.store
        stored = await store.write(installing.install, granted, self._services.clock.now())
        self._workspaces.disconnect(grant.workspace_id)  # what was read of an older installation
        if not stored:
            return results.removed(self._start)
        missing = OPTIONAL_SCOPES.keys() - grant.scopes
        log.info("workspace.installed", extra={"workspace_id": grant.workspace_id, "without": sorted(missing)})
        return results.installed(grant.workspace, missing, self._app.home_url(grant.app_id, grant.workspace_id))

    def _answer(self, page: Page) -> Response:
        return HTMLResponse(page.html(), page.status, headers=HEADERS)

    def _address(self, request: Request) -> str | None:
        """Return the visitor's address as the proxy names it; None where no proxy is trusted.

        A proxy adds to a list at its end; what stands before may be made up. One person has a whole /64 of IPv6.
        """
        if self._address_header is None:
            return None
        named = request.headers.get(self._address_header, "")
        try:
            address = ipaddress.ip_address(named.rpartition(",")[2].strip())
        except ValueError:
            return ""
        return str(ipaddress.ip_network((address, 64), strict=False) if address.version == 6 else address)


class Limit:
    """Token buckets: for each key so many at once, and then so many a second."""

    def __init__(self, at_once: int, per_second: float, now: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._per_second, self._now = at_once, per_second, now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # what is left, and when that was so

    def take(self, key: str) -> bool:
        """Return whether one more is allowed now."""
        now = self._now()
        left, at = self._buckets.pop(key, (self._at_once, now))
        left = min(self._at_once, left + (now - at) * self._per_second)
        allowed = left >= 1
        self._buckets[key] = (left - allowed, now)
        if len(self._buckets) > MAX_ADDRESSES:
            self._buckets.popitem(last=False)
        return allowed


def _browser(request: Request) -> str | None:
    """Return the cookie that tells this browser from others; None if it has none of ours."""
    found = request.cookies.get(COOKIE, "")
    return found if re.fullmatch(r"[\w-]{43}", found) else None
