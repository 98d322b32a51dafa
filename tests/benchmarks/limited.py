"""A fan-out by the real worker, with an emulated Slack whose rate limit equals the worker's pace."""

import contextlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from bot.content import library
from bot.core.calendar import WEEK
from bot.store import open_store
from tests.benchmarks import databases, due
from tests.benchmarks.processes import NotStarted, running, started

PATIENCE = 60  # seconds
POLL = 0.25  # seconds; a fan-out takes a hundred times as long


@dataclass(frozen=True, slots=True)
class Fanout:
    """How many nudges are due at once, and how many posts a minute the worker's setting and Slack's limit allow."""

    nudges: int
    per_minute: float

    @property
    def least(self) -> float:
        """Return the seconds that they take at this rate."""
        return self.nudges / self.per_minute * 60


@dataclass(frozen=True, slots=True)
class Week:
    """What the emulator saw of one fan-out: seconds from the first post until there was room for one more."""

    seconds: float
    doubled: int


class Limited:
    """The emulator, with its limit, in a process of its own."""

    def __init__(self, url: str, environment: Mapping[str, str], fanout: Fanout) -> None:
        self.environment = dict(environment)
        self._url, self._fanout, self._seen = url, fanout, 0
        self._ask("/control/faults", {"limits": {"per_minute": fanout.per_minute}})
        for number in range(fanout.nudges):  # the direct messages, so that nothing but posts is left to call
            self._ask("/api/conversations.open", {"users": f"U{number:07d}"})

    def week(self) -> Week:
        """Wait until there are as many posts as nudges."""
        until, posts = time.monotonic() + PATIENCE + self._fanout.least, self._posts()
        while len(posts) < self._fanout.nudges:
            if time.monotonic() > until:
                raise TimeoutError(f"{len(posts)} of {self._fanout.nudges} nudges were posted")
            time.sleep(POLL)
            posts = self._posts()
        self._seen += len(posts)
        times = sorted(datetime.fromisoformat(post["at"]).timestamp() for post in posts)
        took = times[-1] - times[0] + 60 / self._fanout.per_minute
        return Week(took, len(posts) - len({post["channel"] for post in posts}))

    def limited(self) -> int:
        """Return how many calls were answered with 429."""
        counts: dict[str, int] = self._ask(f"/control/posts?since={self._seen}")["counts"]
        return counts["limited"]

    def _posts(self) -> Sequence[dict[str, Any]]:
        posts: Sequence[dict[str, Any]] = self._ask(f"/control/posts?since={self._seen}")["posts"]
        return posts

    def _ask(self, path: str, body: object = None) -> dict[str, Any]:
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.environment['SLACK_BOT_TOKEN']}"}
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self._url + path, data, headers)) as answer:  # noqa: S310 - our own address
            said: dict[str, Any] = json.load(answer)
        assert said.get("ok", True), said
        return said


@contextlib.contextmanager
def limited(scratch: Path, fanout: Fanout) -> Iterator[Limited]:
    """Start an emulated Slack and yield it once it listens."""
    log = scratch / "standin.log"
    options = ("--control", "--workspaces", "1", "--members", str(fanout.nudges))
    with started(scratch, log, "tests.driver", *options, env={}) as process:
        until = time.monotonic() + PATIENCE
        while not log.read_text().endswith("\n"):
            if process.poll() is not None or time.monotonic() > until:
                raise NotStarted(f"the emulator: {log.read_text()[-2000:]}")
            time.sleep(POLL / 10)
        where = json.loads(log.read_text().splitlines()[0])
        yield Limited(where["url"], where["environment"], fanout)


def weeks(scratch: Path, database: str, fanout: Fanout, workers: int, rounds: int) -> tuple[list[Week], int]:
    """Run fan-outs, a week apart on a moved clock. Return how many calls Slack answered with 429."""
    with databases.loop() as loop, limited(scratch, fanout) as slack, contextlib.ExitStack() as stack:
        store = open_store(database)
        loop.run(store.migrate())
        loop.run(store.write(due.gather, library.load(), fanout.nudges))
        loop.run(store.close())
        clock = scratch / "clock"
        _move(clock, weeks=-1)
        environment = slack.environment | {
            "DATABASE_URL": database, "ROLESHIFT_CLOCK": str(clock), "ROLESHIFT_HOST": "127.0.0.1",
            "ROLESHIFT_SENDS_PER_MINUTE": str(fanout.per_minute),
        }  # fmt: skip
        for _ in range(workers):
            stack.enter_context(running(scratch, "jobs", env=environment))
        found = []
        for week in range(rounds):
            _move(clock, week)
            found.append(slack.week())
        return found, slack.limited()


def _move(clock: Path, weeks: int) -> None:
    """Move the clock to next week's slot. Replace the file at once, as a worker may read it at any moment."""
    seconds = int((due.FIRST + due.TICK + weeks * WEEK - datetime.now(UTC)).total_seconds())
    new = clock.with_suffix(".new")
    new.write_text(str(seconds))
    new.replace(clock)
