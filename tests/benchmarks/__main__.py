"""Measures how fast the real bot is: `python -m tests.benchmarks [NAME …] [--json] [--quick]`.

Each target is a ratio of two things that are measured in turn in the same run, so that a busy machine slows both.
Needs no network but loopback, and ends by itself.
"""

import argparse
import contextlib
import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from tests import postgres
from tests.benchmarks import (
    a_answers,
    b_challenge,
    c_planning,
    d_pipeline,
    databases,
    e_start,
    f_home,
    g_flood,
    h_neighbour,
    open_homes,
    p_commands,
    p_due,
    p_kills,
    p_posts,
    p_ready,
    s_scale,
)
from tests.benchmarks.figures import Figure, Pace, side_by_side
from tests.benchmarks.machine import machine

Benchmark = Callable[[Pace], Iterator[Figure]]

BENCHMARKS: dict[str, Benchmark] = {
    "A1": a_answers.hello,
    "A2": a_answers.myrole,
    "A3": a_answers.one_at_a_time,
    "A4": a_answers.work_per_command,
    "B1": b_challenge.click,
    "B2": b_challenge.all_at_once,
    "C1": c_planning.one_statement,
    "C2": c_planning.any_size,
    "C3": c_planning.firing,
    "D1": d_pipeline.pipeline,
    "D2": d_pipeline.limited,
    "E1": e_start.start,
    "E2": e_start.content_check,
    "F1": f_home.fullest,
    "F2": open_homes.while_it_counts,
    "G1": g_flood.flood,
    "G2": g_flood.flood_of_messages,
    "H1": h_neighbour.beside_a_busy_one,
    "P1": p_commands.commands,
    "P2": p_posts.posts,
    "P3": p_ready.ready,
    "P4": p_due.all_due,
    "P5": p_kills.kills,
    "S": s_scale.scale,
}
BY_NAME = {"S"}  # takes many minutes: runs only where it is named
MOSTLY_WAIT = {
    "B2",
    "D2",
}  # measured at the same time: they use a tenth of the two cores, and measure no processor time
ALL_WITHIN = 12 * 60  # seconds, without names, on two cores with nothing else to do


@dataclass(slots=True)
class Run:
    """One run of some benchmarks, and the seconds that each of them took."""

    names: list[str]
    pace: Pace
    seconds: dict[str, float] = field(default_factory=dict)

    def figures(self) -> Iterator[Figure]:
        """Measure one after the other, and yield each figure as soon as it is there."""
        for names in self.turns():
            before = time.monotonic()
            yield from _measured(names, self.pace)
            self.seconds[" + ".join(names)] = time.monotonic() - before

    def turns(self) -> Iterator[list[str]]:
        """Yield what is measured next: one benchmark, or those together that mostly wait."""
        together = [name for name in self.names if name in MOSTLY_WAIT]
        for name in self.names:
            if name not in together:
                yield [name]
            elif name == together[0]:
                yield together

    def fields(self) -> dict[str, object]:
        """Return the seconds for machines; `limit` is None unless the promise is about this run."""
        return {"each": self.seconds, "all": self._all, "limit": self._limit, "load": os.getloadavg()[0]}

    def __str__(self) -> str:
        each = ", ".join(f"{name} {seconds:.0f}" for name, seconds in self.seconds.items())
        limit = "" if self._limit is None else f"   {'kept' if self._all <= self._limit else 'MISSED'}: {self._limit} s"
        return f"seconds    {each}; together {self._all:.0f}, load {os.getloadavg()[0]:.1f} at the end{limit}"

    @property
    def _all(self) -> float:
        return sum(self.seconds.values())

    @property
    def _limit(self) -> int | None:
        return ALL_WITHIN if self.names == chosen([]) and self.pace == Pace() else None


def _measured(names: list[str], pace: Pace) -> Iterable[Figure]:
    if len(names) == 1:
        return BENCHMARKS[names[0]](pace)
    with contextlib.suppress(postgres.Unavailable):
        databases.server()  # now, so that all of them use the same, and it ends with this process
    return itertools.chain(*side_by_side(*(partial(_figures, name, pace) for name in names)))


def _figures(name: str, pace: Pace) -> list[Figure]:
    return list(BENCHMARKS[name](pace))


def main(argv: list[str] | None = None) -> None:
    args = _parser().parse_args(argv)
    run = Run(chosen(args.names), Pace(is_quick=True, requests=20) if args.quick else Pace())
    if args.json:
        about = {"machine": machine(), "figures": [figure.fields() for figure in run.figures()]}
        _say(json.dumps({**about, "seconds": run.fields()}, indent=2))
        return
    for name, value in machine().items():
        _say(f"{name:<10} {value}")
    for figure in run.figures():
        _say(f"\n{figure}")
    _say(f"\n{run}")


def chosen(names: list[str]) -> list[str]:
    """Return the benchmarks that begin with one of these names; without names, all but those that run by name only."""
    if not names:
        return [name for name in BENCHMARKS if name not in BY_NAME]
    return [name for name in BENCHMARKS if name.startswith(tuple(names))]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=(__doc__ or "").partition(":")[0])
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        type=name_of,
        help=f"a letter, or one of {', '.join(BENCHMARKS)}; without names, all but S, which takes many minutes",
    )
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument(
        "--quick", action="store_true", help="a few requests only: shows that it works, measures nothing"
    )
    return parser


def name_of(typed: str) -> str:
    if not any(name.startswith(typed.upper()) for name in BENCHMARKS):
        raise argparse.ArgumentTypeError(f"{typed!r} is none of {', '.join(BENCHMARKS)}")
    return typed.upper()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
