"""Nothing about fewer than five people can be read from a report, nor from two. The tests try all possible counts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.outbox import DeliveryState
from bot.core.team import (
    IN_ROLES,
    MAX_NEEDED,
    MEMBERS,
    MIN_GROUP,
    MIN_MEMBERS,
    OTHER_ROLES,
    WEEKLY,
    Ended,
    Population,
    figures,
    merged,
    protected,
    rounded,
    shown_of,
    team,
    together,
    top,
)
from tests.slack.screens.small_catalog import SMALL, skill

Span = tuple[int, int]  # the fewest and the most that a group may hold
COSTS, SPIKES = "token-costs", "cost-spikes"

# Four roles, as many as are really taught.
MORE = [SMALL.roles["devops-engineer"].model_copy(update={"slug": slug}) for slug in ("qa", "pm")]
CATALOG = replace(SMALL, roles={**SMALL.roles, **{role.slug: role for role in MORE}})
ROLES = tuple(CATALOG.roles)

small_counts = st.integers(0, 14)
given_marks = st.dictionaries(st.integers(1, 60), st.integers(1, 8), max_size=5)


@st.composite
def populations(draw: st.DrawFn) -> Population:
    """Draw a team, mostly of up to about thirty members and sometimes a large one."""
    roles = {slug: draw(small_counts) for slug in ROLES}
    members = sum(roles.values()) + draw(small_counts | st.integers(0, 3000))
    up_to_all = st.integers(0, members)
    return Population(
        members=members,
        weekly=draw(up_to_all),
        roles=roles,
        skills={slug: draw(up_to_all) for slug in CATALOG.skills},
        useful=draw(given_marks),
        not_useful=draw(given_marks),
    )


def like(population: Population, **changes: int) -> Population:
    """Return the population with other counts of members, roles or skills."""
    roles = {slug: changes.get(slug, count) for slug, count in population.roles.items()}
    skills = {slug: changes.get(slug, count) for slug, count in population.skills.items()}
    return replace(population, members=changes.get(MEMBERS, population.members), roles=roles, skills=skills)


def near(count: int) -> range:
    """Return the range that contains every number with the same figure as this one."""
    return range(max(0, count - MIN_GROUP), count + MIN_GROUP + 1)


def as_shown(count: int) -> list[int]:
    return [other for other in near(count) if rounded(other) == rounded(count)]


def tells(span: Span) -> bool:
    """Return whether a reader can be certain that a group has one to four members."""
    fewest, most = span
    return fewest >= 1 and most < MIN_GROUP


def span(counts: Iterable[int]) -> Span:
    found = list(counts)
    return min(found), max(found)


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
def test_no_reader_learns_of_one_skill_that_all_or_all_but_one_to_four_know_it(
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


def test_of_a_small_team_only_its_size_is_told() -> None:
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
def test_the_roles_together_do_not_say_that_fewer_than_five_are_left_over(population: Population) -> None:
    shown = figures(CATALOG, population)
    in_parts = sum(least(count) for name, count in shown.items() if name.startswith("role:"))
    in_roles = max(in_parts, least(shown.get(IN_ROLES, 0))) + least(shown.get(OTHER_ROLES, 0))
    assert not shown or shown[MEMBERS] + 2 - in_roles >= MIN_GROUP


@given(st.integers(13, 40), st.data())
def test_two_weeks_do_not_say_that_fewer_than_five_have_not_learned_it(members: int, data: st.DataObject) -> None:
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
def test_of_a_team_of_fewer_than_five_nothing_is_kept(members: int, weekly: int) -> None:
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
def test_four_who_give_even_more_change_nothing(marks: Mapping[int, int], busy: int, more: int) -> None:
    each = sorted(Counter(marks).elements(), reverse=True)
    if len(each) >= MIN_GROUP:
        busier = [number + more for number in each[:busy]] + each[busy:]
        assert together(Counter(busier)) == together(marks)


def test_marks_that_four_members_made_are_not_counted() -> None:
    assert together({100: 4}) == 0
    assert together({100: 4, 2: 1}) == 10


def test_two_small_groups_are_never_counted_together_as_each_would_be_known_to_hold_somebody() -> None:
    assert merged([4, 4]) is None
    assert merged([3, 2]) is None
    assert merged([3, 2, 0]) == 5
    assert merged([4, 4, 4]) == 10
    assert merged([2, 1, 1]) is None
    assert merged([]) is None


# The report that follows from the figures.


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


# Two reports.


@given(populations(), populations())
def test_two_reports_differ_by_whole_fives(first: Population, second: Population) -> None:
    before, after = figures(CATALOG, first), figures(CATALOG, second)
    assert all((after.get(name, 0) - before.get(name, 0)) % MIN_GROUP == 0 for name in before | after)
    if after and before.get(MEMBERS, 0) >= MIN_MEMBERS:
        gained = team(CATALOG, after, before).gained
        assert gained is not None
        assert gained % MIN_GROUP == 0


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_who_came_to_a_group_between_two_reports_is_not_known_to_be_one_to_four(before: int, after: int) -> None:
    came = [(max(0, now - then), now) for then in as_shown(before) for now in as_shown(after)]
    left = [(max(0, then - now), then) for then in as_shown(before) for now in as_shown(after)]
    for spans in (came, left):
        assert not tells((min(fewest for fewest, _ in spans), max(most for _, most in spans)))


# What did not arrive.


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
