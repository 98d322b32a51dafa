"""Forks worker processes from one that has imported everything: each is a real process, and starts in milliseconds."""

import asyncio
import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]

Order = dict[str, Any]


class Worker:
    """A process that was forked; `ended` is its wait status once the system has buried it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def signal(self, number: signal.Signals) -> None:
        """Nothing happens to one that is gone: only the nursery buries, and it tells at once."""
        if not self.ended.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def buried(self) -> int:
        """Its wait status. Who gives up waiting must not take `ended` along: the others could hear of nothing more."""
        return await asyncio.shield(self.ended)

    async def kill(self) -> None:
        """SIGKILL, and waits until it is gone."""
        self.signal(signal.SIGKILL)
        await self.buried()


class Nursery:
    """The near end: `await nursery.fork(order)` gives a worker that does as ordered (see worker.py)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._asked: list[asyncio.Future[Worker]] = []
        self._workers: dict[int, Worker] = {}
        self._hearing = asyncio.create_task(self._hear())

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls) -> AsyncIterator[Self]:
        """Starts the far end, and ends it with all that it forked."""
        near, far = socket.socketpair()
        with near, far:
            command = [sys.executable, "-m", "tests.faults.nursery", str(far.fileno())]
            process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, pass_fds=[far.fileno()], stdin=subprocess.DEVNULL
            )
            far.close()
            nursery = cls(*await asyncio.open_connection(sock=near))
            try:
                yield nursery
            finally:
                nursery._writer.close()
                await process.wait()
                nursery._hearing.cancel()

    async def fork(self, order: Order) -> Worker:
        """A new process; it runs as soon as this returns. One that nobody waits for any more is killed at its birth."""
        asked: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self._writer.write(json.dumps(order).encode() + b"\n")
        try:
            return await asyncio.shield(asked)  # whatever was asked for is heard of
        except asyncio.CancelledError:
            asked.add_done_callback(lambda born: born.result().signal(signal.SIGKILL))
            raise

    async def call(self, function: str, *args: Any) -> Any:
        """What `module:function` returns, run in a process of its own; its last argument names a mutant, or is None."""
        with tempfile.TemporaryDirectory(prefix="roleshift-call-") as folder:
            into, log = Path(folder) / "result", Path(folder) / "log"
            worker = await self.fork({"call": function, "args": args, "into": str(into), "log": str(log)})
            if await worker.buried():
                raise RuntimeError(log.read_text())
            return json.loads(into.read_text())

    async def _hear(self) -> None:
        while line := await self._reader.readline():
            said = json.loads(line)
            if "forked" in said:
                worker = self._workers[said["forked"]] = Worker(said["forked"])
                self._asked.pop(0).set_result(worker)
            else:
                self._workers.pop(said["ended"]).ended.set_result(said["status"])


def main() -> None:
    """The far end: one thread, no event loop, so that a fork copies nothing that runs."""
    from tests.faults import worker  # noqa: PLC0415 - the near end needs none of what this imports

    line = socket.socket(fileno=int(sys.argv[1]))
    woken, wakes = socket.socketpair()
    wakes.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes.fileno())
    gc.collect()
    gc.freeze()  # what was imported stays shared with the children
    waiting, children, pending = selectors.DefaultSelector(), set[int](), b""
    waiting.register(line, selectors.EVENT_READ)
    waiting.register(woken, selectors.EVENT_READ)
    while True:
        ready = {key.fileobj for key, _ in waiting.select()}
        if woken in ready:
            woken.recv(4096)
            _bury(line, children)
        if line in ready:
            heard = line.recv(65536)
            if not heard:
                break
            *orders, pending = (pending + heard).split(b"\n")
            for order in orders:
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    for each in (line, woken, wakes, waiting):
                        each.close()
                    os._exit(worker.run(json.loads(order)))
                children.add(pid)
                line.sendall(json.dumps({"forked": pid}).encode() + b"\n")
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _bury(line: socket.socket, children: set[int]) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        children.discard(pid)
        line.sendall(json.dumps({"ended": pid, "status": status}).encode() + b"\n")


if __name__ == "__main__":
    main()
