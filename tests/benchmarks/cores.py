"""Measure on one core, so that no figure depends on where the system happens to place each process.

It is for a client and a server of which one always waits for the other: for them one core is as good as two. On two, a
message costs more processor time, and may have to wake a core that sleeps, which takes tens of microseconds.
"""

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ParamSpec, TypeVar

Args = ParamSpec("Args")
T = TypeVar("T")
_following: set[int] = set()


def on_one_core(benchmark: Callable[Args, Iterator[T]]) -> Callable[Args, Iterator[T]]:
    """Let a benchmark, and each process that it starts, run on one core."""

    @functools.wraps(benchmark)
    def pinned(*args: Args.args, **kwargs: Args.kwargs) -> Iterator[T]:
        with one_core():
            yield from benchmark(*args, **kwargs)

    return pinned


@contextlib.contextmanager
def one_core() -> Iterator[int]:
    """Keep this process, what it starts, and the servers that follow it on one core, which is yielded."""
    before = os.sched_getaffinity(0)
    core = max(before)  # the first one often has the most interrupts
    _move({core})
    try:
        yield core
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
