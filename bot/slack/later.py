"""Work that goes on after the answer; a stop waits for it."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Later:
    """Holds its tasks, so that none is lost to the garbage collector or to a stop."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def __call__(self, work: Coroutine[Any, Any, None]) -> None:
        """Starts work that nobody waits for; it must answer for its own failures."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Waits for what is in hand, but no longer than `seconds`."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)
