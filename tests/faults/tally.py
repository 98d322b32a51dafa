"""The results of runs: count and report them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


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


@dataclass(frozen=True)
class Tally:
    proof: str
    results: Sequence[Result]

    @property
    def failed(self) -> int:
        return sum(bool(result.broken) for result in self.results)

    @property
    def broken(self) -> list[str]:
        return [f"{result.name}: {each}" for result in self.results for each in result.broken]

    def lines(self) -> Iterator[str]:
        runs, counted = len(self.results), Counter[str]()
        for result in self.results:
            counted.update(result.counts)
        counts = ", ".join(f"{count:,} {what}" for what, count in counted.items())
        yield f"{self.proof}: {runs:,} runs, {self.failed} failed; {counts}"
        if not self.failed and runs:
            share = f" = {3 / runs:.2%}" if runs > 3 else ""
            yield f"  0 failures in {runs:,} runs bounds the rate at 3/{runs:,}{share} (95 %)"
        yield from (f"  BROKEN {each}" for each in self.broken)
