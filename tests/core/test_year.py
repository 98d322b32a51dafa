"""A year of the real content keeps every rule: for each path, both levels, and whichever need is missing."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from bot.core.catalog import Catalog
from bot.core.content_types import Level, Role
from bot.core.next_tip import MONTH, QUARTER, Choice
from bot.core.year import YEAR, Does, Week, newcomer, usual_needs, year
from tests import real_content
from tests.every import check_every

CATALOG: Catalog = real_content.load()
EVALUATIONS = {
    "first-test-set", "test-llm-outputs", "spec-by-example", "sort-failures", "judge-with-a-model", "evaluate-an-agent",
}  # fmt: skip
WITH_AN_AGENT = {"software-engineer", "backend-engineer", "frontend-engineer"}
MOTTOS = 9  # weeks that have each motto
FIRST_MINUTES = 20  # the first tip fits between two meetings


@dataclass(frozen=True)
class Life:
    role: Role | None
    level: Level
    has: Collection[str]

    def __str__(self) -> str:
        return f"{self.role.slug if self.role else None}, {self.level}, has {sorted(self.has)}"

    def weeks(self, does: Does = Does.ALL, weeks: int = YEAR) -> list[Week]:
        return list(year(CATALOG, newcomer(CATALOG, self.role, self.level, self.has), does, weeks))

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


def themes_of(found: list[Choice]) -> set[str]:
    return {each.lesson.skill.theme for each in found}


def nothing_that_is_lacking(found: list[Choice], life: Life) -> bool:
    """No tip needs what the member lacks, unless a tip before it granted that."""
    granted: set[str] = set()
    for choice in found:
        if not set(choice.lesson.tip.needs) <= {*life.has, *granted}:
            return False
        granted.update(choice.lesson.tip.grants)
    return True


Rule = Callable[[list[Choice], Life], bool]
ALWAYS: dict[str, Rule] = {
    "no tip twice": lambda found, _: len({each.lesson.tip.id for each in found}) == YEAR,
    "two themes a month": lambda found, _: all(len(themes_of(month)) >= 2 for month in windows(found, MONTH)),
    "all themes a quarter": lambda found, _: all(
        themes_of(span) == CATALOG.taught_themes for span in windows(found, QUARTER)
    ),
    "all mottos in nine": lambda found, _: all(
        len({each.turn.number for each in nine if each.turn.is_motto}) == 3 for nine in windows(found, MOTTOS)
    ),
}
USUALLY: dict[str, Rule] = ALWAYS | {
    "a short first tip": lambda found, _: found[0].lesson.tip.minutes <= FIRST_MINUTES,
    "own work by week 2": lambda found, _: any(each.lesson.tip.own_work for each in found[:2]),
    "own evaluation by week 4": lambda found, _: any(
        each.lesson.tip.own_work and each.lesson.skill.slug in EVALUATIONS for each in found[:4]
    ),
    "own work in 60 percent": lambda found, _: sum(each.lesson.tip.own_work for each in found) >= 0.6 * YEAR,
}


def broken(lives: Iterator[Life], rules: dict[str, Rule], does: Does) -> list[tuple[str, str]]:
    return [
        (str(life), name)
        for life in lives
        for found in [life.choices(does)]
        for name, rule in rules.items()
        if not rule(found, life)
    ]


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
