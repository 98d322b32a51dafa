"""A year of weekly tips for somebody made up, week by week, by the rules that the planner follows."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Level, Quiz, Role
from bot.core.nudges import Choice, Learner, choose_tip
from bot.core.practice import WEEK, Asked, Checked, due_question
from bot.core.use import Answer, Use, Uses

YEAR = 52  # weeks
BEGINS = datetime(2027, 1, 4, 9, tzinfo=UTC)  # a Monday; no rule depends on which


class Does(StrEnum):
    """What somebody made up does with the tips that they get."""

    ALL = "all"  # each tip, does it again, and answers each check right
    HALF = "half"  # every second tip, and says later that it was once
    NONE = "none"  # never clicks anything
    MARKS = "marks"  # all, and marks each skill as learned


class Week(NamedTuple):
    """What a week brings. `choice` is None if it brings no message."""

    number: int
    choice: Choice | None
    check: Quiz | None = None
    still: Lesson | None = None  # the tip about which it asks *Still doing it?*

    @property
    def question(self) -> str | None:
        """Return the id of the check, or of the tip after `still:`."""
        if self.still is not None:
            return f"still:{self.still.tip.id}"
        return self.check.check.id if self.check else None


def learner_with(catalog: Catalog, role: Role | None, level: Level | None, has: Collection[str]) -> Learner:
    """Return somebody new who has these needs and no others."""
    return Learner(role, level, has=has, lacks=[need for need in catalog.needs if need not in has])


def usual_needs(role: Role | None, level: Level | None) -> tuple[str, ...]:
    return role.usual.of(level or Level.NEW) if role else ()


def year(catalog: Catalog, learner: Learner, does: Does, weeks: int = YEAR) -> Iterator[Week]:
    person = _Person(catalog, learner, does)
    return (person.lives(number) for number in range(1, weeks + 1))


@dataclass
class _Person:
    catalog: Catalog
    learner: Learner
    does: Does
    done: dict[str, datetime] = field(default_factory=dict)
    learned: dict[str, datetime] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)

    def lives(self, number: int) -> Week:
        """Return what a week brings, and do with it, an hour later, what this person does."""
        now = BEGINS + (number - 1) * WEEK
        later = now + timedelta(hours=1)
        choice = choose_tip(self.catalog, self.learner)
        uses, checked, lesson = Uses.of(self.uses), Checked.of(self.asked), choice.lesson
        check, still = due_question(self.catalog, self.done, uses, self.learned, checked, now)
        self.learner = self.learner.after(lesson)
        if self.does in {Does.ALL, Does.MARKS} or (self.does is Does.HALF and number % 2):
            self.learner = self.learner.having_done(lesson.tip)
            self.done[lesson.tip.id] = later
        if still:
            said = Answer.ONCE if self.does is Does.HALF else Answer.AGAIN
            self.uses.append(Use(still.tip.id, said, later, f"week {number}"))
        if check:
            self.asked.append(Asked(check.check.id, check.skill.slug, now, answered_at=later, right=True))
        if self.does is Does.MARKS:
            self.learned.setdefault(lesson.skill.slug, later)
            self.learner = replace(self.learner, learned=self.learned)
        return Week(number, choice, check, still)
