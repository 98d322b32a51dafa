"""A process that counts in a database, one write at a time: `python -m tests.store.counting ADDRESS TIMES`."""

import asyncio
import sys

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from bot.core.errors import NothingChanged
from bot.store import open_store
from bot.store.member_schema import tip_given
from tests.store.rows import NORA, NOW

TIP = "counted"
_COUNT = insert(tip_given).on_conflict_do_update(
    index_elements=[tip_given.c.workspace_id, tip_given.c.member_id, tip_given.c.tip],
    set_={"times": tip_given.c.times + 1},
)


def count(tx: Connection) -> None:
    tx.execute(_COUNT, {**NORA._asdict(), "tip": TIP, "times": 1, "given_at": NOW})


async def main(address: str, times: int) -> None:
    """Count, and print how often that was stored."""
    store = open_store(address)
    stored = 0
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()  # until all are ready
    for _ in range(times):
        try:
            await store.write(count)
            stored += 1
        except NothingChanged:
            continue
    await store.close()
    sys.stdout.write(f"{stored}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
