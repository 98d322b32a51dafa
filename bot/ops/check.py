"""Try every part at once, and wait for none of them for long."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import aiohttp

from bot.clock import Clock, MovableClock
from bot.content import library
from bot.ops import slack_side
from bot.ops.database import database_findings
from bot.ops.findings import Finding, Severity, fault, ok, skipped, warning
from bot.run.settings import ContentSettings, DatabaseSettings, Settings, SettingsError, load
from bot.store.checkup import Unusable, look
from bot.store.migrate import Schema

SETTINGS, CONTENT, PUBLIC_ADDRESS = "settings", "content", "public address"
PATIENCE = 12.0  # seconds for all parts together
SITE_TIMEOUT = aiohttp.ClientTimeout(total=5)
MAX_MISTAKES = 3  # of the content, that are shown

Part = Coroutine[None, None, Sequence[Finding]]


async def check(clock: Clock, patience: float = PATIENCE) -> list[Finding]:
    """Try everything, and return what was found within this many seconds."""
    parts = dict[str, Part]()
    try:
        settings = load(Settings)
    except SettingsError as error:
        fix = "Set it in the environment or in `.env`; .github/RUNNING.md lists all."
        faults = [fault(SETTINGS, line, fix) for line in str(error).splitlines()]
        with suppress(SettingsError):  # as far as a part's own settings can be read
            parts["database"] = _database(load(DatabaseSettings).database_url, clock)
        with suppress(SettingsError):
            parts[CONTENT] = _content(load(ContentSettings).packs)
        return faults + await _tried(parts, patience) + [skipped(slack_side.TOKEN, "Fix the settings first.")]
    if settings.clock_file is not None:
        clock = MovableClock(settings.clock_file)
    note = "" if settings.slack_signing_secret is None else " Slack offers no way to try SLACK_SIGNING_SECRET."
    async with aiohttp.ClientSession() as session:
        if settings.oauth:
            parts["database"] = _database_and_installed(settings, session, clock)
        else:
            parts["database"] = _database(settings.database_url, clock)
            parts["Slack"] = _one_workspace(settings, session, clock)
        parts[CONTENT] = _content(settings.packs)
        if settings.public_url:
            parts[PUBLIC_ADDRESS] = _site(session, settings.public_url)
        found = await _tried(parts, patience)
    return [ok(SETTINGS, f"They are complete.{note}"), *found]


async def _tried(parts: Mapping[str, Part], patience: float) -> list[Finding]:
    """Run the parts at once. Report a part that takes too long, or fails, as a fault of its own."""
    tasks = {name: asyncio.create_task(part) for name, part in parts.items()}
    _, pending = await asyncio.wait(tasks.values(), timeout=patience)
    for task in pending:
        task.cancel()
    if pending:
        await asyncio.wait(pending, timeout=1)
    found = list[Finding]()
    for name, task in tasks.items():
        if task in pending:
            found.append(fault(name, f"There was no result within {patience:g} s.", "Find out what does not answer."))
        elif (error := task.exception()) is not None:
            found.append(fault(name, f"It could not be tried ({type(error).__name__}).", "Please report this."))
        else:
            found += task.result()
    return found


async def _database(url: str, clock: Clock) -> Sequence[Finding]:
    return (await database_findings(url, clock.now()))[0]


async def _database_and_installed(
    settings: Settings, session: aiohttp.ClientSession, clock: Clock
) -> Sequence[Finding]:
    """Try the database, the workspaces whose tokens it holds, and what Slack says of the app and the time."""
    findings, found = await database_findings(settings.database_url, clock.now())
    if found is not None and found.schema is Schema.CURRENT:
        try:
            findings += await look(settings.database_url, slack_side.installed_findings, settings, clock.now())
        except Unusable as error:
            findings.append(skipped(slack_side.KEYS, f"The installations could not be read ({error})."))
    elif any(finding.level is Severity.FAULT for finding in findings):
        findings.append(skipped(slack_side.KEYS, "Fix the database and its migrations first."))
    else:  # the first start makes the tables
        findings.append(slack_side.nothing_installed(settings))
    findings.append(await slack_side.client_secret_finding(session, settings, clock))
    answer = await slack_side.ask(session, settings, clock, "auth.test", "")
    return [*findings, slack_side.clock_finding([answer])]


async def _one_workspace(settings: Settings, session: aiohttp.ClientSession, clock: Clock) -> Sequence[Finding]:
    tokens = [("auth.test", settings.slack_bot_token), ("apps.connections.open", settings.slack_app_token)]
    calls = [(method, token.get_secret_value()) for method, token in tokens if token is not None]
    answers = await asyncio.gather(*(slack_side.ask(session, settings, clock, *call) for call in calls))
    findings = list(slack_side.bot_token_findings(answers[0]))
    findings += map(slack_side.app_token_finding, answers[1:])
    return [*findings, slack_side.clock_finding(answers)]


async def _content(packs: Sequence[Path]) -> Sequence[Finding]:
    """Read the content in a thread: it takes a second, in which answers come."""
    try:
        catalog = await asyncio.to_thread(library.load, library.FOLDER, packs)
    except library.ContentError as error:
        shown = "; ".join(map(str, error.mistakes[:MAX_MISTAKES]))
        more = len(error.mistakes) - MAX_MISTAKES
        says = f"The content holds mistakes: {shown}{f'; and {more} more' if more > 0 else ''}."
        fix = "Correct what `python -m bot content check` names."
        if packs:
            return [warning(CONTENT, f"{says} The bot would teach without your packs.", fix)]
        return [fault(CONTENT, says, fix)]
    return [ok(CONTENT, f"{len(catalog.skills)} skills, {len(catalog.roles)} roles, {len(packs)} packs, no mistakes.")]


async def _site(session: aiohttp.ClientSession, public_url: str) -> Sequence[Finding]:
    """Ask for /healthz at the public address, as a browser would reach it."""
    fix = "Start the web process, and let the proxy pass /healthz and /slack/ on to it."
    try:
        async with session.get(f"{public_url}/healthz", timeout=SITE_TIMEOUT, allow_redirects=False) as answer:
            is_bot = answer.status == 200 and (await answer.content.read(10)).strip() == b"ok"
            says = f"Something else than the bot answers /healthz there (HTTP {answer.status})."
    except (aiohttp.ClientError, TimeoutError) as error:
        is_bot, says = False, f"It does not answer from here ({type(error).__name__})."
    return [ok(PUBLIC_ADDRESS, "The bot answers there.") if is_bot else warning(PUBLIC_ADDRESS, says, fix)]
