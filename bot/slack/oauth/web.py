"""Serve the two addresses of an installation: one leads to Slack's page, to the other Slack sends people back."""

import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable
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
from bot.slack.oauth.slack_app import INSTALL, REDIRECT, Grant, GrantRefused, NoAnswer
from bot.slack.oauth.workspaces import InstalledWorkspaces

log = logging.getLogger(__name__)

COOKIE = "roleshift_install"
MAX_AT_ONCE, PER_SECOND = 40, 2.0  # visits of a page, of everybody together


class InstallPages:
    """The two pages. All that is not theirs goes to `others`."""

    def __init__(self, services: Services, workspaces: InstalledWorkspaces, others: AsgiApp) -> None:
        self._services, self._workspaces, self._app, self._others = services, workspaces, workspaces.app, others
        self._pages = {INSTALL: self._install, REDIRECT: self._redirect}
        self._allowances = {path: Allowance(time.monotonic) for path in self._pages}
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
        if self._allowances[path].take():
            response = await self._shown(page, Request(scope))
        else:
            response = self._answer(results.too_many(self._start))
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
        state, browser = secrets.token_urlsafe(32), _browser(request) or secrets.token_urlsafe(32)
        await self._services.store.write(install_links.begin, state, browser, self._services.clock.now())
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
        given, browser = request.query_params, _browser(request)
        now = self._services.clock.now()
        state = given.get("state", "")
        if browser is None or not await self._services.store.write(install_links.take, state, browser, now):
            return results.link_used(self._start)
        if error := given.get("error"):
            return results.cancelled(self._start) if error == "access_denied" else results.refused(error, self._start)
        try:
            grant = await self._app.grant(given.get("code", ""))
        except GrantRefused as error:
            log.warning("install.refused", extra={"reason": str(error)})
            return results.refused(str(error), self._start)
        except NoAnswer as error:
            log.warning("install.unanswered", extra={"reason": str(error)})
            return results.unanswered(self._start)
        return await self._granted(grant)

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


class Allowance:
    """A token bucket: so many visits at once, and then so many a second. It bounds what strangers can store."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now, self._left, self._at = now, float(MAX_AT_ONCE), now()

    def take(self) -> bool:
        """Return whether one more visit is allowed now."""
        now = self._now()
        self._left = min(MAX_AT_ONCE, self._left + (now - self._at) * PER_SECOND)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def _browser(request: Request) -> str | None:
    """Return the cookie that tells this browser from others; None if it has none of ours."""
    found = request.cookies.get(COOKIE, "")
    return found if re.fullmatch(r"[\w-]{43}", found) else None
