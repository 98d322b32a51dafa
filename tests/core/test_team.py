"""Nothing about fewer than five people can be read from figures. The tests try all counts that look the same."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.practice import Blocker
from bot.core.team import (
    BLOCKED_BY,
    DID,
    LACKS,
    MIN_GROUP,
    RIGHT,
    WRONG,
    Blocking,
    Checked,
    Counts,
    Week,
    figures,
)
from tests.coach.members import NOW
from tests.slack.screens.small_catalog import SMALL

ENOUGH = 20  # members, of whom fifteen did anything


@given(st.integers(0, 60), st.integers(0, 60), st.dictionaries(st.sampled_from([DID, "a", "b"]), st.integers(0, 60)))
def test_figures_are_multiples_of_five_of_weeks_in_which_fifteen_did_anything(
    members: int, active: int, did: dict[str, int]
) -> None:
    active = min(active, members)
    shown = figures(Counts(members, active, {name: min(count, active) for name, count in did.items()}))
    assert all(count >= MIN_GROUP and count % MIN_GROUP == 0 for count in shown.values())
    assert not shown or (active >= 15 and members >= ENOUGH)


def test_a_figure_never_tells_that_all_or_all_but_one_to_four_did_it_or_that_all_but_some_did_not() -> None:
    for active in range(15, 61):
        of = {count: figures(Counts(active + MIN_GROUP, active, {DID: count})).get(DID) for count in range(active + 1)}
        for count, shown in of.items():
            like = [other for other, figure in of.items() if figure == shown]
            assert min(like) <= active - 4, (active, count)
            assert max(like) >= 4, (active, count)


def test_that_there_are_figures_does_not_tell_of_any_four_that_one_of_them_did_something() -> None:
    assert figures(Counts(ENOUGH, 15, {DID: 10})) == {DID: 10}
    assert figures(Counts(ENOUGH - 1, 15, {DID: 10})) == {}


def test_a_count_below_five_is_not_shown_and_others_are_rounded() -> None:
    counts = dict(zip("abcdefg", (4, 5, 7, 8, 12, 13, 40), strict=True))
    assert figures(Counts(60, 40, counts)) == {"b": 5, "c": 5, "d": 10, "e": 10, "f": 15, "g": 35}


def test_a_week_names_what_blocks_most_first_and_skills_with_a_figure() -> None:
    week = Week(NOW, {LACKS + "logs": 10, LACKS + "test-set": 15, BLOCKED_BY + Blocker.NO_TIME: 10,
                      RIGHT + "token-costs": 10, WRONG + "quality": 5, "an older figure": 20})  # fmt: skip
    needs, skills = SMALL.needs, SMALL.skills
    assert week.blocking(SMALL) == (
        Blocking(needs["test-set"], 15), Blocking(needs["logs"], 10), Blocking(Blocker.NO_TIME, 10)
    )  # fmt: skip
    assert set(week.checked(SMALL)) == {
        Checked(skills["token-costs"], 10, None), Checked(skills["quality"], None, 5)
    }  # fmt: skip
    assert week.did is None
