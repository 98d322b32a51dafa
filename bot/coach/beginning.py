"""The first hour: what a member says about themselves, their first tip, and whether such a tip may come weekly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.coach import practice, schedules
from bot.coach.act import Act
from bot.coach.practice import TipSeen, WeeklyKey
from bot.core.calendar import Slot
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Level, Role
from bot.core.next_tip import Choice, choose_tip
from bot.core.record import Record
from bot.store import facts, members


@dataclass(frozen=True, slots=True)
class AboutMe:
    """How far a member is with AI, and whether they have each need that they were asked about."""

    level: Level
    has: Mapping[str, bool]


class Weekly(NamedTuple):
    """A member's answer to the question about weekly tips. No slot or zone: the usual ones."""

    wanted: bool
    slot: Slot | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A member's role, whether they were asked about themselves already, and what they said that they have."""

    role: Role | None
    is_asked: bool
    has: Mapping[str, bool]


def newcomer(act: Act) -> Newcomer:
    record = act.read()
    return Newcomer(act.catalog.role_of(record.member.role), record.member.level is not None, record.needs)


def begin(act: Act, said: AboutMe, fits: Sequence[Lesson]) -> Choice:
    """Store what a member said about themselves, and give the first tip. Raise NotMet.

    `fits` are tips for a job of theirs, the best first: the first that they can do comes. Without
    a job, who got a tip this week that they can do and said nothing about gets no second one: their role card names it.
    """
    act.lock()
    members.set_level(act.tx, act.who, said.level)
    facts.save_needs(act.tx, act.who, said.has, act.now)
    record = act.read()
    this_week = act.catalog.lessons.get(record.of_this_week(act.now) or "")
    if not fits and this_week is not None and _is_open(act.catalog, this_week, record):
        return choose_tip(act.catalog, record, only=this_week)
    choice = choose_tip(act.catalog, record, among=fits)
    facts.give(act.tx, [(act.who, choice.lesson.tip.id)], act.now)
    return choice


def set_level(act: Act, level: Level) -> Level:
    """Store how far a member is with AI. Raise NotMet."""
    act.lock()
    members.set_level(act.tx, act.who, level)
    return level


def _is_open(catalog: Catalog, given: Lesson, record: Record) -> bool:
    return given.tip.id not in record.steps and record.lacks(catalog).isdisjoint(given.tip.needs)


def answer_on_tip(act: Act, tip_id: str, key: WeeklyKey, weekly: Weekly) -> TipSeen:
    """Start weekly tips or leave them off, and return the tip under which that was asked. Raise UserError, NotMet.

    The tip says which, so no welcome comes.
    """
    if weekly.wanted:
        schedules.accept(act, weekly.slot, weekly.zone, welcomes=False)
    else:
        schedules.decline(act)
    return practice.see(act, tip_id, key)
