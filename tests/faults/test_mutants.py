"""Mutants and kill points name existing verbs. A patch or a kill without effect would make a proof worthless."""

import ast
import inspect
from pathlib import Path

import pytest

from tests.faults import fleet, mutants, refresh, steps
from tests.faults.kill_points import KillPoint, name_of
from tests.faults.processes import Processes
from tests.faults.stage import Databases
from tests.faults.tally import Case

POINTS = [
    *steps.IN_WORKER.values(),
    *(point for point in steps.SETTLING if isinstance(point, KillPoint)),
    *(point for point, _ in refresh.POINTS.values() if isinstance(point, KillPoint)),
    *fleet.IN_BOT,
    *fleet.IN_WORKER,
]


def test_a_kill_point_is_a_public_verb() -> None:
    for point in POINTS:
        module, _, name = name_of(point.verb).rpartition(".")
        assert module.startswith(("bot.coach.", "bot.outbox.", "bot.store.")), point
        assert not name.startswith("_"), point
        assert next(iter(inspect.signature(point.verb).parameters)) == "tx", point


def test_only_public_names_are_patched() -> None:
    tree = ast.parse(Path(inspect.getfile(mutants)).read_text())
    private = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__")
        if node.attr != "_replace"  # which is public: the underscore keeps it apart from a named tuple's fields
        if ast.unparse(node.value) != "self"
    ]
    assert private == []


async def test_a_run_in_which_the_kill_never_struck_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_verb() -> None:
        """Do nothing: only its name is used."""

    monkeypatch.setattr(steps, "STRIKES_WITHIN", 0.1)
    monkeypatch.setitem(steps.IN_WORKER, "before the claim", KillPoint(no_such_verb, "before"))
    async with Databases.opened(("sqlite",)) as databases, Processes.opened() as processes:
        result = await steps.run(Case("steps", 1, "sqlite", "before the claim"), databases, processes)
    assert result.broken == [steps.NEVER_STRUCK]
