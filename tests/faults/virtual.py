"""Virtual time, which passes only while all tasks wait: sleeping for a year takes no real time."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import event

from bot.clock import Clock
from bot.store.sqlite import SqliteStore

T = TypeVar("T")

UNIX_EPOCH = 2440587.5  # as a Julian day
DAY = 86400.0  # seconds


class _Selector(selectors.SelectSelector):
    """Never waits: the loop's clock is moved on instead."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everybody waits for something that will never happen"
            self.passed += max(timeout, 0)
        return ready


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose clock stands still while code runs."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)
        self._clock_resolution = 1e-6  # after half a year a float can't tell nanoseconds apart, and time stood still
        self.set_exception_handler(lambda *_: None)  # the tasks of the dead are never awaited

    def time(self) -> float:
        return self._virtual.passed

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return self.run_until_complete(coroutine)
        finally:
            self.close()


class VirtualClock(Clock):
    """The machine's clock as the program and the database see it; `jump` is how somebody set it."""

    def __init__(self, start: datetime, loop: Loop) -> None:
        self._start, self._loop = start, loop
        self.jump = timedelta()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._loop.time()) + self.jump


def store_at(address: str, clock: Clock) -> SqliteStore:
    """Return a store on a SQLite file, with the virtual clock as the database's clock."""
    store = SqliteStore(address)

    def prepare(driver: Any, _record: object) -> None:
        driver.create_function("julianday", 1, lambda _: UNIX_EPOCH + clock.now().timestamp() / DAY)
        driver.execute("PRAGMA synchronous=OFF")  # faster; these tests crash no machine

    event.listen(store.engine, "connect", prepare)
    store.read_aside = store.read  # type: ignore[method-assign]  # virtual time would not wait for a thread
    return store
