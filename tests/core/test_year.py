"""A year of the real content keeps every rule: for each path, both levels, and whatever its member lacks and does."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from bot.core.catalog import Catalog
from bot.core.content_types import Level, Role
from bot.core.projects import Project
from bot.core.year import YEAR, Does, Week, newcomer, year
from tests import real_content
from tests.every import check_every

CATALOG: Catalog = real_content.load()
PROJECTS, OF_HALF, OF_NONE = 7, 4, 3  # that somebody finishes in a year who does all, half, or has nothing
IN_PROJECT = 30  # of the first 40 weeks
FIRST_MINUTES, USUAL_MINUTES, MAX_MINUTES = 20, 25, 45
MAX_MESSAGES = 18  # to somebody who never clicks
WITH_ALL_MOTTOS = {  # the other paths wait for more projects
    *("software-engineer", "product-manager", "designer"),
    *("customer-support", "sales-and-marketing", "people-and-finance"),
}


@dataclass(frozen=True)
class Life:
    role: Role
    level: Level
    has: Collection[str]

    def __str__(self) -> str:
        return f"{self.role.slug}, {self.level}, has {sorted(self.has)}"

    def weeks(self, does: Does | float = Does.ALL, weeks: int = YEAR) -> list[Week]:
        return list(year(CATALOG, newcomer(CATALOG, self.role, self.level, self.has), does, weeks))

    @property
    def projects(self) -> list[Project]:
        listed = (project for level in (self.level, *Level) for project in CATALOG.projects_for(self.role, level))
        return list(dict.fromkeys(listed))

    def ended(self, weeks: list[Week]) -> list[str]:
        """Return the projects of which all steps were done."""
        done = {week.choice.lesson.tip.id for week in weeks if week.choice and week.is_done}
        return [each.slug for each in self.projects if done.issuperset(step.id for step in each.main_steps)]


USUAL = [Life(role, level, role.usual.of(level)) for role in CATALOG.roles.values() for level in Level]


def steps_in(weeks: list[Week]) -> Iterator[tuple[Week, Project, int]]:
    for week in weeks:
        if week.choice and week.choice.place:
            yield week, week.choice.place.project, week.choice.place.number


def test_who_does_all_finishes_seven_projects_a_year_and_is_half_way_in_the_first_by_week_3() -> None:
    def check(life: Life) -> None:
        weeks, made = life.weeks(), set[str]()
        steps = list(steps_in(weeks))
        (first, project, _), (third, same, number) = steps[0], steps[2]
        assert (third.number, same) == (3, project)
        assert number >= project.half_way.after
        assert first.choice is not None
        assert first.choice.lesson.tip.own_work
        assert first.choice.lesson.tip.minutes <= FIRST_MINUTES
        for week, project, _ in steps:
            step = week.choice and week.choice.place and week.choice.place.step
            assert step
            assert step.uses is None or step.uses in {*made, project.keeps.name}, step.id
            made.add(step.makes)
        assert len(life.ended(weeks)) >= PROJECTS
        assert sum(week.number <= 40 for week, *_ in steps) >= IN_PROJECT
        assert [week.number for week in weeks if week.choice is None] == []

    check_every(USUAL, check)


def test_who_does_half_finishes_four_projects() -> None:
    def check(life: Life) -> None:
        assert len(life.ended(life.weeks(Does.HALF))) >= OF_HALF

    check_every(USUAL, check)


def test_who_has_nothing_finishes_three_projects_each_with_a_way_round() -> None:
    def check(life: Life) -> None:
        weeks = life.weeks()
        assert len(life.ended(weeks)) >= OF_NONE
        for week in weeks:
            assert week.choice is not None
            tip, place = week.choice.lesson.tip, week.choice.place
            for need in CATALOG.needs_of(tip):
                if need in week.lacks:
                    assert place is not None, tip.id
                    assert need in place.project.without or place.step.free, (tip.id, need)

    check_every([Life(life.role, life.level, ()) for life in USUAL], check)


def test_who_does_two_of_five_weeks_ends_a_project_by_week_12_and_is_never_stuck() -> None:
    def check(life: Life) -> None:
        weeks = life.weeks(0.4)
        assert life.ended(weeks[:12])
        done = [week.number for week in weeks if week.is_done]
        assert all(later - earlier <= 3 for earlier, later in pairwise(done))

    check_every(USUAL, check)


def test_who_never_clicks_gets_eighteen_messages_at_most_and_no_project_twice() -> None:
    def check(life: Life) -> None:
        weeks = life.weeks(Does.NONE)
        assert sum(bool(week.choice or week.offers) for week in weeks) <= MAX_MESSAGES
        came = [project.slug for _, project, _ in steps_in(weeks)]
        began = [slug for before, slug in pairwise(["", *came]) if slug != before]
        assert len(began) == len(set(began))

    check_every(USUAL, check)


def test_steps_take_25_minutes_and_none_more_than_45() -> None:
    minutes = [step.minutes for project in CATALOG.projects.values() for step in project.steps]
    assert median(minutes) <= USUAL_MINUTES
    assert max(minutes) <= MAX_MINUTES


def test_any_three_projects_in_a_row_have_two_themes_and_some_paths_all_mottos_in_the_first_six() -> None:
    mottos = {motto.text for motto in CATALOG.mottos}
    for life in USUAL:
        themes = [project.theme for project in life.projects]
        assert all(len(set(themes[start : start + 3])) > 1 for start in range(len(themes) - 2)), life
    with_all = {
        life.role.slug
        for life in USUAL
        if mottos <= {line for project in life.projects[:6] for line in project.source_lines}
    }
    assert with_all >= WITH_ALL_MOTTOS


def test_the_first_question_about_a_skill_comes_a_week_after_it_was_marked() -> None:
    def check(life: Life) -> None:
        assert any(week.question for week in life.weeks(Does.MARKS, 3))

    check_every(USUAL, check)
