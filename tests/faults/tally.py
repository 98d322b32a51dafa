"""One run of a proof, and what it counted."""

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
