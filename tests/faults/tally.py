"""The results of runs: count and report them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True)
class Case:
    """One run. The same values repeat it, except for how the machine schedules its processes."""

    proof: str
    seed: int
    database: str = "sqlite"
    about: str = ""
    mutant: str | None = None

    @property
    def name(self) -> str:
        parts = [self.proof, self.about, self.database, f"seed {self.seed}", self.mutant and f"mutant {self.mutant}"]
        return " · ".join(part for part in parts if part)


@dataclass
class Result:
    """What one run counted, and every way in which a promise was broken."""

    name: str
    counts: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


@dataclass
class Tally:
    proof: str
    runs: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    failed: int = 0

    @classmethod
    def of(cls, proof: str, results: Iterable[Result]) -> Self:
        tally = cls(proof)
        for result in results:
            tally.runs += 1
            tally.counts.update(result.counts)
            tally.failed += bool(result.broken)
            tally.broken += [f"{result.name}: {each}" for each in result.broken]
        return tally

    def lines(self) -> Iterator[str]:
        counts = ", ".join(f"{count:,} {what}" for what, count in self.counts.items())
        yield f"{self.proof}: {self.runs:,} runs, {self.failed} failed; {counts}"
        if not self.failed and self.runs:
            share = f" = {3 / self.runs:.2%}" if self.runs > 3 else ""
            yield f"  0 failures in {self.runs:,} runs bounds the rate at 3/{self.runs:,}{share} (95 %)"
        yield from (f"  BROKEN {each}" for each in self.broken)
