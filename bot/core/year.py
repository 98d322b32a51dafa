"""A year of weekly messages for somebody made up, week by week, by the rules that the planner follows."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import NamedTuple

from bot.core.calendar import DEFAULT_SLOT, week_of
from bot.core.catalog import Catalog
from bot.core.content_types import Level, Role
from bot.core.member import Consent, Member, Schedule
from bot.core.next_step import ChooseOne, is_finished, place_in
from bot.core.next_tip import Choice, WeeklyQuestion, after_sending, choice_of, next_message, question_for
from bot.core.outbox import nudge_key
from bot.core.practice import WEEK, Answer, Asked, Checked, Practised, Step, Use
from bot.core.projects import Project
from bot.core.record import MADE_UP, Record

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
    number: int
    choice: Choice | None = None  # None: no message, or projects that they do not choose from
    asks: WeeklyQuestion = WeeklyQuestion()
    offers: tuple[Project, ...] = ()  # to choose from; then `choice` is the first step of the one that they begin
    is_done: bool = False  # they do what it brings
    lacks: Collection[str] = ()  # what they lack then

    @property
    def question(self) -> str | None:
        if self.asks.still is not None:
            return f"still:{self.asks.still.tip.id}"
        return self.asks.check.check.id if self.asks.check else None


def newcomer(catalog: Catalog, role: Role | None, level: Level | None, has: Collection[str]) -> Record:
    """Return the record of somebody new who has these needs and no others, and gets weekly tips."""
    member = Member(MADE_UP, role.slug if role else None, level=level)
    needs = {need: need in has for need in catalog.needs}
    return Record(member, schedule=Schedule(Consent.YES, DEFAULT_SLOT, None), needs=needs)


def year(catalog: Catalog, record: Record, does: Does | float, weeks: int = YEAR) -> Iterator[Week]:
    """Yield the weeks of somebody who does all that `does` says, or this share of the weeks, evenly spread."""
    for number in range(1, weeks + 1):
        now = BEGINS + (number - 1) * WEEK
        if not record.rhythm.is_due(now, None):
            yield Week(number)
            continue
        later, is_active = now + timedelta(hours=1), acts_in(does, number)
        lacks, asks = record.lacks(catalog), question_for(catalog, record, now)
        message = next_message(catalog, record, now)
        record = after_sending(record, message, now)
        offers = message.projects if isinstance(message, ChooseOne) else ()
        choice = message if isinstance(message, Choice) else None
        if offers and is_active:
            record = record.heard().with_project(offers[0].slug, begun_at=later)
            place = place_in(offers[0], record)
            assert place is not None  # noqa: S101 - else it would not be offered
            record = record.having_seen(place.step.id, later)
            choice = choice_of(catalog, catalog.lessons[place.step.id])
        asks = WeeklyQuestion() if offers else asks
        record = _after_question(record, asks, now, later if is_active else None, is_again=share_of(does) == 1)
        is_done = is_active and choice is not None
        if is_active and choice is not None:
            skill, tip = choice.lesson
            record = record.heard().with_needs(dict.fromkeys(record.gains(tip), True))
            record = record.with_step(Practised(tip.id, Step.DONE, later))
            project = catalog.project_of.get(tip.id)
            if project is not None and is_finished(project, record):
                record = record.with_project(project.slug, ended_at=later)
                record = record.with_needs(dict.fromkeys(project.grants, True))
            record = record.with_learned(skill.slug, later) if does is Does.MARKS else record
        yield Week(number, choice, asks, offers, is_done, lacks)


def share_of(does: Does | float) -> float:
    return SHARES[does] if isinstance(does, Does) else does


def acts_in(does: Does | float, number: int) -> bool:
    return ceil(number * share_of(does)) > ceil((number - 1) * share_of(does))


def _after_question(
    record: Record, asks: WeeklyQuestion, now: datetime, answered_at: datetime | None, *, is_again: bool
) -> Record:
    asking = nudge_key(record.member.key, week_of(now, None))
    if asks.still:
        record = record.with_use(Use(asks.still.tip.id, Answer.ASKED, now, asking))
        if answered_at:
            answer = Answer.AGAIN if is_again else Answer.ONCE
            record = record.with_use(Use(asks.still.tip.id, answer, answered_at, asking))
    if asks.check:
        check, skill, right = asks.check.check.id, asks.check.skill.slug, True if answered_at else None
        asked = Asked(check, skill, now, answered_at=answered_at, right=right, asking=asking)
        before = (earlier for log in record.checked.of_skill.values() for earlier in log)
        record = replace(record, checked=Checked.of([*before, asked]))
    return record
