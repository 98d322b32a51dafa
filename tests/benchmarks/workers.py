"""D2 and H1: the real worker as a process: how closely it keeps to Slack's limit, and to whom it is fair."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from tests.benchmarks import databases, members, start
from tests.benchmarks.figures import Figure, ratio
from tests.benchmarks.members import Clock
from tests.benchmarks.minimal_slack import WORKSPACE, minimal_slack
from tests.benchmarks.processes import running
from tests.driver.generated import generated
from tests.driver.standin import StandIn

TIPS, PER_MINUTE, WEEKS = 40, 600, 2
PATIENCE, POLL = 60, 0.25  # seconds
WITHIN = PATIENCE + WEEKS * TIPS / PER_MINUTE * 60
BUSY, QUIET_ONE, ROUNDS = 10_000, "T9QUIET", 1
MAX_DELAY = 2.0  # seconds


def limited() -> Iterator[Figure]:
    """Measure D2, with an emulated Slack whose limit equals the worker's pace, on both databases side by side."""
    with tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder, ThreadPoolExecutor() as pool:
        runs = []
        try:
            for workers, (database, address) in enumerate(databases.both(Path(folder) / "tips"), 1):
                runs.append(pool.submit(asyncio.run, _limited(Path(folder) / database, address, workers)))
        finally:
            for run in runs:
                yield from run.result()


async def _limited(scratch: Path, address: str, workers: int) -> list[Figure]:
    async with StandIn(generated(TIPS, "T0")) as slack:
        slack.limits.per_minute = PER_MINUTE
        for number in range(TIPS):  # the direct messages, so that nothing but posts is left to call
            slack.workspace.dm(members.name(number))
        return await asyncio.to_thread(_send, slack, scratch, address, workers)


def _send(slack: StandIn, scratch: Path, address: str, workers: int) -> list[Figure]:
    scratch.mkdir()
    with contextlib.ExitStack() as stack:
        databases.insert(address, members.gather(TIPS, "T0"))
        clock, took, doubled = Clock(scratch), [], 0
        environment = {
            **slack.environment(), "DATABASE_URL": address, "ROLESHIFT_CLOCK": str(clock),
            "ROLESHIFT_HOST": "127.0.0.1", "ROLESHIFT_SENDS_PER_MINUTE": str(PER_MINUTE),
        }  # fmt: skip
        for _ in range(workers):
            stack.enter_context(running(scratch, "jobs", env=environment))
        for week, _now in zip(range(WEEKS), clock.weeks(), strict=False):
            _until(lambda: len(slack.posts) >= (week + 1) * TIPS, WITHIN)  # noqa: B023 - called at once
            posts = slack.posts[week * TIPS :]
            times = sorted(datetime.fromisoformat(post.at).timestamp() for post in posts)
            took.append(times[-1] - times[0] + 60 / PER_MINUTE)
            doubled += len(posts) - len({post.channel for post in posts})
    about = f"{TIPS} tips, {PER_MINUTE} a minute, {workers} worker{'s' * (workers > 1)}"
    least = [TIPS / PER_MINUTE * 60] * len(took)
    return [
        ratio("D2", (about, took), ("N/rate", least), "s", 1.05),
        Figure("D2", f"429s and doubled posts; {about}", [slack.limits.limited + doubled], "", 0),
    ]


def _until(happened: Callable[[], bool], within: float) -> None:
    until = time.monotonic() + within
    while not happened():
        if time.monotonic() > until:
            raise TimeoutError("too few tips were posted")
        time.sleep(POLL)


def beside_a_busy_one() -> Iterator[Figure]:
    """Measure H1: by how much the tip of one workspace comes later than the first of a busy one, both due at once."""
    yield _delay("SQLite", databases.sqlite)
    server = databases.server()
    yield _delay("PostgreSQL", lambda _: server.database())


def _delay(database: str, new: Callable[[Path], str]) -> Figure:
    found = []
    for _ in range(ROUNDS):
        with minimal_slack() as slack:
            address, clock = new(slack.scratch / "tips.db"), Clock(slack.scratch)
            environment = slack.environment(DATABASE_URL=address, ROLESHIFT_CLOCK=str(clock))
            environment, rows = start.through_oauth(environment, [WORKSPACE, QUIET_ONE], members.FIRST - members.WEEK)
            databases.insert(address, members.gather(BUSY))
            # Its slot comes a second after all others', so that they are planned first.
            databases.insert(address, members.gather(1, QUIET_ONE, members.FIRST.replace(second=1)))
            databases.insert(address, {"installation": rows})
            with running(slack.scratch, "jobs", env=environment):
                clock.set(members.FIRST + members.MINUTE)
                _until(lambda: len(slack.first_posts) >= 2, PATIENCE)
                first = slack.first_posts
        found.append(first[f"{start.TOKEN}-{QUIET_ONE}"] - min(first.values()))
    about = f"a tip of another workspace, behind {BUSY:,} of a busy one, {database}"
    return Figure("H1", about, found, "s late", MAX_DELAY)
