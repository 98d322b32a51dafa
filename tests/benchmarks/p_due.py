"""P4: what members wait for a command while thousands of weekly tips are due at once, and how long the loop stands."""

import contextlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from urllib.request import urlopen

from bot.content import library
from tests.benchmarks import databases, due
from tests.benchmarks.caller import Connection, signed
from tests.benchmarks.d_pipeline import SERVER
from tests.benchmarks.figures import Figure, Pace
from tests.benchmarks.minimal_slack import SECRET, form
from tests.benchmarks.p_commands import TEXTBOOK
from tests.benchmarks.p_ready import fill
from tests.benchmarks.processes import NotStarted, Running, running

MEMBERS, FEW = 5_000, 50
EVERY, ASKERS = 0.05, 8  # seconds from one command to the next; how many may wait for their answers at a time
BEAT, CHECK = 0.002, 0.25  # seconds between two looks at the loop; between two looks at the posts
IDLE, APART = 2.0, 1.0  # seconds during which nothing is due; between that time and the first tip of the peer
QUIET = 8.0  # seconds without a post, while the loop turns, after which no more is expected
PATIENCE = 120  # seconds for an answer
PACED_FOR = 15.0  # seconds for which the bot is watched with its limit: all tips would take 21 minutes
LEADS = tuple(timedelta(seconds=seconds) for seconds in (10, 25, 60, 120))  # for the peer to be filled and started in
MAX_STALL, MAX_P99, MS = 0.020, 0.050, 1000  # seconds
PROBE = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"


@dataclass(slots=True)
class Watched:
    """Seconds, as seen from outside the process."""

    commands: list[float] = field(default_factory=list)
    beats: list[float] = field(default_factory=list)  # how long a request waited that needs nothing but the loop
    computed: list[float] = field(default_factory=list)  # the processor time of the process meanwhile
    failed: int = 0


@dataclass(frozen=True, slots=True)
class AllDue:
    """What came of it."""

    name: str
    members: int
    posted: int
    seconds: float
    idle: Watched
    busy: Watched
    has_target: bool

    @property
    def p99(self) -> float:
        return quantiles(self.busy.commands, n=100, method="inclusive")[-1]

    @property
    def kept(self) -> bool | None:
        return max(self.busy.beats) <= MAX_STALL and self.p99 < MAX_P99 if self.has_target else None

    def fields(self) -> dict[str, object]:
        waits = {"p50": median(self.busy.commands), "p99": self.p99, "failed": self.busy.failed}
        stalls = {
            "longest": max(self.busy.beats), "computed": max(self.busy.computed), "idle": max(self.idle.beats),
        }  # fmt: skip
        posted = {"members": self.members, "posted": self.posted, "seconds": self.seconds}
        return {"target": "P4", "name": self.name, **posted, "commands": waits, "stalls": stalls, "kept": self.kept}

    def __str__(self) -> str:
        busy, target = self.busy, f"at most {MAX_STALL * MS:g} ms, p99 under {MAX_P99 * MS:g} ms"
        verdict = "" if self.kept is None else f"   {'kept' if self.kept else 'MISSED'}: {target}"
        stall, computed, idle = (_ms(max(each)) for each in (busy.beats, busy.computed, self.idle.beats))
        waits = f"{_ms(self.p99)} (p99), {_ms(median(busy.commands))} (p50), {len(busy.commands)} commands"
        posted = f"{self.posted:,} posted in {self.seconds:.1f} s"
        return (
            f"P4  {self.members:,} tips due at once, {self.name}: {posted}{verdict}\n"
            f"    the loop stood still for {stall} at most, {computed} of it computing; with nothing due for {idle}\n"
            f"    /roleshift myrole meanwhile: {waits}, {busy.failed} without an answer"
        )


def _ms(seconds: float) -> str:
    return f"{seconds * MS:,.1f} ms"


@dataclass(frozen=True, slots=True)
class Shares:
    """The bot's figures, as shares of the peer's."""

    ours: AllDue
    theirs: AllDue

    def fields(self) -> dict[str, object]:
        return {"target": "P4", "name": "ours to the textbook bot's", "stall": self._stall, "p99": self._p99}

    @property
    def _stall(self) -> float:
        return max(self.ours.busy.beats) / max(self.theirs.busy.beats)

    @property
    def _p99(self) -> float:
        return self.ours.p99 / self.theirs.p99

    def __str__(self) -> str:
        return f"P4  {self._stall:.4f} of the textbook bot's longest stall, {self._p99:.4f} of its p99"


def all_due(pace: Pace) -> Iterator[Figure]:
    """Measure P4, on SQLite, with the jobs in the process that answers."""
    members = FEW if pace.is_quick else MEMBERS
    with (
        tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder,
        running(Path(folder), SERVER, env={}) as slack,
    ):
        yield (ours := _bot(Path(folder), slack, members))
        yield _bot(Path(folder), slack, members, per_minute=100_000)
        yield (theirs := _peer(Path(folder), slack, members))
        yield Shares(ours, theirs)


