"""Progress adds up for any learned skills, also after skills were removed from the catalogue."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.catalog import Catalog
from bot.core.content_types import Role
from bot.core.learning import closest, path_of, progress_of, themes_of
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


@given(ROLES, LEARNED, SLUGS)
def test_learning_one_more_skill_never_sets_a_member_back(role: Role, learned: frozenset[str], one_more: str) -> None:
    before, after = path_of(CATALOG, role, learned), path_of(CATALOG, role, learned | {one_more})
    assert after.tally.done - before.tally.done == (one_more in role.skills and one_more not in learned)


@given(ROLES, LEARNED)
def test_the_closest_path_is_unfinished_and_another_roles_and_no_other_is_learned_further(
    role: Role, learned: frozenset[str]
) -> None:
    paths = [path_of(CATALOG, each, learned) for each in CATALOG.roles.values()]
    others = [path for path in paths if path.role is not role and path.ahead]
    found = closest(paths, role)
    assert (found in others) if others else (found is None)
    assert all(path.tally.done / path.tally.total <= found.tally.done / found.tally.total for path in others if found)


def test_a_member_who_finished_every_path_has_no_closest_path() -> None:
    paths = [path_of(CATALOG, role, CATALOG.skills.keys()) for role in CATALOG.roles.values()]
    assert closest(paths, paths[0].role) is None


@given(ROLES, MARKS)
def test_the_own_path_comes_first_and_then_those_of_which_most_is_learned(
    role: Role, marks: dict[str, datetime]
) -> None:
    own, *others = progress_of(CATALOG, role, marks, None).paths
    assert own.role is role
    shares = [path.tally.done / path.tally.total for path in others]
    assert shares == sorted(shares, reverse=True)
    assert len(others) == len(CATALOG.roles) - 1


@given(LEARNED)
def test_themes_share_out_every_skill_once(learned: frozenset[str]) -> None:
    tallies = themes_of(CATALOG, learned)
    assert [theme.slug for theme, _ in tallies] == list(CATALOG.themes)
    assert sum(tally.total for _, tally in tallies) == len(CATALOG.skills)
    assert sum(tally.done for _, tally in tallies) == len(learned & CATALOG.skills.keys())


@given(ROLES, MARKS)
def test_progress_shows_the_latest_first_and_nothing_that_is_no_longer_taught(
    role: Role, marks: dict[str, datetime]
) -> None:
    progress = progress_of(CATALOG, role, marks, "Asia/Tokyo")
    assert {each.skill.slug for each in progress.learned} == marks.keys() & CATALOG.skills.keys()
    moments = [each.at for each in progress.learned]
    assert moments == sorted(moments, reverse=True)
    assert progress.mine == path_of(CATALOG, role, marks)
    assert sorted(path.role.slug for path in progress.paths) == sorted(CATALOG.roles)


def test_a_member_without_a_role_sees_all_paths(catalog: Catalog) -> None:
    progress = progress_of(catalog, None, {"cost-spikes": datetime(2026, 11, 3, tzinfo=UTC)}, None)
    assert progress.mine is None
    assert sorted(path.role.slug for path in progress.paths) == sorted(catalog.roles)
    assert [each.skill.slug for each in progress.learned] == ["cost-spikes"]


def test_a_skill_counts_on_every_path_that_contains_it(catalog: Catalog) -> None:
    on_paths = Counter(slug for role in catalog.roles.values() for slug in role.skills)
    shared, paths = on_paths.most_common(1)[0]
    assert paths >= 2
    on = [role for role in catalog.roles.values() if path_of(catalog, role, {shared}).tally.done]
    assert on == [role for role in catalog.roles.values() if shared in role.skills]


@pytest.mark.parametrize("slug", [None, "", "a-role-of-last-year"])
def test_a_role_that_is_no_longer_taught_is_no_role(catalog: Catalog, slug: str | None) -> None:
    assert catalog.role_of(slug) is None


def test_skills_learned_at_the_same_moment_all_show(catalog: Catalog) -> None:
    at = datetime(2026, 11, 3, tzinfo=UTC)
    marks = dict.fromkeys(catalog.skills, at) | {"cost-spikes": at + timedelta(seconds=1)}
    learned = progress_of(catalog, None, marks, None).learned
    assert len(learned) == len(catalog.skills)
    assert learned[0].skill.slug == "cost-spikes"
