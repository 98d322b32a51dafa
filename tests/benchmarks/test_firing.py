"""The reports of the planning benchmarks, and how to start them. No test decides whether they are fast enough."""

import argparse

import pytest

from tests.benchmarks.__main__ import name_of
from tests.benchmarks.firing import Beat, Stall


def test_a_stall_is_the_middle_one_of_the_longest_of_each_round() -> None:
    rounds = [[Beat(1, 1), Beat(longest, 5)] for longest in (10, 90, 15)]
    stall = Stall("T", "the loop", rounds, idle=[[Beat(0, 0), Beat(2, 0)]])
    assert stall.fields()["longest"] == 15
    assert stall.fields()["longest_computed"] == 5
    assert "kept: at most 1, of 20 ms" in str(stall)


def test_a_stall_over_its_limit_is_missed() -> None:
    stall = Stall("T", "the loop", [[Beat(1, 1), Beat(25, 5)]], idle=[[Beat(0, 0), Beat(2, 0)]])
    assert stall.fields()["kept"] is False
    assert "MISSED" in str(stall)


def test_a_letter_asks_for_all_of_its_targets() -> None:
    assert name_of("c") == "C"
    with pytest.raises(argparse.ArgumentTypeError, match="C1, C2"):
        name_of("z")
