"""A year of weekly messages for somebody made up, week by week, by the rules that the planner follows."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import NamedTuple

from bot.core.calendar import DEFAULT_SLOT, week_of
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Level, Role
from bot.core.member import Consent, Member, Schedule
from bot.core.next_step import ChooseOne, is_finished, place_in
from bot.core.next_tip import Choice, after_sending, choice_of, next_message
from bot.core.outbox import nudge_key
from bot.core.practice import WEEK, Answer, Asked, Practised, Step, Use
from bot.core.projects import Project
from bot.core.record import MADE_UP, Record
from bot.core.weekly_questions import WeeklyQuestion, question_for

YEAR = 52  # weeks
BEGINS = datetime(2027, 1, 4, 9, tzinfo=UTC)  # a Monday; no rule depends on which


class Does(StrEnum):
    """What somebody made up does with what they get. Who does a share of it chooses a project in their weeks, too."""

    ALL = "all"  # each tip, does it again, and answers each check right
    HALF = "half"  # every second tip, and says later that it was once
    NONE = "none"  # never clicks anything
    MARKS = "marks"  # all, and marks each skill as learned


SHARES = {Does.ALL: 1.0, Does.HALF: 0.5, Does.NONE: 0.0, Does.MARKS: 1.0}


class Week(NamedTuple):
    """What a week brings. `choice` is None if it brings no message, or projects that they do not choose from.

    `offers`: projects to choose from; then `choice` is the first step of the one that they begin. `lacks`: what they
    lack then. `is_done`: they do it.
    """

    number: int
    choice: Choice | None = None
    asks: WeeklyQuestion = WeeklyQuestion()
    offers: tuple[Project, ...] = ()
    is_done: bool = False
    lacks: Collection[str] = ()

    @property
    def has_message(self) -> bool:
        return self.choice is not None or bool(self.offers)

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


def year(catalog: Catalog, record: Record, does: Does | float, weeks: int = YEAR) -> Iterator[Week]:
    """Yield the weeks of somebody who does all that `does` says, or this share of the weeks, evenly spread."""
    person = _Person(catalog, record, does)
    return (person.lives(number) for number in range(1, weeks + 1))


def share_of(does: Does | float) -> float:
    return SHARES[does] if isinstance(does, Does) else does


def acts_in(does: Does | float, number: int) -> bool:
    """Return whether somebody does what this week brings."""
    return ceil(number * share_of(does)) > ceil((number - 1) * share_of(does))


class _Person:
    def __init__(self, catalog: Catalog, record: Record, does: Does | float) -> None:
        self.catalog, self.record, self.does = catalog, record, does

    def lives(self, number: int) -> Week:
        """Return what a week brings, and do with it, an hour later, what this person does."""
        now = BEGINS + (number - 1) * WEEK
        if not self.record.rhythm.is_due(now, None):
            return Week(number)
        lacks = self.record.lacks(self.catalog)
        asks, message = question_for(self.catalog, self.record, now), next_message(self.catalog, self.record, now)
        self.record = after_sending(self.record, message, now)
        later, is_active = now + timedelta(hours=1), acts_in(self.does, number)
        if isinstance(message, ChooseOne):
            choice = self._begins(message.projects[0], later) if is_active else None
            return self._week(Week(number, choice, offers=message.projects, lacks=lacks), later, is_active=is_active)
        self._asked(asks, now, later if is_active else None)
        return self._week(Week(number, message, asks, lacks=lacks), later, is_active=is_active)

    def _week(self, week: Week, now: datetime, *, is_active: bool) -> Week:
        if week.choice is None or not is_active:
            return week
        self._does(week.choice.lesson, now)
        return week._replace(is_done=True)

    def _begins(self, project: Project, now: datetime) -> Choice:
        self.record = self.record.heard().with_project(project.slug, begun_at=now)
        place = place_in(project, self.record)
        assert place is not None  # noqa: S101 - else it would not be offered
        self.record = self.record.having_seen(place.step.id, now)
        return choice_of(self.catalog, self.catalog.lessons[place.step.id])

    def _asked(self, asks: WeeklyQuestion, now: datetime, answered_at: datetime | None) -> None:
        check, still, _ = asks
        asking = nudge_key(self.record.member.key, week_of(now, None))
        if still:
            answer = Answer.AGAIN if share_of(self.does) == 1 else Answer.ONCE
            said = {now: Answer.ASKED} | ({answered_at: answer} if answered_at else {})
            for at, each in said.items():
                self.record = self.record.with_use(Use(still.tip.id, each, at, asking))
        if check:
            right = True if answered_at else None
            asked = Asked(check.check.id, check.skill.slug, now, answered_at=answered_at, right=right, asking=asking)
            self.record = self.record.with_asked(asked)

    def _does(self, lesson: Lesson, now: datetime) -> None:
        tip, record = lesson.tip, self.record.heard()
        project = self.catalog.project_of.get(tip.id)
        record = record.with_needs(dict.fromkeys(record.gains(tip), True))
        record = record.with_step(Practised(tip.id, Step.DONE, now))
        if project is not None and is_finished(project, record):
            record = record.with_project(project.slug, ended_at=now).with_needs(dict.fromkeys(project.grants, True))
        self.record = record.with_learned(lesson.skill.slug, now) if self.does is Does.MARKS else record
