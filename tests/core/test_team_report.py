"""The team's report: what follows from the figures of one week, or of two, and which nudges did not arrive."""

from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from bot.core.outbox import DeliveryState
from bot.core.team import (
    MAX_NEEDED,
    MEMBERS,
    MIN_GROUP,
    MIN_MEMBERS,
    OTHER_ROLES,
    Ended,
    Population,
    figures,
    shown_of,
    team,
    tips_done,
)
from tests.core.teams import CATALOG, MORE, as_shown, populations, tells
from tests.slack.screens.small_catalog import SMALL, skill


@given(populations())
def test_the_list_of_skills_least_known_is_in_an_order_that_tells_nothing_more(population: Population) -> None:
    needed = team(CATALOG, figures(CATALOG, replace(population, members=3000)), None).needed
    assert list(needed) == sorted(needed, key=lambda each: (each.by or 0, each.skill.name))
    assert len(needed) <= MAX_NEEDED
    assert all(each.by is None or each.by % MIN_GROUP == 0 for each in needed)


def test_the_list_names_the_ten_least_known_of_many() -> None:
    many = {
        f"s{number}": skill(f"s{number}", f"Skill {number:02}", SMALL.themes["speed-matters"]) for number in range(20)
    }
    roles = {"qa": MORE[0].model_copy(update={"skills": ("s1",)})}
    catalog = replace(SMALL, roles=roles, skills=many)
    counts = {slug: number for number, slug in enumerate(many)}
    needed = team(catalog, figures(catalog, Population(20, 0, {}, counts, {}, {})), None).needed
    assert [each.skill.slug for each in needed] == [f"s{number}" for number in range(10)]
    assert [each.by for each in needed] == [None] * 5 + [5] * 3 + [10] * 2


@given(populations())
def test_totals_and_bars_are_added_up_from_what_is_shown(population: Population) -> None:
    shown = figures(CATALOG, replace(population, members=population.members + MIN_GROUP))
    found = team(CATALOG, shown, None)
    by_skill = {slug: shown.get(f"skill:{slug}", 0) for slug in CATALOG.skills}
    assert (found.learned or 0) == sum(by_skill.values())
    for covered in (*found.paths, *found.themes):
        assert 0 <= covered.tally.done <= covered.tally.total
        assert covered.tally.done % MIN_GROUP == covered.tally.total % MIN_GROUP == 0
    assert found.other_roles == shown.get(OTHER_ROLES)
    assert found.gained is None


@given(populations(), populations())
def test_two_reports_differ_by_whole_fives(first: Population, second: Population) -> None:
    before, after = figures(CATALOG, first), figures(CATALOG, second)
    assert all((after.get(name, 0) - before.get(name, 0)) % MIN_GROUP == 0 for name in before | after)
    if after and before.get(MEMBERS, 0) >= MIN_MEMBERS:
        gained = team(CATALOG, after, before).gained
        assert gained is not None
        assert gained % MIN_GROUP == 0


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_two_reports_do_not_reveal_that_one_to_four_members_joined_or_left_a_group(before: int, after: int) -> None:
    came = [(max(0, now - then), now) for then in as_shown(before) for now in as_shown(after)]
    left = [(max(0, then - now), then) for then in as_shown(before) for now in as_shown(after)]
    for spans in (came, left):
        assert not tells((min(fewest for fewest, _ in spans), max(most for _, most in spans)))


def test_nudges_that_did_not_reach_fewer_than_five_members_are_not_told_apart() -> None:
    ended = [
        Ended(DeliveryState.REFUSED, "messages_tab_disabled", 4),
        Ended(DeliveryState.MISSED, "window over", 13),
        Ended(DeliveryState.UNCONFIRMED, None, 5),
        Ended(DeliveryState.UNCONFIRMED, "no channel to look in", 0),
    ]
    assert shown_of(ended, 20) == (
        Ended(DeliveryState.MISSED, "window over", 15), Ended(DeliveryState.UNCONFIRMED, None, 5)
    )  # fmt: skip
    assert [each.members for each in shown_of(ended, 10)] == [10, 5]
    assert shown_of(ended, 0) == ()


@given(populations())
def test_who_answered_wrong_is_never_known_to_be_one_to_four(population: Population) -> None:
    """Those whose last answer was right are some of those who answered, so a reader may subtract the two figures."""
    seen = figures(CATALOG, population)
    asked, right = (
        [count for count in as_shown(those["token-costs"]) if count <= max(as_shown(population.members))]
        for those in (population.asked, population.right)
    )
    wrong = []
    for answered, were_right in product(asked, right):
        other = replace(
            population,
            asked={**population.asked, "token-costs": answered},
            right={**population.right, "token-costs": were_right},
        )
        if were_right <= answered and figures(CATALOG, other) == seen:
            wrong.append(answered - were_right)
    assert not tells((min(wrong), max(wrong)))


@given(populations())
def test_practice_is_shown_from_five_members_on_and_as_less_than_all(population: Population) -> None:
    shown = figures(CATALOG, population)
    if not shown:
        return
    found = team(CATALOG, shown, None)
    counts = [by for _, by in found.reasons] + [each.by for each in found.lacking]
    counts += [each.asked for each in found.checked] + [each.right for each in found.checked if each.right is not None]
    assert all(MIN_GROUP <= count <= found.top and count % MIN_GROUP == 0 for count in counts)


@given(populations())
def test_tips_of_a_week_are_shown_for_five_members_who_did_some_in_a_team_of_fifteen(population: Population) -> None:
    shown = figures(CATALOG, population)
    if not shown:
        return
    done = tips_done(shown)
    if sum(population.done.values()) < MIN_GROUP or shown[MEMBERS] < MIN_MEMBERS:
        assert done is None
    else:
        assert done is not None
        assert done >= MIN_GROUP
        assert done % MIN_GROUP == 0


def test_what_one_member_does_more_in_a_week_changes_no_figure_of_the_trend() -> None:
    quiet, busy = (Population(30, 0, {}, {}, done, {}) for done in ({1: 10}, {1: 9, 60: 1}))
    assert tips_done(figures(CATALOG, quiet)) == tips_done(figures(CATALOG, busy)) == 10


def test_a_snapshot_of_an_older_version_is_read_without_its_figures_about_useful_tips() -> None:
    old = {MEMBERS: 30, "tips useful": 25, "tips not useful": 10, "skill:token-costs": 10}
    found = team(CATALOG, old, None)
    assert (found.members, found.learned) == (30, 10)
    assert (found.done, found.blocked, found.reasons, found.lacking, found.checked) == (None, None, (), (), ())
