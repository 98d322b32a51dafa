"""One transaction for each use case, whatever the database and however many processes."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from bot.core.record import Given
from bot.store import Store, checkup, facts, members, record as record_rows, workspaces
from bot.store.checkup import Checkup
from bot.store.member_schema import tip_given
from bot.store.schema import heartbeat
from tests.coach.weekly import SQLITE
from tests.store.another import counted
from tests.store.rows import EMIL, NORA, keep, kept, know

TIMES = 60
SILENT = "the database does not answer"


class Interrupted(Exception):
    """A use case that changed its mind."""


def keep_and_raise(tx: Connection, name: str) -> None:
    keep(tx, name)
    raise Interrupted


async def test_a_row_that_is_there_already_is_a_mistake_and_nothing_else_is_stored(store: Store) -> None:
    await store.write(keep, "T1")
    with pytest.raises(DBAPIError):
        await store.write(keep, "T2", "T1")
    assert await store.read(kept) == ["T1"]


async def test_many_verbs_at_once_each_have_their_own_transaction(store: Store) -> None:
    names = [f"T{number:02}" for number in range(40)]
    use_cases = [store.write(keep_and_raise if number % 2 else keep, name) for number, name in enumerate(names)]
    ended = await asyncio.gather(*use_cases, return_exceptions=True)
    assert [type(end) for end in ended] == [type(None), Interrupted] * 20
    assert await store.read(kept) == names[::2]


@SQLITE
async def test_two_who_write_at_once_lose_nothing(database: str, store: Store) -> None:
    await store.write(know, NORA)
    stored = await asyncio.gather(*(asyncio.to_thread(counted, database, TIMES) for _ in range(2)))
    assert stored == [TIMES] * 2
    assert await store.read(lambda tx: tx.scalar(select(tip_given.c.times))) == 2 * TIMES


NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
LATER = datetime(2026, 12, 2, 9, tzinfo=UTC)


def _given(tx: Connection) -> dict[str, dict[str, Given]]:
    for who in (NORA, EMIL):
        members.meet(tx, who, None, NOW)
    facts.give(tx, [(NORA, "first"), (EMIL, "first")], NOW)
    facts.give(tx, [(NORA, "second"), (NORA, "first"), (NORA, "first"), (EMIL, "second")], LATER)
    return {who: dict(record.given) for who, record in record_rows.load(tx, "T1", ["U1", "U2"]).items()}


async def test_a_tip_that_is_given_twice_in_a_batch_counts_twice(store: Store) -> None:
    assert await store.write(_given) == {
        "U1": {"second": Given(1, LATER), "first": Given(3, LATER)},
        "U2": {"first": Given(1, NOW), "second": Given(1, LATER)},
    }


# A process is ready only while its database is really there and answers; `test_sqlite.py` has broken files.


def look(store: Store) -> Checkup:
    return Checkup(store, lambda: NOW)


async def test_a_database_that_works_has_no_fault_and_one_heartbeat_for_all_workspaces(store: Store) -> None:
    for workspace_id in ("T1", "T2"):
        await store.write(workspaces.connect, workspace_id, NOW)
    await store.write(checkup.beat, NOW - timedelta(minutes=1))  # by another process
    assert await look(store).fault(["T1", "T2", "T1"]) is None
    beats = await store.read(lambda tx: tx.execute(select(heartbeat.c.id, heartbeat.c.written_at)).all())
    assert [tuple(beat) for beat in beats] == [(1, NOW)]


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
