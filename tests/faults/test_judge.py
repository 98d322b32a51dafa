"""The judge of `observer` finds what is told, and nothing where nothing is."""

import pytest

from tests.faults.judge import Told, Unnamed, told

WHAT = ("did nothing", "did something else", "did it")


def people(first: int, last: int) -> frozenset[str]:
    return frozenset(f"U{number}" for number in range(first, last))


@pytest.mark.parametrize(
    ("numbers", "groups", "says"),
    [
        (((None, 0),), [people(0, 20)], ""),
        (((5, 10),), [people(0, 20)], ""),
        (((15, 15),), [people(0, 23)], ""),
        (((5, 5), (5, 5)), [people(0, 24), people(1, 24)], ""),
        (((5, 5), (None, 5)), [people(0, 24), people(1, 24)], "1 of 1 did nothing"),  # a week is taken twice
        (((7, 10),), [people(0, 20)], "exactly so many did it: 7"),  # not rounded
        (((5, 5),), [people(0, 18)], "4 of 18 did nothing"),  # too few people
        (((20, 20),), [people(0, 24)], "nothing that can have happened"),  # all did something
    ],
)
def test_the_judge_finds_what_is_told_and_nothing_in_rounded_numbers_of_one_week(
    numbers: tuple[tuple[int | None, int], ...], groups: list[frozenset[str]], says: str
) -> None:
    found = "\n".join(told(WHAT, groups, Told("did it", numbers)))
    assert says in found if says else not found


def test_an_unnamed_line_tells_who_wrote_it_where_only_few_may_have() -> None:
    what = ("shared none", "shared one")
    assert "exactly so many did it: 1" in "\n".join(told(what, [people(0, 6)], Unnamed(named=5)))
    assert list(told(what, [people(0, 12)], Unnamed(named=5))) == []
