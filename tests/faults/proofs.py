"""The proofs: which promise each is about, how many runs it takes, what varies between them; and how they run."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.faults import (
    answers,
    challenges,
    clicks,
    forgotten,
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
    simulation,
    steps,
    storms,
    strangers,
    year,
)
from tests.faults.processes import Processes
from tests.faults.stage import OF_ONE, TWO_INSTALLED, Databases
from tests.faults.tally import Case, Result

Run = Callable[[Case, Databases, Processes], Awaitable[Result]]


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
    long_abouts: tuple[str, ...] = ()  # where the long form takes turns at other things
    databases: tuple[str, ...] = ("sqlite", "postgresql")

    def cases(self, runs: int, databases: tuple[str, ...], seed: int, mutant: str | None = None) -> Iterator[Case]:
        kinds = [kind for kind in databases if kind in self.databases] or self.databases
        for number in range(runs):
            kind = kinds[number % len(kinds)]
            about = self.abouts[number // len(kinds) % len(self.abouts)]
            yield Case(self.name, seed + number, kind, about, mutant)


INSTALLED = (TWO_INSTALLED, OF_ONE)
THOUSAND = ("1000 members",)
_PROOFS = (
    Proof("kills", "P1, P2: SIGKILL at random moments, 5 % of answers lost", kills.run, 4, 1000, 12, at_once=9),
    Proof("steps", "P1: SIGKILL at each of ten steps", steps.run, 10, 1000, abouts=steps.POINTS, at_once=9),
    Proof(
        "refresh",
        "P1: SIGKILL at each of eight steps of a token's refresh; taken over in time, or too late for Slack",
        refresh.run,
        16,
        160,
        abouts=refresh.ABOUTS,
    ),
    Proof(
        "lost-answers",
        "P1: eight kinds of lost answer, while looking up fails too",
        lost_answers.run,
        16,
        800,
        8,
        abouts=lost_answers.ABOUTS,
        at_once=10,
    ),
    Proof("storms", "P7, P9: 2 to 4 workers, 50 restarts, 429s", storms.run, 1, 50, at_once=4, abouts=THOUSAND),
    Proof("plans", "P1, P4: reminders planned, moved and given up, with kills and lost answers", plans.run, 4, 500, 4),
    Proof("opt-out", "P5: no at random moments of a fan-out", opt_out.run, 4, 100, at_once=8),
    Proof(
        "forgotten", "P13: forgotten or taken back at random moments, with kills", forgotten.run, 4, 1000, 6, at_once=4
    ),
    Proof("kills-installed", "P1, P2, P6: as kills, in two workspaces", kills.run, 5, 100, at_once=4, abouts=INSTALLED),
    Proof(
        "forgotten-installed",
        "P13, P6: as forgotten, in two workspaces with the same member ids",
        forgotten.run,
        5,
        100,
        at_once=4,
        abouts=INSTALLED,
    ),
    Proof(
        "simulation",
        "all: one process, a clock and a Slack of its own, 25 % faults; 2 seeds a run",
        simulation.run,
        5,
        5000,
        10,
        at_once=2,
        databases=("sqlite",),
    ),
    Proof(
        "year",
        "P1, P8: a year of 100 members in all zones, who behave in six ways; rhythm, questions, reminders, themes",
        year.run,
        1,
        10,
        at_once=2,
        abouts=("365 days",),
        databases=("sqlite",),
    ),
    Proof(
        "local-time",
        "P8: all IANA zones, 7 days, 4 times, 10 years; clock jumps",
        local_time.run,
        2,
        len(local_time.ZONES),
        at_once=2,
        databases=("sqlite",),
    ),
    Proof(
        "observer",
        "P17: histories of teams; an observer who compares all figures and knows who is in which team",
        observer.run,
        4,
        1000,
        40,
        at_once=2,
    ),
    Proof("clicks", "P3, P4: each click 1 to 4 times at once, with kills", clicks.run, 4, 100, 4, at_once=4),
    Proof(
        "answers",
        "P15: each event of a direct message in 1 to 4 copies, with kills, 5 % of answers lost",
        answers.run,
        10,
        500,
        4,
        at_once=4,
    ),
    Proof(
        "challenges",
        "P3, P4, P7: a challenge from its double press to its recap, with kills",
        challenges.run,
        4,
        200,
        12,
        at_once=4,
        abouts=challenges.ABOUTS,
    ),
    Proof(
        "isolation",
        "P6: three workspaces with the same member ids, each with a canary, through the real edge",
        isolation.run,
        2,
        20,
        4,
        at_once=2,
        abouts=("300 acts",),
    ),
    Proof(
        "strangers",
        "P14: seven attacks without the secret; each alone, as they are measured",
        strangers.run,
        len(strangers.SHORT_ABOUTS),
        len(strangers.LONG_ABOUTS),
        at_once=1,
        abouts=strangers.SHORT_ABOUTS,
        long_abouts=strangers.LONG_ABOUTS,
        databases=("sqlite",),
    ),
    Proof(
        "ready",
        "P16: /readyz through each fault and its end; the clock moved both ways",
        ready.run,
        len(ready.ABOUTS),
        20 * len(ready.ABOUTS),
        at_once=3,
        abouts=ready.ABOUTS,
        databases=("postgresql",),  # the fault says which it is about; this has a server started
    ),
    Proof(
        "outage",
        "P1, P3, P16: PostgreSQL crashes, freezes or fails over under load; back after 20 s",
        outage.run,
        len(outage.ABOUTS),
        4 * len(outage.ABOUTS),
        1,
        at_once=1,
        abouts=outage.ABOUTS,
        databases=("durable postgresql",),  # a server of its own
    ),
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
                    results.append(await proof.run(case, databases, processes))
                except Exception:  # noqa: BLE001 - whatever it was, this run has shown nothing
                    results.append(Result(case.name, {}, [f"did not run: {traceback.format_exc()}"]))

        await asyncio.gather(*(prove(proof, case) for proof, case in cases))
