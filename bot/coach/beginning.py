"""The first hour: what a member says about themselves, their first tip, and whether such a tip may come weekly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach import learning, practice, schedules
from bot.coach.learning import MyRole
from bot.coach.practice import TipSeen, WeeklyKey
from bot.coach.tips import given_this_week
from bot.core.calendar import Slot
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Level, Role
from bot.core.member import MemberKey
from bot.core.next_tip import Choice, Learner, choose_tip
from bot.core.practice import History
from bot.store import members
from bot.store import record as record_rows


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


def newcomer(tx: Connection, catalog: Catalog, who: MemberKey) -> Newcomer:
    member = members.with_marks(tx, who).member
    return Newcomer(catalog.role_of(member.role), member.level is not None, record_rows.needs_of(tx, who))


def begin(
    tx: Connection, catalog: Catalog, who: MemberKey, said: AboutMe, fits: Sequence[Lesson], now: datetime
) -> Choice:
    """Store what a member said about themselves, and give the first tip. Raise NotMet.

    `fits` are tips for a job of theirs, the best first: the first that they can do comes, however long it is. Without
    a job, who got a tip this week that they can do and said nothing about gets no second one: their role card names it.
    """
    known = members.lock_known(tx, who)
    members.set_level(tx, who, said.level)
    record_rows.save_needs(tx, who, said.has, now)
    known = replace(known, member=replace(known.member, level=said.level))
    this_week, learner, history = given_this_week(tx, catalog, known, now)
    if fits:
        learner = replace(learner, max_minutes=None)
    elif this_week is not None and _is_open(this_week, learner, history):
        return choose_tip(catalog, learner, only=this_week)
    choice = choose_tip(catalog, learner, among=fits)
    record_rows.give(tx, [(who, choice.lesson.tip.id)], now)
    return choice


def _is_open(given: Lesson, learner: Learner, history: History) -> bool:
    return given.tip.id not in history.last_steps and not set(given.tip.needs) & set(learner.lacks)


def answer_on_role_card(tx: Connection, catalog: Catalog, who: MemberKey, weekly: Weekly, now: datetime) -> MyRole:
    """Start weekly tips or leave them off, and return the role card. It says which: no welcome comes. Raise NotMet."""
    _answer(tx, who, weekly, now)
    return learning.my_role(tx, catalog, who, now)


def answer_on_tip(
    tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, key: WeeklyKey, weekly: Weekly, now: datetime
) -> TipSeen:
    """Start weekly tips or leave them off, and return the tip under which that was asked. Raise UserError, NotMet."""
    _answer(tx, who, weekly, now)
    return practice.see(tx, catalog, who, tip_id, key, now)


def _answer(tx: Connection, who: MemberKey, weekly: Weekly, now: datetime) -> None:
    if weekly.wanted:
        schedules.accept(tx, who, weekly.slot, weekly.zone, now, welcomes=False)
    else:
        schedules.decline(tx, who, now)
