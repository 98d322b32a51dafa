"""The report of the benchmark of a team that clicks at once. It never ignores a click that was lost."""

from dataclasses import replace
from typing import Any

import pytest

from tests.benchmarks.rush import Lost, Plan, Rush

UPDATES = [2, 5.5, 8.52, 12, 15.03, 45.04]
WHOLE = Rush("T", "SQLite", Plan(), 1000, 1000, 1000, updates=UPDATES, waits=[0.004, 0.01, 0.2], limited=1)


def test_a_rush_says_what_was_answered_stored_and_shown() -> None:
    WHOLE.check()
    assert "1000 answered, 1000 stored, 1000 shown at last   kept: all" in str(WHOLE)
    assert "6 chat.update, the first 5 3.02 s apart at least, later ones 30.01 s   kept: 3 s, then 30 s" in str(WHOLE)
    assert "acked after 10.0 ms (p50), 200 ms at most   kept: under 3 s" in str(WHOLE)
    assert WHOLE.fields()["kept"] is True


@pytest.mark.parametrize("lost", ["answered", "stored", "shown"])
def test_a_click_that_was_lost_ends_the_benchmark(lost: str) -> None:
    with pytest.raises(Lost, match=f"999 {lost}"):
        replace(WHOLE, **_but(lost, 999)).check()


@pytest.mark.parametrize(
    "change",
    [{"updates": [2, 4]}, {"updates": [*UPDATES, UPDATES[-1] + 29]}, {"waits": [0.01, 3.1]}],
    ids=["one of the first too soon", "a later one too soon", "late"],
)
def test_an_update_too_soon_and_an_answer_too_late_are_missed(change: dict[str, Any]) -> None:
    missed = replace(WHOLE, **change)
    missed.check()
    assert "MISSED" in str(missed)
    assert missed.fields()["kept"] is False


def _but(field: str, value: object) -> dict[str, Any]:
    return {field: value}


def test_how_far_updates_are_apart_is_not_judged_where_the_clock_was_moved() -> None:
    moved = replace(WHOLE, plan=Plan(skips=True), updates=[2, 3])
    assert moved.fields()["apart"] is None
    assert " apart" not in str(moved)
