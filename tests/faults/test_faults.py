"""The short form of each proof, side by side, on one kind of database; `python -m tests.faults --long` says more.

Worker and outbox are killed on SQLite by `kills`, on PostgreSQL by `kills-installed`; `forgotten` has both too.
"""

import pytest

from tests.faults import challenges, local_time, ready, steps
from tests.faults.judge import Told, Unnamed, told
from tests.faults.kill_points import KillPoint
from tests.faults.processes import Processes
from tests.faults.proofs import PROOFS, run_cases
from tests.faults.stage import OF_ONE, TWO_INSTALLED, Databases
from tests.faults.tally import Case, Result

SQLITE, POSTGRES = "sqlite", "postgresql"
CASES = [
    *(Case(name, 1, SQLITE) for name in ("kills", "answers", "simulation")),
    *(Case(name, 2, POSTGRES) for name in ("opt-out", "forgotten", "plans")),
    Case("clicks", 2, POSTGRES, "40"),
    Case("steps", 2, POSTGRES, "mid-request"),
    Case("refresh", 1, POSTGRES, "while Slack answers, taken over too late"),
    Case("lost-answers", 1, SQLITE, "close, im:history held"),
    Case("lost-answers", 2, POSTGRES, "slow, without im:history"),
    Case("storms", 1, POSTGRES, "15 members"),
    Case("kills-installed", 1, POSTGRES, TWO_INSTALLED),
    Case("forgotten-installed", 1, SQLITE, OF_ONE),
    Case("year", 1, SQLITE, "7 days"),
    Case("shown", 1, SQLITE, "2 histories"),
    Case("local-time", 1 + local_time.ZONES.index("America/Nuuk"), SQLITE),
    Case("observer", 9, SQLITE),
    Case("challenges", 3, SQLITE, challenges.ABOUTS[0]),
    Case("installations", 1, POSTGRES, "40 days"),
    Case("isolation", 2, POSTGRES, "40 acts"),
    Case("ready", 1, SQLITE, "deleted"),
]
ALONE = {"strangers", "outage"}  # `test_strangers.py`; and only as a program, as each run takes a minute
AT_ONCE = 10
READY_WITHIN = 200.0  # seconds; ten at once make the machine slow, and the program measures the promised time


@pytest.mark.timeout(1800)  # seconds, on a busy machine
async def test_every_promise_is_kept(postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "WITHIN", READY_WITHIN)
    assert {case.proof for case in CASES} == PROOFS.keys() - ALONE
    cases = [(PROOFS[case.proof], case) for case in CASES]
    results: list[Result] = []
    await run_cases(cases, results, AT_ONCE, postgres_server)
    broken = [f"{result.name}: {each}" for result in results for each in result.broken]
    assert not broken, "\n".join(broken)


async def test_a_run_in_which_the_kill_never_struck_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill without effect would make a proof worthless."""

    def no_such_verb() -> None:
        """Do nothing: only its name is used."""

    monkeypatch.setattr(steps, "STRIKES_WITHIN", 0.1)
    monkeypatch.setitem(steps.IN_WORKER, "before the claim", KillPoint(no_such_verb, "before"))
    async with Databases.opened(("sqlite",)) as databases, Processes.opened() as processes:
        result = await steps.run(Case("steps", 1, "sqlite", "before the claim"), databases, processes)
    assert result.broken == [steps.NEVER_STRUCK]


# The judge of `observer` finds what is told, and nothing where nothing is.

WHAT = ("did nothing", "did something else", "did it")


def people(first: int, last: int) -> frozenset[str]:
    return frozenset(f"U{number}" for number in range(first, last))


@pytest.mark.parametrize(
    ("numbers", "groups", "says"),
    [
        (((None, 0),), [people(0, 20)], ""),
        (((5, 10),), [people(0, 20)], ""),
        (((15, 15),), [people(0, 23)], ""),
        (((5, 5), (5, 5)), [people(0, 24), people(1, 24)], ""),
        (((5, 5), (None, 5)), [people(0, 24), people(1, 24)], "1 of 1 did nothing"),  # a week is taken twice
        (((7, 10),), [people(0, 20)], "exactly so many did it: 7"),  # not rounded
        (((5, 5),), [people(0, 18)], "4 of 18 did nothing"),  # too few people
        (((20, 20),), [people(0, 24)], "nothing that can have happened"),  # all did something
    ],
)
def test_the_judge_finds_what_is_told_and_nothing_in_rounded_numbers_of_one_week(
    numbers: tuple[tuple[int | None, int], ...], groups: list[frozenset[str]], says: str
) -> None:
    found = "\n".join(told(WHAT, groups, Told("did it", numbers)))
    assert says in found if says else not found


def test_an_unnamed_line_tells_who_wrote_it_where_only_few_may_have() -> None:
    what = ("shared none", "shared one")
    assert "exactly so many did it: 1" in "\n".join(told(what, [people(0, 6)], Unnamed(named=5)))
    assert list(told(what, [people(0, 12)], Unnamed(named=5))) == []
