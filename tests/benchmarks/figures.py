"""What was measured: values, and ratios of two things that are measured in turn, each with the most that is allowed."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

Side = tuple[str, Sequence[float]]  # one of the two things compared: its name, and its value in each round


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured once or in some rounds, and the most that the target allows. Its middle is what counts."""

    target: str
    about: str
    measured: Sequence[float]  # nothing where it could not be measured here
    unit: str = ""
    limit: float | None = None

    @property
    def kept(self) -> bool | None:
        return None if self.limit is None else median(self.measured) <= self.limit

    def __str__(self) -> str:
        value = f"{_spread(self.measured)} {self.unit}".rstrip() if self.measured else "skipped"
        most = "" if self.limit is None else f"≤ {_short(self.limit)} {'kept' if self.kept else 'MISSED'}"
        return f"{self.target:<4} {value:<28} {most:<14} {self.about}"


def ratio(target: str, ours: Side, theirs: Side, unit: str, limit: float) -> Figure:
    """Return ours to theirs, each round by itself."""
    about = " : ".join(f"{name} {_short(median(measured))}" for name, measured in (ours, theirs))
    measured = [a / b for a, b in zip(ours[1], theirs[1], strict=True)]
    return Figure(target, f"{about} {unit}", measured, limit=limit)


def in_turn(rounds: int, *sides: Callable[[], float]) -> list[list[float]]:
    """Measure A B C, B C A, …, so that each side follows each other. Return the values of each side by round."""
    gc.freeze()  # as the bot does once it has started
    found: list[list[float]] = [[] for _ in sides]
    for number in range(rounds):
        for place in range(len(sides)):
            turn = (number + place) % len(sides)
            found[turn].append(sides[turn]())
    return found


def _spread(values: Sequence[float]) -> str:
    """Return the middle, and the quartiles around it."""
    if len(values) == 1:
        return _short(values[0])
    low, _, high = quantiles(values, n=4, method="inclusive")
    return f"{_short(median(values))} ({_short(low)} to {_short(high)})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
