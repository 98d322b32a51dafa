"""Run an app as a process beside the emulator: start it, restart it after a reset, and stop it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext

from bot.playground.emulator.emulator import Emulator

START_SECONDS = 60
STOP_SECONDS = 5  # then the app is killed


class AppRunner:
    """Keeps one app running until `stop` is set.

    `start` starts the process in a session of its own. `beside` wraps the time in which the app is connected. `ready`
    runs once, when the app has connected for the first time. `waits_for_repair`: it waits for the app to
    connect without a limit of time, as the developer may correct the app first.
    """

    def __init__(
        self,
        slack: Emulator,
        start: Callable[[], Awaitable[Process]],
        ready: Callable[[], None],
        beside: Callable[[], AbstractAsyncContextManager[object]] = nullcontext,
        *,
        waits_for_repair: bool = False,
    ) -> None:
        self._waits_for_repair = waits_for_repair
        self._slack, self._start, self._ready, self._beside = slack, start, ready, beside
        self._reset_wanted, self._running = asyncio.Event(), asyncio.Event()

    async def run(self, stop: asyncio.Event) -> bool:
        """Return True when `stop` was set, and False when the app ended by itself or never connected."""
        while True:
            process = await self._start()
            try:
                patience = None if self._waits_for_repair else START_SECONDS
                if not await _first(process, patience, self._slack.hub.delivery.reached(), stop.wait()):
                    return False
                async with self._beside():
                    if not stop.is_set():
                        self._ready()
                    self._ready = lambda: None  # it has run
                    self._running.set()
                    if not await _first(process, None, stop.wait(), self._reset_wanted.wait()):
                        return False
            finally:
                await _stop(process)
            if stop.is_set():
                return True
            self._reset_wanted.clear()
            await self._slack.reset()

    async def reset(self) -> None:
        """Stop the app, put the workspace back to its start, start the app again, and return when it has connected."""
        await self._running.wait()
        self._running.clear()
        self._reset_wanted.set()
        await self._running.wait()


async def _first(process: Process, seconds: float | None, *events: Coroutine[None, None, object]) -> bool:
    """Return whether one of the events came before the process ended and before the time was over."""
    ended, *awaited = map(asyncio.ensure_future, (process.wait(), *events))
    done, pending = await asyncio.wait([ended, *awaited], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    return not done.isdisjoint(awaited)


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    _signal(process, "SIGTERM")
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        _signal(process, "SIGKILL")
        await process.wait()


def _signal(process: Process, name: str) -> None:
    """Send a signal to the app and to what it started: it leads a process group. Windows has no such groups."""
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.Signals[name])
