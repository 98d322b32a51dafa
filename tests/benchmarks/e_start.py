"""E: what a start costs, compared with importing the same modules, and what checking the content costs."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from bot.content import library
from tests.benchmarks.figures import Figure, Pace, Ratio, Side, in_turn
from tests.benchmarks.minimal_slack import minimal_slack
from tests.benchmarks.processes import Running, running

LIST, IMPORT = "tests.benchmarks.servers.list_modules", "tests.benchmarks.servers.import_same"
MILLISECONDS = 1_000
Start = Callable[[], contextlib.AbstractContextManager[Running]]


def start(pace: Pace) -> Iterator[Figure]:
    """Measure E1: from the command line to the first answer, with a migrated database, as after a restart."""
    with minimal_slack() as slack, tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder:
        scratch, environment = Path(folder), slack.environment()
        names = scratch / "modules"
        with running(scratch, LIST, str(names), env=environment):
            pass  # it has made the database, and lists its modules as it stops
        bot = Starts(lambda: running(scratch, "bot", "run", env=environment))
        imports = Starts(lambda: running(scratch, IMPORT, str(names), env={}))
        ours, theirs = in_turn(pace.rounds(6), bot.once, imports.once)
        modules = f"importing the same {len(names.read_text().split())} modules"
    yield Ratio("E1", Side("python -m bot run, until it answers", ours), Side(modules, theirs), "ms", limit=1.25)
    sides = Side("python -m bot run, when it answers", bot.memory), Side(modules, imports.memory)
    yield Ratio("E1", *sides, "MB at most", limit=1.15)


class Starts:
    """Starts a server again and again, and remembers how much memory and processor time it used each time."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self.memory: list[float] = []
        self.cpu: list[float] = []

    def once(self) -> float:
        before = time.perf_counter()
        with self._start() as server:
            took = time.perf_counter() - before
            self.memory.append(server.peak_memory())
            self.cpu.append(server.cpu() * MILLISECONDS)
        return took * MILLISECONDS


def content_check(pace: Pace) -> Iterator[Figure]:
    """Measure E2: reading and strictly checking the whole content, against PyYAML's `safe_load` of the same files."""
    files = [path.read_text() for path in sorted(library.FOLDER.rglob("*.yaml"))]
    ours, theirs = in_turn(pace.rounds(10), _cpu(library.load), _cpu(lambda: [yaml.safe_load(text) for text in files]))
    side = Side(f"library.load(), {len(files)} files, every check", ours)
    yield Ratio("E2", side, Side("yaml.safe_load of the same", theirs), "ms of processor time", limit=1 / 5)


def _cpu(work: Callable[[], object]) -> Callable[[], float]:
    def measure() -> float:
        before = time.process_time()
        work()
        return (time.process_time() - before) * MILLISECONDS

    return measure
