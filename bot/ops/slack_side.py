"""Ask Slack about the tokens and scopes of one workspace and the time; and read what is stored of many."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from sqlalchemy import Connection

from bot.clock import Clock
from bot.ops.findings import Finding, Severity, fault, ok, skipped, warning
from bot.run.settings import Settings
from bot.slack.blocks import counted
from bot.slack.manifest import OPTIONAL_SCOPES, SCOPES
from bot.slack.oauth import INSTALL, REDIRECT, GrantRefused, GrantUnclear, SlackApp
from bot.slack.web_client import error_name, sent_at, web_client
from bot.store import doubts, installations
from bot.token_keys import TokenKeys, UnknownKey

TOKEN, APP_TOKEN, SCOPES_PART, CLOCK, APP = "bot token", "app token", "scopes", "clock", "client secret"
KEYS, INSTALLED = "token keys", "installed workspaces"
TIMEOUT = 5  # seconds for one call
MAX_DRIFT = timedelta(minutes=5)  # Slack's requests are rejected if the clocks differ by more
SMALL_DRIFT = timedelta(seconds=30)
REINSTALL = "In the app's settings: *Install App*, *Reinstall to Workspace*"

WITHOUT = {
    "commands": "`/roleshift` and the shortcuts do not work.",
    "chat:write": "Nothing is sent: no tips, no challenges.",
    "users:read": "Nobody can be coached: the bot can't tell members from guests.",
    "files:write": "Members can't export their data, nor admins the figures and the literacy file.",
} | OPTIONAL_SCOPES
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
INSTALL_ANEW = "Install the app there anew, at /slack/install."
ADD_IT = "An admin of the organisation adds the app to workspaces, in Slack's page to manage apps."
ASKED_AGAIN = f"Start `python -m jobs`: it asks Slack again within an hour. {INSTALL_ANEW}"
KEY_LOST = "If it is lost, each of these workspaces must install the app anew."
UNREACHABLE_FIX = "Check the network, the proxy and the firewall, and SLACK_API_URL if it is set."
LIMITED = "rate limit"
LIMITED_FIX = "Run the check again in some minutes: there were too many calls for Slack."


@dataclass(frozen=True, slots=True)
class CallResult:
    """The result of a call to Slack. `error` is the name that Slack gives it; `failure` tells why no answer came."""

    error: str | None = None
    failure: str | None = None
    scopes: frozenset[str] | None = None
    drift: timedelta | None = None  # how far this machine's clock is ahead of Slack's
    for_organisation: bool = False


async def ask(session: aiohttp.ClientSession, settings: Settings, clock: Clock, method: str, token: str) -> CallResult:
    client = web_client(session, settings.slack_api_url, token, TIMEOUT)
    before = clock.now()
    try:
        answer = await client.api_call(method)
    except SlackApiError as error:
        name, status = error_name(error), error.response.status_code
        drift = _drift(error.response, before, clock.now())
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return CallResult(failure=LIMITED, drift=drift)
        if name is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return CallResult(failure=f"HTTP {status}", drift=drift)
        return CallResult(error=name, drift=drift)
    except (aiohttp.ClientError, TimeoutError) as error:
        return CallResult(failure=type(error).__name__)
    scopes = answer.headers.get("X-OAuth-Scopes")
    granted = None if scopes is None else frozenset(filter(None, (scope.strip() for scope in scopes.split(","))))
    drift, whole = _drift(answer, before, clock.now()), bool(answer.get("is_enterprise_install"))
    return CallResult(scopes=granted, drift=drift, for_organisation=whole)


def _drift(answer: AsyncSlackResponse, before: datetime, after: datetime) -> timedelta | None:
    """Return how far this clock is ahead. Slack's time has whole seconds, and was written between the two moments."""
    at = sent_at(answer)
    return None if at is None else before + (after - before) / 2 - (at + timedelta(seconds=0.5))


def unreachable(part: str, failure: str) -> Finding:
    fix = LIMITED_FIX if failure == LIMITED else UNREACHABLE_FIX
    return fault(part, f"Slack does not answer as it should ({failure}).", fix)


def bot_token_findings(answer: CallResult) -> Iterator[Finding]:
    if answer.failure is not None:
        yield unreachable(TOKEN, answer.failure)
    elif answer.error is not None:
        says, fix = REFUSED.get(answer.error, (f"Slack refuses this token ({answer.error}).", f"{REINSTALL}."))
        yield fault(TOKEN, says, f"{fix} Then set SLACK_BOT_TOKEN.")
    elif answer.for_organisation:
        says = "This token is for a whole organisation."
        fix = "Set SLACK_BOT_TOKEN to a token of one workspace; organisations install the app through OAuth."
        yield fault(TOKEN, says, fix)
    else:
        yield ok(TOKEN, "Slack accepts SLACK_BOT_TOKEN.")
        yield from scope_findings(answer.scopes)
        return
    yield skipped(SCOPES_PART, "Fix the token first.")


