"""The proofs: which promise each is about, how many runs it takes, and what varies between them."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from tests.faults import kills
from tests.faults.nursery import Nursery
from tests.faults.stage import Databases
from tests.faults.tally import Case, Result

Run = Callable[[Case, Databases, Nursery], Awaitable[Result]]


@dataclass(frozen=True)
class Proof:
    """`short`, `long` and `mutant` count runs; `abouts` are what they take turns at."""

    name: str
    promise: str
    run: Run
    short: int
    long: int
    mutant: int = 0
    at_once: int = 8
    abouts: tuple[str, ...] = ("",)
    databases: tuple[str, ...] = ("sqlite", "postgresql")

    def cases(self, runs: int, databases: tuple[str, ...], seed: int, mutant: str | None = None) -> Iterator[Case]:
        """So many, the databases and what they are about in turn."""
        kinds = [kind for kind in databases if kind in self.databases] or self.databases
        for number in range(runs):
            kind = kinds[number % len(kinds)]
            about = self.abouts[number // len(kinds) % len(self.abouts)]
            yield Case(self.name, seed + number, kind, about, mutant)


_PROOFS = (
    Proof("kills", "P1, P2: SIGKILL at random moments, 5 % of answers lost", kills.run, 4, 1000, 12, at_once=12),
)

PROOFS = {proof.name: proof for proof in _PROOFS}
