"""Slow down a member who sends more than a person can: a token bucket for each member, in memory.

Commands, clicks, forms, shortcuts, messages to the bot, mentions and openings of Home count alike.

Each web process counts for itself. A request that is refused costs no transaction and no call to Slack.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.metrics import SLOWED
from bot.slack.payloads import HomeOpened, Written

KeyT = TypeVar("KeyT")

BURST_SECONDS = 30  # a full bucket holds what a member may send in so many seconds
MAX_BUCKETS = 50_000  # in half a minute, when the first one is full again, a process can't answer so many members
HOME, DIRECT = "home", "im"  # a tab of the app, and a type of channel
REPLY_AGAIN = 10  # seconds between two replies to clicks that are refused, as each is a request to Slack


class TooFast(UserError):
    """A member sends requests faster than the bot lets one member.

    `quiet`: they read this sentence just now. `first`: nothing else was refused since their bucket was full.
    """

    def __init__(self, *, quiet: bool, first: bool) -> None:
        self.quiet, self.first = quiet, first
        super().__init__("That was too fast for me, so nothing was changed. Wait ten seconds, then try again.")


def is_quiet(error: Exception) -> bool:
    """Return whether this person read a moment ago why they are refused."""
    return isinstance(error, TooFast) and error.quiet


def sender(event: object) -> str | None:
    """Return who caused an event, if the bot answers it; None for what Slack or an app tells."""
    if isinstance(event, HomeOpened):
        return event.user if event.tab == HOME else None
    return event.user if isinstance(event, Written) and event.by_a_person else None


def direct_channel(event: object) -> str | None:
    return event.channel if isinstance(event, Written) and event.channel_type == DIRECT else None


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float
    told_at: float | None = None
    floods: bool = False  # something was refused since it was full


class Buckets(Generic[KeyT]):
    """A token bucket for each key: so many at once, then so many a second.

    A bucket that is full again is dropped, as a new one would be the same. So only keys that were used lately cost
    memory.
    """

    def __init__(self, at_once: float, per_second: float, now: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._per_second, self._now = at_once, per_second, now
        self._buckets: OrderedDict[KeyT, _Bucket] = OrderedDict()  # the one used last stands at the end

    def take(self, key: KeyT) -> bool:
        """Take a token. Return whether there was one."""
        now = self._now()
        bucket = self._buckets.pop(key, None) or _Bucket(self._at_once, now)
        bucket.tokens = min(bucket.tokens + (now - bucket.filled_at) * self._per_second, self._at_once)
        bucket.filled_at = now
        bucket.floods &= bucket.tokens < self._at_once
        self._buckets[key] = bucket
        self._drop(now - self._at_once / self._per_second)
        allowed = bucket.tokens >= 1
        bucket.tokens -= allowed
        return allowed

    def _drop(self, before: float) -> None:
        """Drop the buckets that were last used before this moment: they are full. Drop the oldest of too many."""
        while len(self._buckets) > MAX_BUCKETS or next(iter(self._buckets.values())).filled_at <= before:
            self._buckets.popitem(last=False)

    def __len__(self) -> int:
        return len(self._buckets)


class MemberBuckets(Buckets[MemberKey]):
    def __init__(self, per_minute: float, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(max(per_minute / 60 * BURST_SECONDS, 1), per_minute / 60, now)

    def check(self, who: MemberKey) -> None:
        """Take a token for a request of this member. Raise TooFast if there is none."""
        if self.take(who):
            return
        SLOWED.inc()
        bucket = self._buckets[who]
        quiet = bucket.told_at is not None and bucket.filled_at - bucket.told_at < REPLY_AGAIN
        if not quiet:
            bucket.told_at = bucket.filled_at
        first, bucket.floods = not bucket.floods, True
        raise TooFast(quiet=quiet, first=first)
