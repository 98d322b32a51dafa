"""Who gets which tip, when and why: pure, so that a forecast is what happens."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.calendar import QuietHours, Slot, next_decent, slot_in_week, slot_in_week_after, week_of, window_end
from bot.core.catalog import Catalog, Lesson, Role, Skill

SAME_THEME = 3  # places on the path that a skill of the theme just taught has to wait
NOT_USEFUL = 2  # places that a skill waits for each of its tips that was marked as not useful


class Reason(StrEnum):
    """Why this tip and no other."""

    NEXT_ON_PATH = "next on your path"
    ON_PATH = "on your path"
    PATH_FINISHED = "you finished the path; this one goes further"
    ASKED = "you asked for it"
    NO_ROLE = "you have no role yet, so this one is for everybody"


@dataclass(frozen=True, slots=True)
class Choice:
    """A tip, the skill that it teaches, and why it was chosen."""

    lesson: Lesson
    reason: Reason
    role: Role | None


@dataclass(frozen=True, slots=True)
class Learner:
    """All about a member that a choice rests on: slugs of skills and ids of tips.

    `given` counts how often each tip was given; `latest` is the last one; `not_useful` were marked so; `set_aside` are
    tips that Slack refused to show.
    """

    role: Role | None = None
    learned: Collection[str] = ()
    given: Mapping[str, int] = field(default_factory=dict)
    latest: str | None = None
    not_useful: Collection[str] = ()
    set_aside: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Nudge:
    """One week's nudge: the ISO week that it is for, when it should come, and until when it still may."""

    week: str
    due_at: datetime
    try_at: datetime
    window_ends_at: datetime

    @property
    def can_come(self) -> bool:
        """Whether its week holds a decent hour still."""
        return self.try_at < self.window_ends_at


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from a slot that has come: the nudge to send, if any, and the next moment to look again.

    `missed`: a week in which the bot did not run at all; nothing is sent for it any more.
    """

    nudge: Nudge | None
    missed: Nudge | None
    next_due_at: datetime


def plan_nudge(due_at: datetime, slot: Slot, quiet_hours: QuietHours, zone: str | None, now: datetime) -> Plan:
    """Plans the local week of `now` for a member whose slot came at `due_at`; at most one nudge, however late."""
    missed = None if week_of(due_at, zone) == week_of(now, zone) else _nudge(due_at, due_at, slot, quiet_hours, zone)
    this_week = due_at if missed is None else slot_in_week(now, slot, zone)
    if this_week > now:
        return Plan(None, missed, this_week)
    return Plan(_nudge(this_week, now, slot, quiet_hours, zone), missed, slot_in_week_after(now, slot, zone))


def _nudge(due_at: datetime, now: datetime, slot: Slot, quiet_hours: QuietHours, zone: str | None) -> Nudge:
    return Nudge(
        week=week_of(due_at, zone),
        due_at=due_at,
        try_at=next_decent(max(due_at, now), slot, quiet_hours, zone),
        window_ends_at=window_end(due_at, slot, quiet_hours, zone),
    )


def choose_tip(catalog: Catalog, learner: Learner, *, about: Skill | None = None, only: Lesson | None = None) -> Choice:
    """The next tip for a member; the same for the same member and content.

    Of the skills that are not learned yet, in the order of the path, the tips that were given least often; among
    these, the nearest on the path comes first, but the theme just taught and skills whose tips were not useful wait.
    `about` asks for a tip of one skill; `only` is the tip that was chosen before, and just needs its reason.
    """
    skills = [about] if about else _in_order(catalog, learner)
    if only:
        return Choice(only, _reason(only.skill, skills, learner, asked=False), learner.role)
    lessons = [lesson for skill in skills for lesson in catalog.lessons_of[skill.slug]]
    fit = [lesson for lesson in lessons if lesson.tip.id not in learner.set_aside] or lessons
    given, turns = learner.given, _turns(catalog, learner, skills)
    lesson = min(fit, key=lambda lesson: (given.get(lesson.tip.id, 0), turns[lesson.skill.slug]))  # min is stable
    return Choice(lesson, _reason(lesson.skill, skills, learner, asked=about is not None), learner.role)


def _in_order(catalog: Catalog, learner: Learner) -> list[Skill]:
    path = catalog.path(learner.role) if learner.role else tuple(catalog.skills.values())
    ahead = [skill for skill in path if skill.slug not in learner.learned]
    beyond = [skill for skill in catalog.skills.values() if skill.slug not in learner.learned]
    return ahead or beyond or list(path)


def _turns(catalog: Catalog, learner: Learner, skills: Sequence[Skill]) -> dict[str, tuple[int, int]]:
    """When it is each skill's turn: its place on the path plus what it has to wait, then the place itself."""
    last = catalog.lessons.get(learner.latest) if learner.latest else None
    turns = {}
    for place, skill in enumerate(skills):
        same = SAME_THEME if last and last.skill.theme == skill.theme else 0
        unwanted = NOT_USEFUL * sum(tip.id in learner.not_useful for tip in skill.tips)
        turns[skill.slug] = (place + same + unwanted, place)
    return turns


def _reason(skill: Skill, skills: list[Skill], learner: Learner, *, asked: bool) -> Reason:
    if asked:
        return Reason.ASKED
    if learner.role is None:
        return Reason.NO_ROLE
    if skill.slug not in learner.role.skills or skill.slug in learner.learned:
        return Reason.PATH_FINISHED
    return Reason.NEXT_ON_PATH if skill is skills[0] else Reason.ON_PATH
