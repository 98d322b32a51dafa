"""The two pages of an installation: one leads to Slack's page, and to the other Slack sends people back.

Bolt's own flow is not used: it keeps one state per browser, so that a second tab ends the first; it reads Slack's error
before the state; and it writes codes to the log. The way back goes in one order: the state's signature, limits for the
visitor's address and for all, using up the state, asking Slack, storing tokens with the workspace.
"""

import base64
import hashlib
import ipaddress
import logging
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from slack_sdk.oauth.installation_store import Installation as Grant
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.coach import membership
from bot.core.errors import NothingChanged, OutcomeUnknown, UserError
from bot.core.member import MemberKey
from bot.slack.door import Buckets
from bot.slack.installed_workspaces import InstalledWorkspaces
from bot.slack.manifest import OPTIONAL_SCOPES, SCOPES
from bot.slack.oauth import INSTALL, REDIRECT, STATE_LIFE, GrantRefused, GrantUnclear, TooManyCalls
from bot.slack.sorry import new_reference
from bot.store import Store, installations, workspaces

log = logging.getLogger(__name__)

COOKIE = "roleshift_install"
PORT = re.compile(r"(\.\d+|\]):\d+$")  # behind an address
EACH_AT_ONCE, EACH_PER_SECOND = 10, 0.2  # installations that people at one address may finish
ALL_AT_ONCE, ALL_PER_SECOND = 40, 2.0  # of everybody together

NEXT = (
    "In Slack, type `/roleshift` in any channel, or open roleshift under Apps, and choose your role.",
    "Nobody gets a tip by direct message before they ask for it, with `/roleshift tips on`.",
    "For a challenge in a channel, invite the bot there: `/invite @roleshift`.",
)
NOT_DISTRIBUTED = "invalid_team_for_non_distributed_app"
BAD_SETTINGS = {
    "bad_client_secret", "bad_redirect_uri", "invalid_client_id", "oauth_authorization_url_mismatch", "invalid_scope",
    "team_not_allowed",
}  # fmt: skip
# How an installation fails: the status, the heading, what to do. `{}` is Slack's name for the error, or scopes.
FAILURES = {
    "access_denied": (200, "The installation was cancelled",
        "Nothing was stored. If you changed your mind, or clicked Cancel by mistake, start again."),
    NOT_DISTRIBUTED: (400, "Slack installs this app in its own workspace only (`{}`)",
        "Tell the people who run this bot: public distribution must be turned on, in the app's settings at Slack."),
    "bad settings": (400, "Slack refused the installation (`{}`)",
        "Tell the people who run this bot: its settings and those of the Slack app do not fit together."),
    "refused": (400, "Slack refused the installation (`{}`)", "Nothing was stored. Start again."),
    "state": (400, "This link does not work any more", (
        "It works once, for ten minutes, and only in the browser in which you began. That keeps others from "
        "installing something in your name.")),
    "unanswered": (503, "Slack does not answer", "Nothing was stored. Wait a minute, and start again."),
    "not stored": (503, "This could not be stored", "Nothing was changed. Wait a minute, and start again."),
    "unconfirmed": (503, "The database did not confirm this",
        "It may be stored or not. Wait a minute, and start again: to install roleshift twice does no harm."),
    "broken": (500, "That broke on our side",
        "Wait a minute, and start again. If it happens again, tell the people who run this bot: `{}`."),
    "too many": (429, "Too many installations at once", "Wait a minute, and start again."),
    "lacks": (400, "Slack did not grant what roleshift needs", "It can't work without {}."),
    "removed": (400, "roleshift was removed meanwhile", "Nothing was stored. Start again."),
}  # fmt: skip

STYLE = (Path(__file__).parent / "install.css").read_text(encoding="utf-8")
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",  # the address holds a code
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}


