"""The tables: those of an empty database, those of 1.0.0 after the upgrade, also by several processes at once."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Column, Connection, MetaData, bindparam, make_url, select, text

from bot.core import outbox
from bot.core.errors import WrongSchema
from bot.core.member import MemberKey
from bot.core.outbox import AdminSubject, ChallengeSubject, DrawnSubject, Subject, TipSubject
from bot.outbox import deliveries
from bot.store import Store, migrate, open_store, record as record_rows
from bot.store.schema import challenge, installation, metadata, snapshot, workspace
from bot.store.types import UtcDateTime
from tests.coach.members import NOW
from tests.store.release import RELEASES, restore
from tests.store.rows import keep, kept

WEEK = timedelta(weeks=1)
DRAWN = DrawnSubject(text='Hi "ü"', blocks='[{"type":"divider"}]')


@pytest.fixture
async def empty(empty_database: str) -> AsyncIterator[Store]:
    store = open_store(empty_database)
    yield store
    await store.close()


@pytest.fixture
async def of_1_0_0(empty: Store, empty_database: str) -> Store:
    """Return a database with the tables of 1.0.0, and no row."""
    restore(RELEASES / f"1.0.0.{make_url(empty_database).get_backend_name()}.sql", empty_database)

    def clear(tx: Connection) -> None:
        tables = MetaData()
        tables.reflect(tx)
        for table in reversed(tables.sorted_tables):
            if table.name != "alembic_version":
                tx.execute(table.delete())

    await empty.write(clear)
    return empty


def definitions(tx: Connection) -> set[str]:
    """Return each column, constraint and index, as the database itself tells them, in whatever order they came."""
    asked = [
        "SELECT sql FROM sqlite_master WHERE type = 'index'",
        """SELECT json_array(t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk)
        FROM sqlite_master AS t, pragma_table_xinfo(t.name) AS c WHERE t.type = 'table'""",
        """SELECT json_array(t.name, k."table", k."from", k."to", k.seq, k.on_delete)
        FROM sqlite_master AS t, pragma_foreign_key_list(t.name) AS k""",
    ]
    if tx.dialect.name == "postgresql":
        asked = [
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename != 'alembic_version'",
            """SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text != 'alembic_version'""",
            """SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable,
            column_default) FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name != 'alembic_version'""",
        ]
    return {row for each in asked for row in tx.scalars(text(each)) if row}


async def test_an_empty_database_gets_the_tables_of_the_code(empty: Store) -> None:
    with pytest.raises(WrongSchema, match=r"not up to date\. Run `python -m bot migrate`"):
        await empty.read(migrate.check)
    for _ in range(2):  # the second time, nothing is left to do
        await empty.migrate()
        await empty.read(migrate.check)


async def test_the_migrations_make_the_tables_of_the_code(of_1_0_0: Store) -> None:
    """Alembic compares no conditions of indexes, so the databases tell their own definitions, too."""
    with pytest.raises(WrongSchema, match="not up to date"):
        await of_1_0_0.read(migrate.check)
    await of_1_0_0.migrate()
    await of_1_0_0.read(migrate.check)
    await of_1_0_0.write(lambda tx: command.check(migrate.config(tx)))
    made = await of_1_0_0.read(definitions)
    await of_1_0_0.write(metadata.drop_all)
    await of_1_0_0.write(metadata.create_all)
    assert await of_1_0_0.read(definitions) == made


OF_1_0_0: list[tuple[str, str | None, str | None, str | None, Subject | None]] = [
    ("welcome", None, None, None, None),
    ("nudge", None, None, None, None),
    ("nudge", "price-one", None, None, TipSubject(tip="price-one")),
    ("nudge", "price-one", "pulse:allowed", None, TipSubject(tip="price-one")),
    ("nudge", "price-one", "costs/one", None, TipSubject(tip="price-one", check=outbox.CheckName("costs", "one"))),
    ("nudge", "price-one", "still:cap-one", None, TipSubject(tip="price-one", still="cap-one")),
    ("nudge", "price-one", "rhythm", None, TipSubject(tip="price-one", asks_rhythm=True)),
    ("reminder", "price-one", None, None, TipSubject(tip="price-one")),
    ("challenge", "c1", None, None, ChallengeSubject(challenge_id="c1")),
    ("recap", "c1", None, None, ChallengeSubject(challenge_id="c1")),
    ("unjoined", "c1", None, None, ChallengeSubject(challenge_id="c1")),
    ("notice", "challenge:c1:1", None, None, outbox.NoticeSubject(key="challenge:c1:1")),
    ("lead", "t1/3", None, None, outbox.TeamSubject(team_id="t1", turn=3)),
    ("answer", "", None, '["Hi \\"ü\\"","[{\\"type\\":\\"divider\\"}]"]', DRAWN),
    ("reply", "", None, '["Hi \\"ü\\"","[{\\"type\\":\\"divider\\"}]"]', DRAWN),
    ("introduction", "", None, '["Why","[]"]', DrawnSubject(text="Why")),
    ("introduction", None, None, None, None),
    ("answer", "", None, None, None),
    ("task", "", None, "not-posted C1 gone We try", AdminSubject(task="not-posted", words=("C1", "gone", "We", "try"))),
]


STORED = (  # by 1.0.0, too
    "INSERT INTO workspace (workspace_id, met_at) VALUES ('T1', :now), ('T2', :now)",
    "INSERT INTO member (workspace_id, member_id, met_at) VALUES ('T1', 'U1', :now)",
    """INSERT INTO tip_given (workspace_id, member_id, tip, times, given_at, verdict)
    VALUES ('T1', 'U1', 'price-one', 0, :now, 'not useful')""",
    """INSERT INTO practice (workspace_id, member_id, tip, at, step)
    VALUES ('T1', 'U1', 'price-one', :now, 'not-my-work')""",
    """INSERT INTO challenge (workspace_id, challenge_id, state, title, task, done_when, channel, ends_at,
    shows_entries, calls_last, postings) VALUES ('T1', 'asked', 'open', '', '', '', 'C1', :now, true, true, 1)""",
    "INSERT INTO installation (workspace_id, installed_by) VALUES ('T1', 'U1'), ('E1', 'U1')",
    """INSERT INTO snapshot (workspace_id, team, week, figure, count, taken_at)
    VALUES ('T2', '', '2026-W47', 'members', 5, :before), ('T2', '', '2026-W48', 'members', 5, :now)""",
)
GONE = {"another": None, "last-call": None, "line": "asked/e1"}  # kinds that the bot does not send any more
PLANNED = text("""INSERT INTO delivery
(workspace_id, key, id, kind, state, due_at, try_at, window_ends_at, attempts, subject, check_name, words)
VALUES ('T1', :key, 'd', :kind, 'planned', :now, :now, :now, 0, :subject, :asks, :words)""").bindparams(
    bindparam("now", NOW, UtcDateTime)
)


async def test_what_1_0_0_stored_is_read_after_the_upgrade(of_1_0_0: Store) -> None:
    by_key = {f"{number:02}": row for number, row in enumerate(OF_1_0_0)}
    names = ("kind", "subject", "asks", "words")
    planned = [{"key": key, **dict(zip(names, row, strict=False))} for key, row in by_key.items()]
    gone = [{"key": kind, **dict.fromkeys(names), "kind": kind, "subject": about} for kind, about in GONE.items()]

    def store_as_1_0_0(tx: Connection) -> None:
        for row in STORED:
            used = [bindparam(name, at, UtcDateTime) for name, at in moments.items() if f":{name}" in row]
            tx.execute(text(row).bindparams(*used))
        tx.execute(PLANNED, [*planned, *gone])

    moments = {"now": NOW, "before": NOW - WEEK}
    await of_1_0_0.write(store_as_1_0_0)
    await of_1_0_0.migrate()
    owed = await of_1_0_0.read(deliveries.find_all, "T1", [*by_key, *GONE])
    assert {key: each.delivery.subject for key, each in owed.items()} == {key: row[-1] for key, row in by_key.items()}
    record = await of_1_0_0.read(record_rows.read, MemberKey("T1", "U1"))
    assert record.not_my_work == {"price-one"}
    assert record.given == {}, "it counts as given no time"

    def stored(tx: Connection, *columns: Column[Any]) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in tx.execute(select(*columns).order_by(columns[0]))]

    assert await of_1_0_0.read(stored, challenge.c.challenge_id) == [("asked",)]
    installed = await of_1_0_0.read(stored, installation.c.workspace_id, installation.c.installed_by)
    assert installed == [("E1", None), ("T1", "U1")], "who installed it for an organisation is forgotten"
    counted = await of_1_0_0.read(stored, workspace.c.workspace_id, workspace.c.counted_until)
    assert counted == [("T1", None), ("T2", NOW)], "a week that was counted is not counted again"
    assert await of_1_0_0.read(stored, snapshot.c.figure) == []


async def test_a_database_of_another_version_is_refused_and_left_as_it_is(store: Store) -> None:
    await store.write(keep, "T1")
    await store.write(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = '0023'")))
    for attempt in (store.migrate, partial(store.read, migrate.check)):
        with pytest.raises(WrongSchema, match=r"newer version of the bot, or of one before 1\.0\.0"):
            await attempt()
    assert await store.read(lambda tx: tx.scalar(text("SELECT version_num FROM alembic_version"))) == "0023"
    assert await store.read(kept) == ["T1"]


async def test_a_migration_that_fails_halfway_has_changed_nothing(
    of_1_0_0: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(tx: Connection) -> bool:
        command.upgrade(migrate.config(tx), "head")
        raise LookupError

    before = await of_1_0_0.read(definitions)
    monkeypatch.setattr(migrate, "upgrade", fail)
    with pytest.raises(LookupError):
        await of_1_0_0.migrate()
    assert await of_1_0_0.read(definitions) == before


async def test_on_postgresql_a_second_process_waits_for_the_first(empty_postgres: str) -> None:
    first = await asyncpg.connect(empty_postgres)
    store = open_store(empty_postgres)
    async with first.transaction():
        await first.execute("SELECT pg_advisory_xact_lock($1)", migrate.LOCK)
        second = asyncio.create_task(store.migrate())
        while not await first.fetchval("SELECT count(*) FROM pg_locks WHERE objid = $1 AND NOT granted", migrate.LOCK):
            assert not second.done()
            await asyncio.sleep(0)
        with pytest.raises(WrongSchema):
            await store.read(migrate.check)
    await second
    await store.read(migrate.check)
    await store.close()
    await first.close()


async def test_on_sqlite_the_first_process_has_the_file_for_itself_before_it_looks(
    migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = sqlite3.connect(migrated_sqlite.removeprefix("sqlite:///"), timeout=0)

    def look(_tx: Connection) -> None:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            second.execute("BEGIN IMMEDIATE")

    monkeypatch.setattr(migrate, "upgrade", look)
    store = open_store(migrated_sqlite)
    await store.migrate()
    await store.close()
    second.close()
