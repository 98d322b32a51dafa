"""Check the database, and the disk with the SQLite file."""

import os
import shlex
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from bot.ops.findings import Finding, Severity, fault, ok, skipped, warning
from bot.store.checkup import Survey, Unusable, look, sqlite_file, survey
from bot.store.migrate import OTHER, Schema

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


async def database_findings(url: str, now: datetime) -> tuple[list[Finding], Survey | None]:
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
        fix = (
            "Run `python -m bot migrate` as the owner of the database. If there is none yet, make this role the owner."
        )
        return fault(MIGRATIONS, "Some are missing, and the role may not create tables.", fix)
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
