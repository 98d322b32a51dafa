"""The benchmarks run and report what they promise. No test decides whether anything is fast enough."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests import postgres
from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import databases
from tests.benchmarks.cores import following, one_core
from tests.benchmarks.figures import Ratio, Side, Spread, Value, in_turn

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
def test_commands_tips_and_content_are_measured_in_the_real_bot(capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "A1", "A4", "D1", "E2")
    assert list(found) == ["A1", "A2", "A3", "A4", "D1", "E2"]
    for figure in [each for figures in found.values() for each in figures if "ratio" in each]:
        assert 0 < figure["ratio"]["low"] <= figure["ratio"]["high"], figure
    calls, _, commits = found["A4"]
    assert (calls["kept"], commits["median"]) == (True, 1)


def test_only_what_takes_minutes_has_to_be_named() -> None:
    unnamed = {target for each in benchmarks.chosen([]) for target in each.targets}
    assert set(benchmarks.TARGETS) - unnamed == {"C2", "S"}
    assert [each.targets for each in benchmarks.chosen(["A2", "S"])] == [("A1", "A2", "A3"), ("S",)]


def test_an_unknown_target_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        benchmarks.main(["Z9"])
    assert "T1, T2" in capsys.readouterr().err


def test_a_missed_target_is_named_and_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(_pace: object) -> Iterator[Value]:
        yield Value("T", "doubled", [3], "", limit=0)
        yield Value("T", "lost", [0], "", limit=0)

    monkeypatch.setattr(benchmarks, "BENCHMARKS", (benchmarks.Benchmark(("T",), measure),))
    assert benchmarks.main([]) == 1
    said = capsys.readouterr().out
    assert "1 of 2 targets kept" in said
    assert "(kept: 360 s)" in said
    assert [line.split() for line in said.splitlines() if line.startswith("T ")] == [
        ["T", "3", "≤", "0", "MISSED", "doubled"],
        ["T", "0", "≤", "0", "kept", "lost"],
    ]


def test_a_ratio_is_the_median_of_the_rounds_not_of_the_sides() -> None:
    ratio = Ratio("T", Side("ours", [2, 40, 6]), Side("theirs", [1, 10, 6]), "µs", limit=2)
    assert ratio.spread == Spread(1.5, 2, 3)
    assert ratio.kept is True
    assert str(ratio).split() == ["T", "2", "(1.5", "to", "3)", "≤", "2", "kept", "ours", "6", ":", "theirs", "6", "µs"]


def test_each_side_is_measured_in_every_round_and_follows_each_other() -> None:
    clock = count()
    assert in_turn(3, *[lambda: float(next(clock))] * 3) == [[0, 5, 7], [1, 3, 8], [2, 4, 6]]


def test_what_is_started_on_one_core_stays_there_and_a_server_is_moved_with_it() -> None:
    before, ask = os.sched_getaffinity(0), [sys.executable, "-c", "import os; print(os.sched_getaffinity(0))"]
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as server:
        try:
            with following(server.pid):
                with one_core() as core:
                    assert os.sched_getaffinity(0) == os.sched_getaffinity(server.pid) == {core}
                    assert subprocess.run(ask, capture_output=True, text=True, check=True).stdout == f"{{{core}}}\n"
                assert os.sched_getaffinity(0) == os.sched_getaffinity(server.pid) == before
        finally:
            server.kill()
