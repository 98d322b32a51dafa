"""Measure on one core, so that no figure depends on where the system happens to place each process.

It is for a client and a server of which one always waits for the other: for them one core is as good as two. On two, a
message costs more processor time, and may have to wake a core that sleeps, which takes tens of microseconds.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

_following: set[int] = set()


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Keep this process, what it starts, and the servers that follow it on one core."""
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
