"""Measures how fast the real bot is: `python -m tests.benchmarks [TARGET …] [--quick]`.

Most targets are ratios of two things that are measured in turn in the same run, so that a busy machine slows both.
Needs no network but loopback, and ends by itself.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests import postgres
from tests.benchmarks import answers, kills, planning, starts, teams, tips, waits, workers
from tests.benchmarks.figures import QUICK, Figure, Pace

ALL_WITHIN = 5 * 60  # seconds, without names, on two cores with nothing else to do
PACKAGES = ("slack-bolt", "slack-sdk", "sqlalchemy", "uvicorn", "uvloop", "httptools", "aiohttp", "asyncpg")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What measures some targets. `is_long`: it takes many minutes, so it runs only where one of them is named."""

    targets: tuple[str, ...]
    measure: Callable[[Pace], Iterator[Figure]]
    is_long: bool = False

    def figures(self, pace: Pace) -> Iterator[Figure]:
        """Measure, as far as that is possible without a PostgreSQL if there is none."""
        try:
            yield from self.measure(pace)
        except postgres.Unavailable as reason:
            yield Figure("+".join(self.targets), f"no PostgreSQL: {reason}", [])


BENCHMARKS = (
    Benchmark(("T1",), answers.beside_textbook),
    Benchmark(("T2",), tips.beside_procrastinate),
    Benchmark(("T3",), starts.with_members),
    Benchmark(("T4",), waits.all_due),
    Benchmark(("T5",), kills.kills),
    Benchmark(("T6",), teams.large_workspace),
    Benchmark(("A4",), answers.work_per_command),
    Benchmark(("D2",), workers.limited),
    Benchmark(("E1",), starts.alone),
    Benchmark(("E2",), starts.content),
    Benchmark(("F",), waits.on_a_years_history),
    Benchmark(("F2",), waits.open_homes),
    Benchmark(("G",), waits.flood),
    Benchmark(("H1",), workers.beside_a_busy_one),
    Benchmark(("S",), planning.hundred_times_the_members, is_long=True),
)
TARGETS = [target for benchmark in BENCHMARKS for target in benchmark.targets]


def main(argv: list[str] | None = None) -> int:
    """Measure and print. Return 1 if a target was missed, unless nothing was measured."""
    args = _parser().parse_args(argv)
    started = time.monotonic()
    _say("\n".join(f"{name:<9} {value}" for name, value in _machine().items()) + "\n")
    figures: list[Figure] = []
    seconds = {}
    for benchmark in chosen(args.targets):
        before = time.monotonic()
        for figure in benchmark.figures(QUICK if args.quick else Pace()):
            figures.append(figure)
            _say(str(figure))
        seconds["+".join(benchmark.targets)] = time.monotonic() - before
    _say(_summary(figures, seconds, time.monotonic() - started, is_whole=not args.targets and not args.quick))
    return not args.quick and any(figure.kept is False for figure in figures)


def _machine() -> dict[str, str]:
    """Return the machine and the versions with which something is measured."""
    cpu = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in cpu if "model name" in line)
    processor = next(names, platform.machine())
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{processor}, {platform.system()} {platform.release()} {platform.machine()}",
        "cores": f"{os.cpu_count()}, load {os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    }


def _summary(figures: Sequence[Figure], seconds: dict[str, float], took: float, *, is_whole: bool) -> str:
    kept = [figure.kept for figure in figures if figure.kept is not None]
    each = ", ".join(f"{name} {second:.0f}" for name, second in seconds.items())
    limit = f" ({'kept' if took <= ALL_WITHIN else 'MISSED'}: {ALL_WITHIN} s)" if is_whole else ""
    load = f"load {os.getloadavg()[0]:.1f} at the end"
    return f"\n{sum(kept)} of {len(kept)} targets kept, in {took:.0f} s{limit}, {load}\nseconds: {each}"


def chosen(names: Sequence[str]) -> list[Benchmark]:
    """Return the benchmarks of targets that begin with one of these names; without names, all that are not long."""
    if not names:
        return [each for each in BENCHMARKS if not each.is_long]
    return [each for each in BENCHMARKS if any(target.startswith(tuple(names)) for target in each.targets)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=(__doc__ or "").partition(":")[0])
    help_ = f"a letter, or one of {', '.join(TARGETS)}; without names, all but S, which takes many minutes"
    parser.add_argument("targets", nargs="*", metavar="TARGET", type=_target, help=help_)
    parser.add_argument("--quick", action="store_true", help="a few requests only: shows that it works")
    return parser


def _target(typed: str) -> str:
    if not any(target.startswith(typed.upper()) for target in TARGETS):
        raise argparse.ArgumentTypeError(f"{typed!r} is none of {', '.join(TARGETS)}")
    return typed.upper()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
