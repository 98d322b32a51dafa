"""Another process at the same database."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PIPE = asyncio.subprocess.PIPE


class Another:
    """A running Python process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def says(self) -> str:
        """Return the next line that the process prints."""
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()

    async def goes_on(self) -> str:
        """End the input of the process, wait until it succeeds, and return the rest of its output."""
        output, _ = await self._process.communicate(b"")
        assert self._process.returncode == 0
        return output.decode().strip()


@contextlib.asynccontextmanager
async def another(*arguments: str) -> AsyncIterator[Another]:
    """Run `python …arguments`, and kill it at the end of the block if it still runs."""
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=PIPE, stdout=PIPE, cwd=ROOT)
    try:
        yield Another(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate(b"")
