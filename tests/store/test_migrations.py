"""The migrations: from an empty database to the tables of the code, also by several processes at once."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection, TextClause, bindparam, column, insert, inspect, select, table, text

from bot.core.errors import WrongSchema
from bot.core.member import MemberKey
from bot.core.outbox import (
    AdminSubject,
    ChallengeSubject,
    CheckName,
    DrawnSubject,
    NoticeSubject,
    Subject,
    TeamSubject,
    TipSubject,
)
from bot.outbox import deliveries
from bot.store import Store, migrate, open_store
from bot.store import record as record_rows
from bot.store.schema import challenge, metadata, snapshot, workspace
from bot.store.types import UtcDateTime
from tests.coach.members import NOW
from tests.store.another import another
from tests.store.rows import keep, kept

WEEK = timedelta(weeks=1)
DRAWN = DrawnSubject(text='Hi "ü"', blocks='[{"type":"divider"}]')


@pytest.fixture
async def empty(empty_database: str) -> AsyncIterator[Store]:
    store = open_store(empty_database)
    yield store
    await store.close()


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


async def test_the_migrations_make_the_tables_of_the_code(empty: Store) -> None:
    """Alembic compares no conditions of indexes, so the databases tell their own definitions, too."""
    with pytest.raises(WrongSchema, match=r"not up to date\. Run `python -m bot migrate`"):
        await empty.read(migrate.check)
    for _ in range(2):  # the second time, nothing is left to do
        await empty.migrate()
        await empty.read(migrate.check)
    await empty.write(lambda tx: command.check(migrate.config(tx)))
    made = await empty.read(definitions)
    await empty.write(metadata.drop_all)
    await empty.write(metadata.create_all)
    assert await empty.read(definitions) == made


OF_1_0_0: list[tuple[str, str | None, str | None, str | None, Subject | None]] = [
    ("welcome", None, None, None, None),
    ("nudge", None, None, None, None),
    ("nudge", "price-one", None, None, TipSubject(tip="price-one")),
    ("nudge", "price-one", "pulse:allowed", None, TipSubject(tip="price-one")),
    ("nudge", "price-one", "costs/one", None, TipSubject(tip="price-one", check=CheckName("costs", "one"))),
    ("nudge", "price-one", "still:cap-one", None, TipSubject(tip="price-one", still="cap-one")),
    ("nudge", "price-one", "rhythm", None, TipSubject(tip="price-one", asks_rhythm=True)),
    ("reminder", "price-one", None, None, TipSubject(tip="price-one")),
    ("challenge", "c1", None, None, ChallengeSubject(challenge_id="c1")),
    ("recap", "c1", None, None, ChallengeSubject(challenge_id="c1")),
    ("unjoined", "c1", None, None, ChallengeSubject(challenge_id="c1")),
    ("notice", "challenge:c1:1", None, None, NoticeSubject(key="challenge:c1:1")),
    ("lead", "t1/3", None, None, TeamSubject(team_id="t1", turn=3)),
    ("answer", "", None, '["Hi \\"ü\\"","[{\\"type\\":\\"divider\\"}]"]', DRAWN),
    ("reply", "", None, '["Hi \\"ü\\"","[{\\"type\\":\\"divider\\"}]"]', DRAWN),
    ("introduction", "", None, '["Why","[]"]', DrawnSubject(text="Why")),
    ("introduction", None, None, None, None),
    ("answer", "", None, None, None),
    ("task", "", None, "not-posted C1 gone We try", AdminSubject(task="not-posted", words=("C1", "gone", "We", "try"))),
]


async def test_what_deliveries_of_1_0_0_are_about_is_read_after_the_upgrade(empty: Store) -> None:
    planned = text("""INSERT INTO delivery
    (workspace_id, key, id, kind, state, due_at, try_at, window_ends_at, attempts, subject, check_name, words)
    VALUES ('T1', :key, 'd', :kind, 'planned', :now, :now, :now, 0, :subject, :asks, :words)""").bindparams(
        bindparam("now", NOW, UtcDateTime)
    )
    names = ("kind", "subject", "asks", "words")
    by_key = {f"{number:02}": row for number, row in enumerate(OF_1_0_0)}
    rows = [{"key": key, **dict(zip(names, row, strict=False))} for key, row in by_key.items()]
    await empty.write(lambda tx: command.upgrade(migrate.config(tx), "0001"))
    await empty.write(lambda tx: tx.execute(planned, rows))
    await empty.migrate()
    owed = await empty.read(deliveries.find_all, "T1", list(by_key))
    assert {key: each.delivery.subject for key, each in owed.items()} == {key: row[-1] for key, row in by_key.items()}


@pytest.mark.parametrize("kind", ["another", "last-call"])
async def test_a_message_of_1_0_0_that_the_bot_does_not_send_any_more_is_deleted(empty: Store, kind: str) -> None:
    planned = text("""INSERT INTO delivery
    (workspace_id, key, id, kind, state, due_at, try_at, window_ends_at, attempts)
    VALUES ('T1', 'k', 'd', :kind, 'planned', :now, :now, :now, 0)""")
    await empty.write(lambda tx: command.upgrade(migrate.config(tx), "0001"))
    await empty.write(partial(_execute, planned.bindparams(bindparam("now", NOW, UtcDateTime), kind=kind)))
    await empty.migrate()
    assert await empty.read(deliveries.find_all, "T1", ["k"]) == {}


async def test_what_is_not_a_members_work_stays_so_after_the_upgrade_and_counts_as_given_no_time(empty: Store) -> None:
    stored = (
        "INSERT INTO member (workspace_id, member_id, met_at) VALUES ('T1', 'U1', :now)",
        """INSERT INTO tip_given (workspace_id, member_id, tip, times, given_at, verdict)
        VALUES ('T1', 'U1', 'price-one', 0, :now, 'not useful')""",
        """INSERT INTO practice (workspace_id, member_id, tip, at, step)
        VALUES ('T1', 'U1', 'price-one', :now, 'not-my-work')""",
    )
    await empty.write(lambda tx: command.upgrade(migrate.config(tx), "0001"))
    for row in stored:
        await empty.write(partial(_execute, text(row).bindparams(bindparam("now", NOW, UtcDateTime))))
    await empty.migrate()
    record = await empty.read(record_rows.read, MemberKey("T1", "U1"))
    assert record.not_my_work == {"price-one"}
    assert record.given == {}


async def test_a_challenge_of_1_0_0_posts_no_more_lines(empty: Store) -> None:
    stored = (
        """INSERT INTO challenge (workspace_id, challenge_id, state, title, task, done_when, channel, ends_at,
        shows_entries, calls_last, postings) VALUES ('T1', 'asked', 'open', '', '', '', 'C1', :now, true, true, 1)""",
        """INSERT INTO delivery (workspace_id, key, id, kind, state, due_at, try_at, window_ends_at, attempts, subject)
        VALUES ('T1', 'line:e1', 'd', 'line', 'planned', :now, :now, :now, 0, 'asked/e1')""",
    )
    await empty.write(lambda tx: command.upgrade(migrate.config(tx), "0001"))
    for row in stored:
        await empty.write(partial(_execute, text(row).bindparams(bindparam("now", NOW, UtcDateTime))))
    await empty.migrate()
    assert await empty.read(lambda tx: tx.scalars(select(challenge.c.challenge_id)).all()) == ["asked"]
    assert await empty.read(deliveries.undelivered) == []
    assert await empty.read(deliveries.find, "T1", "line:e1") is None


def _execute(statement: TextClause, tx: Connection) -> None:
    tx.execute(statement)


async def test_who_installed_1_0_0_for_an_organisation_is_forgotten(empty: Store) -> None:
    await empty.write(lambda tx: command.upgrade(migrate.config(tx), "0001"))
    rows = [{"place": place} for place in ("T1", "E1")]
    installed = text("INSERT INTO installation (workspace_id, installed_by) VALUES (:place, 'U1')")
    await empty.write(lambda tx: tx.execute(installed, rows))
    await empty.migrate()
    stored = text("SELECT workspace_id, installed_by FROM installation")
    assert await empty.read(lambda tx: {row[0]: row[1] for row in tx.execute(stored)}) == {"T1": "U1", "E1": None}


async def test_a_week_that_1_0_0_has_counted_is_not_counted_again_and_its_figures_are_deleted(empty: Store) -> None:
    names = ("workspace_id", "team", "week", "figure", "count")
    before = table("snapshot", *map(column, names), column("taken_at", UtcDateTime))
    figures = [("T2", "", f"2026-W{number}", "members", 5, NOW - (48 - number) * WEEK) for number in (47, 48)]
    met = [{"workspace_id": workspace_id, "met_at": NOW} for workspace_id in ("T1", "T2")]
    await empty.write(lambda tx: command.upgrade(migrate.config(tx), "0001"))
    await empty.write(lambda tx: tx.execute(insert(workspace), met))
    rows = [dict(zip((*names, "taken_at"), figure, strict=True)) for figure in figures]
    await empty.write(lambda tx: tx.execute(insert(before), rows))
    await empty.migrate()
    assert await empty.read(lambda tx: tx.execute(select(snapshot)).all()) == []
    counted = select(workspace.c.workspace_id, workspace.c.counted_until)
    assert await empty.read(lambda tx: {row[0]: row[1] for row in tx.execute(counted)}) == {"T1": None, "T2": NOW}


async def test_a_database_of_another_version_is_refused_and_left_as_it_is(store: Store) -> None:
    await store.write(keep, "T1")
    await store.write(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = '0023'")))
    for attempt in (store.migrate, partial(store.read, migrate.check)):
        with pytest.raises(WrongSchema, match=r"newer version of the bot, or of one before 1\.0\.0"):
            await attempt()
    assert await store.read(lambda tx: tx.scalar(text("SELECT version_num FROM alembic_version"))) == "0023"
    assert await store.read(kept) == ["T1"]


async def test_a_migration_that_fails_halfway_has_changed_nothing(
    empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(tx: Connection) -> bool:
        command.upgrade(migrate.config(tx), "head")
        raise LookupError

    monkeypatch.setattr(migrate, "upgrade", fail)
    with pytest.raises(LookupError):
        await empty.migrate()
    assert await empty.read(lambda tx: set(inspect(tx).get_table_names()) - {"alembic_version"}) == set()


async def test_two_processes_may_migrate_at_once(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database)
    migrating = ("-m", "bot", "migrate")
    async with another(*migrating) as first, another(*migrating) as second:
        said = await asyncio.gather(first.goes_on(), second.goes_on())
    assert list(said) == ["The database is up to date."] * 2
    store = open_store(empty_database)
    await store.read(migrate.check)
    await store.close()


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
