"""The benchmarks run and report what they promise. No test decides whether anything is fast enough."""

import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import Run, chosen
from tests.benchmarks.a_answers import FLOOR
from tests.benchmarks.caller import Asked
from tests.benchmarks.cores import following, one_core
from tests.benchmarks.figures import Count, Pace, Ratio, Side, Spread, in_turn
from tests.benchmarks.minimal_slack import minimal_slack
from tests.benchmarks.processes import ROOT, running

PATIENCE = 300  # seconds; a busy machine is no fault


def run(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.benchmarks", *args]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.mark.timeout(2 * PATIENCE)  # it starts four servers
def test_a_quick_run_says_where_it_ran_and_what_it_found() -> None:
    done = run("A1", "A4", "E", "--quick", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert set(said["machine"]) == {"date", "machine", "cores", "python", "packages"}
    assert all(name in said["machine"]["packages"] for name in ("slack-bolt", "slack-sdk", "sqlalchemy", "uvicorn"))
    assert list(said["seconds"]["each"]) == ["A1", "A4", "E1", "E2"]
    assert said["seconds"]["all"] == pytest.approx(sum(said["seconds"]["each"].values()))
    by_target = {
        target: [each for each in said["figures"] if each["target"] == target] for target in ("A1", "A4", "E1", "E2")
    }
    for ratio in (*by_target["A1"], *by_target["E1"], *by_target["E2"]):
        assert all(0 < ratio[part]["low"] <= ratio[part]["high"] for part in ("ours", "theirs", "ratio"))
        assert ratio["ours"]["name"] != ratio["theirs"]["name"]
    assert len(by_target["E1"]) == 2
    (learn,) = [count for count in by_target["A4"] if count["name"].startswith("/roleshift learn")]
    assert learn["counted"]["commits"] == 1


@pytest.mark.timeout(2 * PATIENCE)  # it starts three servers
def test_a_click_is_compared_and_what_it_needs_is_counted() -> None:
    done = run("B1", "--quick", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)["figures"]
    assert [each["counted"]["commits"] for each in figures if "counted" in each] == [2, 1, 1]
    assert all(each["kept"] for each in figures if each.get("most"))
    assert sum("ratio" in each for each in figures) >= 2


@pytest.mark.timeout(2 * PATIENCE)  # it starts four servers
def test_a_team_that_clicks_at_once_loses_nothing_and_neither_does_a_fan_out_beside_it() -> None:
    done = run("B2", "D2", "--quick", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    rush, _, fan_out = said["figures"]
    assert list(said["seconds"]["each"]) == ["B2 + D2"]
    assert (fan_out["target"], fan_out["counted"]["doubled"]) == ("D2", 0)
    assert (rush["clicks"], rush["answered"], rush["stored"], rush["shown"]) == (30, 30, 30, 30)
    assert rush["limited"] > 0  # Slack would not say who each of them is


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    done = run("Z9")
    assert done.returncode == 2
    assert "A1, A2" in done.stderr


def test_each_side_is_measured_in_every_round_and_follows_each_other() -> None:
    clock = count()
    assert in_turn(3, *[lambda: float(next(clock))] * 3) == [[0, 5, 7], [1, 3, 8], [2, 4, 6]]


def test_what_mostly_waits_is_measured_together_in_the_place_of_the_first() -> None:
    assert list(Run(["A1", "B2", "C1", "D2", "E1"], Pace()).turns()) == [["A1"], ["B2", "D2"], ["C1"], ["E1"]]
    assert list(Run(["A1", "D2"], Pace()).turns()) == [["A1"], ["D2"]]


def test_only_a_whole_run_is_measured_against_its_promise() -> None:
    whole, part, quick = Run(chosen([]), Pace()), Run(chosen(["A"]), Pace()), Run(chosen([]), Pace(is_quick=True))
    for run in (whole, part, quick):
        run.seconds = {"A1": 400, "C2": 321}
    assert [run.fields()["limit"] for run in (whole, part, quick)] == [720, None, None]
    assert "A1 400, C2 321; together 721" in str(whole)
    assert ["MISSED" in str(run) for run in (whole, part, quick)] == [True, False, False]


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


@pytest.mark.timeout(2 * PATIENCE)  # it starts a server
def test_each_round_has_a_p50_beside_its_processor_time_and_the_warm_up_has_none(tmp_path: Path) -> None:
    with minimal_slack() as slack, running(tmp_path, FLOOR, env=slack.environment()) as server:
        asked = Asked(server, "", requests=2)
        costs = [asked.once() for _ in range(3)]
    assert len(asked.p50) == len(costs)
    assert min(*costs, *asked.p50) > 0


def test_a_ratio_is_the_median_of_the_rounds_not_of_the_sides() -> None:
    ratio = Ratio("T", Side("ours", [2, 40, 6]), Side("theirs", [1, 10, 6]), "µs", limit=2)
    assert ratio.spread == Spread(1.5, 2, 3)
    assert ratio.fields()["kept"] is True
    assert "kept: at most 2" in str(ratio)


def test_a_count_over_its_limit_is_missed() -> None:
    assert "MISSED: 2 statements" in str(Count("T", "/roleshift x", {"statements": 3}, {"statements": 2}))