def _environment(slack: Running, database: Path, **more: str) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "xoxb-bench", "SLACK_SIGNING_SECRET": SECRET, "ROLESHIFT_HOST": "127.0.0.1",
        "SLACK_API_URL": f"http://127.0.0.1:{slack.port}/api/", "DATABASE_URL": f"sqlite:///{database}", **more,
    }  # fmt: skip


def _bot(scratch: Path, slack: Running, members: int, per_minute: int | None = None) -> AllDue:
    """Measure the bot with the limit of posts that it comes with, or with another."""
    database, clock = scratch / f"ours-{per_minute}.db", scratch / "clock"
    with databases.loop() as loop:
        store = loop.run(databases.sqlite(database))
        loop.run(store.write(due.gather, library.load(), members))
        loop.run(store.close())
    _set(clock, due.FIRST - 10 * due.TICK)
    limits = {"ROLESHIFT_REQUESTS_PER_MINUTE": "1000000"}
    limits |= {"ROLESHIFT_SENDS_PER_MINUTE": str(per_minute)} if per_minute else {}
    environment = _environment(slack, database, ROLESHIFT_CLOCK=str(clock), **limits)
    name = "the bot without its limit of posts" if per_minute else "the bot as it comes, 240 posts a minute"
    with running(scratch, "bot", "run", env=environment) as bot:
        watch = _Watch(bot, slack, members, has_target=not per_minute, seconds=None if per_minute else PACED_FOR)
        return watch.run(name, lambda: _set(clock, due.FIRST + due.TICK))


def _set(clock: Path, now: datetime) -> None:
    """Move the clock. Replace the file at once, as the bot may read it at any moment."""
    new = clock.with_suffix(".new")
    new.write_text(str(int((now - datetime.now(UTC)).total_seconds())))
    new.replace(clock)


def _peer(scratch: Path, slack: Running, members: int) -> AllDue:
    """Measure the textbook bot. Its scheduler goes by the machine's clock, so it is filled and started before."""
    for lead in LEADS:
        environment = _environment(slack, scratch / f"theirs-{lead.seconds}.db")
        first = datetime.now(UTC) + lead
        fill(scratch, environment, members, first)
        with running(scratch, TEXTBOOK, env=environment) as peer:
            spare = (first - datetime.now(UTC)).total_seconds() - IDLE - APART
            if spare > 0:
                time.sleep(spare)
                return _Watch(peer, slack, members).run("the textbook bot", lambda: None)
    raise NotStarted("the machine is too busy to start the textbook bot within two minutes")


@dataclass(frozen=True, slots=True)
class _Watch:
    """Watches a bot while nothing is due, lets the tips come, and watches it until they are posted."""

    bot: Running
    slack: Running
    members: int
    has_target: bool = False
    seconds: float | None = None  # instead of until they are posted

    def run(self, name: str, come: Callable[[], None]) -> AllDue:
        """Return what was seen."""
        before = _posted(self.slack)
        with _watching(self.bot) as idle:
            time.sleep(IDLE)
        with _watching(self.bot) as busy:
            come()
            posted, took = self._wait(before, busy)
        return AllDue(name, self.members, posted, took, idle, busy, self.has_target)

    def _wait(self, before: int, busy: Watched) -> tuple[int, float]:
        """Return how many tips were posted, and within how many seconds, once no more are to come."""
        start = alive = last = time.monotonic()
        until, posted, turns = start + (self.seconds or PATIENCE), 0, 0
        while posted < self.members and time.monotonic() < min(alive + QUIET, until):
            time.sleep(CHECK)
            now, turned = _posted(self.slack) - before, len(busy.beats)
            if now > posted or turned == turns:  # it posts, or its loop stands still
                alive = time.monotonic()
            if now > posted:
                posted, last = now, alive
            turns = turned
        return posted, last - start


def _posted(slack: Running) -> int:
    with urlopen(f"http://127.0.0.1:{slack.port}/posted") as answer:
        return int(answer.read())


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
                connection.exchange(signed(form("myrole", f"U{number % FEW:07d}", due.WORKSPACE).encode()))
        except (OSError, AssertionError):
            watched.failed += 1
        watched.commands.append(time.monotonic() - planned)


def _look(bot: Running, watched: Watched, over: threading.Event) -> None:
    while not over.wait(BEAT):
        before, computed = time.monotonic(), bot.cpu()
        with contextlib.suppress(OSError, AssertionError), Connection(bot.port, PATIENCE) as connection:
            connection.answer(PROBE)
        watched.beats.append(time.monotonic() - before)
        watched.computed.append(bot.cpu() - computed)
