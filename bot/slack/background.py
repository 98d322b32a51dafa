"""Work that continues after Slack has its answer. A stopping process waits for it."""

import asyncio
from collections.abc import Awaitable
from typing import Any


class Background:
    """Background tasks. Holding them keeps the garbage collector from ending one early."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def __call__(self, work: Awaitable[object]) -> None:
        """Start a task that nobody waits for. It must handle its own failures."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def give_up(self) -> None:
        """Cancel all tasks: nothing depends on what they would still do."""
        for task in set(self._tasks):
            task.cancel()

    async def drain(self, seconds: float) -> None:
        """Wait until all tasks and those that they start are done, but no longer than `seconds`."""
        now = asyncio.get_running_loop().time
        until = now() + seconds
        while self._tasks and now() < until:
            await asyncio.wait(set(self._tasks), timeout=until - now())
