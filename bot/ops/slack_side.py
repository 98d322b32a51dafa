"""Ask Slack whether the tokens work, which scopes they have, and what the time is."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ops.findings import Finding, fault, ok, skipped, warning
from bot.run.clock import Clock
from bot.run.settings import Settings
from bot.slack.install_pages import LOST
from bot.slack.manifest import OPTIONAL_SCOPES, SCOPES
from bot.slack.oauth import REDIRECT, GrantRefused, GrantUnclear, SlackApp, sent_at
from bot.slack.refusals import error_name, retry_after
from bot.slack.web_client import web_client

TOKEN, APP_TOKEN, SCOPES_PART, CLOCK, APP = "bot token", "app token", "scopes", "clock", "client secret"
TIMEOUT = 5  # seconds for one call
MAX_DRIFT = timedelta(minutes=5)  # Slack's requests are rejected if the clocks differ by more
SMALL_DRIFT = timedelta(seconds=30)
REINSTALL = "In the app's settings: *Install App*, *Reinstall to Workspace*"

WITHOUT = {
    "commands": "`/roleshift` and the shortcuts do not work.",
    "chat:write": "Nothing is sent: no tips, no challenges.",
    "users:read": "Nobody can be coached: the bot can't tell members from guests.",
    "files:write": "Members can't export their data, nor admins the audit.",
} | LOST
# What Slack's error means for a bot token, and how to fix it.
REFUSED = {
    "invalid_auth": ("Slack does not know this token.", "Copy the token anew from *OAuth & Permissions*."),
    "not_authed": ("Slack got no token.", "Check that no proxy removes the header Authorization."),
    "token_revoked": ("This token was revoked.", f"{REINSTALL}, then copy the new token."),
    "account_inactive": ("This token ended, as the app was removed.", f"{REINSTALL}, then copy the new token."),
    "token_expired": (
        "This token has expired.",
        "Switch token rotation off in the app's settings; with one workspace, the bot does not refresh its token.",
    ),
}
UNREACHABLE_FIX = "Check the network, the proxy and the firewall, and SLACK_API_URL if it is set."
LIMITED_FIX = "Run the check again in some minutes: there were too many calls for Slack."


@dataclass(frozen=True, slots=True)
class CallResult:
    """The result of a call to Slack. `error` is the name that Slack gives it; `failure` tells why no answer came.

    `retry_after`: at Slack's rate limit, after how many seconds to call again.
    """

    error: str | None = None
    failure: str | None = None
    scopes: frozenset[str] | None = None
    drift: timedelta | None = None  # how far this machine's clock is ahead of Slack's
    retry_after: float | None = None
    for_organisation: bool = False

    @property
    def fix(self) -> str:
        return UNREACHABLE_FIX if self.retry_after is None else LIMITED_FIX


async def ask(session: aiohttp.ClientSession, settings: Settings, clock: Clock, method: str, token: str) -> CallResult:
    client = web_client(session, settings.slack_api_url, token, TIMEOUT)
    before = clock.now()
    try:
        answer = await client.api_call(method)
    except SlackApiError as error:
        name = error_name(error)
        drift = _drift(error.response, before, clock.now())
        if error.response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            return CallResult(failure="rate limit", drift=drift, retry_after=retry_after(error.response))
        if name is None or error.response.status_code >= 500:
            return CallResult(failure=f"HTTP {error.response.status_code}", drift=drift)
        return CallResult(error=name, drift=drift)
    except (aiohttp.ClientError, TimeoutError) as error:
        return CallResult(failure=type(error).__name__)
    scopes = next((value for name, value in answer.headers.items() if name.lower() == "x-oauth-scopes"), None)
    granted = None if scopes is None else frozenset(filter(None, (scope.strip() for scope in scopes.split(","))))
    drift, whole = _drift(answer, before, clock.now()), bool(answer.get("is_enterprise_install"))
    return CallResult(scopes=granted, drift=drift, for_organisation=whole)


def _drift(answer: AsyncSlackResponse, before: datetime, after: datetime) -> timedelta | None:
    """Return how far this clock is ahead. Slack's time has whole seconds, and was written between the two moments."""
    at = sent_at(answer)
    return None if at is None else before + (after - before) / 2 - (at + timedelta(seconds=0.5))


