"""Two transactions of which the second waits for what the first has locked; on PostgreSQL."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection, text

from bot.store import open_store

LOCK = 4713
PATIENTLY = text("SET LOCAL lock_timeout = 0")  # longer than a busy machine takes, so that the lock is seen
HOLD = text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=LOCK)
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

A = TypeVar("A")
B = TypeVar("B")


async def interleave(address: str, first: Callable[[Connection], A], then: Callable[[Connection], B]) -> tuple[A, B]:
    """Run `first`, and commit it once `then` waits for it."""
    store, beside = open_store(address), await asyncpg.connect(address)

    def holds(tx: Connection) -> A:
        tx.execute(PATIENTLY)
        found = first(tx)
        tx.execute(HOLD)
        return found

    def waits(tx: Connection) -> B:
        tx.execute(PATIENTLY)
        return then(tx)

    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        stack.push_async_callback(beside.close)
        await beside.execute("SELECT pg_advisory_lock($1)", LOCK)
        holding = asyncio.create_task(store.write(holds))
        await _until_waiting(beside, holding, 1)
        waiting = asyncio.create_task(store.write(waits))
        await _until_waiting(beside, waiting, 2)
        await beside.execute("SELECT pg_advisory_unlock($1)", LOCK)
        return await asyncio.gather(holding, waiting)


async def _until_waiting(beside: asyncpg.Connection, task: asyncio.Task[Any], number: int) -> None:
    while await beside.fetchval(WAITING) < number:
        assert not task.done(), "it did not wait"
        await asyncio.sleep(0)
