"""Migrations: from nothing to today's tables and back, with what is stored kept, and by several processes at once."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, create_engine, insert, inspect, select, text

from bot.store import Store, alembic_commands, open_store
from bot.store.migrate import LOCK, MIGRATIONS, revisions
from bot.store.tables import ABOUT_A_MEMBER
from tests.store.another import another
from tests.store.rows import NOW, keep, kept

REVISIONS = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]
LAST_TO_REMOVE = "0016"  # from the revisions after it on, every deploy may go step by step

Move = Callable[[Callable[[Connection], None]], Awaitable[None]]


@pytest.fixture
async def empty(empty_database: str) -> AsyncIterator[Store]:
    store = open_store(empty_database)
    yield store
    await store.close()


@pytest.fixture
def move(empty: Store, monkeypatch: pytest.MonkeyPatch) -> Move:
    """Return a function that runs a step on the tables in the way in which the store migrates."""

    async def move(step: Callable[[Connection], None]) -> None:
        def upgrade(tx: Connection) -> bool:
            step(tx)
            return True

        for module in ("sqlite", "postgres"):
            monkeypatch.setattr(f"bot.store.{module}.upgrade", upgrade)
        await empty.migrate()

    return move


def up(revision: str, tx: Connection) -> None:
    command.upgrade(alembic_commands.config(tx), revision)


def down(revision: str, tx: Connection) -> None:
    command.downgrade(alembic_commands.config(tx), revision)


def schema(tx: Connection) -> dict[str, list[str]]:
    """Return what the database itself says about our tables."""
    seen = inspect(tx)
    return {
        name: sorted(
            str(part)
            for parts in (
                seen.get_columns(name),
                seen.get_indexes(name),
                seen.get_foreign_keys(name),
                [seen.get_pk_constraint(name)],
            )
            for part in parts
        )
        for name in seen.get_table_names()
        if name != "alembic_version"
    }


def fill_what_is_there(tx: Connection) -> None:
    """Write a row into every table, as the tables are at the present revision."""
    for table in _tables(tx):
        values = {"VARCHAR": "x", "INTEGER": 1, "SMALLINT": 1, "BOOLEAN": True, "TIMESTAMP": NOW, "DATETIME": NOW}
        row = {column.name: values.get(str(column.type).partition("(")[0], 1.0) for column in table.columns}
        tx.execute(insert(table), row)


def count_rows(tx: Connection) -> dict[str, int]:
    return {table.name: len(tx.execute(select(table)).all()) for table in _tables(tx)}


def _tables(tx: Connection) -> list[Table]:
    there = MetaData()
    there.reflect(tx)
    return [table for table in there.sorted_tables if table.name != "alembic_version"]


def test_the_names_of_the_files_tell_the_order_of_the_migrations() -> None:
    assert revisions() == REVISIONS


async def test_a_start_on_a_migrated_database_does_not_import_alembic(database: str) -> None:
    migrate = f"import asyncio, sys, bot.store; asyncio.run(bot.store.open_store({database!r}).migrate())"
    async with another("-c", f"{migrate}; print('alembic' in sys.modules)") as start:
        assert await start.says() == "False"


async def test_an_empty_database_is_behind_and_a_migrated_one_is_not(empty: Store) -> None:
    assert await empty.is_behind()
    await empty.migrate()
    assert not await empty.is_behind()
    await empty.write(keep, "T1")
    await empty.migrate()  # and again: nothing is left to do
    assert await empty.read(kept) == ["T1"]


async def test_the_migrations_make_just_the_tables_of_the_code(store: Store) -> None:
    await store.write(alembic_commands.check)


async def test_each_migration_can_be_undone_and_run_again(empty: Store, move: Move) -> None:
    on_the_way_up = [await empty.read(schema)]
    for revision in REVISIONS:
        await move(partial(up, revision))
        on_the_way_up.append(await empty.read(schema))
    for earlier in ["base", *REVISIONS[:-1]][::-1]:
        assert await empty.read(schema) == on_the_way_up.pop()
        await move(partial(down, earlier))
    assert await empty.read(schema) == {}
    await move(partial(up, "head"))
    assert not await empty.is_behind()


def columns(tx: Connection) -> dict[tuple[str, str], bool]:
    """Return whether an INSERT must name each column, by table and column."""
    return {
        (table.name, column.name): not column.nullable and column.server_default is None
        for table in _tables(tx)
        for column in table.columns
    }


async def test_a_migration_only_adds_what_the_version_before_it_can_ignore(empty: Store, move: Move) -> None:
    """Old processes run on during a deploy: they read the columns that they know, and insert into no others."""
    await move(partial(up, LAST_TO_REMOVE))
    for revision in REVISIONS[REVISIONS.index(LAST_TO_REMOVE) + 1 :]:
        before = await empty.read(columns)
        await move(partial(up, revision))
        after, tables = await empty.read(columns), {table for table, _ in before}
        assert before.keys() <= after.keys(), f"{revision} removes columns"
        added = {each for each in after.keys() - before.keys() if each[0] in tables}
        assert [each for each in added if after[each]] == [], f"{revision} adds columns that old INSERTs do not name"


@pytest.mark.parametrize("revision", REVISIONS)
async def test_what_was_stored_before_an_upgrade_is_there_after_it(empty: Store, move: Move, revision: str) -> None:
    await move(partial(up, revision))
    await empty.write(fill_what_is_there)
    before = await empty.read(count_rows)
    await move(partial(up, "head"))
    after = await empty.read(count_rows)
    assert {name: after.get(name) for name in before} == before
    assert set(before.values()) == {1}


def fill_with_orphans(tx: Connection) -> None:
    """Write a row into every table about somebody without a row in `member`, and a post to a channel."""
    fill_what_is_there(tx)
    tx.execute(text("DELETE FROM member"))
    columns = ", ".join(column.name for column in next(t for t in _tables(tx) if t.name == "delivery").columns)
    values = columns.replace(" key", " 'another'").replace("member_id", "NULL")
    tx.execute(text(f"INSERT INTO delivery ({columns}) SELECT {values} FROM delivery"))  # noqa: S608 - names of our own


async def test_what_somebody_forgotten_had_left_behind_goes_with_the_upgrade(empty: Store, move: Move) -> None:
    await move(partial(up, "0004"))
    await empty.write(fill_with_orphans)
    await move(partial(up, "head"))
    after = await empty.read(count_rows)
    about_a_member = {table.name for table in ABOUT_A_MEMBER} - {"delivery"}
    assert {name: after[name] for name in about_a_member} == dict.fromkeys(about_a_member, 0)
    assert after["delivery"] == 1, "the post to a channel stays"
    assert after["challenge"] == after["audit"] == 1


async def test_a_migration_that_fails_halfway_has_changed_nothing(empty: Store, move: Move) -> None:
    def fail(tx: Connection) -> None:
        up("head", tx)
        raise LookupError

    with pytest.raises(LookupError):
        await move(fail)
    assert await empty.read(schema) == {}
    assert await empty.is_behind()


async def test_two_processes_may_migrate_at_once(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database)
    migrating = ("-m", "bot", "migrate")
    async with another(*migrating) as first, another(*migrating) as second, another(*migrating) as third:
        said = await asyncio.gather(first.goes_on(), second.goes_on(), third.goes_on())
    assert list(said) == ["The database is up to date."] * 3
    store = open_store(empty_database)
    assert not await store.is_behind()
    await store.close()


async def test_on_postgresql_a_second_process_waits_for_the_first(empty_postgres: str) -> None:
    first = await asyncpg.connect(empty_postgres)
    store = open_store(empty_postgres)
    async with first.transaction():
        await first.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        second = asyncio.create_task(store.migrate())
        while not await first.fetchval("SELECT count(*) FROM pg_locks WHERE objid = $1 AND NOT granted", LOCK):
            assert not second.done()
            await asyncio.sleep(0)
        assert await store.is_behind()
    await second
    assert not await store.is_behind()
    await store.close()
    await first.close()


async def test_on_sqlite_the_first_process_has_the_file_for_itself_before_it_looks(
    migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = sqlite3.connect(migrated_sqlite.removeprefix("sqlite:///"), timeout=0)

    def look(_tx: Connection) -> None:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            second.execute("BEGIN IMMEDIATE")

    monkeypatch.setattr("bot.store.sqlite.upgrade", look)
    store = open_store(migrated_sqlite)
    await store.migrate()
    await store.close()
    second.close()


async def test_on_sqlite_a_migration_that_would_break_foreign_keys_is_not_made(empty_sqlite: str) -> None:
    broken = create_engine(empty_sqlite)
    with broken.begin() as tx:
        tx.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        tx.execute(text("CREATE TABLE child (id INTEGER REFERENCES parent (id))"))
        tx.execute(text("INSERT INTO child VALUES (7)"))
    broken.dispose()
    store = open_store(empty_sqlite)
    with pytest.raises(RuntimeError, match="foreign keys"):
        await store.migrate()
    assert set(await store.read(schema)) == {"parent", "child"}
    await store.close()


async def test_a_database_that_a_newer_version_migrated_is_used_as_it_is(store: Store) -> None:
    """To go back one version, operators start the old one and leave the schema as it is."""
    await store.write(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    assert not await store.is_behind()
    await store.migrate()
    assert await store.read(lambda tx: tx.scalar(text("SELECT version_num FROM alembic_version"))) == "9999"
