"""Check whether the tokens of workspaces that installed the app through OAuth can be decrypted, and work."""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import aiohttp
from sqlalchemy import Connection

from bot.core.installation import Installation
from bot.ops import slack_side
from bot.ops.findings import Finding, fault, ok, warning
from bot.ops.slack_side import CallResult
from bot.run.clock import Clock
from bot.run.settings import Settings
from bot.store import doubts, installations
from bot.store.checkup import look
from bot.token_keys import TokenKeys, UnknownKey

KEYS, TOKENS = "token keys", "installed workspaces"
MAX_TRIED, AT_ONCE = 20, 5  # workspaces in all and at the same time, so that a check takes seconds
EVERY, EVERY_AT_ONCE = 1_000_000, 40  # with --all; Slack's rate limits are for each workspace by itself
MAX_RETRIES, MAX_WAIT = 3, 120.0  # with --all, at a workspace's rate limit: calls, and seconds before each
MAX_NAMED = 10  # workspaces in one finding; with --all, each has its own
TOLD = 10  # times that --all prints its progress
THESE = ": those that it refused before, then others at random; `--all` tries all"
ADD_IT = "An admin of the organisation adds the app to workspaces, in Slack's page to manage apps."
INSTALL_ANEW = "Install the app there anew, at /slack/install."
ASKED_AGAIN = "Start `python -m jobs`: it asks Slack again within an hour, and then sends what is due."
REFUSED = {
    "token_expired": ("The token has expired.", "Start `python -m jobs`: it refreshes tokens. Else " + INSTALL_ANEW),
    "account_inactive": ("The app was removed there.", "Nothing, if that was meant. Else " + INSTALL_ANEW),
    "token_revoked": ("The token was revoked.", INSTALL_ANEW),
}


@dataclass(frozen=True, slots=True)
class Installed:
    keys: dict[str, int]
    some: Sequence[Installation]
    lost: Sequence[Installation]
    unused: Sequence[str]  # organisations that added the app to no workspace yet
    refused: Mapping[str, str]  # workspaces to which nothing is sent, and which answer of Slack's says why


def _read(tx: Connection, most: int) -> Installed:
    return Installed(
        installations.key_ids(tx),
        installations.to_try(tx, most),
        installations.lost(tx),
        installations.in_no_workspace(tx),
        doubts.disconnected(tx),
    )


async def installed_findings(
    session: aiohttp.ClientSession, settings: Settings, clock: Clock, *, every: bool
) -> tuple[list[Finding], list[CallResult]]:
    """Return what there is to say about the installed workspaces, and what Slack answered. Raise Unusable.

    `every`: try the tokens of all workspaces, and not only of some.
    """
    assert settings.token_keys is not None  # noqa: S101 - settings.py wants them for OAuth
    installed = await look(settings.database_url, _read, EVERY if every else MAX_TRIED)
    keys = TokenKeys(settings.token_keys.get_secret_value())
    tokens, findings = _decrypted(keys, installed)
    waiting, tried = asyncio.Semaphore(EVERY_AT_ONCE if every else AT_ONCE), 0

    async def ask(token: str) -> CallResult:
        async with waiting:
            return await slack_side.ask(session, settings, clock, "auth.test", token)

    async def ask_patiently(token: str) -> CallResult:
        nonlocal tried
        answer = await ask(token)
        for _ in range(MAX_RETRIES if every else 0):
            if answer.retry_after is None or answer.retry_after > MAX_WAIT:
                break
            await asyncio.sleep(answer.retry_after)
            answer = await ask(token)
        tried += 1
        if every:
            _tell_progress(tried, len(tokens))
        return answer

    answers = await asyncio.gather(*(ask_patiently(token) for token in tokens.values()))
    findings += _about_lost(installed.lost, clock.now())
    findings += [
        warning(TOKENS, f"{each}: Installed, and not yet in any workspace.", ADD_IT) for each in installed.unused
    ]
    answered = dict(zip(tokens, answers, strict=True))
    findings += _about_tokens(answered, sum(installed.keys.values()), every=every)
    findings += _about_doubts(answered, installed.refused)
    return findings, answers


def _tell_progress(tried: int, count: int) -> None:
    """Say how far a long check is, a few times in all. The findings themselves go to standard output."""
    if count > MAX_TRIED and tried * TOLD // count > (tried - 1) * TOLD // count:
        sys.stderr.write(f"Tried the tokens of {tried:,} of {count:,} workspaces.\n")


