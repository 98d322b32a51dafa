"""Nothing about fewer than five people can be read from a report, nor from two. The tests try all possible counts."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations, product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.team import (
    IN_ROLES,
    MEMBERS,
    MIN_GROUP,
    OTHER_ROLES,
    WEEKLY,
    Population,
    figures,
    merged,
    protected,
    team,
    together,
    top,
)
from tests.core.teams import (
    CATALOG,
    COSTS,
    ROLES,
    SPIKES,
    Span,
    as_shown,
    given_marks,
    like,
    populations,
    span,
    tells,
)

# One report.


@given(populations())
def test_a_figure_is_a_multiple_of_five_about_five_people_or_more(population: Population) -> None:
    shown = figures(CATALOG, population)
    assert all(count >= MIN_GROUP and count % MIN_GROUP == 0 for count in shown.values())
    highest = top(shown.get(MEMBERS, 0))
    true = {f"skill:{slug}": count for slug, count in population.skills.items()}
    for name, count in true.items():
        assert (name in shown) == (count >= MIN_GROUP and highest > 0)
        assert name not in shown or shown[name] == highest <= count + 2 or abs(shown[name] - count) <= 2


# Those who did not.


@given(st.integers(5, 60), st.data())
def test_a_figure_never_reveals_that_all_members_or_all_but_one_to_four_know_a_skill(
    members: int, data: st.DataObject
) -> None:
    """Not even a reader who knows the exact number of members."""
    known = data.draw(st.integers(0, members) | st.just(members))
    told = figures(CATALOG, Population(members, 0, {}, {COSTS: known}, {}, {}))
    same = [
        other
        for other in range(members + 1)
        if figures(CATALOG, Population(members, 0, {}, {COSTS: other}, {}, {})) == told
    ]
    assert not tells(span(same)), same
    assert members - min(same) >= MIN_GROUP, f"{same} of {members}: all but fewer than five surely know it"


@given(st.integers(5, 60))
def test_a_skill_that_all_know_needs_no_help(members: int) -> None:
    everybody = Population(members, members, {}, {COSTS: members, SPIKES: 0}, {}, {})
    needed = [each.skill.slug for each in team(CATALOG, figures(CATALOG, everybody), None).needed]
    assert COSTS not in needed
    assert (SPIKES in needed) == (members >= 13)


def test_a_report_on_a_small_team_shows_only_its_size() -> None:
    for members in range(5, 13):
        everything = Population(members, members, {ROLES[0]: members}, {COSTS: members}, {3: members}, {3: members})
        assert set(figures(CATALOG, everything)) == {MEMBERS}


def test_a_snapshot_that_was_taken_without_top_coding_is_read_with_it() -> None:
    old = {MEMBERS: 15, WEEKLY: 15, f"skill:{COSTS}": 15, f"role:{ROLES[0]}": 15}
    found = team(CATALOG, old, old)
    assert (found.weekly, found.learned, found.gained, found.roles[0].members) == (10, 10, 0, 10)
    small = team(CATALOG, {**old, MEMBERS: 5, f"skill:{COSTS}": 5}, old)
    assert (small.weekly, small.learned, small.needed) == (None, None, ())


@given(populations())
def test_protected_figures_stay_as_they_are(population: Population) -> None:
    shown = figures(CATALOG, population)
    assert not shown or protected(shown) == shown


def least(figure: int) -> int:
    return max(figure - 2, MIN_GROUP) if figure else 0


@given(populations())
@example(Population(15, 0, dict(zip(ROLES, (5, 5, 5, 0), strict=True)), {}, {}, {}))
@example(Population(20, 0, dict(zip(ROLES, (14, 2, 2, 2), strict=True)), {}, {}, {}))
def test_the_roles_together_do_not_reveal_that_fewer_than_five_members_remain(population: Population) -> None:
    shown = figures(CATALOG, population)
    in_parts = sum(least(count) for name, count in shown.items() if name.startswith("role:"))
    in_roles = max(in_parts, least(shown.get(IN_ROLES, 0))) + least(shown.get(OTHER_ROLES, 0))
    assert not shown or shown[MEMBERS] + 2 - in_roles >= MIN_GROUP


@given(st.integers(13, 40), st.data())
def test_two_weeks_do_not_reveal_that_fewer_than_five_have_not_learned_a_skill(
    members: int, data: st.DataObject
) -> None:
    """Nobody came or left, and nobody unlearns a skill, which a reader may know."""
    first = data.draw(st.integers(0, members))
    second = data.draw(st.integers(first, members))
    weeks = [figures(CATALOG, Population(members, 0, {}, {COSTS: count}, {}, {})) for count in range(members + 1)]
    same = [
        (before, after)
        for before in range(members + 1)
        for after in range(before, members + 1)
        if (weeks[before], weeks[after]) == (weeks[first], weeks[second])
    ]
    assert members - min(after for _, after in same) >= MIN_GROUP


@given(st.integers(0, 4), st.integers(0, 4))
def test_no_figure_of_a_team_of_fewer_than_five_is_stored(members: int, weekly: int) -> None:
    alone = Population(members, min(weekly, members), {}, {}, {3: members}, {})
    assert figures(CATALOG, alone) == {}


def role_vectors(population: Population) -> Iterator[dict[str, int]]:
    """Yield all numbers of members in the roles that give the same report."""
    seen, max_members = figures(CATALOG, population), max(as_shown(population.members))
    for counts in product(*(as_shown(population.roles[slug]) for slug in ROLES)):
        changes = dict(zip(ROLES, counts, strict=True))
        if sum(counts) <= max_members and figures(CATALOG, like(population, **changes)) == seen:
            yield changes


@settings(max_examples=60)
@given(populations())
@example(Population(14, 0, dict(zip(ROLES, (7, 3, 2, 2), strict=True)), {}, {}, {}))
@example(Population(8, 0, dict(zip(ROLES, (4, 4, 0, 0), strict=True)), {}, {}, {}))
@example(Population(16, 0, dict(zip(ROLES, (4, 4, 4, 4), strict=True)), {}, {}, {}))
@example(Population(27, 0, dict(zip(ROLES, (7, 7, 7, 4), strict=True)), {}, {}, {}))
def test_no_role_and_no_group_of_roles_is_known_to_hold_one_to_four(population: Population) -> None:
    vectors = list(role_vectors(population))
    totals = as_shown(population.members)
    for size in range(1, len(ROLES) + 1):
        for group in combinations(ROLES, size):
            assert not tells(span(sum(vector[slug] for slug in group) for vector in vectors)), group
            others = span(
                total - sum(vector[slug] for slug in group)
                for vector in vectors
                for total in totals
                if total >= sum(vector.values())
            )
            assert not tells(others), f"all but {group}"


@settings(max_examples=60)
@given(populations())
def test_no_group_by_two_skills_is_known_to_hold_one_to_four(population: Population) -> None:
    spans: dict[str, list[Span]] = {}
    for members, first, second in product(
        as_shown(population.members), as_shown(population.skills[COSTS]), as_shown(population.skills[SPIKES])
    ):
        if max(first, second) > members:
            continue
        assert figures(CATALOG, like(population, members=members, **{COSTS: first, SPIKES: second})) == figures(
            CATALOG, population
        )
        both = max(0, first + second - members), min(first, second)
        groups = {
            "both": both,
            "only the first": (first - both[1], first - both[0]),
            "only the second": (second - both[1], second - both[0]),
            "neither": (members - first - second + both[0], members - first - second + both[1]),
            "not the first": (members - first, members - first),
            "the first": (first, first),
        }
        for name, one_span in groups.items():
            spans.setdefault(name, []).append(one_span)
    for name, found in spans.items():
        assert not tells((min(fewest for fewest, _ in found), max(most for _, most in found))), name


@given(given_marks, st.integers(1, 4), st.integers(0, 500))
def test_more_marks_by_four_members_do_not_change_the_figure(marks: Mapping[int, int], busy: int, more: int) -> None:
    each = sorted(Counter(marks).elements(), reverse=True)
    if len(each) >= MIN_GROUP:
        busier = [number + more for number in each[:busy]] + each[busy:]
        assert together(Counter(busier)) == together(marks)


def test_marks_that_four_members_made_are_not_counted() -> None:
    assert together({100: 4}) == 0
    assert together({100: 4, 2: 1}) == 10


def test_two_small_groups_are_never_counted_together() -> None:
    assert merged([4, 4]) is None
    assert merged([3, 2]) is None
    assert merged([3, 2, 0]) == 5
    assert merged([4, 4, 4]) == 10
    assert merged([2, 1, 1]) is None
    assert merged([]) is None


# The report that follows from the figures.


# Two reports.


# What did not arrive.
