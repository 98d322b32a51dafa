"""A database that an older version wrote keeps every row when it is migrated, and the worker goes on with it.

`fixtures/revision_0003.sql` was made by the verbs of commit 48cbc98, whose migrations ended with 0003. Copies of its
deliveries stand for workers that died: every kind in every state.
"""

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, get_args

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, Table, insert, make_url, select, update

from bot.coach import settling
from bot.core.catalog import Catalog
from bot.core.outbox import KINDS, Delivery, DeliveryState, Kind
from bot.core.outcomes import NotFound, Sent
from bot.core.subjects import Subject
from bot.store import Store, alembic_commands, open_store, outbox
from bot.store.tables import delivery
from tests.coach.weekly import DAY, FAST, HOUR, TUESDAY, Weekly

DUMP = Path(__file__).with_name("fixtures") / "revision_0003.sql"
REVISION = "0003"
RENAMED = {("workspace", "next_slot"): "next_send_at", ("workspace", "held_until"): "paused_until"}
# Migration 0005 deletes rows about a member who is not there: a race between a forgetting and a worker left them.
ORPHAN = "U9"
NEWER = {Kind.ANSWER, Kind.REPLY, Kind.INTRODUCTION}  # than this database
PLANNED_KINDS = set(Kind) - NEWER - {Kind.ANOTHER}  # that one is an answer to a click, and only ever `sent`

Rows = dict[tuple[Any, ...], dict[str, Any]]


@pytest.fixture
async def old(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    """Yield a store on the old database, which is not migrated yet."""
    dump = sqlite3.connect(":memory:" if "postgres" in empty_database else make_url(empty_database).database or "")
    dump.executescript(DUMP.read_text())
    store = open_store(empty_database)
    if "postgres" in empty_database:
        with monkeypatch.context() as patched:
            patched.setattr("bot.store.postgres.upgrade", _up_to_the_old_revision)
            await store.migrate()
        await store.write(partial(_copy, dump))
    dump.close()
    yield store
    await store.close()


def _up_to_the_old_revision(tx: Connection) -> None:
    command.upgrade(alembic_commands.config(tx), REVISION)


def _copy(dump: sqlite3.Connection, tx: Connection) -> None:
    dump.row_factory = sqlite3.Row
    for table in _tables(tx):
        for row in dump.execute(f"SELECT * FROM {table.name}"):  # noqa: S608 - names of our own tables
            values = {column.name: _converted(row[column.name], str(column.type)) for column in table.columns}
            tx.execute(insert(table), values)


def _converted(value: Any, column_type: str) -> Any:
    if value is None:
        return None
    if column_type == "TIMESTAMP":
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return bool(value) if column_type == "BOOLEAN" else value


def _tables(tx: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(tx)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _rows(tx: Connection) -> Rows:
    """Return every row by its table and primary key."""
    return {
        (table.name, *(getattr(row, column.name) for column in table.primary_key)): dict(row._mapping)
        for table in _tables(tx)
        for row in tx.execute(select(table))
    }


def _is_orphan(row: dict[str, Any]) -> bool:
    return row.get("member_id") == ORPHAN


async def test_every_row_and_column_except_orphans_is_kept(old: Store) -> None:
    before = await old.read(_rows)
    await old.migrate()
    after = await old.read(_rows)
    orphans = {key for key, row in before.items() if _is_orphan(row)}
    assert {key[0] for key in orphans} == {"delivery", "entry", "schedule", "tip_given"}
    new = {key for key, row in after.items() if key[0] == "plan"}  # of the reminders that were still to come
    assert {(key[0], row["plan_id"]) for key, row in after.items() if key in new} == {("plan", "2026-W48")}
    assert set(after) - new == set(before) - orphans
    for key in set(after) - new:
        kept = {RENAMED.get((key[0], name), name): value for name, value in before[key].items()}
        assert kept.items() <= after[key].items(), key


async def test_the_old_database_has_a_row_in_every_table_and_every_kind_in_every_state(old: Store) -> None:
    rows = await old.read(_rows)
    assert {key[0] for key in rows} == {table.name for table in await old.read(_tables)}
    deliveries = {(row["kind"], row["state"]) for key, row in rows.items() if key[0] == "delivery"}
    assert deliveries == {(kind, state) for kind in PLANNED_KINDS for state in DeliveryState} | {("another", "sent")}


async def test_every_delivery_parses_and_its_subject_is_of_its_kind(old: Store) -> None:
    await old.migrate()
    stored = {key[1:]: row["subject"] for key, row in (await old.read(_rows)).items() if key[0] == "delivery"}
    found = await old.read(outbox.find_all, list(stored))
    assert set(found) == set(stored)
    for key, (each, _state) in found.items():
        assert isinstance(each.subject, KINDS[each.kind].subject or type(None)) or each.subject is None
        assert each.subject is None or isinstance(each.subject, get_args(Subject))
        assert (None if each.subject is None else str(each.subject)) == stored[key], each.key


async def test_what_was_planned_is_sent_and_so_is_a_claim_that_was_not_started(old: Store, catalog: Catalog) -> None:
    await old.migrate()
    await old.write(_end_leases)
    await old.write(settling.expire, FAST, TUESDAY)
    planned = await old.read(_in_state, DeliveryState.PLANNED)
    assert {each.kind for each in planned} == PLANNED_KINDS
    assert {each.key for each in planned} > {"recap:00000000000000a5:sending", "challenge:00000000000000a4:1"}
    worker, sent = Weekly(old, catalog), set()
    for hours in range(1, 60, 2):
        sent |= {each.delivery.key for each in await worker.ticks(TUESDAY + hours * HOUR)}
    last_calls = {each.key for each in planned if each.kind is Kind.LAST_CALL}
    assert {each.key for each in planned} - sent == last_calls, "these are due five days later"
    sent |= {each.delivery.key for each in await worker.ticks(TUESDAY + 121 * HOUR + DAY)}
    assert {each.key for each in planned} <= sent


async def test_unconfirmed_deliveries_are_settled(old: Store) -> None:
    await old.migrate()
    await old.write(_end_leases)
    doubtful = await old.write(settling.unsettled, FAST, "settler", 100)
    assert {each.kind for each in doubtful} == PLANNED_KINDS
    first, *others = doubtful
    assert await old.write(settling.settle, "settler", first, NotFound(), TUESDAY) is DeliveryState.PLANNED
    for number, each in enumerate(others):
        found = Sent(each.channel or "D1", f"3.{number:06}")
        assert await old.write(settling.settle, "settler", each, found, TUESDAY) is DeliveryState.SENT
    assert await old.read(_in_state, DeliveryState.UNCONFIRMED) == []


def _end_leases(tx: Connection) -> None:
    """Move the leases into the past, so that lease and settling time of every claim are over."""
    tx.execute(update(delivery).where(delivery.c.lease_until.is_not(None)).values(lease_until=0.0))


def _in_state(tx: Connection, state: DeliveryState) -> list[Delivery]:
    rows = tx.execute(select(*outbox.COLUMNS).where(delivery.c.state == state).order_by(delivery.c.key))
    return [outbox.delivery_of(row) for row in rows]
