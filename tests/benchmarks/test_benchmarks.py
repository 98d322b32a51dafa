"""The benchmarks run and report what they promise. No test decides whether anything is fast enough."""

import pytest

from tests import postgres
from tests.benchmarks import databases
from tests.benchmarks.__main__ import chosen
from tests.benchmarks.figures import QUICK

PATIENCE = 600  # seconds; a busy machine is no fault


@pytest.mark.timeout(PATIENCE)
def test_commands_are_measured_in_the_real_bot_beside_a_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise postgres.Unavailable("a server of its own would take seconds")

    monkeypatch.setattr(databases, "server", none)
    (menu, reads, floor, skipped), (calls, _, commits) = (
        list(benchmark.figures(QUICK)) for benchmark in chosen(["A1", "A4"])
    )
    assert [each.target for each in (menu, reads, floor, skipped, calls)] == ["A1", "A2", "A3", "A1+A2+A3", "A4"]
    assert all(each > 0 for figure in (menu, reads, floor) for each in figure.measured)
    assert (calls.kept, list(commits.measured), skipped.kept) == (True, [1], None)
    assert "skipped" in str(skipped)
