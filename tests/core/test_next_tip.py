"""Which single tip comes next: the singles of a role, then the path in rounds, only what fits; what a retry says."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, strategies as st

from bot.core.catalog import Catalog, Policy
from bot.core.content_types import Skill
from bot.core.next_step import ChooseOne
from bot.core.next_tip import Choice, Reason, choose_tip, message_of, next_message
from bot.core.outbox import TipSubject
from bot.core.practice import Practised, Step
from bot.core.record import Record
from tests.core.passing import passing, project
from tests.made_up import NEEDS, PATHS, made_up
from tests.records import record_of

LATER = datetime(2027, 1, 4, 9, tzinfo=UTC)
CATALOG = made_up()  # hypothesis draws from it, so it can't be a fixture
TIPS = [tip.id for skill in CATALOG.skills.values() for tip in skill.tips]
ROLES = [None, *PATHS]
LEARNERS = st.builds(
    record_of,
    role=st.sampled_from([None, *CATALOG.roles.values()]),
    given=st.dictionaries(st.sampled_from(TIPS), st.integers(0, 5)),
    lacks=st.frozensets(st.sampled_from(NEEDS)),
    not_my_work=st.frozensets(st.sampled_from(TIPS)),
    withheld=st.frozensets(st.sampled_from(TIPS)),
)


def tips_of(role: str | None, weeks: int, catalog: Catalog = CATALOG, **about: object) -> list[str]:
    """Return the tips that somebody gets who asks for one again and again."""
    record = record_of(catalog.role_of(role), **about)  # type: ignore[arg-type]  # a table's words
    tips = []
    for _ in range(weeks):
        tips.append(choose_tip(catalog, record).lesson.tip.id)
        record = record.with_given(tips[-1], LATER)
    return tips


def skills_of(tips: list[str]) -> list[str]:
    return [CATALOG.lessons[tip].skill.slug for tip in tips]


def test_the_singles_of_a_role_come_first_in_their_order() -> None:
    role = CATALOG.roles["operator"].model_copy(update={"singles": ("load-1", "gone", "costs-1")})
    assert tips_of("operator", 2, replace(CATALOG, roles={"operator": role})) == ["load-1", "costs-1"]


def test_then_the_path_is_walked_in_rounds_and_what_may_lack_a_need_comes_last() -> None:
    for role, path in PATHS.items():
        assert skills_of(tips_of(role, len(path), has=NEEDS)) == list(path), role
    free = [tip for tip in TIPS if not CATALOG.lessons[tip].tip.needs and tip.split("-")[0] in PATHS["operator"]]
    assert set(tips_of("operator", len(free))) == set(free)


def test_a_stale_skill_comes_last_in_its_round_and_one_whose_tip_was_not_my_work_waits_a_round() -> None:
    first, *others = PATHS["operator"]
    stale = replace(CATALOG, stale=frozenset({first}))
    assert skills_of(tips_of("operator", len(others) + 1, stale, has=NEEDS)) == [*others, first]
    assert skills_of(tips_of("operator", len(others), has=NEEDS, not_my_work=[f"{first}-2"])) == others


def test_no_tip_comes_back_before_every_other_was_given_and_then_the_one_given_longest_ago() -> None:
    for role in ROLES:
        got = tips_of(role, len(TIPS) + 3)
        assert set(got[: len(TIPS)]) == set(TIPS), role
        assert got[len(TIPS) :] == got[:3], role


def test_a_tip_that_is_not_my_work_comes_back_last() -> None:
    not_theirs = TIPS[3]
    assert not_theirs not in tips_of("operator", 2 * len(TIPS), given=dict.fromkeys(TIPS, 1), not_my_work={not_theirs})


def test_a_tip_for_other_roles_comes_to_nobody_else() -> None:
    skill = CATALOG.skills["models"]
    its_tips = tuple(tip.model_copy(update={"roles": ("tester",)}) for tip in skill.tips)
    catalog = replace(CATALOG, skills={**CATALOG.skills, "models": skill.model_copy(update={"tips": its_tips})})
    for role in ROLES:
        assert ("models" in skills_of(tips_of(role, len(TIPS) // 2, catalog))) is (role == "tester"), role


def test_a_tip_that_is_done_shows_that_its_needs_are_there_and_grants_more() -> None:
    tip = CATALOG.lessons["models-1"].tip.model_copy(update={"needs": ("logs",), "grants": ("test-set",)})
    assert record_of(lacks=["logs"]).gains(tip) == {"logs", "test-set"}
    step = project().steps[2]  # which may be done without what it needs
    assert step.needs == ("partner",)
    assert record_of().gains(step) == {"partner"}
    assert record_of(lacks=["partner"]).gains(step) == frozenset()


@given(LEARNERS)
def test_the_same_member_gets_the_same_tip_and_one_that_does_not_fit_only_where_nothing_else_is_left(
    record: Record,
) -> None:
    choice, lacks = choose_tip(CATALOG, record), record.lacks(CATALOG)
    assert choose_tip(CATALOG, record) == choice
    tip = choice.lesson.tip
    if tip.id in record.withheld or lacks & set(tip.needs):
        fitting = [
            each for each in CATALOG.tips if each.tip.id not in record.withheld and not lacks & {*each.tip.needs}
        ]
        assert fitting == []


@given(LEARNERS, st.sampled_from(list(CATALOG.skills.values())))
def test_asked_about_a_skill_it_is_that_skill(record: Record, about: Skill) -> None:
    choice = choose_tip(CATALOG, record, about=about)
    assert choice.lesson.skill is about
    assert choice.reason is Reason.ASKED


PROJECT = project("needs", value=[])
WITH_A_PROJECT = passing(projects=(PROJECT,))
TESTER = record_of(WITH_A_PROJECT.roles["tester"])


def step_in(catalog: Catalog, record: Record) -> Choice:
    message = next_message(catalog, record, LATER)
    assert isinstance(message, Choice)
    return message


def test_the_message_of_a_week_is_a_step_and_what_is_asked_for_is_a_single_tip() -> None:
    step, tip = step_in(WITH_A_PROJECT, TESTER), choose_tip(WITH_A_PROJECT, TESTER)
    assert (step.lesson.tip.id, step.reason, step.begins) == ("cost-price", Reason.PROJECT, True)
    assert step.place is not None
    assert (step.place.number, step.place.of) == (1, 3)
    assert (tip.lesson.tip.id, tip.reason, tip.place) == ("price-by-hand", Reason.SINGLE, None)


def test_a_retry_says_the_same_also_after_an_answer_that_changed_what_is_next() -> None:
    step = step_in(WITH_A_PROJECT, TESTER.with_given("cost-price", LATER))
    done = TESTER.with_step(Practised("cost-price", Step.DONE, LATER))
    assert step.is_small
    assert step_in(WITH_A_PROJECT, done) != step
    assert message_of(WITH_A_PROJECT, done, step.subject, LATER) == step
    offered = TipSubject(choose=(PROJECT.slug, "gone"))
    assert message_of(WITH_A_PROJECT, done, offered, LATER) == ChooseOne((PROJECT,))
    refused = message_of(WITH_A_PROJECT, replace(TESTER, withheld={PROJECT.slug}), offered, LATER)
    assert isinstance(refused, Choice)
    assert refused.reason is Reason.SINGLE


def test_a_step_that_slack_refuses_gives_way_to_a_single_tip() -> None:
    record = replace(TESTER, withheld={"cost-price"})
    assert step_in(WITH_A_PROJECT, record).reason is Reason.SINGLE
    before = TipSubject(tip="cost-price", begins=PROJECT.slug)
    assert message_of(WITH_A_PROJECT, record, before, LATER) == step_in(WITH_A_PROJECT, record)


def test_after_the_tips_of_a_skill_the_first_step_of_a_project_that_teaches_it_comes() -> None:
    (skill,) = WITH_A_PROJECT.skills.values()
    first, record = PROJECT.steps[0].id, record_of(WITH_A_PROJECT.roles["tester"], has=WITH_A_PROJECT.needs)
    without_tips = replace(WITH_A_PROJECT, skills={skill.slug: skill.model_copy(update={"tips": ()})})
    assert choose_tip(without_tips, record, about=skill).lesson.tip.id == first
    for tip in skill.tips:
        record = record.with_given(tip.id, LATER)
    assert choose_tip(WITH_A_PROJECT, record, about=skill).lesson.tip.id == first
    assert choose_tip(WITH_A_PROJECT, record).lesson.tip.id == first, "so has who gets only single tips"
    others = (PROJECT.model_copy(update={"slug": "foreign", "steps": PROJECT.steps[1:]}), PROJECT)
    both = replace(WITH_A_PROJECT, projects={each.slug: each for each in others})
    assert choose_tip(both, record, about=skill).lesson.tip.id == first, "that of the member's role comes first"


def test_where_a_team_forbids_every_tip_of_a_skill_a_tip_of_another_comes() -> None:
    skill = next(iter(CATALOG.skills.values()))
    tips = tuple(tip.model_copy(update={"needs": ("logs",)}) for tip in skill.tips)
    needy = skill.model_copy(update={"tips": tips})
    catalog = replace(CATALOG, skills={**CATALOG.skills, skill.slug: needy}, policy=Policy(forbids=("logs",)))
    choice = choose_tip(catalog, record_of(None), about=needy)
    assert choice.lesson.skill != needy
    assert "logs" not in choice.lesson.tip.needs
    assert choice.reason is Reason.SINGLE
