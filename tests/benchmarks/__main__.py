"""Measures how fast the real bot is: `python -m tests.benchmarks [TARGET …]`.

Most targets are ratios of two things that are measured in turn in the same run, so that a busy machine slows both.
Needs no network but loopback, and ends by itself.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests import postgres
from tests.benchmarks import answers, kills, planning, starts, teams, tips, waits, workers
from tests.benchmarks.figures import Figure

Measure = Callable[[], Iterator[Figure]]

ALL_WITHIN = 5 * 60  # seconds, without names, on two cores with nothing else to do
PACKAGES = ("slack-bolt", "slack-sdk", "sqlalchemy", "uvicorn", "uvloop", "httptools", "aiohttp", "asyncpg")
BENCHMARKS: dict[str, Measure] = {
    "T1": answers.beside_textbook,
    "T2": tips.beside_procrastinate,
    "T3": starts.with_members,
    "T4": waits.all_due,
    "T5": kills.kills,
    "T6": teams.large_workspace,
    "A4": answers.work_per_command,
    "D2": workers.limited,
    "E1": starts.alone,
    "E2": starts.content,
    "F": waits.on_a_years_history,
    "F2": waits.open_homes,
    "G": waits.flood,
    "H1": workers.beside_a_busy_one,
    "S": planning.hundred_times_the_members,
}
WAITING = {"T6", "D2"}  # they wait more than they work, so they are measured side by side
LONG = "S"  # takes many minutes, so it is measured only where it is named


def main(argv: list[str] | None = None) -> int:
    """Measure and print. Return 1 if a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=(__doc__ or "").partition(":")[0])
    help_ = f"a letter, or one of {', '.join(BENCHMARKS)}; without names, all but {LONG}, which takes many minutes"
    parser.add_argument("targets", nargs="*", metavar="TARGET", type=_target, help=help_)
    targets = parser.parse_args(argv).targets
    cpu = Path("/proc/cpuinfo").read_text().partition("model name")[2].partition("\n")[0].lstrip("\t :")
    machine = f"{cpu}, {platform.system()} {platform.release()} {platform.machine()}, {os.cpu_count()} cores"
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    _say(f"{datetime.now(UTC):%Y-%m-%d %H:%M}, {machine}, load {os.getloadavg()[0]:.1f}")
    _say(f"Python {platform.python_version()}, {packages}\n")
    started, figures, seconds = time.monotonic(), list[Figure](), list[str]()

    def measure(target: str) -> None:
        before = time.monotonic()
        for figure in figures_of(target, BENCHMARKS[target]):
            figures.append(figure)
            _say(str(figure))
        seconds.append(f"{target} {time.monotonic() - before:.0f}")

    asked = [each for each in BENCHMARKS if (each.startswith(tuple(targets)) if targets else each != LONG)]
    for target in asked:
        if target not in WAITING:
            measure(target)
    with ThreadPoolExecutor() as pool:
        list(pool.map(measure, WAITING.intersection(asked)))
    kept, took = [figure.kept for figure in figures if figure.kept is not None], time.monotonic() - started
    limit = "" if targets else f" ({'kept' if took <= ALL_WITHIN else 'MISSED'}: {ALL_WITHIN} s)"
    _say(f"\n{sum(kept)} of {len(kept)} targets kept, in {took:.0f} s{limit}, load {os.getloadavg()[0]:.1f} at the end")
    _say(f"seconds: {', '.join(seconds)}")
    return not all(kept)


def figures_of(target: str, measure: Measure) -> Iterator[Figure]:
    """Measure, as far as that is possible without a PostgreSQL if there is none."""
    try:
        yield from measure()
    except postgres.Unavailable as reason:
        yield Figure(target, f"no PostgreSQL: {reason}", [])


def _target(typed: str) -> str:
    if not any(target.startswith(typed.upper()) for target in BENCHMARKS):
        raise argparse.ArgumentTypeError(f"{typed!r} is none of {', '.join(BENCHMARKS)}")
    return typed.upper()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
