"""Who gets which tip, when and why. Pure, so the forecast shows exactly what will happen."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple

from bot.core.calendar import QuietHours, Slot, next_decent, slot_in_week, slot_in_week_after, week_of, window_end
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Role, Skill

# In tips: any four in a row have two themes or more, and any thirteen in a row have every theme.
MONTH, QUARTER = 4, 13


class Reason(StrEnum):
    """Why this tip was chosen."""

    NEXT_ON_PATH = "next on your path"
    NEXT_ROUND = "next round on your path"
    CHECK_WENT_WRONG = "because your check on this skill went wrong"
    OTHER_THEME = "a theme that you have not met for a while"
    BEYOND_PATH = "you had every tip on your path; this one goes further"
    AGAIN = "you had every tip that fits; this one comes back"
    ASKED = "you asked for it"
    NO_ROLE = "you have no role yet, so this one is for everybody"


class Turn(NamedTuple):
    """What stands at the end of a tip: the motto with this number, or the line of its theme with this number."""

    is_motto: bool
    number: int


FIRST_LINE = Turn(is_motto=False, number=0)


@dataclass(frozen=True, slots=True)
class Choice:
    """A tip, the skill that it teaches, and why it was chosen."""

    lesson: Lesson
    reason: Reason
    role: Role | None
    turn: Turn = FIRST_LINE


@dataclass(frozen=True, slots=True)
class Learner:
    """Everything about a member that the choice depends on: slugs of skills and needs, and ids of tips.

    `given` counts how often each tip was given, in the order in which each was last given. `lacks` are needs that the
    member does not have. `failed_checks` are skills whose last check went wrong, with no tip of that skill since.
    `set_aside` are tips that Slack refused to show.
    """

    role: Role | None = None
    learned: Collection[str] = ()
    given: Mapping[str, int] = field(default_factory=dict)
    lacks: Collection[str] = ()
    not_my_work: Collection[str] = ()
    failed_checks: Collection[str] = ()
    set_aside: Collection[str] = ()

    @property
    def latest(self) -> str | None:
        """The tip given last."""
        return list(self.given)[-1] if self.given else None

    def after(self, lesson: Lesson) -> "Learner":
        tip, skill = lesson.tip.id, lesson.skill.slug
        others = {name: times for name, times in self.given.items() if name != tip}
        failed = tuple(slug for slug in self.failed_checks if slug != skill)
        return replace(self, given={**others, tip: self.given.get(tip, 0) + 1}, failed_checks=failed)

    def before(self, lesson: Lesson) -> "Learner":
        """Return the learner as they were just before this tip was last given; unchanged if it never was."""
        earlier = takewhile(lambda each: each[0] != lesson.tip.id, self.given.items())
        return replace(self, given=dict(earlier))


@dataclass(frozen=True, slots=True)
class Nudge:
    """One week's nudge: the ISO week that it is for, when it should come, and until when it still may."""

    week: str
    due_at: datetime
    try_at: datetime
    window_ends_at: datetime

    @property
    def can_come(self) -> bool:
        """Return whether its week still has a decent hour."""
        return self.try_at < self.window_ends_at


@dataclass(frozen=True, slots=True)
class NudgePlan:
    """What follows from a slot that has come: the nudge to send, if any, and the next moment to look again.

    `missed`: a week in which the bot did not run at all; nothing is sent for it any more.
    """

    nudge: Nudge | None
    missed: Nudge | None
    next_due_at: datetime


def plan_nudge(due_at: datetime, slot: Slot, quiet_hours: QuietHours, zone: str | None, now: datetime) -> NudgePlan:
    """Plan the local week of `now` for a member whose slot came at `due_at`: one nudge at most, however late."""
    missed = None if week_of(due_at, zone) == week_of(now, zone) else _nudge(due_at, due_at, slot, quiet_hours, zone)
    this_week = due_at if missed is None else slot_in_week(now, slot, zone)
    if this_week > now:
        return NudgePlan(None, missed, this_week)
    return NudgePlan(_nudge(this_week, now, slot, quiet_hours, zone), missed, slot_in_week_after(now, slot, zone))