def scope_findings(granted: Collection[str] | None) -> Iterator[Finding]:
    if granted is None:
        yield skipped(SCOPES_PART, "Slack did not name the scopes.")
        return
    missing = [scope for scope in (*SCOPES, *OPTIONAL_SCOPES) if scope not in granted]
    for scope in missing:
        level = Severity.WARNING if scope in OPTIONAL_SCOPES else Severity.FAULT
        fix = "Add it under *OAuth & Permissions*, then reinstall the app."
        yield Finding(SCOPES_PART, f"`{scope}` is not granted. {WITHOUT[scope]}", fix, level)
    if not missing:
        yield ok(SCOPES_PART, "All are granted.")


def app_token_finding(answer: CallResult) -> Finding:
    """Return whether Socket Mode can connect. Slack gives an address, to which nothing connects."""
    if answer.failure is not None:
        return unreachable(APP_TOKEN, answer.failure)
    if answer.error is not None:
        make = "Make one under *Basic Information*, *App-Level Tokens*, with the scope `connections:write`"
        says = f"Slack refuses SLACK_APP_TOKEN ({answer.error})."
        return fault(APP_TOKEN, says, f"{make}, and switch Socket Mode on.")
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
            says = f"Slack refuses the client id or the client secret ({error})."
            fix = "Copy SLACK_CLIENT_ID and SLACK_CLIENT_SECRET anew from *Basic Information*, *App Credentials*."
            return fault(APP, says, fix)
    except GrantUnclear as error:
        return unreachable(APP, str(error))
    return ok(APP, "Slack does not refuse it.")


def installed_findings(tx: Connection, settings: Settings, now: datetime) -> list[Finding]:
    assert settings.token_keys is not None  # noqa: S101 - settings.py wants them for OAuth
    keys, stored = TokenKeys(settings.token_keys.get_secret_value()), installations.key_ids(tx)
    findings = [*_about_keys(tx, keys, stored)] or [ok(KEYS, "They decrypt what is stored.")]
    for lost in installations.lost(tx):  # which is known without a call to Slack
        assert lost.expires_at is not None  # noqa: S101 - as it was found; for the type checker
        ends = "ended" if lost.expires_at <= now else "works until"
        says = f"{lost.workspace_id}: The refresh token was lost. The token {ends} {lost.expires_at:%d %B %H:%M} UTC."
        findings.append(warning(INSTALLED, says, INSTALL_ANEW))
    unused = (f"{organisation}: Installed, and not yet in any workspace." for organisation in installations.unused(tx))
    findings += [warning(INSTALLED, says, ADD_IT) for says in unused]
    for workspace_id, reason in doubts.disconnected(tx).items():
        says = f"{workspace_id}: Nothing is sent there since Slack refused the token ({reason})."
        findings.append(warning(INSTALLED, says, ASKED_AGAIN))
    for workspace_id, at in doubts.removed_but_used(tx).items():
        says = f"{workspace_id}: It is marked as removed, and somebody used the bot there on {at:%d %B, %H:%M} UTC."
        findings.append(warning(INSTALLED, f"{says} Nothing is sent there.", INSTALL_ANEW))
    if not stored:
        findings.append(nothing_installed(settings))
    elif all(each.part != INSTALLED for each in findings):
        findings.append(ok(INSTALLED, f"There are {counted(sum(stored.values()), 'token')}."))
    return findings


def nothing_installed(settings: Settings) -> Finding:
    return ok(INSTALLED, f"There are none yet. To install the app, open {settings.public_url}{INSTALL}.")


def _about_keys(tx: Connection, keys: TokenKeys, stored: Mapping[str, int]) -> Iterator[Finding]:
    for key_id, count in sorted(stored.items()):
        if key_id not in keys.ids:
            those = counted(count, "workspace")
            says = f"ROLESHIFT_TOKEN_KEYS lacks `{key_id}`, under which tokens of {those} are stored."
            yield fault(KEYS, says, f"Put that key behind the first. {KEY_LOST}")
    for each in installations.for_each_key(tx):
        try:
            if each.sealed.key_id in keys.ids:
                keys.token(each)
        except UnknownKey:
            says = f"The key `{each.sealed.key_id}` does not decrypt the token of {each.workspace_id}."
            fix = "Set the key that had this id when it was stored. If it is that one, the token is damaged."
            yield fault(KEYS, says, f"{fix} {INSTALL_ANEW}")
