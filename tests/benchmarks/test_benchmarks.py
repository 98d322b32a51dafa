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
    (cpu, latency, skipped), (calls, _, commits) = (
        list(benchmark.figures(QUICK)) for benchmark in chosen(["T1", "A4"])
    )
    assert [each.target for each in (cpu, latency, skipped, calls)] == ["T1", "T1", "T1", "A4"]
    assert all(each > 0 for figure in (cpu, latency) for each in figure.measured)
    assert (calls.kept, list(commits.measured), skipped.kept) == (True, [1], None)
    assert "skipped" in str(skipped)