def _about_lost(lost: Sequence[Installation], now: datetime) -> Iterator[Finding]:
    """Yield where a refresh token was lost. This is known without a call to Slack, so it names each workspace."""
    for each in lost:
        assert each.expires_at is not None  # noqa: S101 - as it was found; for the type checker
        ends = "ended" if each.expires_at <= now else "works until"
        says = f"{each.workspace_id}: The refresh token was lost. The token {ends} {each.expires_at:%d %B %H:%M} UTC."
        yield warning(TOKENS, says, INSTALL_ANEW)


def _decrypted(keys: TokenKeys, installed: Installed) -> tuple[dict[str, str], list[Finding]]:
    tokens, findings, broken = dict[str, str](), list[Finding](), Counter[str]()
    for key_id, count in sorted(installed.keys.items()):
        if key_id not in keys.ids:
            findings.append(
                fault(
                    KEYS,
                    f"ROLESHIFT_TOKEN_KEYS lacks `{key_id}`, under which tokens of {_workspaces(count)} are stored.",
                    "Put that key behind the first. If it is lost, each of these workspaces must install the app anew.",
                )
            )
    for each in installed.some:
        if each.sealed.key_id not in keys.ids:
            continue
        try:
            tokens[each.workspace_id] = keys.token(each)
        except UnknownKey:
            broken[each.sealed.key_id] += 1
    findings += [
        fault(
            KEYS,
            f"The key `{key_id}` does not decrypt the tokens of {_workspaces(count)}.",
            "Set the key that had this id when they were stored. If it is lost, these workspaces must install the app "
            "anew.",
        )
        for key_id, count in sorted(broken.items())
    ]
    return tokens, findings or [ok(KEYS, "They decrypt what is stored.")]


def _about_tokens(answers: Mapping[str, CallResult], count: int, *, every: bool) -> Iterator[Finding]:
    """Yield what Slack says: one finding for all workspaces with the same fault, or one for each if `every`."""
    unanswered = [answer for answer in answers.values() if answer.failure is not None]
    if unanswered and len(unanswered) == len(answers):
        yield slack_side.unreachable(TOKENS, unanswered[0])
        return
    found: dict[Finding, list[str]] = {}
    for workspace_id, answer in answers.items():
        for each in _of_one(answer):
            found.setdefault(each, []).append(workspace_id)
    for each, workspace_ids in found.items():
        for named in sorted(workspace_ids) if every else [_named(workspace_ids)]:
            yield replace(each, says=f"{named}: {each.says}")
    fine = sum(answer.error is None and answer.failure is None for answer in answers.values())
    some = f" (tried {len(answers)} of {count:,}{THESE})" if len(answers) < count else ""
    of_all = f"{fine:,} of " if fine < len(answers) else ""
    yield ok(TOKENS, f"Slack accepts the tokens of {of_all}{_workspaces(len(answers))}{some}.")


def _about_doubts(answers: Mapping[str, CallResult], refused: Mapping[str, str]) -> Iterator[Finding]:
    """Yield where Slack accepts a token now that it refused when the worker asked."""
    for workspace_id, answer in answers.items():
        if workspace_id in refused and answer.error is None and answer.failure is None:
            says = f"{workspace_id}: Nothing is sent there since Slack refused the token ({refused[workspace_id]})"
            yield warning(TOKENS, f"{says}, and it accepts it now.", ASKED_AGAIN)


def _of_one(answer: CallResult) -> Iterator[Finding]:
    if answer.failure is not None:
        yield warning(TOKENS, f"Slack did not answer ({answer.failure}).", answer.fix)
    elif answer.error is not None:
        yield warning(TOKENS, *REFUSED.get(answer.error, (f"Slack refuses the token ({answer.error}).", INSTALL_ANEW)))
    else:
        yield from (each for each in slack_side.scope_findings(answer.scopes, "", INSTALL_ANEW) if each.fix)


def _named(workspace_ids: Sequence[str]) -> str:
    more = len(workspace_ids) - MAX_NAMED
    return ", ".join(workspace_ids[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")


def _workspaces(count: int) -> str:
    return "1 workspace" if count == 1 else f"{count:,} workspaces"
