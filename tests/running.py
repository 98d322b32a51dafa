"""The bot as its users start it, in this process: against an emulator of Slack, over a real SQLite file."""

import asyncio
import contextlib
import functools
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.playground.emulator.people import Roster
from bot.playground.emulator.server import Server
from bot.run.app import Bot, start
from bot.run.settings import Settings
from bot.store.schema import ABOUT_NO_WORKSPACE
from tests.databases import migrate
from tests.driver.apps import roleshift
from tests.driver.standin import StandIn

KEY = f"k1:{'A' * 43}"
PATIENCE = 0.05  # seconds for a locked database; the real two would only be slept through


@contextlib.asynccontextmanager
async def bot_in(slack: StandIn, folder: Path, **more: str) -> AsyncIterator[Bot]:
    """Run the bot, connected to `slack` over Socket Mode. Its database is `bot.db` in the folder."""
    async with start(settings_for(slack, folder, **more)) as bot:
        await slack.socket.linked.wait()
        bot.services.store._patience = PATIENCE  # type: ignore[attr-defined]  # the protocol does not tell SQLite's store
        yield bot


@contextlib.asynccontextmanager
async def bot_behind_http(slack: StandIn, folder: Path, **more: str) -> AsyncIterator[Bot]:
    """Run the bot behind signed HTTP, on a free port of 127.0.0.1 to which `slack` sends its requests."""
    async with start(settings_for(slack, folder, SLACK_APP_TOKEN="", **more)) as bot:
        server = Server()
        await server.start(bot.asgi)
        slack.deliver_to(f"{server.url}/slack/events")
        yield bot
        await server.stop()


def settings_for_many(slack: StandIn, folder: Path, address: str, **more: str) -> Settings:
    """Return the settings of a bot at this address, which workspaces install through OAuth."""
    own = dict.fromkeys(("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"), "") | slack.oauth_environment()
    return settings_for(slack, folder, **own, ROLESHIFT_PUBLIC_URL=address, ROLESHIFT_TOKEN_KEYS=KEY, **more)


@contextlib.asynccontextmanager
async def bot_for_many(
    folder: Path, *rosters: Roster, token_rotation: bool = False, clock_file: Path | None = None, **more: str
) -> AsyncIterator[tuple[StandIn, Bot, str]]:
    """Run a bot that is installed nowhere yet, and an emulated Slack. The third value is the bot's address."""
    server = Server()
    redirect_urls = (f"{server.url}/slack/oauth_redirect",)
    app = replace(roleshift(), redirect_urls=redirect_urls, token_rotation=token_rotation)
    async with StandIn(*rosters, app=app, clock_file=clock_file, retry_after=(0.0, 0.0, 0.0)) as slack:
        if clock_file is not None:
            more["ROLESHIFT_CLOCK"] = str(clock_file)
        async with start(settings_for_many(slack, folder, server.url, **more)) as bot:
            await server.start(bot.asgi)
            slack.deliver_to(f"{server.url}/slack/events")
            yield slack, bot, server.url
            await server.stop()


def settings_for(slack: StandIn, folder: Path, **more: str) -> Settings:
    """Return the settings of a bot without jobs, so that it sends nothing by itself.

    Its database is migrated already: a copy of a migrated file takes a fiftieth of the time.
    """
    if not (folder / "bot.db").exists():
        (folder / "bot.db").touch(0o600)  # as the bot creates it
        (folder / "bot.db").write_bytes(migrated())
    variables: dict[str, Any] = {
        **slack.environment(),
        "DATABASE_URL": f"sqlite:///{folder}/bot.db",
        "ROLESHIFT_WITH_JOBS": "0",
        "ROLESHIFT_SENDS_PER_MINUTE": "100000",  # the rate limit has tests of its own
        **more,
    }
    variables |= {name: None for name in ("SLACK_APP_TOKEN", "SLACK_BOT_TOKEN") if not variables[name]}
    return Settings(_env_file=None, **variables)


@functools.cache
def migrated() -> bytes:
    """Return an SQLite database with all tables and no row."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as outside_of_the_loop:
        path = Path(folder) / "bot.db"
        outside_of_the_loop.submit(asyncio.run, migrate(f"sqlite:///{path}")).result()
        return path.read_bytes()


def rows_about(folder: Path, member_id: str) -> list[tuple[str, ...]]:
    return [row for row in every_row(folder) if any(member_id in str(value) for value in row[1:])]


def every_row(folder: Path) -> Iterator[tuple[str, ...]]:
    """Return everything that is stored about workspaces, so no migrations, heartbeat and versions of the content."""
    with contextlib.closing(sqlite3.connect(folder / "bot.db")) as database:
        names = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
        for (name,) in names:
            if name not in {"alembic_version", *(table.name for table in ABOUT_NO_WORKSPACE)}:
                rows = database.execute(f"SELECT * FROM {name}")  # noqa: S608 - names of our own tables
                yield from ((name, *row) for row in rows)
