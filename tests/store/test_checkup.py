"""A process is ready only while its database is really there and answers; `test_sqlite.py` has broken files."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.store import Store, checkup, workspaces
from bot.store.checkup import Checkup
from bot.store.schema import heartbeat

NOW = datetime(2026, 11, 25, tzinfo=UTC)
LOST, SILENT = "the database has lost the workspace's row", "the database does not answer"


def look(store: Store) -> Checkup:
    return Checkup(store, lambda: NOW)


async def test_a_database_that_works_has_no_fault_and_one_heartbeat_for_all_workspaces(store: Store) -> None:
    for workspace_id in ("T1", "T2"):
        await store.write(workspaces.connect, workspace_id, NOW)
    await store.write(checkup.beat, NOW - timedelta(minutes=1))  # by another process
    assert await look(store).fault(["T1", "T2", "T1"]) is None
    assert await store.read(heartbeats) == [(1, NOW)]


def heartbeats(tx: Connection) -> list[tuple[int, datetime]]:
    return [(row.id, row.written_at) for row in tx.execute(select(heartbeat))]


@pytest.mark.parametrize("there", ["T1", "T2"])
async def test_every_workspace_must_have_its_row(store: Store, there: str) -> None:
    await store.write(workspaces.connect, there, NOW)
    assert await look(store).fault(["T1", "T2"]) == LOST


async def test_a_database_that_hangs_keeps_nobody_waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await store.write(workspaces.connect, "T1", NOW)
    ends, found = asyncio.Event(), look(store)
    looked = found._look

    async def hang(workspace_ids: Collection[str]) -> str | None:
        await ends.wait()
        return await looked(workspace_ids)

    monkeypatch.setattr(found, "_look", hang)
    monkeypatch.setattr(checkup, "PATIENCE", 0.01)
    assert [await found.fault(["T1"]), await found.fault(["T1"])] == [SILENT, SILENT]
    ends.set()
    monkeypatch.setattr(checkup, "PATIENCE", 5)
    assert await found.fault(["T1"]) is None
