"""Check whether the tokens of workspaces that installed the app through OAuth can be decrypted, and work."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import aiohttp
from sqlalchemy import Connection

from bot.checks import slack_side
from bot.checks.findings import Finding, fault, ok, warning
from bot.checks.slack_side import Answer
from bot.clock import Clock
from bot.coach import installing
from bot.config import Settings
from bot.core.installation import Installation
from bot.slack.oauth.workspaces import TOKEN
from bot.store.survey import look
from bot.token_keys import TokenKeys, UnknownKey

KEYS, TOKENS = "token keys", "installed workspaces"
MAX_TRIED = 20  # workspaces, those that installed the app last
AT_ONCE = 5
INSTALL_ANEW = "Install the app there anew, at /slack/install."
REFUSED = {
    "token_expired": ("The token has expired.", "Start `python -m jobs`: it refreshes tokens. Else " + INSTALL_ANEW),
    "account_inactive": ("The app was removed there.", "Nothing, if that was meant. Else " + INSTALL_ANEW),
    "token_revoked": ("The token was revoked.", INSTALL_ANEW),
}


@dataclass(frozen=True, slots=True)
class Installed:
    """The installations: how many there are under each key, and some of them."""

    keys: dict[str, int]
    some: Sequence[Installation]


def _read(tx: Connection) -> Installed:
    return Installed(installing.keys_in_use(tx), installing.newest(tx, MAX_TRIED))


async def installed_findings(
    session: aiohttp.ClientSession, settings: Settings, clock: Clock
) -> tuple[list[Finding], list[Answer]]:
    """Return what there is to say about the installed workspaces, and what Slack answered. Raise Unusable."""
    assert settings.token_keys is not None  # noqa: S101 - config.py wants them for OAuth
    installed = await look(settings.database_url, _read)
    keys = TokenKeys(settings.token_keys.get_secret_value())
    tokens, findings = _decrypted(keys, installed)
    waiting = asyncio.Semaphore(AT_ONCE)

    async def ask(token: str) -> Answer:
        async with waiting:
            return await slack_side.ask(session, settings, clock, "auth.test", token)

    answers = await asyncio.gather(*(ask(token) for token in tokens.values()))
    findings += _about_tokens(dict(zip(tokens, answers, strict=True)), sum(installed.keys.values()))
    return findings, answers


def _decrypted(keys: TokenKeys, installed: Installed) -> tuple[dict[str, str], list[Finding]]:
    """Return the tokens by workspace, and what there is to say about the keys."""
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
            tokens[each.workspace_id] = keys.decrypt(each.sealed.key_id, each.workspace_id, TOKEN, each.sealed.token)
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


def _about_tokens(answers: dict[str, Answer], count: int) -> Iterator[Finding]:
    """Yield what Slack says about each workspace. A workspace that fails alone does not stop the others."""
    fine = 0
    for workspace_id, answer in answers.items():
        if answer.failure is not None:
            yield slack_side.unreachable(TOKENS, answer)
            return
        if answer.error is not None:
            unknown = (f"Slack refuses the token ({answer.error}).", INSTALL_ANEW)
            says, fix = REFUSED.get(answer.error, unknown)
            yield warning(TOKENS, f"{workspace_id}: {says}", fix)
        else:
            fine += 1
            found = slack_side.scope_findings(answer.scopes, f"{workspace_id}: ", INSTALL_ANEW)
            yield from (finding for finding in found if finding.fix)
    tried = f" (tried {len(answers)} of {count})" if len(answers) < count else ""
    yield ok(TOKENS, f"Slack accepts the tokens of {_workspaces(fine)}{tried}.")


def _workspaces(count: int) -> str:
    return "1 workspace" if count == 1 else f"{count} workspaces"
