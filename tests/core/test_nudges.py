"""The tip that a member gets: the next one on their path, never twice before the others had their turn, and why."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import load
from bot.core.catalog import Catalog, Role, Skill
from bot.core.nudges import Choice, Learner, Reason, choose_tip

CATALOG = load()  # hypothesis draws from it, so it can't be a fixture
TIPS = [tip.id for skill in CATALOG.skills.values() for tip in skill.tips]
ROLES = st.sampled_from([None, *CATALOG.roles.values()])
LEARNERS = st.builds(
    Learner,
    role=ROLES,
    learned=st.frozensets(st.sampled_from(list(CATALOG.skills))),
    given=st.dictionaries(st.sampled_from(TIPS), st.integers(1, 5)),
    latest=st.sampled_from([None, "a-tip-of-last-year", *TIPS]),
    not_useful=st.frozensets(st.sampled_from(TIPS)),
    set_aside=st.frozensets(st.sampled_from(TIPS)),
)


def weeks(catalog: Catalog, role: Role | None, learned: frozenset[str], count: int) -> list[Choice]:
    """What one member gets, tip after tip."""
    given_so_far: Counter[str] = Counter()
    choices: list[Choice] = []
    for _ in range(count):
        latest = choices[-1].lesson.tip.id if choices else None
        choice = choose_tip(catalog, Learner(role, learned, dict(given_so_far), latest))
        given_so_far[choice.lesson.tip.id] += 1
        choices.append(choice)
    return choices


@given(LEARNERS)
def test_there_is_always_a_tip_and_always_the_same_for_the_same_member(learner: Learner) -> None:
    choice = choose_tip(CATALOG, learner)
    assert CATALOG.lessons[choice.lesson.tip.id] == choice.lesson
    assert choose_tip(CATALOG, learner) == choice


@given(LEARNERS)
def test_a_tip_teaches_what_is_not_learned_yet_as_long_as_there_is_something(learner: Learner) -> None:
    skill = choose_tip(CATALOG, learner).lesson.skill
    if CATALOG.skills.keys() - set(learner.learned):
        assert skill.slug not in learner.learned


@given(LEARNERS)
def test_the_path_comes_before_everything_else(learner: Learner) -> None:
    choice = choose_tip(CATALOG, learner)
    if learner.role and set(learner.role.skills) - set(learner.learned):
        assert choice.lesson.skill.slug in learner.role.skills
        assert choice.reason in {Reason.NEXT_ON_PATH, Reason.ON_PATH}


@given(LEARNERS)
def test_the_reason_given_is_true(learner: Learner) -> None:
    choice = choose_tip(CATALOG, learner)
    ahead = [slug for slug in (learner.role.skills if learner.role else ()) if slug not in learner.learned]
    expected = {
        Reason.NO_ROLE: learner.role is None,
        Reason.NEXT_ON_PATH: choice.lesson.skill.slug in ahead[:1],
        Reason.ON_PATH: choice.lesson.skill.slug in ahead[1:],
        Reason.PATH_FINISHED: learner.role is not None and not ahead,
    }
    assert [reason for reason, holds in expected.items() if holds] == [choice.reason]


@given(LEARNERS)
def test_a_tip_that_slack_refused_is_not_chosen_while_there_is_another(learner: Learner) -> None:
    choice = choose_tip(CATALOG, learner)
    path = learner.role.skills if learner.role else tuple(CATALOG.skills)
    ahead = [CATALOG.skills[slug] for slug in path if slug not in learner.learned]
    if any(tip.id not in learner.set_aside for skill in ahead for tip in skill.tips):
        assert choice.lesson.tip.id not in learner.set_aside


@given(LEARNERS, st.sampled_from(list(CATALOG.skills.values())))
def test_asked_about_a_skill_it_is_that_skill_even_if_it_is_learned(learner: Learner, about: Skill) -> None:
    choice = choose_tip(CATALOG, learner, about=about)
    assert choice.lesson.skill is about
    assert choice.reason is Reason.ASKED


@pytest.mark.parametrize("slug", [None, "devops-engineer", "software-engineer", "ml-engineer", "data-scientist"])
def test_no_tip_comes_twice_before_every_other_came_once(catalog: Catalog, slug: str | None) -> None:
    role = catalog.role_of(slug)
    path = catalog.path(role) if role else tuple(catalog.skills.values())
    every = {tip.id for skill in path for tip in skill.tips}
    got = [choice.lesson.tip.id for choice in weeks(catalog, role, frozenset(), 2 * len(every))]
    assert set(got[: len(every)]) == every
    assert set(got[len(every) :]) == every


def test_the_first_tip_is_of_the_first_skill_on_the_path(catalog: Catalog) -> None:
    for role in catalog.roles.values():
        choice = choose_tip(catalog, Learner(role))
        assert choice.lesson.skill.slug == role.skills[0]
        assert choice.reason is Reason.NEXT_ON_PATH


def test_two_weeks_in_a_row_differ_in_theme_where_the_path_has_others(catalog: Catalog) -> None:
    role = catalog.roles["devops-engineer"]
    first, second = weeks(catalog, role, frozenset(), 2)
    assert first.lesson.skill.theme != second.lesson.skill.theme


def test_a_skill_whose_tips_were_not_useful_waits(catalog: Catalog) -> None:
    role = catalog.roles["devops-engineer"]
    first = catalog.skills[role.skills[0]]
    choice = choose_tip(catalog, Learner(role, not_useful=[first.tips[0].id]))
    assert choice.lesson.skill is not first
    assert choice.reason is Reason.ON_PATH


def test_who_has_walked_the_path_goes_on_beyond_it_and_who_has_learned_all_starts_over(catalog: Catalog) -> None:
    role = catalog.roles["ml-engineer"]
    beyond = choose_tip(catalog, Learner(role, role.skills))
    assert beyond.lesson.skill.slug not in role.skills
    again = choose_tip(catalog, Learner(role, tuple(catalog.skills)))
    assert again.lesson.skill.slug in role.skills
    assert beyond.reason is again.reason is Reason.PATH_FINISHED
