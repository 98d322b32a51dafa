"""Try every part at once, and wait for none of them for long. slack_side.py has what concerns Slack."""

import asyncio
import os
import shlex
import shutil
import tempfile
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import aiohttp

from bot.clock import Clock, MovableClock
from bot.content import library
from bot.ops import slack_side
from bot.ops.findings import Finding, Severity, fault, ok, skipped, warning
from bot.run.settings import ContentSettings, DatabaseSettings, Settings, SettingsError, load
from bot.store.checkup import Survey, Unusable, look, sqlite_file, survey
from bot.store.migrate import OTHER, Schema

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
    return (await _database_findings(url, clock.now()))[0]


async def _database_and_installed(
    settings: Settings, session: aiohttp.ClientSession, clock: Clock
) -> Sequence[Finding]:
    """Try the database, the workspaces whose tokens it holds, and what Slack says of the app and the time."""
    findings, found = await _database_findings(settings.database_url, clock.now())
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


# The database, and the disk with the SQLite file.

DISK, FILE = "disk", "database file"
MB = 1_000_000
MIN_FREE, LITTLE_FREE = 50 * MB, 500 * MB
PROBE = bytes(64 * 1024)  # a quota shows only when something is written
DATABASE, MIGRATIONS = "database", "migrations"
OLDEST = {"PostgreSQL": (13,), "SQLite": (3, 35)}  # SQLite knows RETURNING since 3.35

# What the driver's error means, and how to fix it.
REASONS = {
    "InvalidPasswordError": ("The server refuses the password.", "Correct the password in DATABASE_URL."),
    "InvalidAuthorizationSpecificationError": ("The server does not let this role in.",
        "Correct the role in DATABASE_URL, or allow it in the server's pg_hba.conf."),
    "InvalidCatalogNameError": ("The server has no database of this name.",
        "Correct the name in DATABASE_URL, or create the database: `createdb`."),
    "InsufficientPrivilegeError": ("The role has no right to the bot's tables.",
        "Make the role the owner of the database, or use the role that ran the migrations."),
    "TooManyConnectionsError": ("The server has no free connection.",
        "Raise max_connections, or put PgBouncer in front; each process of the bot keeps at most ten."),
    "ReadOnlySQLTransactionError": ("The server takes no writes: it is a standby, or its default is read-only.",
        "Name the primary server in DATABASE_URL, or set default_transaction_read_only to off."),
    "ConnectionRefusedError": ("Nothing listens at the address of the server.",
        "Start PostgreSQL, or correct the host and port in DATABASE_URL."),
    "gaierror": ("The host's name is not known.", "Correct the host in DATABASE_URL."),
    "TimeoutError": ("The server does not answer in time.",
        "Check that the host in DATABASE_URL is right, that it runs, and that no firewall is between."),
    "SQLITE_NOTADB": ("The file is no SQLite database.", "Name another file in DATABASE_URL, or restore the backup."),
    "SQLITE_CORRUPT": ("The file is damaged.", "Restore the backup; keep the damaged file."),
    "SQLITE_CANTOPEN": ("The file can't be opened.",
        "Let the bot's user read and write the file, and create files in its folder."),
    "SQLITE_READONLY": ("The file or its folder is read-only.",
        "Let the bot's user write the file, and create files in its folder."),
    "SQLITE_FULL": ("The disk is full.", "Free some space where the file is."),
    "SQLITE_IOERR": ("The file, or the files beside it, can't be read or written: the disk may be full.",
        "Free some space where the file is; if there is enough, look for the disk's faults in the system's log."),
    "SQLITE_BUSY": ("Another process holds the file locked.",
        "Stop the process that has it open, such as a backup or a shell."),
}  # fmt: skip
UNKNOWN_FIX = "Check DATABASE_URL, and the server's log at this time or the disk of the file."


