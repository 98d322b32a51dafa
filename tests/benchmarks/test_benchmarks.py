"""The benchmarks run and report what they promise. No test decides whether anything is fast enough."""

import json
from typing import Any

import pytest

from tests import postgres
from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import databases

PATIENCE = 600  # seconds; a busy machine is no fault


@pytest.fixture
def sqlite_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the benchmarks find no PostgreSQL: a server of their own would take seconds."""

    def none() -> None:
        raise postgres.Unavailable("not for this test")

    monkeypatch.setattr(databases, "server", none)


def run(capsys: pytest.CaptureFixture[str], *targets: str) -> dict[str, list[dict[str, Any]]]:
    assert benchmarks.main([*targets, "--quick", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert set(said["about"]) == {"date", "machine", "cores", "python", "packages"}
    found: dict[str, list[dict[str, Any]]] = {}
    for figure in said["figures"]:
        found.setdefault(figure["target"], []).append(figure)
    return found


@pytest.mark.timeout(PATIENCE)
@pytest.mark.usefixtures("sqlite_alone")
def test_commands_are_measured_in_the_real_bot_beside_a_peer(capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "A1", "A4")
    assert list(found) == ["A1", "A2", "A3", "A4"]
    for figure in [each for figures in found.values() for each in figures if "ratio" in each]:
        assert 0 < figure["ratio"]["low"] <= figure["ratio"]["high"], figure
    calls, _, commits = found["A4"]
    assert (calls["kept"], commits["median"]) == (True, 1)
