"""Progress adds up for any learned skills, also after skills were removed from the catalogue."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.core.catalog import Catalog
from bot.core.content_types import Role
from bot.core.learning import closest, path_of, progress_of
from tests.real_content import load

CATALOG = load()  # hypothesis draws from it, so it can't be a fixture
SLUGS = st.sampled_from([*CATALOG.skills, "a-skill-of-last-year"])
LEARNED = st.frozensets(SLUGS)
MARKS = st.dictionaries(SLUGS, st.datetimes(timezones=st.just(UTC)))
ROLES = st.sampled_from(list(CATALOG.roles.values()))


@given(ROLES, LEARNED)
def test_a_path_counts_what_is_learned_and_keeps_the_rest_in_its_order(role: Role, learned: frozenset[str]) -> None:
    path = path_of(CATALOG, role, learned)
    ahead = [skill.slug for skill in path.ahead]
    assert path.tally.total == len(role.skills)
    assert path.tally.done + len(ahead) == path.tally.total
    assert ahead == [slug for slug in role.skills if slug not in learned]


@given(ROLES, LEARNED, LEARNED)
def test_the_next_skill_is_the_first_that_is_not_practised(
    role: Role, learned: frozenset[str], practised: frozenset[str]
) -> None:
    path = path_of(CATALOG, role, learned, practised)
    fresh = [slug for slug in role.skills if slug not in learned | practised]
    assert [skill.slug for skill in path.upcoming] == (fresh or [skill.slug for skill in path.ahead])
    assert path.practised == (practised - learned) & set(role.skills)


@given(ROLES, LEARNED)
def test_the_closest_path_is_unfinished_and_another_roles_and_no_other_is_learned_further(
    role: Role, learned: frozenset[str]
) -> None:
    paths = [path_of(CATALOG, each, learned) for each in CATALOG.roles.values()]
    others = [path for path in paths if path.role is not role and path.ahead]
    found = closest(paths, role)
    assert (found in others) if others else (found is None)
    assert all(path.tally.done / path.tally.total <= found.tally.done / found.tally.total for path in others if found)


@given(ROLES, MARKS)
def test_the_own_path_comes_first_and_then_those_of_which_most_is_learned(
    role: Role, marks: dict[str, datetime]
) -> None:
    own, *others = progress_of(CATALOG, role, marks, None).paths
    assert own.role is role
    shares = [path.tally.done / path.tally.total for path in others]
    assert shares == sorted(shares, reverse=True)
    assert len(others) == len(CATALOG.roles) - 1


def test_a_skill_counts_on_every_path_that_contains_it(catalog: Catalog) -> None:
    on_paths = Counter(slug for role in catalog.roles.values() for slug in role.skills)
    shared, paths = on_paths.most_common(1)[0]
    assert paths >= 2
    on = [role for role in catalog.roles.values() if path_of(catalog, role, {shared}).tally.done]
    assert on == [role for role in catalog.roles.values() if shared in role.skills]
