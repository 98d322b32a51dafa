"""Another process at the same database."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PIPE = asyncio.subprocess.PIPE


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
