"""Nothing about fewer than five people can be read from figures. The tests try all counts that look the same."""

from itertools import product

import pytest

from bot.core import team
from bot.core.practice import Blocker
from bot.core.team import BLOCKED_BY, DID, LACKS, RIGHT, WRONG, Blocking, CheckedSkill, Counts, WeekCounts, figures
from tests.coach.members import NOW
from tests.slack.screens.small_catalog import SMALL

ENOUGH = 20
FEW = 4


def test_figures_are_multiples_of_five_of_weeks_in_which_fifteen_of_twenty_members_did_anything() -> None:
    for members, active in product(range(40), repeat=2):
        shown = [figures(Counts(members, active, {DID: count})) for count in range(min(members, active) + 1)]
        assert {count for each in shown for count in each.values()} <= set(range(team.MIN_GROUP, 40, team.MIN_GROUP))
        assert any(shown) is (members >= ENOUGH and active >= 15), (members, active)


@pytest.mark.parametrize("knows_who_was_active", [False, True])
@pytest.mark.parametrize("members", [*range(15, 40), 60])
def test_whatever_a_figure_says_any_four_members_may_have_done_it_or_something_else_or_nothing(
    members: int, knows_who_was_active: bool
) -> None:
    alike: dict[tuple[int, int | None], list[tuple[int, int]]] = {}
    for active in range(members + 1):
        for count in range(active + 1):
            shown = figures(Counts(members, active, {DID: count})).get(DID, 0)
            alike.setdefault((shown, active if knows_who_was_active else None), []).append((active, count))
    fours = [(did, other, FEW - did - other) for did in range(FEW + 1) for other in range(FEW - did + 1)]
    for (_, known), worlds in alike.items():
        for did, other, idle in fours:
            if known is None or (idle <= members - known and did + other <= known):
                fits = (
                    did <= count and other <= active - count and idle <= members - active for active, count in worlds
                )
                assert any(fits), (did, other, idle, worlds)


def test_a_week_names_what_blocks_most_first_and_skills_with_a_figure() -> None:
    week = WeekCounts(NOW, {LACKS + "logs": 10, LACKS + "test-set": 15, BLOCKED_BY + Blocker.NO_TIME: 10,
                      RIGHT + "token-costs": 10, WRONG + "quality": 5, "an older figure": 20})  # fmt: skip
    needs, skills = SMALL.needs, SMALL.skills
    assert week.blocking(SMALL) == (
        Blocking(needs["test-set"], 15), Blocking(needs["logs"], 10), Blocking(Blocker.NO_TIME, 10)
    )  # fmt: skip
    assert set(week.checked(SMALL)) == {
        CheckedSkill(skills["token-costs"], 10, None), CheckedSkill(skills["quality"], None, 5)
    }  # fmt: skip
    assert week.did is None