async def _database_findings(url: str, now: datetime) -> tuple[list[Finding], Survey | None]:
    """Return what there is to say about the database and its disk, and what it is; None if it can't be read."""
    path = sqlite_file(url)
    disk = [] if path is None else [_disk(path.absolute().parent), *_readable(path.absolute())]
    if path is not None and not path.exists():
        if disk[0].level is Severity.FAULT:
            return [*disk, skipped(DATABASE, "Fix the disk first.")], None
        says = f"There is no file {path.absolute()} yet; the first start creates it."
        return [*disk, ok(DATABASE, f"{says} If there was one, correct DATABASE_URL.")], None
    try:
        found = await look(url, survey, now)
    except Unusable as error:
        return [*disk, _unusable(str(error)), skipped(MIGRATIONS, "Fix the database first.")], None
    return [*disk, *_about(found), _migrations(found, embedded=path is not None)], found


def _about(found: Survey) -> list[Finding]:
    faults: list[Finding] = []
    version = ".".join(map(str, found.version))
    if found.version < OLDEST[found.product]:
        oldest = ".".join(map(str, OLDEST[found.product]))
        fix = f"Use {found.product} {oldest} or newer."
        faults.append(fault(DATABASE, f"{found.product} {version} is too old.", fix))
    if not found.encoding.startswith("UTF"):
        says = f"The database's encoding is {found.encoding}, which can't hold every text."
        fix = "Create the database anew with ENCODING 'UTF8', and restore the data into it."
        faults.append(fault(DATABASE, says, fix))
    if found.refusal is not None:
        faults.append(_unusable(found.refusal))
    return faults or [ok(DATABASE, f"{found.product} {version} answers, with the encoding {found.encoding}.")]


def _unusable(name: str) -> Finding:
    for known, (says, fix) in REASONS.items():
        if name.startswith(known):  # SQLite's names have more precise variants, such as SQLITE_READONLY_DIRECTORY
            return fault(DATABASE, says, fix)
    return fault(DATABASE, f"The database can't be used ({name}).", UNKNOWN_FIX)


def _migrations(found: Survey, *, embedded: bool) -> Finding:
    if found.schema is Schema.CURRENT:
        return ok(MIGRATIONS, "All have run.")
    if found.schema is Schema.OTHER:
        says, fix = OTHER.split(". ", 1)
        return fault(MIGRATIONS, f"{says}.", fix)
    if not found.may_migrate:
        fix = "Run `python -m bot migrate` as the owner of the database."
        says = "Some are missing, and the role may not create tables."
        return fault(MIGRATIONS, says, f"{fix} If there is none yet, make this role the owner.")
    if embedded:
        return ok(MIGRATIONS, "Some are missing; the next start runs them.")
    return fault(MIGRATIONS, "Some are missing, so the bot does not start.", "Run `python -m bot migrate`.")


def _readable(path: Path) -> list[Finding]:
    """Return a warning if every user of the machine may read the SQLite file, or a file that SQLite keeps beside it."""
    modes = {
        each: each.stat().st_mode & 0o777 for each in (path, Path(f"{path}-wal"), Path(f"{path}-shm")) if each.exists()
    }
    found = [f"{each} has the mode {mode:04o}" for each, mode in modes.items() if mode & 0o007]
    if not found or os.name == "nt":  # where modes say nothing
        return []
    says = f"Every user of this machine may read what the bot stores: {'; '.join(found)}."
    return [warning(FILE, says, f"As the bot's user: `{shlex.join(['chmod', '600', *map(str, modes)])}`.")]


def _disk(folder: Path) -> Finding:
    """Return what there is to say about the folder of the SQLite file. A file without a name is written and dropped."""
    if not folder.is_dir():
        return fault(DISK, f"There is no folder {folder}.", "Create it, or correct the path in DATABASE_URL.")
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(PROBE)
            probe.flush()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        fix = "Let the bot's user write there, free some space, or name another folder in DATABASE_URL."
        return fault(DISK, f"Nothing can be written in {folder} ({error.strerror}).", fix)
    says, fix = f"{free // MB} MB are free in {folder}.", "Free some space, or move the database to another disk."
    if free < MIN_FREE:
        return fault(DISK, says, fix)
    return warning(DISK, says, fix) if free < LITTLE_FREE else ok(DISK, says)
