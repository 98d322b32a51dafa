"""Why a process does not start: no value of a setting is shown. A start waits long for a file that others lock."""

import asyncio
import socket
import sqlite3
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import Connection, make_url

from bot.__main__ import main
from bot.clock import Clock
from bot.coach import membership
from bot.content.library import Library
from bot.core.catalog import Catalog
from bot.core.errors import NothingChanged
from bot.run.connect import START_TRIES, first_write
from bot.slack.gateway import Gateway
from bot.slack.services import build
from bot.store.sqlite import SqliteStore
from bot.store.types import T, Ts
from jobs.__main__ import main as jobs

SECRET = "canary"  # stands in every value that is wrong
NO_SERVER = f"postgresql://nora:{SECRET}@127.0.0.1:1/roleshift"
NO_FOLDER = f"sqlite:////no/such/{SECRET}/roleshift.db"


async def test_what_keeps_a_process_from_starting_is_named_and_no_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], empty_postgres: str
) -> None:
    async def says(command: Callable[[list[str]], int], words: str, **variables: str) -> str:
        """Run a command in a thread, as it has an event loop of its own. It fails with exit code 2."""
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert await asyncio.to_thread(command, words.split()) == 2
        return capsys.readouterr().err.removesuffix("\n")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.run.logs.configure", lambda _level: None)  # the log of this process is pytest's
    settings = {"SLACK_BOT_TOKEN": "xoxb-1-canary", "SLACK_APP_TOKEN": "xapp-1-canary"}
    for command, words, url in ((jobs, "--once", NO_FOLDER), (main, "migrate", NO_SERVER)):
        said = await says(command, words, DATABASE_URL=url, **settings)
        assert said.startswith("DATABASE_URL names a database that does not answer")
        assert SECRET not in said
    said = await says(jobs, "--once", DATABASE_URL=empty_postgres)
    assert said == "The database is not up to date. Run `python -m bot migrate` first."
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert await says(main, "run", PORT=port) == f"Port {port} can't be listened on. Set PORT to a free one."


class Busy(SqliteStore):
    """A file that another process lets go of once so many writes were refused."""

    def __init__(self, url: str, refusals: int) -> None:
        super().__init__(url, patience=0)
        self.refusals = refusals
        self.other = sqlite3.connect(Path(make_url(url).database or ""), isolation_level=None)
        self.other.execute("BEGIN IMMEDIATE")

    async def write(self, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        try:
            return await super().write(use_case, *args)
        except NothingChanged:
            self.refusals -= 1
            if not self.refusals:
                self.other.execute("ROLLBACK")
            raise


@pytest.mark.parametrize(("refusals", "rows"), [(START_TRIES - 1, [("T1",)]), (START_TRIES + 1, [])])
async def test_a_start_waits_for_a_file_that_others_keep_busy_and_gives_up_in_the_end(
    migrated_sqlite: str, catalog: Catalog, refusals: int, rows: list[tuple[str]]
) -> None:
    store = Busy(migrated_sqlite, refusals)
    async with aiohttp.ClientSession() as session:
        services = build(Library(catalog), store, Gateway(session, "http://127.0.0.1:9/"), Clock())
        with pytest.raises(NothingChanged) if not rows else nullcontext():
            await first_write(services, membership.connect_alone, "T1", services.clock.now())
    assert store.other.execute("SELECT workspace_id FROM workspace").fetchall() == rows
    await store.close()
    store.other.close()
