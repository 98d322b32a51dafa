"""Slow down a member who sends more than a person can: a token bucket for each member, in memory.

Commands, clicks, forms, shortcuts, messages to the bot, mentions and openings of Home count alike.

Each web process counts for itself. A request that is refused costs no transaction and no call to Slack.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.run.metrics import SLOWED
from bot.slack.payloads import HomeOpened, Written

T = TypeVar("T")

BURST_SECONDS = 30  # a full bucket holds what a member may send in so many seconds
MAX_BUCKETS = 2_000  # of one workspace; a member whose bucket is dropped begins with a full one
MAX_WORKSPACES = 5_000
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


class Buckets:
    """The token buckets of all workspaces. Each workspace has its own, so that none can push out another's.

    A bucket that is full again is dropped, as a new one would be the same. So only members who sent something lately
    cost memory.
    """

    def __init__(self, per_minute: float, now: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._now = per_minute / 60, now
        self._size = max(self._rate * BURST_SECONDS, 1)
        self._full_after = self._size / self._rate  # seconds, for an empty bucket
        self._workspaces: OrderedDict[str, OrderedDict[str, _Bucket]] = OrderedDict()

    def take(self, who: MemberKey) -> None:
        """Take a token for a request of this member. Raise TooFast if there is none."""
        now = self._now()
        bucket = self._bucket(who, now)
        bucket.tokens = min(bucket.tokens + (now - bucket.filled_at) * self._rate, self._size)
        bucket.filled_at = now
        bucket.floods &= bucket.tokens < self._size
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return
        SLOWED.inc()
        quiet = bucket.told_at is not None and now - bucket.told_at < REPLY_AGAIN
        if not quiet:
            bucket.told_at = now
        first, bucket.floods = not bucket.floods, True
        raise TooFast(quiet=quiet, first=first)

    def _bucket(self, who: MemberKey, now: float) -> _Bucket:
        before = now - self._full_after
        while self._workspaces and not _drop_full(next(iter(self._workspaces.values())), before):
            self._workspaces.popitem(last=False)
        buckets = _recent(self._workspaces, who.workspace_id, OrderedDict, MAX_WORKSPACES)
        _drop_full(buckets, before)
        return _recent(buckets, who.member_id, lambda: _Bucket(self._size, now), MAX_BUCKETS)

    def __len__(self) -> int:
        return sum(map(len, self._workspaces.values()))


def _drop_full(buckets: OrderedDict[str, _Bucket], before: float) -> int:
    """Drop the buckets that were last used before this moment, the oldest first. Return how many are left."""
    while buckets and next(iter(buckets.values())).filled_at <= before:
        buckets.popitem(last=False)
    return len(buckets)


def _recent(kept: OrderedDict[str, T], key: str, make: Callable[[], T], most: int) -> T:
    """Return the value of a key, which becomes the most recent one. Make it if necessary, and drop the oldest ones."""
    if key in kept:
        kept.move_to_end(key)
    else:
        kept[key] = make()
        while len(kept) > most:
            kept.popitem(last=False)
    return kept[key]
