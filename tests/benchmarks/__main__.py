"""Measures how fast the real bot is: `python -m tests.benchmarks [TARGET …] [--json] [--quick]`.

Each target is a ratio of two things that are measured in turn in the same run, so that a busy machine slows both.
Needs no network but loopback, and ends by itself.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.benchmarks import answers, due, homes, kills, planning, sizes, starts, teams, tips, workers
from tests.benchmarks.figures import QUICK, Figure, Pace
from tests.benchmarks.machine import machine

ALL_WITHIN = 6 * 60  # seconds, without names, on two cores with nothing else to do


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What measures some targets. `is_long`: it takes many minutes, so it runs only where one of them is named."""

    targets: tuple[str, ...]
    measure: Callable[[Pace], Iterator[Figure]]
    is_long: bool = False


BENCHMARKS = (
    Benchmark(("T1",), answers.beside_textbook),
    Benchmark(("T2",), tips.beside_procrastinate),
    Benchmark(("T3",), starts.with_members),
    Benchmark(("T4",), due.all_due),
    Benchmark(("T5",), kills.kills),
    Benchmark(("T6",), teams.large_workspace),
    Benchmark(("A1", "A2", "A3"), answers.beside_hello),
    Benchmark(("A4",), answers.work_per_command),
    Benchmark(("C1",), planning.one_statement),
    Benchmark(("C2",), planning.ten_times_the_members, is_long=True),
    Benchmark(("D1",), tips.beside_the_sdk),
    Benchmark(("D2",), workers.limited),
    Benchmark(("E1",), starts.alone),
    Benchmark(("E2",), starts.content),
    Benchmark(("F2",), homes.open_homes),
    Benchmark(("G",), homes.flood),
    Benchmark(("H1",), workers.beside_a_busy_one),
    Benchmark(("N",), sizes.sizes, is_long=True),
    Benchmark(("S",), planning.hundred_times_the_members, is_long=True),
)
TARGETS = [target for benchmark in BENCHMARKS for target in benchmark.targets]


def main(argv: list[str] | None = None) -> int:
    """Measure and print. Return 1 if a target was missed, unless nothing was measured."""
    args = _parser().parse_args(argv)
    about, started = {"date": datetime.now(UTC).isoformat(timespec="seconds"), **machine()}, time.monotonic()
    if not args.json:
        _say("\n".join(f"{name:<9} {value}" for name, value in about.items()) + "\n")
    figures, seconds = [], {}
    for benchmark in chosen(args.targets):
        before = time.monotonic()
        for figure in benchmark.measure(QUICK if args.quick else Pace()):
            figures.append(figure)
            if not args.json:
                _say(str(figure))
        seconds["+".join(benchmark.targets)] = time.monotonic() - before
    took = time.monotonic() - started
    if args.json:
        _say(json.dumps({"about": about, "figures": [each.fields() for each in figures], "seconds": seconds}, indent=2))
    else:
        _say(_summary(figures, seconds, took, is_whole=not args.targets and not args.quick))
    return not args.quick and any(figure.kept is False for figure in figures)


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
    help_ = f"a letter, or one of {', '.join(TARGETS)}; without names, all but C2, N and S, which take many minutes"
    parser.add_argument("targets", nargs="*", metavar="TARGET", type=_target, help=help_)
    parser.add_argument("--json", action="store_true", help="for machines")
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