def unreachable(part: str, answer: CallResult) -> Finding:
    return fault(part, f"Slack does not answer as it should ({answer.failure}).", answer.fix)


def bot_token_findings(answer: CallResult) -> Iterator[Finding]:
    if answer.failure is not None:
        yield unreachable(TOKEN, answer)
    elif answer.error is not None:
        says, fix = REFUSED.get(answer.error, (f"Slack refuses this token ({answer.error}).", f"{REINSTALL}."))
        yield fault(TOKEN, says, f"{fix} Then set SLACK_BOT_TOKEN.")
    elif answer.for_organisation:
        says = "This token is for a whole organisation."
        fix = "Set SLACK_BOT_TOKEN to a token of one workspace; organisations install the app through OAuth."
        yield fault(TOKEN, says, fix)
    else:
        yield ok(TOKEN, "Slack accepts SLACK_BOT_TOKEN.")
        yield from scope_findings(answer.scopes, "", "Add it under *OAuth & Permissions*, then reinstall the app.")
        return
    yield skipped(SCOPES_PART, "Fix the token first.")


def scope_findings(granted: Collection[str] | None, where: str, fix: str) -> Iterator[Finding]:
    """Yield what each missing scope costs. `where`: in which workspace, as the beginning of a sentence."""
    if granted is None:
        yield skipped(SCOPES_PART, f"{where}Slack did not name the scopes.")
        return
    missing = [scope for scope in (*SCOPES, *OPTIONAL_SCOPES) if scope not in granted]
    for scope in missing:
        kind = warning if scope in OPTIONAL_SCOPES else fault
        yield kind(SCOPES_PART, f"{where}`{scope}` is not granted. {WITHOUT[scope]}", fix)
    if not missing:
        yield ok(SCOPES_PART, f"{where}All are granted.")


def app_token_finding(answer: CallResult) -> Finding:
    """Return whether Socket Mode can connect. Slack gives an address, to which nothing connects."""
    if answer.failure is not None:
        return unreachable(APP_TOKEN, answer)
    if answer.error is not None:
        return fault(
            APP_TOKEN,
            f"Slack refuses SLACK_APP_TOKEN ({answer.error}).",
            "Make one under *Basic Information*, *App-Level Tokens*, with the scope `connections:write`, and switch "
            "Socket Mode on.",
        )
    return ok(APP_TOKEN, "Slack accepts SLACK_APP_TOKEN.")


def clock_finding(answers: Collection[CallResult]) -> Finding:
    drift = next((answer.drift for answer in answers if answer.drift is not None), None)
    if drift is None:
        return skipped(CLOCK, "Slack did not tell the time.")
    seconds = round(abs(drift.total_seconds()))
    says = f"This machine's clock is {seconds} s {'ahead of' if drift > timedelta() else 'behind'} Slack's."
    fix = "Set the clock, and keep it right with chrony or systemd-timesyncd."
    if abs(drift) > MAX_DRIFT:
        return fault(CLOCK, f"{says} The bot rejects Slack's requests when the two differ by five minutes.", fix)
    if abs(drift) > SMALL_DRIFT:
        return warning(CLOCK, says, fix)
    return ok(CLOCK, "It agrees with Slack's.")


async def client_secret_finding(session: aiohttp.ClientSession, settings: Settings, clock: Clock) -> Finding:
    """Return whether Slack refuses the client id and secret. A code that nobody got is tried with them."""
    assert settings.slack_client_id and settings.slack_client_secret  # noqa: S101, PT018 - settings.py wants them for OAuth
    secret, redirect_uri = settings.slack_client_secret.get_secret_value(), f"{settings.public_url}{REDIRECT}"
    app = SlackApp(settings.slack_client_id, secret, redirect_uri, session, settings.slack_api_url, clock)
    try:
        await app.grant("none")
    except GrantRefused as error:
        if str(error) in {"invalid_client_id", "bad_client_secret"}:
            return fault(
                APP,
                f"Slack refuses the client id or the client secret ({error}).",
                "Copy SLACK_CLIENT_ID and SLACK_CLIENT_SECRET anew from *Basic Information*, *App Credentials*.",
            )
    except GrantUnclear as error:
        return unreachable(APP, CallResult(failure=str(error)))
    return ok(APP, "Slack does not refuse it.")
