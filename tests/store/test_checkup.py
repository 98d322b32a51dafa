"""A process is ready only while its database is really there, answers, and takes writes."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.core.errors import NothingChanged
from bot.store import Store, checkup, workspaces
from bot.store.checkup import Checkup
from bot.store.schema import heartbeat
from bot.store.sqlite import SqliteStore
from tests.store.rows import keep, kept
from tests.store.test_sqlite import locked, no_file_grows_beyond

NOW = datetime(2026, 11, 25, tzinfo=UTC)
LOST, SILENT, TAKES_NOTHING = (
    "the database has lost the workspace's row", "the database does not answer", "the database takes no writes",
)  # fmt: skip


@pytest.fixture
def path(migrated_sqlite: str) -> Path:
    return Path(migrated_sqlite.removeprefix("sqlite:///"))


@pytest.fixture
async def file(path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(f"sqlite:///{path}", patience=0.05)
    await store.write(workspaces.connect, "T1", NOW)
    yield store
    await store.close()


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


async def test_a_database_without_the_workspaces_row_is_not_ready(store: Store) -> None:
    assert await look(store).fault(["T1"]) == LOST


async def test_a_locked_file_takes_no_writes_until_it_is_free(file: SqliteStore, path: Path) -> None:
    found = look(file)
    async with locked(path):
        assert await found.fault(["T1"]) == TAKES_NOTHING
    assert await found.fault(["T1"]) is None


async def test_a_full_disk_takes_no_writes_until_there_is_room(file: SqliteStore, path: Path) -> None:
    found = look(file)
    with no_file_grows_beyond(path.with_name(f"{path.name}-wal").stat().st_size):
        assert await found.fault(["T1"]) == TAKES_NOTHING
    assert await found.fault(["T1"]) is None


async def test_a_file_that_was_deleted_is_not_ready_and_nothing_is_said_to_be_stored(
    file: SqliteStore, path: Path
) -> None:
    aside = shutil.move(path, path.with_name("aside.db"))
    assert await look(file).fault(["T1"]) == SILENT
    with pytest.raises(NothingChanged):
        await file.write(keep, "T2")
    assert not is_there(path), "a check must not make a new, empty file"
    shutil.move(aside, path)
    assert await look(file).fault(["T1"]) is None
    assert await file.read(kept) == ["T1"]


async def test_a_file_that_was_overwritten_is_not_ready(file: SqliteStore, path: Path) -> None:
    shutil.copy(path, before := path.with_name("before.db"))
    overwrite(path)
    assert await look(file).fault(["T1"]) == SILENT
    shutil.copyfile(before, path)
    assert await look(file).fault(["T1"]) is None


def is_there(path: Path) -> bool:
    return path.exists()


def overwrite(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 10_000)


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
