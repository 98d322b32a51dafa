"""The sweep deletes what is too old, by its settings, until nothing is left or it is told to stop."""

import asyncio
import contextlib
import logging
import sqlite3
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert

from bot.coach import membership
from bot.core.member import Profile
from bot.store import workspaces
from bot.store.member_schema import delivery
from bot.store.retention import Retention
from bot.store.schema import audit
from jobs.sweep import sweep, sweep_tombstones
from tests.jobs.conftest import EMIL, MONDAY, Office
from tests.store.rows import everything, files_with

GUEST = Profile(None, coachable=False)


def old_records(tx: Connection) -> None:
    times = dict.fromkeys(("due_at", "try_at", "window_ends_at", "ended_at"), MONDAY)
    for number in range(3):
        values = {"workspace_id": "T9", "key": str(number), "id": str(number), "kind": "challenge", "attempts": 0}
        tx.execute(insert(delivery), {**values, **times, "state": "sent"})
        tx.execute(insert(audit), {"workspace_id": "T9", "id": str(number), "at": MONDAY, "act": "x"})


async def test_each_kind_goes_after_its_own_days(
    office: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[sweep.__module__], "MAX_ROWS", 2)
    days = Retention(timedelta(days=10), timedelta(days=20), timedelta(days=40))
    services = replace(office.services, retention=days)
    await office.joins()
    await services.store.write(membership.see_profile, office.key(), GUEST, MONDAY)
    await services.store.write(workspaces.connect, "T8", MONDAY)
    await services.store.write(membership.disconnected, "T8", "Ev1", MONDAY)
    await services.store.write(old_records)
    for passed, left in (
        (9, {"member", "delivery", "audit", "workspace", "installation"}),
        (2, {"delivery", "audit", "workspace"}),
    ):
        office.clock.passes(days=passed)
        await sweep(services, asyncio.Event())
        assert {row.table for row in await services.store.read(everything)} == left
    assert "T8" not in {row.workspace_id for row in await services.store.read(everything)}
    office.clock.passes(days=10)
    await sweep(services, asyncio.Event())
    assert {row.table for row in await services.store.read(everything)} == {"audit", "workspace"}
    office.clock.passes(days=20)
    caplog.clear()
    with caplog.at_level(logging.INFO, "jobs"):
        await sweep(services, asyncio.Event())
    assert {row.table for row in await services.store.read(everything)} == {"workspace"}
    assert [(record.what, record.count) for record in caplog.records] == [("acts", 3)]  # type: ignore[attr-defined]  # extras


async def test_a_sweep_that_is_told_to_stop_deletes_nothing_more(office: Office) -> None:
    await office.services.store.write(old_records)
    office.clock.passes(days=500)
    before = await office.services.store.read(everything)
    await office.runs(sweep, stopped=True)
    assert await office.services.store.read(everything) == before


async def test_what_was_forgotten_while_another_process_read_is_overwritten_within_a_minute(
    office: Office, migrated_sqlite: str
) -> None:
    await office.joins()
    with contextlib.closing(sqlite3.connect(migrated_sqlite.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM member").fetchall()
        await office.services.store.write(membership.forget, office.key(), MONDAY)
        await office.services.store.erase()
        assert files_with(EMIL.encode(), migrated_sqlite)
    await office.runs(sweep_tombstones)
    assert files_with(EMIL.encode(), migrated_sqlite) == []
