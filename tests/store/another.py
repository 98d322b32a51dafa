"""Another process at the same database, such as one that counts: `python -m tests.store.another ADDRESS TIMES`.

A third word is the pause in seconds after each write.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import Connection

from bot.core.errors import NothingChanged
from bot.store import open_store
from bot.store.member_schema import tip_given
from bot.store.types import upsert
from tests.store.rows import NORA, NOW

ROOT = Path(__file__).parents[2]
PIPE = asyncio.subprocess.PIPE
TIP = "counted"


class Another:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def says(self) -> str:
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()

    def starts(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")

    async def goes_on(self) -> str:
        """Let it read the end of its input. Return what else it printed before it ended with exit code 0."""
        said, _ = await self._process.communicate(b"")
        assert self._process.returncode == 0
        return said.decode().strip()


@contextlib.asynccontextmanager
async def another(*arguments: str) -> AsyncIterator[Another]:
    """Run `python …arguments` until the block ends."""
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=PIPE, stdout=PIPE, cwd=ROOT)
    try:
        yield Another(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate(b"")


def count(tx: Connection) -> None:
    first = {**NORA._asdict(), "tip": TIP, "times": 1, "given_at": NOW}
    tx.execute(upsert(tip_given, first, {"times": tip_given.c.times + 1}))


async def main(address: str, times: int, pause: float = 0) -> None:
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
            await asyncio.sleep(pause)
        except NothingChanged:
            continue
    await store.close()
    sys.stdout.write(f"{stored}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), *map(float, sys.argv[3:])))
