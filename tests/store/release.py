"""Dump a database as this version leaves it, so that later versions are tested on it: `python -m tests.store.release`.

It plays some days of made-up members through the bot, on SQLite and on PostgreSQL, and writes both dumps to the
folder `releases`. Run it as the last act of a release, and commit what it wrote.
"""

import asyncio
import contextlib
import re
import secrets
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from bot.store import open_store
from tests import postgres
from tests.driver.standin import StandIn
from tests.postgres_databases import ask, renamed
from tests.slack.challenge import ASHA, EMIL, Team
from tests.slack.life import living

KINDS = "sqlite", "postgresql"
RELEASES = Path(__file__).with_name("releases")
PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)


@contextlib.asynccontextmanager
async def members(database: str, folder: Path) -> AsyncIterator[Team]:
    """Run the bot on a database, with people who use it and a clock that begins on the same Monday."""
    clock = folder / "clock"
    async with StandIn(clock_file=clock) as slack:
        slack.clock.advance(MONDAY - slack.clock())
        async with living(slack, folder, clock, DATABASE_URL=database) as life:
            yield Team(life)


async def play(database: str, folder: Path) -> None:
    """Let members learn, get tips, do them and take part in a challenge."""
    store = open_store(database)
    await store.migrate()
    await store.close()
    async with members(database, folder) as team:
        emil = await team.life.says_yes()
        await emil.does("/roleshift learn token usage and costs")
        await team.life.until_tuesday()
        await team.life.came()[-1].does("[Did it]")
        await team.starts()
        for who in (EMIL, ASHA):
            await team.presses(who, "I'm in")
        await team.adds(ASHA, "Twenty answers, two got worse.")
        await team.jobs(minutes=1)


async def dump(kind: str, server: str) -> str:
    """Play on a new database of this kind, and return its dump. `server` is a PostgreSQL server."""
    with tempfile.TemporaryDirectory(prefix="roleshift-release-") as scratch:
        folder = Path(scratch)
        if kind == "sqlite":
            await play(f"sqlite:///{folder}/release.db", folder)
            with contextlib.closing(sqlite3.connect(folder / "release.db")) as connection:
                return "\n".join([*connection.iterdump(), ""])
        address = renamed(server, f"release_{secrets.token_hex(4)}")
        await ask(server, f"CREATE DATABASE {make_url(address).database}")
        await play(address, folder)
        said = _run("pg_dump", "--no-owner", "--inserts", "-d", address)
        await ask(server, f"DROP DATABASE {make_url(address).database} WITH (FORCE)")
        return re.sub(r"(?m)^(\\|--|SET ).*\n", "", said)  # what older servers and programs don't know


def restore(file: Path, database: str) -> None:
    """Fill an empty database from a dump."""
    if "sqlite" in database:
        with contextlib.closing(sqlite3.connect(make_url(database).database or "")) as connection:
            connection.executescript(file.read_text(encoding="utf-8"))
    else:
        _run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(file), "-d", database)


def _run(program: str, *arguments: str) -> str:
    path = postgres.find_programs().home / "bin" / program
    return subprocess.run([path, *arguments], check=True, capture_output=True, text=True).stdout


def main() -> None:
    version = re.findall(r'^version = "(.+)"$', PYPROJECT.read_text(encoding="utf-8"), re.MULTILINE)[0]
    RELEASES.mkdir(exist_ok=True)
    with postgres.running() as server:
        for kind in KINDS:
            file = RELEASES / f"{version}.{kind}.sql"
            file.write_text(asyncio.run(dump(kind, server)), encoding="utf-8")
            sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main()
