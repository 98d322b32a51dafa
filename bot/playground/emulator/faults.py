"""Faults that tests switch on: delays, lost answers, 429s, Slack errors and kills. Random draws use a seed."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from dataclasses import dataclass
from typing import Literal

What = Literal["delay", "spoil", "refuse", "limit", "kill"]
How = Literal["close", "reset", "half", "html", "empty", "status", "hang"]
When = Literal["before", "during", "after"]


@dataclass
class Fault:
    """A fault that affects some calls.

    `before` means before the call took effect, `after` means that it did; a kill `during` a call strikes first and
    lets the call take effect all the same. It passes over the first `skip` matching calls, then strikes `times`
    times (None: for ever), each with probability `chance`.
    """

    what: What
    methods: tuple[str, ...] = ()
    when: When = "before"
    how: How = "close"
    seconds: float = 0.0
    status: int = 503
    error: str = ""
    pid: int | None = None
    workspace: str | None = None
    person: str | None = None
    skip: int = 0
    times: int | None = 1
    chance: float = 1.0
    struck: int = 0

    def concerns(self, method: str, workspace: str, person: str | None) -> bool:
        return (
            (not self.methods or method in self.methods)
            and self.workspace in (None, workspace)
            and self.person in (None, person)
        )


def delay(*methods: str, seconds: float, when: When = "before", times: int | None = 1) -> Fault:
    return Fault("delay", methods, when, seconds=seconds, times=times)


def drop(*methods: str, how: How = "close", times: int | None = 1) -> Fault:
    """Return a fault that loses the request: it has no effect, and its sender cannot know that."""
    return Fault("spoil", methods, "before", how, times=times)


def lose(*methods: str, how: How = "close", times: int | None = 1) -> Fault:
    """Return a fault that loses the answer: the request takes effect, and its sender cannot know that."""
    return Fault("spoil", methods, "after", how, times=times)


def refuse(*methods: str, error: str, times: int | None = 1) -> Fault:
    """Return a fault that answers with this error. The request has no effect."""
    return Fault("refuse", methods, error=error, times=times)


def limit(*methods: str, seconds: int, times: int | None = 1) -> Fault:
    """Return a fault that answers HTTP 429 with `Retry-After`."""
    return Fault("limit", methods, seconds=seconds, times=times)


class Faults:
    """The faults that are switched on."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)  # noqa: S311 -- a seed must replay
        self.switched_on: list[Fault] = []

    def add(self, *faults: Fault) -> None:
        self.switched_on.extend(faults)

    def clear(self) -> None:
        self.switched_on.clear()

    def strike(self, method: str, workspace: str, person: str | None) -> list[Fault]:
        """Return the faults that affect this call, and count each as used."""
        return [fault for fault in self.switched_on if self._strikes(fault, method, workspace, person)]

    def _strikes(self, fault: Fault, method: str, workspace: str, person: str | None) -> bool:
        if not fault.concerns(method, workspace, person) or fault.times == fault.struck:
            return False
        if fault.skip:
            fault.skip -= 1
            return False
        if self.random.random() >= fault.chance:
            return False
        fault.struck += 1
        return True

    def kill(self, fault: Fault) -> None:
        """Kill the fault's process, if it still exists."""
        if fault.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(fault.pid, signal.SIGKILL)
