"""Two transactions that lock the same rows in opposite orders both succeed in the end."""

import asyncio

from sqlalchemy import Connection, bindparam, select, text

from bot.store import open_store
from bot.store.member_schema import member
from tests.store.rows import EMIL, NORA, know

LOCKS = (4713, 4714)


LOCK = select(member.c.member_id).where(member.c.member_id == bindparam("who")).with_for_update()


async def test_a_deadlock_is_tried_again_once(migrated_postgres: str) -> None:
    store = open_store(migrated_postgres)
    await store.write(know, NORA, EMIL)
    runs: list[str] = []

    def locks(tx: Connection, first: str, second: str) -> str:
        tx.execute(text("SET LOCAL lock_timeout = 0"))
        tx.execute(text("SET LOCAL deadlock_timeout = '20ms'"))
        runs.append(first)
        for number, who in enumerate((first, second)):
            tx.execute(LOCK, {"who": who})
            if number == 0 and len(runs) <= 2:
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
    await store.close()
