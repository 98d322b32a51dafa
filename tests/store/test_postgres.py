"""PostgreSQL when it fails: the store raises NothingChanged only if it is certain that nothing was stored."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy.exc import DBAPIError

from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.store import migrate, open_store
from bot.store.member_schema import member
from bot.store.postgres import CONNECTIONS, LIMITS, PostgresStore, dsn
from tests.patience import LONG
from tests.postgres_databases import renamed
from tests.store.rows import EMIL, NORA, answers, keep, kept, know
from tests.store.wire import COMMIT, GOODBYE, Wire

NOBODY_THERE = "postgresql://roleshift:secret@127.0.0.1:1/roleshift"
LOCK = 4711
WAITING = (
    "SELECT count(*) FROM pg_locks WHERE objid = $1 AND NOT granted AND database = "
    "(SELECT oid FROM pg_database WHERE datname = current_database())"
)
SILENCE = 1.5  # seconds after which a server counts as gone; only a busy machine takes as long for a statement
LOCKS = (4713, 4714)
LOCK_MEMBER = select(member.c.member_id).where(member.c.member_id == bindparam("who")).with_for_update()


@pytest.fixture
async def store(migrated_postgres: str) -> AsyncIterator[PostgresStore]:
    store = PostgresStore(migrated_postgres)
    yield store
    await store.close()


@pytest.fixture
async def beside(migrated_postgres: str) -> AsyncIterator[asyncpg.Connection]:
    """Yield a connection that does not belong to the store."""
    connection = await asyncpg.connect(migrated_postgres)
    yield connection
    await connection.close()


def wait_for_lock(tx: Connection) -> None:
    tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


async def test_a_server_that_is_not_there_changes_nothing() -> None:
    store = PostgresStore(NOBODY_THERE)
    for attempt in (store.read(kept), store.write(keep, "T1"), store.migrate(), store.read(migrate.check)):
        with pytest.raises(NothingChanged):
            await attempt
    assert not await answers(store)
    await store.close()


async def test_a_server_that_turns_the_bot_away_changes_nothing(migrated_postgres: str) -> None:
    store = PostgresStore(renamed(migrated_postgres, "no_such_database"))
    for attempt in (store.read(kept), store.write(keep, "T1")):
        with pytest.raises(NothingChanged) as raised:
            await attempt
        assert isinstance(raised.value.__cause__, DBAPIError)
        assert getattr(raised.value.__cause__.orig, "sqlstate", None) == "3D000"
    await store.close()


LOST: dict[str, tuple[bytes, bool, type[Exception]]] = {
    "T1": (b"T1", False, NothingChanged),  # before the commit
    "T2": (COMMIT, False, OutcomeUnknown),  # on its way
    "T3": (COMMIT, True, OutcomeUnknown),  # after it
}


@pytest.mark.parametrize("silent", [False, True], ids=["cut", "silent"])
async def test_a_commit_whose_answer_was_lost_is_unknown_and_never_said_to_be_undone(
    store: PostgresStore, migrated_postgres: str, silent: bool
) -> None:
    async def lose(name: str, trigger: bytes, delivered: bool, error: type[Exception]) -> None:
        async with Wire(migrated_postgres) as wire:
            through = PostgresStore(wire.address, max_silence=SILENCE if silent else LONG)
            await through.write(keep, f"{name} before")
            wire.strike(trigger, delivered=delivered, silent=silent)
            with pytest.raises(error):
                await through.write(keep, name)
            await through.close()

    await asyncio.gather(*(lose(name, *case) for name, case in LOST.items()))
    assert [name for name in await store.read(kept) if name in LOST] == ["T3"]


async def test_a_server_that_hangs_does_not_hold_a_stop_up(migrated_postgres: str) -> None:
    async with Wire(migrated_postgres) as wire:
        store = PostgresStore(wire.address)
        await store.write(keep, "T1")
        wire.strike(GOODBYE, silent=True)
        async with asyncio.timeout(5):
            await store.close()


async def test_a_commit_that_the_server_refused_has_stored_nothing(
    store: PostgresStore, beside: asyncpg.Connection
) -> None:
    await beside.execute("ALTER TABLE workspace ADD UNIQUE (met_at) DEFERRABLE INITIALLY DEFERRED")
    await store.write(keep, "T1")
    with pytest.raises(NothingChanged):
        await store.write(keep, "T2")  # the same moment, which is looked at only when it commits
    assert await store.read(kept) == ["T1"]


async def test_a_commit_that_failed_for_another_reason_is_unknown(
    store: PostgresStore, beside: asyncpg.Connection
) -> None:
    await beside.execute(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'gone' USING ERRCODE = '57P01'; END $$"
    )
    await beside.execute(
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON workspace DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION fail()"
    )
    with pytest.raises(OutcomeUnknown):
        await store.write(keep, "T1")


async def test_a_connection_that_was_cut_while_it_idled_is_replaced_unnoticed(
    store: PostgresStore, beside: asyncpg.Connection
) -> None:
    pid = await store.read(Connection.scalar, text("SELECT pg_backend_pid()"))
    await beside.execute("SELECT pg_terminate_backend($1)", pid)
    while await beside.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", pid):  # noqa: ASYNC110 - as below
        await asyncio.sleep(0)
    await store.write(keep, "T1")
    assert await store.read(kept) == ["T1"]


async def test_a_full_pool_is_said_to_be_busy_and_works_again_when_it_is_not(
    store: PostgresStore, beside: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await beside.execute("SELECT pg_advisory_lock($1)", LOCK)
    all_of_them = [asyncio.create_task(store.read(wait_for_lock)) for _ in range(CONNECTIONS)]
    while await beside.fetchval(WAITING, LOCK) < CONNECTIONS:  # noqa: ASYNC110 - the server tells nobody who waits
        await asyncio.sleep(0)
    monkeypatch.setattr(store.reading.pool, "_timeout", 0.1)
    with pytest.raises(NothingChanged):
        await store.read(kept)
    monkeypatch.undo()
    await beside.execute("SELECT pg_advisory_unlock($1)", LOCK)
    await asyncio.gather(*all_of_them)
    assert await store.read(kept) == []


async def test_the_server_itself_ends_what_takes_too_long(store: PostgresStore) -> None:
    def shown(tx: Connection) -> dict[str, str]:
        return {name: tx.execute(text(f"SHOW {name}")).scalar_one() for name in LIMITS}

    assert await store.read(shown) == LIMITS


@pytest.mark.parametrize("limit", ["lock_timeout", "statement_timeout"])
async def test_a_statement_that_takes_too_long_changes_nothing(
    store: PostgresStore, beside: asyncpg.Connection, limit: str
) -> None:
    await beside.execute("SELECT pg_advisory_lock($1)", LOCK)

    def impatient(tx: Connection) -> None:
        keep(tx, "T1")
        tx.execute(text(f"SET LOCAL {limit} = '20ms'"))
        wait_for_lock(tx)

    with pytest.raises(NothingChanged):
        await store.write(impatient)
    assert await store.read(kept) == []


async def test_a_server_without_tls_is_refused_where_tls_is_asked_for(migrated_postgres: str) -> None:
    store = open_store(f"{migrated_postgres}?sslmode=require")
    assert not await answers(store)
    await store.close()


def test_the_address_keeps_odd_passwords_and_loses_what_asyncpg_would_refuse() -> None:
    address = "postgres://nora:p%40ss%2Fw%3Ard@db.example:6543/roleshift?sslmode=require&channel_binding=require"
    assert dsn(address) == "postgresql://nora:p%40ss%2Fw%3Ard@db.example:6543/roleshift?sslmode=require"


# Two transactions that lock the same rows in opposite orders both succeed in the end.


async def test_a_deadlock_is_tried_again_once(store: PostgresStore) -> None:
    await store.write(know, NORA, EMIL)
    runs: list[str] = []

    def locks(tx: Connection, first: str, second: str) -> str:
        tx.execute(text("SET LOCAL lock_timeout = 0"))
        tx.execute(text("SET LOCAL deadlock_timeout = '20ms'"))
        runs.append(first)
        again = len(runs) > 2  # then it locks as the other one does, which may still wait
        for number, who in enumerate((second, first) if again else (first, second)):
            tx.execute(LOCK_MEMBER, {"who": who})
            if number == 0 and not again:
                _meet(tx, first)
        return first

    def _meet(tx: Connection, who: str) -> None:
        """Wait, by advisory locks that each of the two holds, until both have their first row."""
        mine, other = LOCKS if who == NORA.member_id else LOCKS[::-1]
        tx.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": mine})
        seen = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock AND granted")
        while not tx.execute(seen, {"lock": other}).scalar():
            pass

    ids = NORA.member_id, EMIL.member_id
    done = await asyncio.gather(store.write(locks, *ids), store.write(locks, *ids[::-1]))
    assert set(done) == set(ids)
    assert len(runs) == 3, "one of the two was a victim, and was tried again"
