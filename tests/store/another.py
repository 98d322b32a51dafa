"""Another writer at the same database: a thread with a store and an event loop of its own."""

import asyncio
import threading
from contextlib import suppress

from sqlalchemy import Connection

from bot.core.errors import NothingChanged
from bot.store import open_store
from bot.store.member_schema import tip_given
from bot.store.types import upsert
from tests.store.rows import NORA, NOW

TIP = "counted"


def count(tx: Connection) -> None:
    first = {**NORA._asdict(), "tip": TIP, "times": 1, "given_at": NOW}
    tx.execute(upsert(tip_given, first, {"times": tip_given.c.times + 1}))


def counted(address: str, times: int, pause: float = 0, stops: threading.Event | None = None) -> int:
    """Count so many times, or until it `stops`, with so many seconds between. Return how often that was stored."""

    async def run() -> int:
        store, stored = open_store(address), 0
        for _ in range(times):
            if stops is not None and stops.is_set():
                break
            with suppress(NothingChanged):
                await store.write(count)
                stored += 1
            await asyncio.sleep(pause)
        await store.close()
        return stored

    return asyncio.run(run())
