"""Servers as processes of their own: their processor time and memory, as the system counts them; all on one core."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
READY_WITHIN, GONE_WITHIN = 300, 15  # seconds, on a busy machine
POLL = 0.002  # seconds; a start takes hundreds of times as long
CPUCLOCK_SCHED = 2  # of Linux: the clock of a process's user and system time

_following: set[int] = set()


class NotStarted(Exception):
    """A server did not come up; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server process, which listens on `port` where it has one."""

    pid: int
    port: int

    def cpu(self) -> float:
        """Return the user and system seconds of all its threads. /proc/<pid>/stat has them only in steps of 10 ms."""
        return time.clock_gettime((~self.pid << 3) | CPUCLOCK_SCHED)

    def memory(self, what: str = "VmHWM") -> float:
        """Return MB: `VmRSS` now, `VmHWM` at most."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition(f"{what}:")[2].split()[0]) / 1024


@contextlib.contextmanager
def running(
    scratch: Path, module: str, *args: str, env: Mapping[str, str], within: float = READY_WITHIN
) -> Iterator[Running]:
    """Start `python -m module` and yield it once it is ready on the PORT that it is given. Raise NotStarted."""
    port = free_port()
    log = scratch / f"{module}-{port}.log"
    with started(scratch, log, module, *args, env={**env, "PORT": str(port)}) as process:
        until = time.monotonic() + within
        while not _is_ready(port):
            if process.poll() is not None or time.monotonic() > until:
                raise NotStarted(f"{module}: {log.read_text()[-2000:]}")
            time.sleep(POLL)
        yield Running(process.pid, port)


def ran(scratch: Path, module: str, *args: str, env: Mapping[str, str], within: float = READY_WITHIN) -> None:
    """Run `python -m module` until it ends. Raise NotStarted unless its exit code is 0."""
    log = scratch / f"{module}.log"
    with started(scratch, log, module, *args, env=env) as process:
        if process.wait(within):
            raise NotStarted(f"{module}: {log.read_text()[-2000:]}")


@contextlib.contextmanager
def started(
    scratch: Path, log: Path, module: str, *args: str, env: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m module` in a folder of its own, without the developer's settings, and stop it by its pid."""
    clean = {"PATH": os.environ["PATH"], "HOME": str(scratch), "PYTHONPATH": str(ROOT), **env}
    with log.open("wb") as said:
        command = [sys.executable, "-m", module, *args]
        process = subprocess.Popen(command, cwd=scratch, env=clean, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(GONE_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _is_ready(port: int) -> bool:
    """Return whether a server answers, and not with a 503, as the bot does while it starts."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), READY_WITHIN) as probe:
        probe.sendall(b"GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        with probe.makefile("rb") as answer:
            return answer.readline().split(b" ")[1:2] not in ([], [b"503"])
    return False


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Keep this process, what it starts, and the servers that follow it on one core, wherever the system places others.

    It is for a client and a server of which one always waits for the other: for them one core is as good as two. On
    two, a message costs more processor time, and may have to wake a core, which takes tens of microseconds.
    """
    before = os.sched_getaffinity(0)
    _move({max(before)})  # the first one often has the most interrupts
    try:
        yield
    finally:
        _move(before)


@contextlib.contextmanager
def following(server: int) -> Iterator[None]:
    """Move the server with this pid, and its child processes, together with this process."""
    _following.add(server)
    try:
        yield
    finally:
        _following.remove(server)


def _move(cores: set[int]) -> None:
    os.sched_setaffinity(0, cores)
    for server in _following:
        for pid in (server, *children(server)):
            with contextlib.suppress(ProcessLookupError):  # it has ended since
                os.sched_setaffinity(pid, cores)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
