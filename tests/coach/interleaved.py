"""Two transactions at one moment, on PostgreSQL: the second waits for what the first has locked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection, text

from bot.store import Store, open_store

LOCK = 4712
PATIENTLY = text("SET LOCAL lock_timeout = 0")  # longer than a busy machine takes, so that the lock is seen
HOLD = text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=LOCK)
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

A = TypeVar("A")
B = TypeVar("B")


@asynccontextmanager
async def held(
    address: str, first: Callable[[Connection], A], within: Store | None = None
) -> AsyncIterator[tuple[asyncio.Task[A], Any]]:
    """Run `first`, and leave its transaction open until the block ends. Yield its task and another connection."""
    store, beside = within or open_store(address), await asyncpg.connect(address)

    def holds(tx: Connection) -> A:
        tx.execute(PATIENTLY)
        found = first(tx)
        tx.execute(HOLD)
        return found

    try:
        await beside.execute("SELECT pg_advisory_lock($1)", LOCK)
        holding = asyncio.create_task(store.write(holds))
        await _until_waiting(beside, holding, 1)
        yield holding, beside
        await beside.execute("SELECT pg_advisory_unlock($1)", LOCK)
        await holding
    finally:
        await beside.close()
        if within is None:
            await store.close()


async def interleave(
    address: str,
    first: Callable[[Connection], A],
    then: Callable[[Connection], B],
    meanwhile: str = "SELECT",
    within: Store | None = None,
) -> tuple[A, B]:
    """Run `first`, and commit it once `then` waits for it. Return what both return. `meanwhile` runs beside them.

    `within`: the store that runs both, else new ones.
    """
    store = within or open_store(address)

    def waits(tx: Connection) -> B:
        tx.execute(PATIENTLY)
        return then(tx)

    try:
        async with held(address, first, within) as (holding, beside):
            waiting = asyncio.create_task(store.write(waits))
            await _until_waiting(beside, waiting, 2)
            await beside.execute(meanwhile)
        return await holding, await waiting
    finally:
        if within is None:
            await store.close()


async def _until_waiting(beside: asyncpg.Connection, task: asyncio.Task[Any], number: int) -> None:
    while await beside.fetchval(WAITING) < number:
        assert not task.done(), "it did not wait"
        await asyncio.sleep(0)
