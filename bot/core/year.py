"""A year of weekly tips for somebody made up, week by week, by the rules that the planner follows."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.core.calendar import DEFAULT_SLOT
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Level, Role
from bot.core.member import Consent, Member, Schedule
from bot.core.next_tip import Choice, choose_tip
from bot.core.practice import WEEK, Answer, Asked, Practised, Step, Use
from bot.core.record import MADE_UP, Record
from bot.core.weekly_questions import WeeklyQuestion, question_for

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


def newcomer(catalog: Catalog, role: Role | None, level: Level | None, has: Collection[str]) -> Record:
    """Return the record of somebody new who has these needs and no others, and gets weekly tips."""
    return Record(
        Member(MADE_UP, role.slug if role else None, level=level),
        schedule=Schedule(Consent.YES, DEFAULT_SLOT, None),
        needs={need: need in has for need in catalog.needs},
    )


def usual_needs(role: Role | None, level: Level | None) -> tuple[str, ...]:
    return role.usual.of(level or Level.NEW) if role else ()


def year(catalog: Catalog, record: Record, does: Does, weeks: int = YEAR) -> Iterator[Week]:
    person = _Person(catalog, record, does)
    return (person.lives(number) for number in range(1, weeks + 1))


class _Person:
    def __init__(self, catalog: Catalog, record: Record, does: Does) -> None:
        self.catalog, self.record, self.does = catalog, record, does

    def lives(self, number: int) -> Week:
        """Return what a week brings, and do with it, an hour later, what this person does."""
        now = BEGINS + (number - 1) * WEEK
        if not self.record.rhythm.is_due(now, None):
            return Week(number, None)
        asks = question_for(self.catalog, self.record, now)
        choice = choose_tip(self.catalog, self.record, max_minutes=self.record.minutes_of_week(now))
        self.record = self.record.after_nudge(choice.lesson.tip.id, now)
        later = now + timedelta(hours=1)
        self._answers(number, asks, now, later)
        if self.does in {Does.ALL, Does.MARKS} or (self.does is Does.HALF and number % 2):
            self._does(choice.lesson, later)
        return Week(number, choice, asks)

    def _answers(self, number: int, asks: WeeklyQuestion, sent_at: datetime, now: datetime) -> None:
        """Answer a question. Who does nothing is only asked how to go on, and does not answer."""
        check, still, _ = asks
        if still:
            answer = Answer.ONCE if self.does is Does.HALF else Answer.AGAIN
            self.record = self.record.with_use(Use(still.tip.id, answer, now, f"week {number}"))
        if check:
            asked = Asked(check.check.id, check.skill.slug, sent_at, answered_at=now, right=True)
            self.record = self.record.with_asked(asked)

    def _does(self, lesson: Lesson, now: datetime) -> None:
        tip, record = lesson.tip, self.record.heard()
        record = record.with_needs(dict.fromkeys(record.gains(tip), True))
        record = record.with_step(Practised(tip.id, Step.DONE, now))
        self.record = record.with_learned(lesson.skill.slug, now) if self.does is Does.MARKS else record
