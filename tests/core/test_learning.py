"""Progress adds up for any learned skills, also for removed ones; milestones are said once; the record has it all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from bot.core import learning
from bot.core.content_types import Role
from bot.core.learning import Achievements, RoleLine, Showing, SkillReached, achievements_of, after_learned, path_of
from bot.core.next_step import Ended
from bot.core.practice import Asked, Practised, Step
from bot.core.projects import Project
from bot.core.record import Record
from tests.core.passing import PROJECT, passing, skill as a_skill
from tests.made_up import made_up
from tests.real_content import load
from tests.records import record_of

CATALOG = load()  # hypothesis draws from it, so it can't be a fixture
SLUGS = st.sampled_from([*CATALOG.skills, "a-skill-of-last-year"])
LEARNED = st.frozensets(SLUGS)
MARKS = st.dictionaries(SLUGS, st.datetimes(timezones=st.just(UTC)))
ROLES = st.sampled_from(list(CATALOG.roles.values()))
MADE_UP = made_up()
TESTER = MADE_UP.roles["tester"]  # eight skills
NOW = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@given(ROLES, LEARNED, LEARNED)
def test_a_path_counts_what_is_learned_and_what_is_next_is_the_first_that_is_not_practised(
    role: Role, learned: frozenset[str], practised: frozenset[str]
) -> None:
    path = path_of(CATALOG, role, learned, practised)
    assert [skill.slug for skill in path.ahead] == [slug for slug in role.skills if slug not in learned]
    assert path.tally == (len(role.skills) - len(path.ahead), len(role.skills))
    fresh = [slug for slug in role.skills if slug not in learned | practised]
    assert [skill.slug for skill in path.upcoming] == (fresh or [skill.slug for skill in path.ahead])
    assert path.practised == (practised - learned) & set(role.skills)


def test_a_path_has_an_end_which_is_said_once() -> None:
    expected = [None] * (len(TESTER.skills) - 1) + [f"You finished the path to {TESTER.becomes}."]
    for number, skill in enumerate(MADE_UP.path(TESTER)):
        assert after_learned(skill, path_of(MADE_UP, TESTER, TESTER.skills[: number + 1])) == expected[number]
    beside = MADE_UP.skills["streams"]
    assert after_learned(beside, path_of(MADE_UP, TESTER, TESTER.skills)) is None
    assert after_learned(beside, None) is None


# The record has all that a member did, learned, kept and showed.


def achieved(record: Record) -> Achievements:
    return achievements_of(MADE_UP, record, (), NOW)


def test_a_tip_that_was_taken_back_or_refused_is_not_in_the_record() -> None:
    steps = [
        Practised("tests-0", Step.DONE, NOW - DAY),
        Practised("tests-0", Step.UNDONE, NOW),
        Practised("tests-1", Step.NOT_MY_WORK, NOW),
        Practised("tests-2", Step.BLOCKED, NOW),
    ]
    assert achieved(record_of(steps=steps)).done == ()


def test_a_skill_is_kept_from_its_second_right_answer_and_only_while_it_is_marked() -> None:
    days = [NOW - age * DAY for age in (9, 3, 1)]
    asked = [Asked("tests-0", "tests", at, answered_at=at, right=True) for at in days]
    kept = achieved(record_of(learned={"tests": NOW - 10 * DAY}, asked=asked)).kept
    assert kept == (SkillReached(NOW - 3 * DAY, "tests"),)
    assert achieved(record_of(asked=asked)).kept == ()


def test_a_line_of_the_source_is_proved_by_the_first_finished_project_that_names_it() -> None:
    line, other = "Model costs spike unexpectedly", "Token usage and costs"
    costs, cap = (a_project(slug, source_lines=[line]) for slug in ("costs", "cap"))
    catalog = passing(projects=(costs, cap))
    ops = catalog.roles["tester"].model_copy(update={"origin": "source", "new_challenges": [line, other]})
    record = record_of().with_project("cap", begun_at=NOW, ended_at=NOW).with_project("costs", ended_at=NOW - DAY)
    proved, waits = learning.role_lines(catalog, ops, record)
    assert proved == RoleLine("New challenges", line, Ended(costs, NOW - DAY))
    assert waits == RoleLine("New challenges", other)


def test_a_role_without_lines_of_the_source_has_the_skills_of_its_path_the_taught_ones_first() -> None:
    taught = a_project("cap")
    skills = [a_skill("slug", value=f"skill-{number}") for number in range(9)]
    path = (*(each.slug for each in skills), "costs")
    catalog = passing(a_skill(), *skills, path=path, projects=(taught,))
    record = record_of().with_project("cap", begun_at=NOW, ended_at=NOW)
    first, *others = learning.role_lines(catalog, catalog.roles["tester"], record)
    assert first == RoleLine("On your path", a_skill().name, Ended(taught, NOW))
    assert len(others) == 7
    assert not any(line.proof for line in others)


def a_project(slug: str, **changed: object) -> Project:
    return Project.model_validate({**PROJECT, "slug": slug, **changed})


def test_the_record_has_a_project_with_its_steps_and_none_of_them_twice() -> None:
    project = a_project("cap")
    catalog, (price, part, _) = passing(projects=(project,)), project.steps
    said = [
        Practised(price.id, Step.DONE, NOW - 9 * DAY, line="2 cents"),
        Practised(part.id, Step.HAD, NOW - 2 * DAY),
        Practised("ten-longest", Step.DONE, NOW),
    ]
    record = record_of(steps=said).with_project("cap", begun_at=NOW, ended_at=NOW - DAY)
    found = achievements_of(catalog, record, [Showing("1", "U1", "cap", NOW - DAY, NOW)], NOW)
    (done,) = found.projects
    assert (done.name, done.keeps, done.at) == (project.name, "the cost page", NOW - DAY)
    assert [(step.title, step.line) for step in done.steps] == [(price.title, "2 cents"), (part.title, None)]
    assert (done.again_on, done.shown_at, done.confirmed_at) == (NOW - DAY + 56 * DAY, NOW - DAY, NOW)
    assert [tip.title for tip in found.done] == ["Open the ten longest prompts"]
    assert found.shown == ()
    (later,) = achievements_of(catalog, record, (), NOW + 56 * DAY).projects
    assert later.again_on is None, "it is over"
    assert achievements_of(catalog, record_of().with_project("cap", begun_at=NOW), (), NOW).projects == ()


def test_a_lab_is_in_the_record_as_practised_on_a_sample() -> None:
    lab = next(iter(CATALOG.labs.values()))
    found = achievements_of(CATALOG, replace(record_of(), labs={lab.slug: NOW, "gone": NOW}), (), NOW)
    assert found.labs == (SkillReached(NOW, lab.name),)
