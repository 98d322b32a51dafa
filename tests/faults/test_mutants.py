"""A kill without effect would make a proof worthless."""

import pytest

from tests.faults import steps
from tests.faults.kill_points import KillPoint
from tests.faults.processes import Processes
from tests.faults.stage import Databases
from tests.faults.tally import Case


async def test_a_run_in_which_the_kill_never_struck_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_verb() -> None:
        """Do nothing: only its name is used."""

    monkeypatch.setattr(steps, "STRIKES_WITHIN", 0.1)
    monkeypatch.setitem(steps.IN_WORKER, "before the claim", KillPoint(no_such_verb, "before"))
    async with Databases.opened(("sqlite",)) as databases, Processes.opened() as processes:
        result = await steps.run(Case("steps", 1, "sqlite", "before the claim"), databases, processes)
    assert result.broken == [steps.NEVER_STRUCK]
