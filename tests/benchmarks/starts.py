"""T3 and E: time and memory until a bot is ready, and what reading the content costs."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import yaml

from tests.benchmarks import databases, members, start
from tests.benchmarks.answers import TEXTBOOK
from tests.benchmarks.figures import Figure, in_turn, ratio
from tests.benchmarks.minimal_slack import minimal_slack
from tests.benchmarks.processes import Running, ran, running

FILL, IMPORT = "tests.benchmarks.peers.fill", "tests.benchmarks.peers.import_same"
AHEAD = timedelta(days=3)  # when the first tip is due: none while this measures
MEMBERS, MILLISECONDS = 100_000, 1_000
MAX_MODULES = 180
LEARNS = 5  # seconds until the bot, which is ready before that, has learned to hear
OWN = ("bot", "jobs")
# What each sets, in how many rounds it is measured, and the most of its time and of its memory.
PEERS: tuple[tuple[str, dict[str, str], int, float, float], ...] = (
    ("the textbook bot, jobs in its database", {}, 2, 1.25, 1.25),
    ("the textbook bot, jobs created at each start", {"JOB_STORE": "memory"}, 1, 1 / 15, 1 / 4),
)


class _Starts:
    """Starts a server again and again. Remembers when it was ready, and its memory once it `learns` no more."""

    def __init__(self, start: Callable[[], contextlib.AbstractContextManager[Running]], *, learns: float = 0) -> None:
        self._start, self._learns = start, learns
        self.ready: list[float] = []
        self.memory: list[float] = []

    def once(self) -> float:
        before = time.perf_counter()
        with self._start() as server:
            self.ready.append((time.perf_counter() - before) * MILLISECONDS)
            time.sleep(self._learns)
            self.memory.append(server.memory())
        return self.ready[-1]


def with_members() -> Iterator[Figure]:
    """Measure T3, on SQLite: the bot, and the textbook bot with both ways of its scheduler's documentation."""
    with minimal_slack() as slack:
        scratch, first = slack.scratch, datetime.now(UTC) + AHEAD
        theirs = slack.environment(DATABASE_URL=f"sqlite:///{scratch}/theirs.db")
        with ThreadPoolExecutor() as pool:
            filled = pool.submit(ran, scratch, FILL, str(MEMBERS), str(first.timestamp()), "0", env=theirs)
            address = databases.sqlite(scratch / "ours.db")
            databases.insert(address, members.gather(MEMBERS, first=first))
            filled.result()
        ours = slack.environment(DATABASE_URL=address)
        bot = _Starts(lambda: running(scratch, "bot", "run", env=ours), learns=LEARNS)
        for name, more, rounds, max_time, max_memory in PEERS:

            def started(more: Mapping[str, str] = more) -> contextlib.AbstractContextManager[Running]:
                return running(scratch, TEXTBOOK, env={**theirs, **more})

            peer, about = _Starts(started), f"{MEMBERS:,} members with a weekly tip, SQLite"
            in_turn(rounds, *(side.once for side in (bot, peer) if len(side.ready) < rounds))
            yield ratio("T3", (f"ready, {about}", bot.ready[:rounds]), (name, peer.ready), "ms", max_time)
            yield ratio("T3", (f"memory, {about}", bot.memory[:rounds]), (name, peer.memory), "MB", max_memory)


def alone() -> Iterator[Figure]:
    """Measure E1: from the command line to the first answer, against importing the same; count its own modules."""
    with minimal_slack() as slack:
        scratch, environment = slack.scratch, slack.environment()
        names = scratch / "modules"
        with running(scratch, "tests.benchmarks.watched", str(names), env=environment):
            pass  # it has made the database, and lists its modules as it stops
        bot = _Starts(lambda: running(scratch, "bot", "run", env=environment))
        imports = _Starts(lambda: running(scratch, IMPORT, str(names), env={}))
        ours, theirs = in_turn(3, bot.once, imports.once)
        loaded = names.read_text().split()
    modules = f"importing the same {len(loaded)} modules"
    yield ratio("E1", ("python -m bot run, until it answers", ours), (modules, theirs), "ms", 1.25)
    own = [name for name in loaded if name.partition(".")[0] in OWN]
    yield Figure("E1", "own modules loaded at a start", [len(own)], "", limit=MAX_MODULES)


def content() -> Iterator[Figure]:
    """Measure E2: reading and strictly checking the whole content, against `yaml.safe_load` of the same files."""
    texts = [path.read_text() for path in sorted(start.FOLDER.rglob("*.yaml"))]

    def took(work: Callable[[], object]) -> float:
        before = time.process_time()
        work()
        return (time.process_time() - before) * MILLISECONDS

    ours, theirs = in_turn(
        2, lambda: took(start.load_content), lambda: took(lambda: [yaml.safe_load(text) for text in texts])
    )
    about = f"reading and checking {len(texts)} files of content"
    yield ratio("E2", (about, ours), ("yaml.safe_load of them", theirs), "ms of processor time", 1 / 4)
