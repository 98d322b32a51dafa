"""Enforce Slack's rate limits, and count the calls that came before the end of a `Retry-After`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

Key = tuple[str, ...]


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
