"""A year of weekly tips for somebody made up, week by week, by the rules that the planner follows."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Level, Role
from bot.core.next_tip import Choice, Learner, choose_tip
from bot.core.practice import WEEK, Answer, Asked, History, Practised, Step, Use
from bot.core.rhythm import Pupil, WeeklyQuestion

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
    asks: WeeklyQuestion = WeeklyQuestion()

    @property
    def question(self) -> str | None:
        if self.asks.still is not None:
            return f"still:{self.asks.still.tip.id}"
        return self.asks.check.check.id if self.asks.check else None


def learner_with(catalog: Catalog, role: Role | None, level: Level | None, has: Collection[str]) -> Learner:
    """Return somebody new who has these needs and no others."""
    return Learner(role, level, has=has, lacks=[need for need in catalog.needs if need not in has])


def usual_needs(role: Role | None, level: Level | None) -> tuple[str, ...]:
    return role.usual.of(level or Level.NEW) if role else ()


def year(catalog: Catalog, learner: Learner, does: Does, weeks: int = YEAR) -> Iterator[Week]:
    person = _Person(catalog, learner, does)
    return (person.lives(number) for number in range(1, weeks + 1))


class _Person:
    def __init__(self, catalog: Catalog, learner: Learner, does: Does) -> None:
        self.catalog, self.does = catalog, does
        self.pupil = Pupil(learner, {}, History())

    def lives(self, number: int) -> Week:
        """Return what a week brings, and do with it, an hour later, what this person does."""
        now = BEGINS + (number - 1) * WEEK
        if not self.pupil.rhythm.is_due(now, None):
            return Week(number, None)
        week = Week(
            number,
            choose_tip(self.catalog, self.pupil.weekly_learner(now)),
            self.pupil.question(self.catalog, now),
        )
        assert week.choice is not None  # noqa: S101 - it was chosen just now
        self.pupil = self.pupil.after_nudge(week.choice.lesson, now)
        later = now + timedelta(hours=1)
        self._answers(week, now, later)
        if self.does in {Does.ALL, Does.MARKS} or (self.does is Does.HALF and number % 2):
            self._does(week.choice.lesson, later)
        return week

    def _answers(self, week: Week, sent_at: datetime, now: datetime) -> None:
        """Answer a question. Who does nothing is only asked how to go on, and does not answer."""
        check, still, _ = week.asks
        history = self.pupil.history
        if still:
            said = Answer.ONCE if self.does is Does.HALF else Answer.AGAIN
            history = history.with_use(Use(still.tip.id, said, now, f"week {week.number}"))
        if check:
            asked = Asked(check.check.id, check.skill.slug, sent_at, answered_at=now, right=True)
            history = history.with_asked(asked)
        self.pupil = replace(self.pupil, history=history)

    def _does(self, lesson: Lesson, now: datetime) -> None:
        history = self.pupil.history.with_step(Practised(lesson.tip.id, Step.DONE, now))
        learner, learned = self.pupil.learner.having_done(lesson.tip), dict(self.pupil.learned)
        if self.does is Does.MARKS:
            learned.setdefault(lesson.skill.slug, now)
            learner = replace(learner, learned=learned)
        rhythm = self.pupil.rhythm.heard()
        self.pupil = replace(self.pupil, learner=learner, learned=learned, history=history, rhythm=rhythm)
