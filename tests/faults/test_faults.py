"""The short form of each proof: a few runs, side by side; `python -m tests.faults --long` says more."""

import asyncio
from collections.abc import Mapping

import pytest

from tests.faults import ready
from tests.faults.proofs import PROOFS
from tests.faults.running import run_cases
from tests.faults.tally import Case, Memory, Result

pytestmark = pytest.mark.timeout(1800)  # seconds, on a busy machine: the first test waits for all proofs

SHORT = {
    "kills": 2,
    "steps": 5,
    "refresh": 4,
    "lost-answers": 4,
    "opt-out": 2,
    "plans": 2,
    "forgotten": 2,
    "kills-installed": 1,
    "forgotten-installed": 1,
    "clicks": 2,
    "answers": 2,
    "challenges": 2,
    "simulation": 1,
    "local-time": 1,
    "edge": 1,
    "ready": 11,
}
SMALL = [
    ("tokens", "30"),
    ("fan-out", "60 members"),
    ("storms", "60 members"),
    ("year", "14 days"),
]  # of what takes long when whole
ISOLATION = [Case("isolation", 1, "sqlite", "60 acts"), Case("isolation", 2, "postgresql", "60 acts")]
AT_ONCE = 10
READY_WITHIN = 200.0  # seconds


def _cases() -> list[Case]:
    cases = [case for name, runs in SHORT.items() for case in PROOFS[name].cases(runs, ("sqlite", "postgresql"), 1)]
    return cases + [Case(name, 1, "sqlite", about) for name, about in SMALL] + ISOLATION


@pytest.fixture(scope="module")
def results(postgres_server: str) -> Mapping[str, list[Result]]:
    """Run all proofs in one go, as most of their time is waiting.

    Ten at once make the machine slow, so `ready` gets more time here. The program measures the promised time.
    """
    cases = [(PROOFS[case.proof], case) for case in _cases()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ready, "WITHIN", READY_WITHIN)
        found = asyncio.run(run_cases(cases, Memory(None), AT_ONCE, postgres_server))
    return {name: [each for each in found if each.name.partition(" · ")[0] == name] for name in PROOFS}


@pytest.mark.parametrize("name", [name for name in PROOFS if name not in {"strangers", "outage"}])  # which run alone
def test_a_promise_is_kept(name: str, results: Mapping[str, list[Result]]) -> None:
    assert results[name], "nothing ran"
    assert [each for result in results[name] for each in result.broken] == []