def _nudge(due_at: datetime, now: datetime, slot: Slot, quiet_hours: QuietHours, zone: str | None) -> Nudge:
    return Nudge(
        week=week_of(due_at, zone),
        due_at=due_at,
        try_at=next_decent(max(due_at, now), slot, quiet_hours, zone),
        window_ends_at=window_end(due_at, slot, quiet_hours, zone),
    )


def choose_tip(catalog: Catalog, learner: Learner, *, about: Skill | None = None, only: Lesson | None = None) -> Choice:
    """Return the next tip for a member; the same member and content always give the same tip.

    The path is walked in rounds: one tip of each skill in the order of the path, then again. No tip comes back before
    every tip that fits was given. `about` asks for a tip of one skill; `only` is a tip that was chosen before and just
    needs its reason.
    """
    lesson, reason = _chosen(catalog, learner, about, only)
    before = learner.before(only) if only is not None else learner
    return Choice(lesson, reason, learner.role, turn_of(catalog, lesson, before.given))


def _chosen(catalog: Catalog, learner: Learner, about: Skill | None, only: Lesson | None) -> tuple[Lesson, Reason]:
    if only is not None:
        if only.skill.slug in learner.failed_checks and not learner.given.get(only.tip.id):
            return only, Reason.CHECK_WENT_WRONG
        return only, _Choosing(catalog, learner.before(only)).reason(only.skill)
    choosing = _Choosing(catalog, learner)
    if about is not None:
        return choosing.new_lesson(about) or choosing.oldest_lesson([about]), Reason.ASKED
    return choosing.new() or (choosing.oldest_lesson(choosing.path), Reason.AGAIN)


