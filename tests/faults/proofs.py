"""The proofs: which promise each is about, how many runs it takes, what varies between them; and how they run."""

import asyncio
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

from tests.faults import (
    answers,
    challenges,
    clicks,
    forgotten,
    installations,
    isolation,
    kills,
    local_time,
    lost_answers,
    observer,
    opt_out,
    outage,
    plans,
    ready,
    refresh,
    shown,
    simulation,
    steps,
    storms,
    strangers,
    year,
)
from tests.faults.processes import Processes
from tests.faults.stage import OF_ONE, TWO_INSTALLED, Databases
from tests.faults.tally import Case, Result

SQLITE = ("sqlite",)


@dataclass(frozen=True)
class Proof:
    """`short`, `long` and `mutant` count runs; `abouts` are what they take turns at."""

    name: str
    module: ModuleType  # whose `run` is one run, and whose docstring begins with the promises
    short: int
    long: int
    mutant: int = 0
    at_once: int = 8
    abouts: tuple[str, ...] = ("",)
    long_abouts: tuple[str, ...] = ()  # where the long form takes turns at other things
    databases: tuple[str, ...] = ("sqlite", "postgresql")

    def cases(self, runs: int, databases: tuple[str, ...], seed: int, mutant: str | None = None) -> Iterator[Case]:
        kinds = [kind for kind in databases if kind in self.databases] or self.databases
        for number in range(runs):
            kind = kinds[number % len(kinds)]
            about = self.abouts[number // len(kinds) % len(self.abouts)]
            yield Case(self.name, seed + number, kind, about, mutant)


_INSTALLED = (TWO_INSTALLED, OF_ONE)
_FAULTS, _OUTAGES = ready.ABOUTS, outage.ABOUTS
_ATTACKS, _LONG_ATTACKS = strangers.SHORT_ABOUTS, strangers.LONG_ABOUTS
_PROOFS = (
    Proof("kills", kills, 4, 1000, 12, at_once=9),
    Proof("steps", steps, 10, 1000, at_once=9, abouts=steps.POINTS),
    Proof("refresh", refresh, 16, 160, abouts=refresh.ABOUTS),
    Proof("lost-answers", lost_answers, 16, 800, 8, at_once=10, abouts=lost_answers.ABOUTS),
    Proof("storms", storms, 1, 50, at_once=4, abouts=("1000 members",)),
    Proof("plans", plans, 4, 500, 4),
    Proof("opt-out", opt_out, 4, 100),
    Proof("forgotten", forgotten, 4, 1000, 6, at_once=4),
    Proof("kills-installed", kills, 5, 100, at_once=4, abouts=_INSTALLED),
    Proof("forgotten-installed", forgotten, 5, 100, at_once=4, abouts=_INSTALLED),
    Proof("simulation", simulation, 5, 5000, 10, at_once=2, databases=SQLITE),
    Proof("shown", shown, 1, 30, 1, at_once=2, abouts=(f"{shown.MOST} histories",), databases=SQLITE),
    Proof("year", year, 1, 10, at_once=2, abouts=("365 days",), databases=SQLITE),
    Proof("local-time", local_time, 2, len(local_time.ZONES), at_once=2, databases=SQLITE),
    Proof("observer", observer, 4, 1000, 20, at_once=12),
    Proof("clicks", clicks, 4, 100, 4, at_once=4),
    Proof("answers", answers, 10, 500, 4, at_once=4),
    Proof("challenges", challenges, 4, 200, 12, at_once=4, abouts=challenges.ABOUTS),
    Proof("installations", installations, 4, 200, 10, at_once=2, abouts=("60 days",)),
    Proof("isolation", isolation, 2, 20, 4, at_once=2, abouts=("300 acts",)),
    Proof("strangers", strangers, len(_ATTACKS), len(_ATTACKS), 0, 1, _ATTACKS, _LONG_ATTACKS, SQLITE),
    # The fault says which database it is about; this has a server started.
    Proof("ready", ready, len(_FAULTS), 20 * len(_FAULTS), at_once=3, abouts=_FAULTS, databases=("postgresql",)),
    Proof("outage", outage, len(_OUTAGES), 4 * len(_OUTAGES), 1, 1, _OUTAGES, databases=("durable postgresql",)),
)

PROOFS = {proof.name: proof for proof in _PROOFS}


async def run_cases(
    cases: Sequence[tuple[Proof, Case]], results: list[Result], at_once: int, postgres: str | None = None
) -> None:
    """Run cases, some side by side, and add their results as they come. Start a PostgreSQL server if none is named."""
    turn = asyncio.Semaphore(at_once)
    kinds = tuple({case.database for _, case in cases})
    async with Databases.opened(kinds, postgres) as databases, Processes.opened() as processes:

        async def prove(proof: Proof, case: Case) -> None:
            async with turn:
                try:
                    results.append(await proof.module.run(case, databases, processes))
                except Exception:  # noqa: BLE001 - whatever it was, this run has shown nothing
                    results.append(Result(case.name, {}, [f"did not run: {traceback.format_exc()}"]))

        await asyncio.gather(*(prove(proof, case) for proof, case in cases))
