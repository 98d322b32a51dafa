"""The report of the benchmark with many open Homes."""

import pytest

from tests.benchmarks.open_homes import Meanwhile
from tests.benchmarks.rush import Plan


@pytest.mark.parametrize(
    ("slow", "kept"), [([], True), ([0.5], True), ([0.5] * 3, False)], ids=["all-fast", "one-in-200", "three-in-200"]
)
def test_two_commands_in_a_hundred_that_are_slow_miss_the_target(slow: list[float], kept: bool) -> None:
    found = Meanwhile(Plan(), [0.004] * (200 - len(slow)) + slow, published=1_003, seconds=61.5)
    assert found.fields()["kept"] is kept
    assert ("MISSED" not in str(found)) is kept
    assert "1,000 members with Home open press *I did it* in 60 s" in str(found)
    assert "1003 views.publish, the last one 61.5 s after the first click" in str(found)