def turn_of(catalog: Catalog, lesson: Lesson, given: Mapping[str, int]) -> Turn:
    """Return what stands at the end of a tip, from how often each tip was given to the member before.

    In each theme, a line and a motto take turns. So with four themes, at least three of any nine tips end with a motto.
    """
    places, times = catalog.places, Counter[str]()
    for tip, count in given.items():
        if tip in places:
            times[places[tip][2]] += count
    before = times[lesson.skill.theme]
    if before % 2 and catalog.mottos:
        return Turn(is_motto=True, number=sum(count // 2 for count in times.values()) % len(catalog.mottos))
    return Turn(is_motto=False, number=before // 2 % len(catalog.themes[lesson.skill.theme].lines))


class _Choosing:
    """One choice of a tip, with what it needs to know about the member."""

    def __init__(self, catalog: Catalog, learner: Learner) -> None:
        self.catalog, self.learner = catalog, learner
        self.path = catalog.path(learner.role) if learner.role else tuple(catalog.skills.values())
        places = catalog.places
        given = [places[tip] for tip, times in learner.given.items() if times and tip in places]
        self.given = {tip for tip, _, _ in given}  # by their ids of today
        self.rounds = Counter([skill for _, skill, _ in given])  # how many tips of each skill were given
        self.themes = [theme for _, _, theme in given]  # of the tips given, the latest last

    def new(self) -> tuple[Lesson, Reason] | None:
        """Return a fitting tip that was never given, and why it is its turn; None if there is none left."""
        overdue = self._overdue_theme()  # it comes even before a skill whose check went wrong
        for skill, lesson in self._in_turn(self.catalog.skills[slug] for slug in self.learner.failed_checks):
            if overdue in {None, skill.theme}:
                return lesson, Reason.CHECK_WENT_WRONG
        may_come, passed_over = self._theme_rule(overdue), []
        for skill, lesson in self._in_turn(self.path):
            if may_come(skill.theme):
                return lesson, self.reason(skill)
            passed_over.append((skill, lesson))
        why_beyond = Reason.OTHER_THEME if passed_over else Reason.BEYOND_PATH
        for skill, lesson in self._in_turn(self._beyond_path()):
            if may_come(skill.theme):
                return lesson, why_beyond
            passed_over.append((skill, lesson))
        for skill, lesson in passed_over:  # no skill fits the rule about themes, so only the order counts
            return lesson, self.reason(skill)
        return None

    def _beyond_path(self) -> Iterator[Skill]:
        on_path = {skill.slug for skill in self.path}
        return (skill for slug, skill in self.catalog.skills.items() if slug not in on_path)

    def new_lesson(self, skill: Skill) -> Lesson | None:
        """Return the first fitting tip of a skill that was never given; its very first is the gentlest."""
        order = self.catalog.lessons_of if self.rounds[skill.slug] else self.catalog.gentlest_first
        return next(
            (lesson for lesson in order[skill.slug] if lesson.tip.id not in self.given and self._fits(lesson)), None
        )

    def oldest_lesson(self, skills: Iterable[Skill]) -> Lesson:
        """Return the tip given least often, stale ones last, and of those the one given longest ago.

        Tips that are not the member's work come after all others, and unfitting tips last.
        """
        lessons = [lesson for skill in skills for lesson in self.catalog.lessons_of[skill.slug]]
        last_given = {tip: number for number, tip in enumerate(self.learner.given)}

        def turn(lesson: Lesson) -> tuple[bool, bool, int, bool, int]:
            tip, stale = lesson.tip.id, lesson.skill.slug in self.catalog.stale
            refused = tip in self.learner.not_my_work
            return not self._fits(lesson), refused, self.learner.given.get(tip, 0), stale, last_given.get(tip, -1)

        return min(lessons, key=turn)

    def reason(self, skill: Skill) -> Reason:
        """Return why a tip of this skill comes, if nothing else decided."""
        if self.learner.role is None:
            return Reason.NO_ROLE
        if skill.slug not in self.learner.role.skills:
            return Reason.BEYOND_PATH
        return Reason.NEXT_ROUND if self.rounds[skill.slug] else Reason.NEXT_ON_PATH

    def _in_turn(self, skills: Iterable[Skill]) -> Iterator[tuple[Skill, Lesson]]:
        """Yield the skills that may come, each with its new tip, the next one first.

        The skill with fewer tips given comes first. Within a round, stale skills come last, then learned ones; then the
        order of the path decides.
        """
        ready = [skill for skill in skills if self._is_ready(skill)]
        for skill in sorted(ready, key=self._turn):  # sorted is stable: the place decides last
            if (lesson := self.new_lesson(skill)) is not None:
                yield skill, lesson

    def _turn(self, skill: Skill) -> tuple[int, bool, bool]:
        not_theirs = self.learner.not_my_work
        refused = sum(tip.id in not_theirs for tip in skill.tips) if not_theirs else 0  # each costs the skill a round
        stale = skill.slug in self.catalog.stale
        return self.rounds[skill.slug] + refused, stale, skill.slug in self.learner.learned

    def _is_ready(self, skill: Skill) -> bool:
        """Return whether each skill that this one builds on was met or learned."""
        return all(needed in self.learner.learned or self.rounds[needed] for needed in skill.needs_skills)

    def _fits(self, lesson: Lesson) -> bool:
        lacks, tip = self.learner.lacks, lesson.tip
        return tip.id not in self.learner.set_aside and not (tip.needs and any(need in lacks for need in tip.needs))

    def _theme_rule(self, overdue: str | None) -> Callable[[str], bool]:
        """Return which themes may come now, so that MONTH and QUARTER hold."""
        if overdue is not None:
            return lambda theme: theme == overdue
        recent = self.themes[-(MONTH - 1) :]
        if len(recent) == MONTH - 1 and len(set(recent)) == 1:
            return lambda theme: theme != recent[0]
        return lambda _: True

    def _overdue_theme(self) -> str | None:
        """Return the theme that waited longest, if it must come now for every theme to come within a QUARTER."""
        total, last = len(self.themes), {theme: number for number, theme in enumerate(self.themes)}
        waited = sorted(
            ((total - 1 - last.get(theme, -1), theme) for theme in self.catalog.taught_themes), reverse=True
        )
        # Themes that wait come one after another, so the third in this queue needs two weeks more than the first.
        late = any(weeks + place >= QUARTER - 1 for place, (weeks, _) in enumerate(waited))
        return waited[0][1] if late else None
