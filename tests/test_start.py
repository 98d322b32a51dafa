"""A start waits longer for a locked file than a request does, as other processes may use it for a while."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, TypeVarTuple

import aiohttp
import pytest
from sqlalchemy import Connection, make_url

from bot.clock import Clock
from bot.coach import membership
from bot.content.library import Library
from bot.core.catalog import Catalog
from bot.core.errors import NothingChanged
from bot.run.connect import START_TRIES, first_write
from bot.slack.gateway import Gateway
from bot.slack.services import build
from bot.store.sqlite import SqliteStore

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


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


async def test_a_start_waits_for_a_file_that_others_keep_busy(migrated_sqlite: str, catalog: Catalog) -> None:
    store = Busy(migrated_sqlite, START_TRIES - 1)
    async with aiohttp.ClientSession() as session:
        services = build(Library(catalog), store, Gateway(session, "http://127.0.0.1:9/"), Clock())
        await first_write(services, membership.connect_alone, "T1", services.clock.now())
    rows = store.other.execute("SELECT workspace_id FROM workspace").fetchall()
    await store.close()
    store.other.close()
    assert rows == [("T1",)]


async def test_a_start_gives_up_in_the_end(migrated_sqlite: str, catalog: Catalog) -> None:
    store = Busy(migrated_sqlite, START_TRIES + 1)
    async with aiohttp.ClientSession() as session:
        services = build(Library(catalog), store, Gateway(session, "http://127.0.0.1:9/"), Clock())
        with pytest.raises(NothingChanged):
            await first_write(services, membership.connect_alone, "T1", services.clock.now())
    await store.close()
    store.other.close()
