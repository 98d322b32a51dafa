"""T4: what members wait for a command while thousands of weekly tips are due at once, and how long the loop stands."""

import contextlib
import threading
import time
from collections.abc import Iterator
from statistics import quantiles

from tests.benchmarks import databases, members
from tests.benchmarks.caller import Connection, asking
from tests.benchmarks.figures import Figure, Pace
from tests.benchmarks.members import Clock
from tests.benchmarks.minimal_slack import minimal_slack
from tests.benchmarks.processes import Running, running

MEMBERS, FEW = 5_000, 50
EVERY, ASKERS = 0.05, 8  # seconds from one command to the next; how many may wait for their answers at a time
BEAT = 0.002  # seconds between two looks at the loop
IDLE = 2.0  # seconds during which nothing is due
WATCHED_FOR = 12.0  # seconds: at the bot's limit all tips would take 21 minutes
MAX_STALL, MAX_P99, MS = 40, 60, 1000  # milliseconds
PROBE = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"


def all_due(pace: Pace) -> Iterator[Figure]:
    """Measure T4, on SQLite, with the jobs in the process that answers."""
    number = FEW if pace.is_quick else MEMBERS
    with minimal_slack() as slack:
        address, clock = databases.sqlite(slack.scratch / "bot.db"), Clock(slack.scratch)
        databases.insert(address, members.gather(number))
        environment = slack.environment(DATABASE_URL=address, ROLESHIFT_CLOCK=str(clock))
        with running(slack.scratch, "bot", "run", env=environment) as bot:
            with _watching(bot):
                time.sleep(IDLE)
            with _watching(bot) as (waits, beats):
                clock.set(members.FIRST + members.MINUTE)
                slack.wait_for("chat.postMessage", number, within=WATCHED_FOR)
    about = f"while {number:,} tips are due at once, SQLite"
    yield Figure("T4", f"longest stall of the event loop {about}", [max(beats) * MS], "ms", MAX_STALL)
    p99 = quantiles(waits, n=100, method="inclusive")[-1] * MS
    yield Figure("T4", f"/roleshift myrole, p99, {about}", [p99], "ms", MAX_P99)


@contextlib.contextmanager
def _watching(bot: Running) -> Iterator[tuple[list[float], list[float]]]:
    """Yield the seconds that commands wait, and those that a request waits which needs nothing but the loop."""
    beats: list[float] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(BEAT):
            before = time.monotonic()
            with Connection(bot.port) as connection:
                connection.answer(PROBE)
            beats.append(time.monotonic() - before)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        with asking(bot.port, [members.name(each) for each in range(FEW)], EVERY, ASKERS) as waits:
            yield waits, beats
    finally:
        over.set()
        looking.join()
