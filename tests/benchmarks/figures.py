"""What was measured: ratios of two things that are measured in turn, and values, each with the most that is allowed."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Protocol, Self


class Figure(Protocol):
    """One finding; `str()` says it to people, `fields()` to machines."""

    @property
    def kept(self) -> bool | None: ...

    def fields(self) -> dict[str, object]: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to measure: many short rounds, because other work on the machine comes and goes."""

    is_quick: bool = False  # shows that it works, measures nothing
    requests: int = 100  # of each side in a round

    def rounds(self, number: int) -> int:
        return 2 if self.is_quick else number


QUICK = Pace(is_quick=True, requests=20)


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

    def __str__(self) -> str:
        spread = "" if self.low == self.high else f" ({_short(self.low)} to {_short(self.high)})"
        return f"{_short(self.middle)}{spread}"

    def fields(self) -> dict[str, float]:
        return {"low": self.low, "median": self.middle, "high": self.high}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two things compared."""

    name: str
    measured: Sequence[float]

    def __str__(self) -> str:
        return f"{self.name} {_short(median(self.measured))}"


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours to theirs, each round by itself; `limit` is the most that the target allows."""

    target: str
    ours: Side
    theirs: Side
    unit: str
    limit: float | None = None

    @property
    def spread(self) -> Spread:
        return Spread.over([a / b for a, b in zip(self.ours.measured, self.theirs.measured, strict=True)])

    @property
    def kept(self) -> bool | None:
        return None if self.limit is None else self.spread.middle <= self.limit

    def fields(self) -> dict[str, object]:
        sides = {
            name: {"name": side.name, **Spread.over(side.measured).fields()}
            for name, side in (("ours", self.ours), ("theirs", self.theirs))
        }
        ratio = self.spread.fields()
        return {
            "target": self.target, "unit": self.unit, **sides, "ratio": ratio, "limit": self.limit, "kept": self.kept,
        }  # fmt: skip

    def __str__(self) -> str:
        return _line(self.target, str(self.spread), self.limit, self.kept, f"{self.ours} : {self.theirs} {self.unit}")


@dataclass(frozen=True, slots=True)
class Value:
    """Something measured once or in some rounds, and the most that the target allows."""

    target: str
    name: str
    measured: Sequence[float]
    unit: str
    limit: float | None = None

    @property
    def spread(self) -> Spread:
        return Spread.over(self.measured)

    @property
    def kept(self) -> bool | None:
        return None if self.limit is None else self.spread.middle <= self.limit

    def fields(self) -> dict[str, object]:
        spread = self.spread.fields()
        return {
            "target": self.target, "name": self.name, "unit": self.unit, **spread, "limit": self.limit,
            "kept": self.kept,
        }  # fmt: skip

    def __str__(self) -> str:
        return _line(self.target, f"{self.spread} {self.unit}".rstrip(), self.limit, self.kept, self.name)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A target that could not be measured here."""

    target: str
    why: str
    kept: bool | None = None

    def fields(self) -> dict[str, object]:
        return {"target": self.target, "skipped": self.why, "kept": None}

    def __str__(self) -> str:
        return _line(self.target, "skipped", None, None, self.why)


def in_turn(rounds: int, *sides: Callable[[], float]) -> list[list[float]]:
    """Measure A B C, B C A, …, so that each side follows each other. Return the values of each side by round."""
    gc.freeze()  # as the bot does once it has started
    found: list[list[float]] = [[] for _ in sides]
    for number in range(rounds):
        for place in range(len(sides)):
            turn = (number + place) % len(sides)
            found[turn].append(sides[turn]())
    return found


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _line(target: str, value: str, limit: float | None, kept: bool | None, about: str) -> str:
    most = "" if limit is None else f"≤ {_short(limit)} {'kept' if kept else 'MISSED'}"
    return f"{target:<4} {value:<28} {most:<14} {about}"