class InstallPages:
    """Strangers cost no call and no transaction: one page stores nothing, the other checks the state's signature first.

    People who asked for a state are counted by their address, which a proxy puts into `address_header`.
    """

    def __init__(self, installed: InstalledWorkspaces, store: Store, address_header: str | None) -> None:
        self._app, self._installed, self._store, self._address_header = installed.app, installed, store, address_header
        self._each: Buckets[str] = Buckets(EACH_AT_ONCE, EACH_PER_SECOND)
        self._all: Buckets[None] = Buckets(ALL_AT_ONCE, ALL_PER_SECOND)
        self._used: dict[str, datetime] = {}  # the states that this process used up, and until when they are remembered

    def routes(self) -> list[Route]:
        end = Route(REDIRECT, self._end)
        end.methods = {"GET"}  # Starlette adds HEAD, which would use up a code for a page that nobody sees
        return [Route(INSTALL, self._begin), end]

    async def _begin(self, request: Request) -> Response:
        """Send the browser to Slack's page, with a state that works once and only in this browser."""
        browser = _browser(request) or secrets.token_urlsafe(32)
        address = self._app.authorize_url([*SCOPES, *OPTIONAL_SCOPES], browser)
        response = RedirectResponse(address, 302, headers={"cache-control": "no-store"})
        path = f"{urlsplit(self._app.start).path.removesuffix(INSTALL)}/slack"
        seconds = int(STATE_LIFE.total_seconds())
        response.set_cookie(COOKIE, browser, seconds, path=path, secure=True, httponly=True, samesite="lax")
        return response

    async def _end(self, request: Request) -> Response:
        """Take what Slack sends along, install the app, and say how that went."""
        if refusal := self._refusal(request):
            return refusal
        try:
            return await self._finished(request.query_params["state"], request.query_params.get("code", ""))
        except NothingChanged as error:
            log.warning("install.not_stored", extra={"reason": type(error.__cause__ or error).__name__})
            return self._failed("not stored")
        except OutcomeUnknown as error:
            log.warning("install.unconfirmed", extra={"reason": type(error.__cause__ or error).__name__})
            return self._failed("unconfirmed")
        except Exception:
            reference = new_reference()
            log.exception("install.broke", extra={"reference": reference})
            return self._failed("broken", reference)

    def _refusal(self, request: Request) -> Response | None:
        """Return why an installation can't go on; None if it can. This costs no call and no transaction."""
        given, browser, address = request.query_params, _browser(request), self._address(request)
        if browser is None or not self._app.made(given.get("state", ""), browser):
            return self._failed("state")
        if error := given.get("error"):
            return self._refused(error)
        if given["state"] in self._used:
            return self._failed("state")
        if not ((address is None or self._each.take(address)) and self._all.take(None)):
            return self._failed("too many")
        return None

    async def _finished(self, given: str, code: str) -> Response:
        now = self._app.now()
        self._used = {state: until for state, until in self._used.items() if now < until} | {given: now + STATE_LIFE}
        state = hashlib.sha256(given.encode()).hexdigest()
        if not await self._store.write(installations.use_state, state, now + STATE_LIFE):
            return self._failed("state")
        try:
            return await self._granted(await self._app.grant(code))
        except GrantRefused as error:
            log.warning("install.refused", extra={"reason": str(error)})
            return self._refused(str(error))
        except GrantUnclear as error:
            log.warning("install.unanswered", extra={"reason": str(error)})
            if isinstance(error, TooManyCalls):
                await self._store.write(installations.pause_refreshes, error.seconds)
            return self._failed("unanswered")

    async def _granted(self, grant: Grant) -> Response:
        """Store what Slack granted, unless the bot can't work with it. Say what is next, and what is switched off."""
        scopes = set(grant.bot_scopes or ())
        workspace_id = grant.enterprise_id if grant.is_enterprise_install else grant.team_id
        if workspace_id is None:
            raise GrantUnclear("no workspace")
        if lacking := sorted(SCOPES.keys() - scopes):
            log.warning("install.lacks_scopes", extra={"workspace_id": workspace_id, "scopes": lacking})
            return self._failed("lacks", ", ".join(f"`{scope}`" for scope in lacking))
        if not await self._installed.save(grant):
            return self._failed("removed")
        missing = OPTIONAL_SCOPES.keys() - scopes
        log.info("workspace.installed", extra={"workspace_id": workspace_id, "without": sorted(missing)})
        if grant.is_enterprise_install:
            served = len(await self._store.read(workspaces.granted, workspace_id))
            known = {0: "It is not yet in any workspace.", 1: "It is in one workspace."}
            text = known.get(served, f"It is in {served} workspaces.")
            app = f"https://app.slack.com/manage/{workspace_id}/integrations/profile/{grant.app_id or ''}"
            return _page(
                f"roleshift is installed for {grant.enterprise_name or 'your organisation'}",
                f"{text} An admin of the organisation adds it to workspaces.",
                ("Add it to workspaces", f"{app}/workspaces/add"),
            )
        with suppress(UserError, NothingChanged, OutcomeUnknown):  # an admin's Home shows what to do first, too
            profile = await self._app.workspace(workspace_id, grant.bot_token or "").profile(grant.user_id)
            if profile.is_admin:
                installer, at = MemberKey(workspace_id, grant.user_id), datetime.fromtimestamp(grant.installed_at, UTC)
                await self._store.write(membership.greet, installer, profile, at)
        lost = [f"`{scope}` was not granted. {OPTIONAL_SCOPES[scope]}" for scope in OPTIONAL_SCOPES if scope in missing]
        if lost:
            lost.append("To change that, install roleshift once more and grant it. Nothing that is stored gets lost.")
        return _page(
            f"roleshift is installed in {grant.team_name or 'your workspace'}",
            "You can close this page.",
            ("Open roleshift in Slack", self._app.home_url(grant.app_id, workspace_id)),
            lists={"What happens next": NEXT, "Switched off": lost},
        )

    def _failed(self, why: str, details: str = "") -> Response:
        status, title, text = FAILURES[why]
        label = "Install roleshift" if why == "access_denied" else "Start again"
        return _page(title.format(details), text.format(details), (label, self._app.start), status)

    def _refused(self, reason: str) -> Response:
        """Say that Slack refused the installation. Anybody may write the reason, so only an error's name is shown."""
        if reason in {"access_denied", NOT_DISTRIBUTED}:
            return self._failed(reason, reason)
        name = reason if re.fullmatch("[a-z_]{1,60}", reason) else "unknown"
        return self._failed("bad settings" if reason in BAD_SETTINGS else "refused", name)

    def _address(self, request: Request) -> str | None:
        """Return the visitor's address as the proxy names it; None where no proxy is trusted.

        A proxy adds to a list at its end, some with a port; what stands before may be made up. One person has a whole
        /64 of IPv6. A server that listens on IPv6 gets IPv4 addresses as `::ffff:192.0.2.1`.
        """
        if self._address_header is None:
            return None
        named = request.headers.get(self._address_header, "").rpartition(",")[2].strip()
        try:
            address = ipaddress.ip_address(PORT.sub(r"\1", named).strip("[]"))
        except ValueError:
            return ""
        if isinstance(address, ipaddress.IPv4Address):
            return str(address)
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))


def _browser(request: Request) -> str | None:
    found = request.cookies.get(COOKIE, "")
    return found if re.fullmatch(r"[\w-]{43}", found) else None


def _page(
    title: str, text: str, button: tuple[str, str], status: int = 200, lists: dict[str, Sequence[str]] | None = None
) -> HTMLResponse:
    parts = [f"<h1>{_marked(title)}</h1>", f"<p>{_marked(text)}</p>"]
    for heading, items in (lists or {}).items():
        if items:
            tag = "ol" if items is NEXT else "ul"
            parts.append(f"<h2>{heading}</h2><{tag}>{''.join(f'<li>{_marked(item)}</li>' for item in items)}</{tag}>")
    label, address = button
    parts.append(f'<a class="button" href="{escape(address)}">{escape(label)}</a>')
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>"
    )
    return HTMLResponse(page, status, headers=HEADERS)


def _marked(text: str) -> str:
    """Return a text as HTML, with the words between two backticks as code. A workspace's name may hold anything."""
    pieces = escape(text).split("`")
    if len(pieces) % 2 == 0:
        return escape(text)
    return "".join(f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces))
