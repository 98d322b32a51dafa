"""Which tip comes next: the path in rounds, prerequisites first, only what fits the member, and why."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.catalog import Catalog
from bot.core.content_types import ByLevel, Level, Skill, Start
from bot.core.next_tip import MONTH, Choice, Reason, choose_tip
from bot.core.record import Record
from tests import real_content
from tests.every import check_every
from tests.made_up import NEEDS, PATHS, SKILLS, made_up
from tests.records import record_of

YEAR = 52
LATER = datetime(2027, 1, 4, 9, tzinfo=UTC)
CATALOG = made_up()  # hypothesis draws from it, so it can't be a fixture
TIPS = [tip.id for skill in CATALOG.skills.values() for tip in skill.tips]
ROLES = [None, *PATHS]
SITUATIONS = [(), *((need,) for need in NEEDS)]
LEARNERS = st.builds(
    record_of,
    role=st.sampled_from([None, *CATALOG.roles.values()]),
    learned=st.frozensets(st.sampled_from(list(SKILLS))),
    given=st.dictionaries(st.sampled_from(TIPS), st.integers(0, 5)),
    lacks=st.frozensets(st.sampled_from(NEEDS)),
    not_my_work=st.frozensets(st.sampled_from(TIPS)),
    failed_checks=st.lists(st.sampled_from(list(SKILLS)), max_size=3, unique=True),
    withheld=st.frozensets(st.sampled_from(TIPS)),
)


def year_of(
    role: str | None, *, weeks: int = YEAR, lacks: tuple[str, ...] = (), catalog: Catalog = CATALOG, **about: object
) -> list[Choice]:
    """Return what a member gets, week after week, who marks nothing."""
    record = record_of(catalog.role_of(role), lacks=lacks, **about)  # type: ignore[arg-type]  # a table's words
    choices = []
    for _ in range(weeks):
        choices.append(choose_tip(catalog, record))
        record = record.with_given(choices[-1].lesson.tip.id, LATER)
    return choices


def skills_of(choices: list[Choice]) -> list[str]:
    return [choice.lesson.skill.slug for choice in choices]


def test_a_skill_comes_after_those_that_it_builds_on() -> None:
    def check(case: tuple[str | None, tuple[str, ...]]) -> None:
        role, lacks = case
        met: set[str] = set()
        for skill in skills_of(year_of(role, lacks=lacks)):
            assert set(SKILLS[skill][1]) <= met
            met.add(skill)

    check_every(list(product(ROLES, SITUATIONS)), check)


def test_the_first_month_brings_the_first_four_places_of_the_path() -> None:
    for role, path in PATHS.items():
        assert skills_of(year_of(role, weeks=MONTH)) == list(path[:MONTH]), role


def test_the_path_is_walked_in_rounds() -> None:
    """While the path has new tips, no skill of it is more than one round ahead of another."""
    for role, path in PATHS.items():
        rounds: Counter[str] = Counter()
        for skill in skills_of(year_of(role, weeks=30)):
            rounds[skill] += 1
            on_path = [rounds[slug] for slug in path]
            assert max(on_path) - min(on_path) <= 1, role


def test_a_stale_skill_comes_last_in_its_round_but_before_those_that_build_on_it() -> None:
    path = PATHS["operator"]
    got = skills_of(year_of("operator", weeks=len(path), catalog=replace(CATALOG, stale=frozenset({"tests", "load"}))))
    builds_on_it = {"quality", "judges"}
    fresh = [slug for slug in path if slug not in {"tests", "load", *builds_on_it}]
    assert set(got) == set(path)
    assert set(got[: len(fresh)]) == set(fresh)
    assert got[len(fresh)] == "tests"
    assert got[-1] == "load"


def test_a_tip_that_is_not_my_work_comes_back_last() -> None:
    given = dict.fromkeys(CATALOG.lessons, 1)
    not_theirs = choose_tip(CATALOG, record_of(given=given)).lesson.tip.id
    record = record_of(given=given, not_my_work={not_theirs})
    for _ in range(3 * len(given)):
        choice = choose_tip(CATALOG, record)
        assert choice.lesson.tip.id != not_theirs
        record = record.with_given(choice.lesson.tip.id, LATER)


def test_own_work_comes_first_as_soon_as_its_needs_are_there() -> None:
    def first(*has: str) -> str:
        return year_of("operator", weeks=1, has=has)[0].lesson.tip.id

    assert first() == "models-1", "what a member may lack comes last"
    assert first("logs") == "models-0", "the author's order"
    assert first("code") == "models-2", "own work"
    assert first("code", "logs") == "models-2"


def test_a_path_begins_with_its_list_then_comes_arc_after_arc_then_the_rest() -> None:
    """Three tips of each skill of an arc, without those of the list, and after the skills that it builds on."""
    starts = {"daily": [{"tip": "costs-2", "free": "costs-4"}, {"tip": "judges-0"}, {"tip": "data-1"}]}
    arcs = (("tests", "data"), ("agents", "load"))
    role = CATALOG.roles["operator"].model_copy(
        update={"first": ByLevel[Start].model_validate(starts), "arcs": arcs, "usual": ByLevel[str](daily=("logs",))}
    )
    catalog = replace(CATALOG, roles={"operator": role})

    def got(level: Level, *lacks: str) -> list[str]:
        year = year_of("operator", weeks=12, catalog=catalog, level=level, lacks=lacks)
        return [choice.lesson.tip.id for choice in year]

    began = got(Level.DAILY, "code")
    assert began[:3] == ["costs-4", "judges-0", "data-1"], "the free one, and one whose need is usual"
    assert skills_of_ids(began[3:9]) == ["tests", "data"] * 3
    assert skills_of_ids(began[9:]) == ["traces", "agents", "load"], "agents build on traces"
    assert got(Level.DAILY)[0] == "costs-4", "nobody said that code is there"
    assert got(Level.NEW, "code")[:2] == ["tests-1", "data-1"], "without a list"
    reasons = [each.reason for each in year_of("operator", weeks=4, catalog=catalog, level=Level.DAILY)]
    assert reasons == [Reason.FIRST, Reason.FIRST, Reason.FIRST, Reason.NEXT_ON_PATH]


def skills_of_ids(tips: list[str]) -> list[str]:
    return [CATALOG.lessons[tip].skill.slug for tip in tips]


def test_a_tip_for_other_roles_comes_to_nobody_else() -> None:
    skill = CATALOG.skills["models"]
    its_tips = tuple(tip.model_copy(update={"roles": ("tester",)}) for tip in skill.tips)
    catalog = replace(CATALOG, skills={**CATALOG.skills, "models": skill.model_copy(update={"tips": its_tips})})
    for role in ROLES:
        got = {choice.lesson.skill.slug for choice in year_of(role, catalog=catalog)}
        assert ("models" in got) is (role == "tester"), role


def test_a_tip_that_is_done_shows_that_its_needs_are_there_and_grants_more() -> None:
    tip = CATALOG.lessons["models-1"].tip.model_copy(update={"needs": ("logs",), "grants": ("test-set",)})
    assert record_of().gains(tip) == {"logs", "test-set"}


def test_a_learned_skill_waits_until_the_others_had_their_round() -> None:
    first, *others = PATHS["operator"]
    got = skills_of(year_of("operator", weeks=len(PATHS["operator"]), learned=[first]))
    assert got == [*others, first]


def test_a_skill_whose_tips_were_not_my_work_sits_rounds_out() -> None:
    first = PATHS["operator"][0]
    plain = skills_of(year_of("operator", weeks=15))
    fewer = skills_of(year_of("operator", weeks=15, not_my_work=[f"{first}-2"]))
    assert fewer[0] != first
    assert fewer.count(first) < plain.count(first)


def test_a_skill_whose_check_went_wrong_comes_next_and_once() -> None:
    record = record_of(
        CATALOG.roles["operator"], given={"models-1": 1, "tests-1": 1, "costs-1": 1}, failed_checks=["models"]
    )
    first = choose_tip(CATALOG, record)
    second = choose_tip(CATALOG, record.with_given(first.lesson.tip.id, LATER))
    assert (first.lesson.skill.slug, first.reason) == ("models", Reason.CHECK_WENT_WRONG)
    assert (second.lesson.skill.slug, second.reason) == ("data", Reason.NEXT_ON_PATH)


def test_a_retry_of_a_tip_says_again_that_a_check_went_wrong_and_a_reminder_of_an_earlier_tip_does_not() -> None:
    record = record_of(CATALOG.roles["operator"], given={"models-1": 1}, failed_checks=["models"])
    chosen = choose_tip(CATALOG, record)
    assert choose_tip(CATALOG, record, only=chosen.lesson) == chosen
    assert choose_tip(CATALOG, record, only=CATALOG.lessons["models-1"]).reason is Reason.NEXT_ON_PATH


def test_a_theme_that_the_path_lacks_comes_from_beyond_it_and_says_why() -> None:
    reasons = {
        choice.reason for choice in year_of("tester", weeks=40) if SKILLS[choice.lesson.skill.slug][0] == "speed"
    }
    assert reasons == {Reason.OTHER_THEME}


def test_no_tip_comes_back_before_every_other_was_given() -> None:
    for role in ROLES:
        assert {choice.lesson.tip.id for choice in year_of(role, weeks=len(TIPS))} == set(TIPS), role


def test_after_all_were_given_the_one_given_longest_ago_comes_back() -> None:
    choices = year_of("operator", weeks=len(TIPS) + 3)
    on_path = [choice.lesson.tip.id for choice in choices if choice.lesson.skill.slug in PATHS["operator"]]
    assert [choice.lesson.tip.id for choice in choices[-3:]] == on_path[:3]
    assert {choice.reason for choice in choices[-3:]} == {Reason.AGAIN}


def test_the_reasons_of_a_year_tell_its_story() -> None:
    reasons = [choice.reason for choice in year_of("operator", weeks=len(TIPS))]
    first_of_each = list(dict.fromkeys(reasons))
    assert first_of_each == [Reason.NEXT_ON_PATH, Reason.BEYOND_PATH]
    assert all(before is not Reason.BEYOND_PATH or after is Reason.BEYOND_PATH for before, after in pairwise(reasons))


@given(LEARNERS)
def test_there_is_always_a_tip_and_always_the_same_for_the_same_member(record: Record) -> None:
    choice = choose_tip(CATALOG, record)
    assert CATALOG.lessons[choice.lesson.tip.id] == choice.lesson
    assert choose_tip(CATALOG, record) == choice


@given(LEARNERS)
def test_a_tip_that_does_not_fit_comes_only_where_nothing_else_is_left(record: Record) -> None:
    tip = choose_tip(CATALOG, record).lesson.tip
    lacks = record.lacks(CATALOG)
    if tip.id in record.withheld or lacks & set(tip.needs):
        path = PATHS[record.member.role] if record.member.role else list(SKILLS)
        fitting = [
            each.id
            for slug in path
            for each in CATALOG.skills[slug].tips
            if each.id not in record.withheld and not lacks & set(each.needs)
        ]
        assert fitting == []


@given(LEARNERS, st.sampled_from(list(CATALOG.skills.values())))
def test_asked_about_a_skill_it_is_that_skill_even_if_it_is_learned(record: Record, about: Skill) -> None:
    choice = choose_tip(CATALOG, record, about=about)
    assert choice.lesson.skill is about
    assert choice.reason is Reason.ASKED


def test_a_tip_that_was_given_keeps_the_reason_for_which_it_was_chosen() -> None:
    record = record_of(CATALOG.roles["operator"])
    for _ in range(2 * len(PATHS["operator"])):
        choice = choose_tip(CATALOG, record)
        record = record.with_given(choice.lesson.tip.id, LATER)
        if choice.reason is Reason.NEXT_ON_PATH:
            assert choose_tip(CATALOG, record, only=choice.lesson) == choice


REAL = real_content.load()


@pytest.mark.parametrize("role", [None, *REAL.roles])
def test_any_nine_tips_end_with_each_motto_and_no_line_of_a_theme_comes_back_before_all_had_their_turn(
    role: str | None,
) -> None:
    found = year_of(role, weeks=150, catalog=REAL)  # past the year in which no tip comes back
    for start in range(len(found) - 8):
        assert {each.turn.number for each in found[start : start + 9] if each.turn.is_motto} == {0, 1, 2}, start
    for theme in REAL.themes.values():
        lines = [each.turn.number for each in found if each.lesson.skill.theme == theme.slug and not each.turn.is_motto]
        assert lines == [place % len(theme.lines) for place in range(len(lines))]
