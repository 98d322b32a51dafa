"""A backup that the commands in DEPLOY.md take while the bot writes serves everything once it is restored."""

import asyncio
import contextlib
import os
import re
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, make_url, select

from bot.store import open_store
from bot.store.member_schema import tip_given
from tests.databases import missing
from tests.driver.standin import StandIn
from tests.postgres import Unavailable, find_programs
from tests.postgres_databases import ask, renamed
from tests.running import bot_in
from tests.slack.talk import Talk
from tests.store.another import another
from tests.store.counting import TIP
from tests.store.rows import NORA, know

ROOT = Path(__file__).parent.parent
COMMANDS = re.search(r"## Backup and restore\n(.+?)\n## ", (ROOT / ".github/DEPLOY.md").read_text(), re.DOTALL)
EMIL = "U02EMIL"
STORES = ("/roleshift myrole devops engineer", "/roleshift learn cost spikes")
SHOWS = ("/roleshift myrole", "/roleshift progress", "/roleshift record")
FOR_EVER = "1000000"  # writes, more than there are until the process is killed
SOME = 10


def command(beginning: str) -> str:
    assert COMMANDS
    found: list[str] = re.findall(r"`([^`]+)`", COMMANDS[1])
    return next(each for each in found if each.startswith(beginning))


async def run(line: str, folder: Path, **variables: str) -> None:
    started = await asyncio.create_subprocess_shell(
        line, cwd=folder, env={**os.environ, **variables}, stderr=asyncio.subprocess.PIPE
    )
    _, said = await started.communicate()
    assert started.returncode == 0, f"{line}: {said.decode()}"


async def answers(folder: Path, database: str, *lines: str) -> list[str]:
    async with StandIn() as slack, bot_in(slack, folder, DATABASE_URL=database):
        return [await Talk(slack, EMIL).does(line) for line in lines]


def written(tx: Connection) -> int:
    return tx.scalar(select(tip_given.c.times).where(tip_given.c.tip == TIP)) or 0


async def back_up_sqlite(database: str, folder: Path) -> str:
    """Copy the file, and return the address of the copy."""
    source, copy = Path(make_url(database).database or ""), folder / "roleshift-backup.db"
    if shutil.which("sqlite3"):
        await run(command("sqlite3").replace("roleshift.db", str(source)), folder)
    else:  # the program's `.backup` calls this function
        with contextlib.closing(sqlite3.connect(source)) as reading, contextlib.closing(sqlite3.connect(copy)) as to:
            await asyncio.to_thread(reading.backup, to)
    with contextlib.closing(sqlite3.connect(copy)) as restored:
        assert restored.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return f"sqlite:///{copy}"


async def back_up_postgres(database: str, folder: Path) -> str:
    try:
        programs = find_programs().home / "bin"
    except Unavailable as reason:
        missing(f"no programs of PostgreSQL for a backup: {reason}")
    url = make_url(database)
    at = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PGHOST": url.host,
        "PGPORT": str(url.port),
        "PGUSER": url.username,
    }
    variables = {name: value or "" for name, value in at.items()}
    restored = f"{url.database}_restored"
    await run(command("pg_dump").replace("-Fc roleshift ", f"-Fc {url.database} "), folder, **variables)
    await run(re.sub(r"\broleshift\b(?!\.)", restored, command("createdb")), folder, **variables)
    return renamed(database, restored)


async def test_a_backup_taken_while_the_bot_writes_serves_what_was_stored(database: str, tmp_path: Path) -> None:
    await answers(tmp_path, database, *STORES)
    before = await answers(tmp_path, database, *SHOWS)
    assert "→ AI Platform Enabler: 1 of" in before[0]
    store = open_store(database)
    await store.write(know, NORA)
    async with another("-m", "tests.store.counting", database, FOR_EVER) as writer:
        assert await writer.says() == "ready"
        writer.starts()
        while (until_then := await store.read(written)) < SOME:  # noqa: ASYNC110 - the other process tells nobody
            await asyncio.sleep(0.01)
        restored = await (back_up_sqlite if "sqlite" in database else back_up_postgres)(database, tmp_path)
        while await store.read(written) == until_then:  # noqa: ASYNC110 - as above: it has written meanwhile
            await asyncio.sleep(0.01)
    after = open_store(restored)
    try:
        await after.check_schema()
        assert await store.read(written) >= await after.read(written) >= until_then
        assert await answers(tmp_path, restored, *SHOWS) == before
    finally:
        await after.close()
        await store.close()
        if "postgresql" in database:
            await ask(database, f"DROP DATABASE {make_url(restored).database} WITH (FORCE)")
