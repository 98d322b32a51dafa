"""SQLite when it is locked, full, read-only or broken: other requests go on, and the store raises NothingChanged."""

import asyncio
import contextlib
import resource
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.store import migrate
from bot.store.checkup import Checkup
from bot.store.sqlite import SqliteStore
from tests.store.rows import NOW, answers, files_with, keep, kept

SILENT, TAKES_NOTHING = "the database does not answer", "the database takes no writes"
ENOUGH_TICKS = 1000
WAITS = 30  # seconds, if the code is broken


@pytest.fixture
def path(migrated_sqlite: str) -> Path:
    return Path(migrated_sqlite.removeprefix("sqlite:///"))


@pytest.fixture
async def store(migrated_sqlite: str) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(migrated_sqlite)
    yield store
    await store.close()


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let another connection hold the file's lock, as another process does."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO workspace (workspace_id, met_at) VALUES ('T-other', '2026-11-24 09:30:00.000000')")
        yield
        other.execute("COMMIT")


async def test_a_write_waits_for_another_process_without_holding_up_the_loop(store: SqliteStore, path: Path) -> None:
    with locked(path):
        write = asyncio.create_task(store.write(keep, "T1"))
        for _ in range(ENOUGH_TICKS):
            await asyncio.sleep(0)
        assert not write.done()
        assert await store.read(kept) == []  # and nobody who reads waits at all
    await write
    assert await store.read(kept) == ["T-other", "T1"]


async def test_a_write_that_waited_long_enough_changes_nothing(store: SqliteStore, path: Path) -> None:
    store._patience = 0.05
    await store.write(keep, "T1")
    with locked(path):
        with pytest.raises(NothingChanged):
            await store.write(keep, "T2")
        assert await fault(store) == TAKES_NOTHING
    assert await store.read(kept) == ["T-other", "T1"]
    await store.write(keep, "T2")
    assert await fault(store) is None


async def fault(store: SqliteStore) -> str | None:
    """Return why the process would not be ready, if T1 has installed the bot."""
    return await Checkup(store, lambda: NOW).fault(["T1"])


async def test_the_reader_can_not_write(store: SqliteStore) -> None:
    with pytest.raises(NothingChanged):
        await store.read(keep, "T1")
    assert await store.read(kept) == []


async def test_a_long_read_aside_keeps_nobody_waiting(store: SqliteStore) -> None:
    others_went_on = threading.Event()

    def count(_tx: Connection) -> bool:
        return others_went_on.wait(WAITS)

    counting = asyncio.create_task(store.read_aside(count))
    await asyncio.sleep(0)  # it begins
    await store.write(keep, "T1")
    others_went_on.set()
    assert await counting


async def test_a_read_aside_sees_one_moment_and_can_not_write(store: SqliteStore) -> None:
    seen, changed = threading.Event(), threading.Event()

    def look_twice(tx: Connection) -> list[object]:
        before = kept(tx)
        seen.set()
        assert changed.wait(WAITS)
        return [before, kept(tx)]

    looking = asyncio.create_task(store.read_aside(look_twice))
    assert await asyncio.to_thread(seen.wait, WAITS)
    await store.write(keep, "T1")
    changed.set()
    before, after = await looking
    assert before == after
    assert await store.read_aside(kept) != before
    with pytest.raises(NothingChanged):
        await store.read_aside(keep, "T2")


async def test_a_database_that_is_full_changes_nothing(store: SqliteStore) -> None:
    await store.write(Connection.execute, text("PRAGMA max_page_count = 1"))  # SQLite takes the pages there are
    with pytest.raises(NothingChanged):
        await store.write(keep, *(f"T{number}" for number in range(10_000)))
    assert await store.read(kept) == []


async def test_a_disk_that_takes_no_more_at_the_commit_changes_nothing(store: SqliteStore, path: Path) -> None:
    await store.write(keep, "T1")
    with no_file_grows_beyond(path.with_name(f"{path.name}-wal").stat().st_size):
        with pytest.raises(NothingChanged):
            await store.write(keep, "T2")
        assert await fault(store) == TAKES_NOTHING
    assert await store.read(kept) == ["T1"]
    assert await fault(store) is None
    await store.write(keep, "T3")  # as soon as there is room again
    assert await store.read(kept) == ["T1", "T3"]


async def test_a_file_that_was_deleted_is_not_ready_and_no_new_one_is_made(store: SqliteStore, path: Path) -> None:
    await store.write(keep, "T1")
    aside = shutil.move(path, path.with_name("aside.db"))
    assert await fault(store) == SILENT
    with pytest.raises(NothingChanged):
        await store.write(keep, "T2")
    assert not path.exists()  # noqa: ASYNC240 - a moment
    shutil.move(aside, path)
    assert await fault(store) is None
    assert await store.read(kept) == ["T1"]


async def test_a_file_that_was_overwritten_is_not_ready(store: SqliteStore, path: Path) -> None:
    await store.write(keep, "T1")
    shutil.copy(path, before := path.with_name("before.db"))
    path.write_bytes(b"Dear diary, " * 10_000)  # noqa: ASYNC240 - a moment
    assert await fault(store) == SILENT
    shutil.copyfile(before, path)
    assert await fault(store) is None


async def test_a_disk_that_fails_to_flush_leaves_a_doubt(store: SqliteStore) -> None:
    def fail(_tx: Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        raise error

    with pytest.raises(OutcomeUnknown):
        await store.write(fail)


@pytest.mark.parametrize("place", ["no/such/folder/bot.db", "no-database.db"])
async def test_a_file_that_is_no_database_changes_nothing(tmp_path: Path, place: str) -> None:
    (tmp_path / "no-database.db").write_text("Dear diary, " * 100)
    store = SqliteStore(f"sqlite:///{tmp_path / place}")
    for attempt in (store.read(kept), store.write(keep, "T1"), store.migrate(), store.read(migrate.check)):
        with pytest.raises(NothingChanged):
            await attempt
    assert not await answers(store)
    await store.close()


@contextlib.contextmanager
def no_file_grows_beyond(size: int) -> Iterator[None]:
    """Let the system refuse every byte that makes the file larger, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_the_files_are_for_their_owner_alone_and_keep_nothing_that_was_forgotten(empty_sqlite: str) -> None:
    store = SqliteStore(empty_sqlite)
    await store.migrate()
    await store.write(keep, "A-CANARY-TO-FORGET")
    path = Path(empty_sqlite.removeprefix("sqlite:///"))
    modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.glob(f"{path.name}*")}
    assert set(modes.values()) == {0o600}, modes
    await store.write(lambda tx: tx.execute(text("DELETE FROM workspace")))
    await store.erase()
    assert files_with(b"A-CANARY", empty_sqlite) == []
    await store.close()
