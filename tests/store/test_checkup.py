"""A process is ready only while its database is there, answers, and accepts writes."""

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
from bot.store.sqlite import SqliteStore
from bot.store.tables import heartbeat
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
    """Yield a store on a SQLite file with one workspace."""
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


async def test_a_heartbeat_is_written_before_there_is_a_workspace(store: Store) -> None:
    assert await look(store).fault([]) is None
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
    check = look(file)
    async with locked(path):
        assert await check.fault(["T1"]) == TAKES_NOTHING
    assert await check.fault(["T1"]) is None


async def test_a_full_disk_takes_no_writes_until_there_is_room(file: SqliteStore, path: Path) -> None:
    check = look(file)
    with no_file_grows_beyond(path.with_name(f"{path.name}-wal").stat().st_size):
        assert await check.fault(["T1"]) == TAKES_NOTHING
    assert await check.fault(["T1"]) is None


async def test_a_heartbeat_is_not_written_at_every_check(
    file: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = look(file)
    assert await check.fault(["T1"]) is None
    async with locked(path):
        assert await check.fault(["T1"]) is None
        monkeypatch.setattr(checkup, "BEAT_EVERY", 0)
        assert await check.fault(["T1"]) == TAKES_NOTHING


async def test_a_deleted_file_is_not_ready_and_a_write_to_it_fails(file: SqliteStore, path: Path) -> None:
    aside = shutil.move(path, path.with_name("aside.db"))
    assert await look(file).fault(["T1"]) == SILENT
    with pytest.raises(NothingChanged):
        await file.write(keep, "T2")
    assert not is_there(path), "a check must not make a new, empty file"
    shutil.move(aside, path)
    assert await look(file).fault(["T1"]) is None
    assert await file.read(kept) == ["T1"]


async def test_another_file_at_the_same_path_is_used(file: SqliteStore, path: Path, migrated_file: Path) -> None:
    replace(path, migrated_file)
    assert await look(file).fault(["T1"]) == LOST
    await file.write(workspaces.connect, "T1", NOW)
    assert await look(file).fault(["T1"]) is None


async def test_an_overwritten_file_is_not_ready(file: SqliteStore, path: Path) -> None:
    shutil.copy(path, before := path.with_name("before.db"))
    overwrite(path)
    assert await look(file).fault(["T1"]) == SILENT
    shutil.copyfile(before, path)
    assert await look(file).fault(["T1"]) is None


def is_there(path: Path) -> bool:
    return path.exists()


def replace(path: Path, by: Path) -> None:
    """Put another file at the path, and delete the old file with its WAL."""
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()
    shutil.copy(by, path)


def overwrite(path: Path) -> None:
    """Overwrite the content of the file."""
    path.write_bytes(b"Dear diary, " * 10_000)


async def test_a_check_of_a_database_that_hangs_ends_in_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await store.write(workspaces.connect, "T1", NOW)
    ends, check = asyncio.Event(), look(store)
    look_for_faults = check._look

    async def hang(workspace_ids: Collection[str]) -> str | None:
        await ends.wait()
        return await look_for_faults(workspace_ids)

    monkeypatch.setattr(check, "_look", hang)
    monkeypatch.setattr(checkup, "PATIENCE", 0.01)
    assert [await check.fault(["T1"]), await check.fault(["T1"])] == [SILENT, SILENT]
    ends.set()
    monkeypatch.setattr(checkup, "PATIENCE", 5)
    assert await check.fault(["T1"]) is None
