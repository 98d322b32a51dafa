"""Faults and rate limits that tests switch on: delays, lost and broken answers, 429s, Slack errors and kills."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import random
import signal
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HTML = "<html><body><h1>Slack is down for maintenance</h1></body></html>"
EXTENSION = "emulator.transport"

What = Literal["delay", "spoil", "refuse", "limit", "kill"]
How = Literal["close", "reset", "half", "html", "empty", "status", "hang"]
When = Literal["before", "during", "after"]
Key = tuple[str, ...]  # what a rate limit counts: a workspace and a method, or a channel of it as well


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
        is_meant = not fault.methods or method in fault.methods
        is_here = fault.workspace in (None, workspace) and fault.person in (None, person)
        if not (is_meant and is_here) or fault.times == fault.struck:
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


@dataclass
class Bucket:
    """A token bucket: it holds `size` calls and gains `rate` calls a second."""

    size: float
    rate: float
    left: float
    at: float

    def wait(self, now: float) -> float:
        """Return the seconds until a call is allowed. If that is 0, take the call out of the bucket."""
        self.left = min(self.size, self.left + (now - self.at) * self.rate)
        self.at = now
        if self.left >= 1:
            self.left -= 1
            return 0.0
        return (1 - self.left) / self.rate


class Limits:
    """Rate limits. They are off until a rate is set. `burst` is the number of calls that may come at once."""

    def __init__(
        self,
        per_minute: float | None = None,
        per_channel_second: float | None = None,
        burst: int = 5,
        methods: tuple[str, ...] = ("chat.postMessage",),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.per_minute, self.per_channel_second, self.burst = per_minute, per_channel_second, burst
        self.methods, self.now = methods, now
        self.early: list[Key] = []
        self.limited = 0
        self._buckets: dict[Key, Bucket] = {}
        self._closed_until: dict[Key, float] = {}

    def retry_after(self, workspace: str, method: str, channel: str | None) -> int | None:
        """Return the whole seconds to wait, or None if the call is allowed."""
        now = self.now()
        keys = [(workspace, method), *([(workspace, method, channel)] if channel else [])]
        for key in keys:
            if now < self._closed_until.get(key, 0.0):
                self.early.append(key)
                self.limited += 1
                return math.ceil(self._closed_until[key] - now)
        if method not in self.methods:
            return None
        rates = (self.per_minute and self.per_minute / 60, self.per_channel_second)
        for key, rate in zip(keys, rates, strict=False):
            if rate:
                bucket = self._buckets.setdefault(key, Bucket(self.burst, rate, self.burst, now))
                if wait := bucket.wait(now):
                    return self.close(key, math.ceil(wait))
        return None

    def close(self, key: Key, seconds: int) -> int:
        """Answer 429 for this many seconds from now on."""
        self.limited += 1
        self._closed_until[key] = self.now() + seconds
        return seconds


class OpenProtocol(HttpToolsProtocol):
    """Give the application access to the transport, so that a broken answer can close it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: {"transport": self.transport}}


class Cut(Response):
    """Close the connection after `part` of the answer. A reset sends RST instead of FIN."""

    def __init__(self, body: bytes = b"", *, reset: bool = False) -> None:
        super().__init__(body, media_type="application/json")
        self.reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope["extensions"][EXTENSION]["transport"]
        if self.body:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            half = bytes(self.body)[: len(self.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
        if self.reset:
            linger = struct.pack("ii", 1, 0)
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            transport.abort()
        else:
            transport.close()
        await gone(receive)


class Silence(Response):
    """Send nothing until the caller gives up."""

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        await gone(receive)


async def gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


SPOILED: dict[How, Callable[[Fault, bytes], Response]] = {
    "close": lambda _fault, _body: Cut(),
    "reset": lambda _fault, _body: Cut(reset=True),
    "half": lambda _fault, body: Cut(body),
    "html": lambda _fault, _body: Response(HTML, 200, media_type="text/html"),
    "empty": lambda _fault, _body: Response("", 200, media_type="application/json"),
    "status": lambda fault, _body: Response(HTML, fault.status, media_type="text/html"),
    "hang": lambda _fault, _body: Silence(),
}


def spoiled(fault: Fault, body: bytes = b'{"ok":true,"cut":"here"}') -> Response:
    return SPOILED[fault.how](fault, body)
