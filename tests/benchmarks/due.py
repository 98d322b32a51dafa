"""T4: what members wait for a command while thousands of weekly tips are due at once, and how long the loop stands."""

import contextlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import quantiles

from tests.benchmarks import databases, members
from tests.benchmarks.answers import TEXTBOOK
from tests.benchmarks.caller import Connection, signed
from tests.benchmarks.figures import Figure, Pace, Value
from tests.benchmarks.members import Clock
from tests.benchmarks.minimal_slack import WORKSPACE, MinimalSlack, form, minimal_slack
from tests.benchmarks.processes import NotStarted, Running, running
from tests.benchmarks.starts import fill

MEMBERS, FEW = 5_000, 50
EVERY, ASKERS = 0.05, 8  # seconds from one command to the next; how many may wait for their answers at a time
BEAT, CHECK = 0.002, 0.25  # seconds between two looks at the loop; between two looks at the posts
IDLE, APART = 2.0, 1.0  # seconds during which nothing is due; between that time and the first tip of the peer
QUIET = 6.0  # seconds without a post, while the loop turns, after which no more is expected
PATIENCE = 10  # seconds for an answer; Slack itself waits for three
PACED_FOR = 12.0  # seconds for which the bot is watched: at its limit all tips would take 21 minutes
PEER_FOR = 20.0  # seconds for which the peer is watched: by then most of its commands have been without an answer
LEADS = tuple(timedelta(seconds=seconds) for seconds in (10, 25, 60, 120))  # for the peer to be filled and started in
MAX_STALL, MAX_P99, MS = 20, 50, 1000  # milliseconds
PROBE = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"


@dataclass(slots=True)
class Watched:
    """Seconds, as seen from outside the process."""

    commands: list[float] = field(default_factory=list)
    beats: list[float] = field(default_factory=list)  # how long a request waited that needs nothing but the loop
    failed: int = 0
    posted: int = 0

    @property
    def stall(self) -> float:
        return max(self.beats) * MS

    @property
    def p99(self) -> float:
        return quantiles(self.commands, n=100, method="inclusive")[-1] * MS


def all_due(pace: Pace) -> Iterator[Figure]:
    """Measure T4, on SQLite, with the jobs in the process that answers."""
    number = FEW if pace.is_quick else MEMBERS
    with minimal_slack() as slack, tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder:
        about = f"while {number:,} tips are due at once, SQLite"
        seen = _bot(Path(folder), slack, number)
        yield Value("T4", f"longest stall of the event loop {about}", [seen.stall], "ms", MAX_STALL)
        yield Value("T4", f"/roleshift myrole, p99, {about}", [seen.p99], "ms", MAX_P99)
        peer = _peer(Path(folder), slack, number)
        posted = f"{peer.posted:,} posted, {peer.failed} of {len(peer.commands)} commands without an answer"
        yield Value("T4", f"the textbook bot's longest stall; {posted}", [peer.stall], "ms")
        yield Value("T4", "the textbook bot's p99", [peer.p99], "ms")


def _bot(scratch: Path, slack: MinimalSlack, number: int) -> Watched:
    address, clock = databases.sqlite(scratch / "ours.db"), Clock(scratch)
    databases.insert(address, members.gather(number))
    environment = slack.environment(DATABASE_URL=address, ROLESHIFT_CLOCK=str(clock))
    with running(scratch, "bot", "run", env=environment) as bot:
        return _watch(bot, slack, number, lambda: clock.set(members.FIRST + members.MINUTE), PACED_FOR)


def _peer(scratch: Path, slack: MinimalSlack, number: int) -> Watched:
    """Watch the textbook bot. Its scheduler goes by the machine's clock, so it is filled and started before."""
    for lead in LEADS:
        environment = slack.environment(DATABASE_URL=f"sqlite:///{scratch}/theirs-{lead.seconds}.db")
        first = datetime.now(UTC) + lead
        fill(scratch, environment, number, first)
        with running(scratch, TEXTBOOK, env=environment) as peer:
            spare = (first - datetime.now(UTC)).total_seconds() - IDLE - APART
            if spare > 0:
                time.sleep(spare)
                return _watch(peer, slack, number, lambda: None, PEER_FOR)
    raise NotStarted("the machine is too busy to start the textbook bot within two minutes")


def _watch(bot: Running, slack: MinimalSlack, number: int, come: Callable[[], None], seconds: float) -> Watched:
    """Watch a bot while nothing is due, let the tips come, and watch it until they are posted, or for some seconds."""
    before = slack.calls["chat.postMessage"]
    with _watching(bot):
        time.sleep(IDLE)
    with _watching(bot) as watched:
        come()
        start = alive = time.monotonic()
        turns = 0
        while watched.posted < number and time.monotonic() < min(alive + QUIET, start + seconds):
            time.sleep(CHECK)
            posted, turned = slack.calls["chat.postMessage"] - before, len(watched.beats)
            if posted > watched.posted or turned == turns:  # it posts, or its loop stands still
                alive = time.monotonic()
            watched.posted, turns = posted, turned
    return watched


@contextlib.contextmanager
def _watching(bot: Running) -> Iterator[Watched]:
    """Ask for commands at a fixed rhythm, and look at the loop, while this is entered."""
    watched, over = Watched(), threading.Event()
    start, numbers = time.monotonic(), count()
    asking = [threading.Thread(target=_ask, args=(bot, watched, over, start, numbers)) for _ in range(ASKERS)]
    threads = [*asking, threading.Thread(target=_look, args=(bot, watched, over))]
    for thread in threads:
        thread.start()
    try:
        yield watched
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _ask(bot: Running, watched: Watched, over: threading.Event, start: float, numbers: Iterator[int]) -> None:
    """Send a command at each moment of the rhythm. A wait is counted from that moment on, also if it came too late."""
    for number in numbers:
        planned = start + number * EVERY
        if over.wait(max(planned - time.monotonic(), 0)):
            return
        try:
            with Connection(bot.port, PATIENCE) as connection:
                connection.exchange(signed(form("myrole", members.name(number % FEW), WORKSPACE).encode()))
        except (OSError, AssertionError):
            watched.failed += 1
        watched.commands.append(time.monotonic() - planned)


def _look(bot: Running, watched: Watched, over: threading.Event) -> None:
    while not over.wait(BEAT):
        before, answered = time.monotonic(), False
        while not (answered or over.is_set()):
            with contextlib.suppress(OSError, AssertionError), Connection(bot.port, PATIENCE) as connection:
                connection.answer(PROBE)
                answered = True
        watched.beats.append(time.monotonic() - before)
