"""Results of benchmarks: ratios of two things that are measured in turn, and counts."""

import gc
import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Protocol, Self, TypeVar

T = TypeVar("T")


class Figure(Protocol):
    """One finding; `str()` says it to people, `fields()` to machines."""

    def fields(self) -> dict[str, object]: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to measure: many short rounds, because other work on the machine comes and goes."""

    is_quick: bool = False  # shows that it works, measures nothing
    requests: int = 100  # of each side in a round

    def rounds(self, number: int) -> int:
        """Return how many rounds to measure, if a figure needs this many."""
        return 2 if self.is_quick else number


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of what was measured, and the quartiles around it."""

    low: float
    middle: float
    high: float

    @classmethod
    def over(cls, values: Sequence[float]) -> Self:
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, _, high = quantiles(values, n=4, method="inclusive")
        return cls(low, median(values), high)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two things compared."""

    name: str
    measured: Sequence[float]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours to theirs, each round by itself; `limit` is the most that the target allows, `goal` what would be better."""

    target: str
    ours: Side
    theirs: Side
    unit: str
    limit: float | None = None
    goal: float | None = None

    @property
    def spread(self) -> Spread:
        return Spread.over([a / b for a, b in zip(self.ours.measured, self.theirs.measured, strict=True)])

    def fields(self) -> dict[str, object]:
        sides = {
            name: {"name": side.name, **_spread(Spread.over(side.measured))}
            for name, side in (("ours", self.ours), ("theirs", self.theirs))
        }
        ratio, limits = _spread(self.spread), {"limit": self.limit, "goal": self.goal}
        return {"target": self.target, "unit": self.unit, **sides, "ratio": ratio, **limits, "kept": self._kept}

    @property
    def _kept(self) -> bool | None:
        return None if self.limit is None else self.spread.middle <= self.limit

    def __str__(self) -> str:
        ratio = self.spread
        limit = "" if self.limit is None else f"   {_verdict(self._kept)}: at most {self.limit:.4g}"
        goal = "" if self.goal is None else f", goal {self.goal:.4g}"
        head = f"{self.target}  {ratio.middle:.3f}  ({ratio.low:.3f}-{ratio.high:.3f}){limit}{goal}"
        return "\n".join([head, self._side(self.ours), f"{self._side(self.theirs)}   {len(self.ours.measured)} rounds"])

    def _side(self, side: Side) -> str:
        found = Spread.over(side.measured)
        return f"    {side.name:<62} {found.middle:>9.4g} ({found.low:.4g}-{found.high:.4g}) {self.unit}"


@dataclass(frozen=True, slots=True)
class Count:
    """How many of each thing were needed, and the most that the target allows."""

    target: str
    name: str
    counted: Mapping[str, int]
    most: Mapping[str, int]

    def fields(self) -> dict[str, object]:
        return {
            "target": self.target, "name": self.name, "counted": dict(self.counted), "most": dict(self.most),
            "kept": self._kept,
        }  # fmt: skip

    @property
    def _kept(self) -> bool | None:
        return all(self.counted[what] <= most for what, most in self.most.items()) if self.most else None

    def __str__(self) -> str:
        counted = ", ".join(f"{number} {what}" for what, number in self.counted.items())
        limit = ", ".join(f"{number} {what}" for what, number in self.most.items())
        return f"{self.target}  {self.name:<40} {counted}" + (f"   {_verdict(self._kept)}: {limit}" if limit else "")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A target that could not be measured here."""

    target: str
    why: str

    def fields(self) -> dict[str, object]:
        return {"target": self.target, "skipped": self.why, "kept": None}

    def __str__(self) -> str:
        return f"{self.target}  skipped: {self.why}"


def in_turn(rounds: int, *sides: Callable[[], float]) -> list[list[float]]:
    """Measure A B C, B C A, …, so that each side follows each other. Return the values of each side by round."""
    gc.freeze()  # as the bot does once it has started
    found: list[list[float]] = [[] for _ in sides]
    for number in range(rounds):
        for place in range(len(sides)):
            turn = (number + place) % len(sides)
            found[turn].append(sides[turn]())
    return found


def side_by_side(*measures: Callable[[], T]) -> list[T]:
    """Measure at the same time, each in a process of its own, what waits for most of its time. Return what they found.

    Each process is a copy of this one. What they find must be picklable.
    """
    with ProcessPoolExecutor(len(measures), multiprocessing.get_context("fork")) as pool:
        return [each.result() for each in [pool.submit(measure) for measure in measures]]


def _spread(spread: Spread) -> dict[str, object]:
    return {"low": spread.low, "median": spread.middle, "high": spread.high}


def _verdict(kept: bool | None) -> str:
    return "kept" if kept else "MISSED"
