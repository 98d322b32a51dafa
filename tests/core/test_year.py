"""A year of the real content keeps every rule: for each path, both levels, and whichever need is missing."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import pytest

from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Level, Role
from bot.core.nudges import MONTH, QUARTER, Choice
from bot.core.year import YEAR, Does, Week, learner_with, usual_needs, year
from tests import real_content
from tests.every import check_every

CATALOG: Catalog = real_content.load()
EVALUATIONS = {
    "first-test-set", "test-llm-outputs", "spec-by-example", "sort-failures", "judge-with-a-model", "evaluate-an-agent",
}  # fmt: skip
WITH_AN_AGENT = {"software-engineer", "backend-engineer", "frontend-engineer"}
MOTTOS = 9  # weeks that have each motto


@dataclass(frozen=True)
class Life:
    role: Role | None
    level: Level
    has: Collection[str]

    def __str__(self) -> str:
        return f"{self.role.slug if self.role else None}, {self.level}, has {sorted(self.has)}"

    def weeks(self, does: Does = Does.ALL, weeks: int = YEAR) -> list[Week]:
        return list(year(CATALOG, learner_with(CATALOG, self.role, self.level, self.has), does, weeks))

    def choices(self, does: Does = Does.ALL, weeks: int = YEAR) -> list[Choice]:
        return [week.choice for week in self.weeks(does, weeks) if week.choice]


def usual_lives() -> Iterator[Life]:
    for role in CATALOG.roles.values():
        yield from (Life(role, level, usual_needs(role, level)) for level in Level)


def lives_that_lack_something() -> Iterator[Life]:
    every = set(CATALOG.needs)
    for role in (None, *CATALOG.roles.values()):
        for has in (every, set[str](), *(every - {need} for need in CATALOG.needs)):
            yield from (Life(role, level, has) for level in Level)


def windows(found: list[Choice], size: int) -> Iterator[list[Choice]]:
    return (found[start : start + size] for start in range(len(found) - size + 1))


def no_tip_twice(found: list[Choice], _: Life) -> bool:
    return len({choice.lesson.tip.id for choice in found}) == YEAR


def nothing_that_is_lacking(found: list[Choice], life: Life) -> bool:
    """No tip needs what the member lacks, unless a tip before it granted that."""
    granted: set[str] = set()
    for choice in found:
        if not set(choice.lesson.tip.needs) <= {*life.has, *granted}:
            return False
        granted.update(choice.lesson.tip.grants)
    return True


def two_themes_a_month(found: list[Choice], _: Life) -> bool:
    return all(len({each.lesson.skill.theme for each in month}) >= 2 for month in windows(found, MONTH))


def all_themes_a_quarter(found: list[Choice], _: Life) -> bool:
    return all({each.lesson.skill.theme for each in span} == CATALOG.taught_themes for span in windows(found, QUARTER))


def all_mottos_in_nine(found: list[Choice], _: Life) -> bool:
    return all(len({each.turn.number for each in nine if each.turn.is_motto}) == 3 for nine in windows(found, MOTTOS))


def own_work_by_week_2(found: list[Choice], _: Life) -> bool:
    return any(choice.lesson.tip.own_work for choice in found[:2])


def own_evaluation_by_week_4(found: list[Choice], _: Life) -> bool:
    return any(is_own_evaluation(choice.lesson) for choice in found[:4])


def is_own_evaluation(lesson: Lesson) -> bool:
    return lesson.tip.own_work and lesson.skill.slug in EVALUATIONS


def own_work_in_60_percent(found: list[Choice], _: Life) -> bool:
    return sum(choice.lesson.tip.own_work for choice in found) >= 0.6 * YEAR


ALWAYS = (no_tip_twice, two_themes_a_month, all_themes_a_quarter, all_mottos_in_nine)
USUALLY = (*ALWAYS, own_work_by_week_2, own_evaluation_by_week_4, own_work_in_60_percent)
Rule = Callable[[list[Choice], Life], bool]


def broken(lives: Iterator[Life], rules: tuple[Rule, ...], does: Does) -> list[tuple[str, str]]:
    return [
        (str(life), rule.__name__)
        for life in lives
        for found in [life.choices(does)]
        for rule in rules
        if not rule(found, life)
    ]


def test_who_has_what_is_usual_works_on_their_own_from_the_second_week() -> None:
    assert broken(usual_lives(), USUALLY, Does.ALL) == []


def test_who_lacks_any_need_or_all_gets_a_year_without_it() -> None:
    assert broken(lives_that_lack_something(), (*ALWAYS, nothing_that_is_lacking), Does.HALF) == []


def test_who_never_clicks_gets_twenty_messages_at_most() -> None:
    def check(life: Life) -> None:
        assert 12 <= len(life.choices(Does.NONE)) <= 20

    check_every(list(usual_lives()), check)


def test_the_first_question_comes_by_week_5() -> None:
    def check(life: Life) -> None:
        for does in (Does.ALL, Does.MARKS):
            assert any(week.question for week in life.weeks(does, 5)), does

    check_every(list(usual_lives()), check)


def test_engineers_run_a_coding_agent_within_eight_weeks() -> None:
    def check(life: Life) -> None:
        with_agent = Life(life.role, life.level, {*life.has, "coding-agent"})
        assert any("coding-agent" in choice.lesson.tip.needs for choice in with_agent.choices(weeks=8))

    check_every([life for life in usual_lives() if life.role and life.role.slug in WITH_AN_AGENT], check)


@pytest.mark.parametrize("role", [None, *CATALOG.roles.values()])
def test_nothing_comes_back_while_a_tip_for_the_role_was_never_given(role: Role | None) -> None:
    fitting = [lesson.tip for lessons in CATALOG.lessons_of.values() for lesson in lessons]
    fitting = [tip for tip in fitting if tip.is_for(role)]
    found = Life(role, Level.NEW, CATALOG.needs).choices(weeks=len(fitting))
    assert len({choice.lesson.tip.id for choice in found}) == len(fitting)
