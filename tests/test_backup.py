"""The drill of DEPLOY.md is run: what a backup holds that is taken while the bot writes; what a restore repeats."""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import Connection, make_url, select

from bot.core.catalog import Catalog
from bot.core.member import Consent
from bot.playground.emulator.faults import lose
from bot.store import Store, open_store, workspaces
from bot.store.member_schema import tip_given
from jobs import once
from jobs.deliver import deliver
from tests.databases import missing
from tests.driver.standin import StandIn
from tests.jobs.conftest import EMIL, office_on
from tests.jobs.test_weekly_round import ASHA, TIP, WELCOME
from tests.postgres import Unavailable, find_programs
from tests.postgres_databases import ask, renamed
from tests.running import bot_in
from tests.slack.talk import Talk
from tests.store.another import TIP as COUNTED, counted
from tests.store.rows import NORA, know

ROOT = Path(__file__).parent.parent
STORES = ("/roleshift myrole devops engineer", "/roleshift learn cost spikes")
SHOWS = ("/roleshift myrole", "/roleshift progress", "/roleshift record")
FOR_EVER, PAUSE = 1_000_000, 0.005  # writes, more than there are until it stops, and seconds between them
SOME = 10


@contextlib.asynccontextmanager
async def restored(database: str, slack: StandIn, folder: Path) -> AsyncIterator[str]:
    """Run the drill. Yield the address of the restored copy."""
    patient = folder / "python"
    patient.write_text(
        f'#!/bin/sh\n[ "$1" = -m ] && shift && set -- -m tests.patience "$@"\nexec {sys.executable} "$@"\n'
    )
    patient.chmod(0o700)
    environment = {**os.environ, **slack.environment(), "DATABASE_URL": database, "PYTHON": str(patient)}
    copy = f"sqlite:///{folder / 'drill/roleshift-backup.db'}"
    if (name := make_url(database).database) and "postgresql" in database:
        try:
            environment["PATH"] = f"{find_programs().home / 'bin'}:{os.environ['PATH']}"
        except Unavailable as reason:
            missing(f"no programs of PostgreSQL for a backup: {reason}")
        copy = renamed(database, f"{name}_drill")
    command = "sh", ".github/deploy/restore-drill.sh", str(folder / "drill")
    pipe = asyncio.subprocess.PIPE
    drill = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await drill.communicate()
    assert drill.returncode == 0, said.decode()
    assert "Nothing to fix." in said.decode()
    yield copy
    if "postgresql" in database:
        await ask(database, f"DROP DATABASE {make_url(copy).database} WITH (FORCE)")


async def test_a_drill_without_a_database_fails_and_makes_none(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=sqlite:///moved.db\n")
    environment = {"PATH": os.environ["PATH"], "PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    command, pipe = ("sh", str(ROOT / ".github/deploy/restore-drill.sh"), "drill"), asyncio.subprocess.PIPE
    drill = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, env=environment, stdout=pipe, stderr=pipe)
    assert f"There is no database {tmp_path}/moved.db" in (await drill.communicate())[1].decode()
    assert drill.returncode == 1
    assert sorted(os.listdir(tmp_path)) == [".env", "drill"]  # noqa: PTH208 - nothing waits for it


async def answers(slack: StandIn, folder: Path, database: str, *lines: str) -> list[str]:
    async with bot_in(slack, folder, DATABASE_URL=database):
        return [await Talk(slack, EMIL).does(line) for line in lines]


def written(tx: Connection) -> int:
    return tx.scalar(select(tip_given.c.times).where(tip_given.c.tip == COUNTED)) or 0


@contextlib.asynccontextmanager
async def written_meanwhile(database: str, store: Store) -> AsyncIterator[None]:
    """Let another writer count all the time. Expect that it did so before and after the block."""
    await store.write(know, NORA)
    stops = threading.Event()
    writing = asyncio.create_task(asyncio.to_thread(counted, database, FOR_EVER, PAUSE, stops))
    try:
        while (until_then := await store.read(written)) < SOME:  # noqa: ASYNC110 - the other one tells nobody
            await asyncio.sleep(0.01)
        yield
        while await store.read(written) == until_then:  # noqa: ASYNC110 - as above: it has written meanwhile
            await asyncio.sleep(0.01)
    finally:
        stops.set()
        await writing


async def test_a_backup_taken_while_the_bot_writes_serves_what_was_stored(
    migrated_postgres: str, tmp_path: Path
) -> None:
    store = open_store(migrated_postgres)
    async with StandIn() as slack:
        await answers(slack, tmp_path, migrated_postgres, *STORES)
        before = await answers(slack, tmp_path, migrated_postgres, *SHOWS)
        assert "You have learned 1 skill, 1 of " in before[1]
        async with contextlib.AsyncExitStack() as stack:
            async with written_meanwhile(migrated_postgres, store):
                copy = await stack.enter_async_context(restored(migrated_postgres, slack, tmp_path))
            after = open_store(copy)
            assert await store.read(written) >= await after.read(written) >= SOME
            await after.close()
            assert await answers(slack, tmp_path, copy, *SHOWS) == before
    await store.close()


async def test_after_a_restore_what_was_in_doubt_is_looked_up_and_what_came_later_is_repeated_or_lost(
    migrated_sqlite: str, catalog: Catalog, tmp_path: Path
) -> None:
    nora = "U01NORA"
    async with StandIn() as slack, office_on(migrated_sqlite, slack, catalog) as before:
        await before.services.store.write(workspaces.connect, slack.workspace.id, before.clock.at)
        await before.joins()
        await once(before.services)
        slack.faults.add(lose("chat.postMessage"))
        await before.joins(ASHA)
        await deliver(before.services, asyncio.Event())
        async with contextlib.AsyncExitStack() as stack:
            async with written_meanwhile(migrated_sqlite, before.services.store):
                copy = await stack.enter_async_context(restored(migrated_sqlite, slack, tmp_path))
            after = await stack.enter_async_context(office_on(copy, slack, catalog))
            assert await after.services.store.read(written) >= SOME
            await before.joins(nora)
            before.clock.passes(days=1)
            await once(before.services)
            assert [len(before.received(who)) for who in (EMIL, ASHA, nora)] == [2, 2, 1]  # it is night in New York
            after.clock.passes(days=1)
            await once(after.services)
            assert after.received() == [WELCOME, TIP, TIP]  # the tip of after the backup comes once more
            assert after.received(ASHA) == [WELCOME, TIP, TIP]  # the welcome was in doubt, and was found
            assert (await after.tips(nora)).schedule.consent is Consent.UNASKED  # her yes is lost
    assert slack.refused == []
