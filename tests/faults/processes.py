"""Start worker processes from one that has imported everything: each is a real process, and starts in milliseconds."""

import asyncio
import contextlib
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Self

from tests.faults.tally import Case, Result
from tests.faults.worker import run

ROOT = Path(__file__).parents[2]
CONTEXT = multiprocessing.get_context("forkserver")
PRELOAD = "tests.faults.preload"
CONTEXT.set_forkserver_preload([PRELOAD])


class Worker:
    """A process that was started; `ended` is its exit code once it has ended, negative for a signal."""

    def __init__(self, process: ForkServerProcess) -> None:
        assert process.pid is not None
        self.pid, self._process = process.pid, process
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[int] = self._loop.create_future()
        self._loop.add_reader(process.sentinel, self._end)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, unless the process has ended."""
        if not self.ended.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def wait(self) -> int:
        """Return the exit code. Cancelling one wait must not cancel `ended`, for which others wait too."""
        return await asyncio.shield(self.ended)

    async def kill(self) -> None:
        """Send SIGKILL and wait until the process has ended."""
        self.signal(signal.SIGKILL)
        await self.wait()

    def _end(self) -> None:
        self._loop.remove_reader(self._process.sentinel)
        assert self._process.exitcode is not None
        self.ended.set_result(self._process.exitcode)


class Processes:
    """Start processes that have imported everything."""

    def __init__(self) -> None:
        self._workers: list[Worker] = []

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls) -> AsyncIterator[Self]:
        """Start the server that forks, and kill all processes at the end."""
        with contextlib.chdir(ROOT):  # from where it imports what it preloads
            forkserver.ensure_running()
        processes = cls()
        try:
            yield processes
        finally:
            for worker in processes._workers:
                await worker.kill()

    def start(self, order: dict[str, Any]) -> Worker:
        """Start a process that does what it is ordered (see worker.py)."""
        return self.run(run, order)

    def run(self, work: Callable[..., int], *args: object) -> Worker:
        """Start a process that ends with what this returns."""
        process = CONTEXT.Process(target=_run, args=(work, *args))
        process.start()
        self._workers = [each for each in self._workers if not each.ended.done()]
        self._workers.append(worker := Worker(process))
        return worker

    async def call(self, function: str, *args: Any, mutant: str | None = None) -> Any:
        """Return what `module:function` returns in a process of its own, with the mutant's change."""
        with tempfile.TemporaryDirectory(prefix="roleshift-call-") as folder:
            into, log = Path(folder) / "result", Path(folder) / "log"
            order = {"call": function, "args": args, "mutant": mutant, "into": str(into), "log": str(log)}
            if await self.start(order).wait():
                raise RuntimeError(log.read_text())
            return json.loads(into.read_text())

    async def prove(self, case: Case, function: str, *args: Any) -> Result:
        """Run a proof of one process: `module:function` returns what it counted, and what was broken."""
        counts, broken = await self.call(function, *args, mutant=case.mutant)
        return Result(case.name, counts, broken)


def _run(work: Callable[..., int], *args: object) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.exit(work(*args))


def _end_with_parent() -> None:
    """Leave no process behind where the parent was killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGKILL)
