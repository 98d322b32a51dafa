"""Who gets which tip, and why. Pure, so the forecast shows exactly what will happen."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Level, Role, Skill, Start
from bot.core.record import Given, Record
from bot.core.rhythm import SHORT

# In tips: any four in a row have two themes or more, and any thirteen in a row have every theme.
MONTH, QUARTER = 4, 13
ARC_TIPS = 3  # of each of its two skills


class Reason(StrEnum):
    FIRST = "chosen for your role"
    NEXT_ON_PATH = "next on your path"
    CHECK_WENT_WRONG = "because your check on this skill went wrong"
    OTHER_THEME = "a theme that you have not met for a while"
    BEYOND_PATH = "you had every tip on your path; this one goes further"
    AGAIN = "you had every tip that fits; this one comes back"
    ASKED = "you asked for it"
    JOB = "it fits the job that you named"
    NO_ROLE = "you have no role yet, so this one is for everybody"


class Turn(NamedTuple):
    """What stands at the end of a tip: the motto with this number, or the line of its theme with this number."""

    is_motto: bool
    number: int


FIRST_LINE = Turn(is_motto=False, number=0)


@dataclass(frozen=True, slots=True)
class Choice:
    lesson: Lesson
    reason: Reason
    role: Role | None
    turn: Turn = FIRST_LINE
    is_small: bool = False  # it takes longer than the member has, so only what five minutes can do is shown


def choose_tip(
    catalog: Catalog,
    record: Record,
    *,
    about: Skill | None = None,
    only: Lesson | None = None,
    among: Iterable[Lesson] = (),
    max_minutes: int | None = None,
) -> Choice:
    """Return the next tip for a member; the same member and content always give the same tip.

    No tip comes back before every tip that fits was given. `about` asks for a tip of one skill; `only` was
    chosen before and just needs its reason. The first of `among` that fits and is new comes before all others.
    Tips take `max_minutes` at most, if that is set, and no longer than the member's setting *short* allows.
    """
    limit = min((each for each in (max_minutes, record.max_minutes) if each is not None), default=None)
    is_first = about is None and not record.given
    choosing, given = _Choosing(catalog, record, limit, for_anybody=is_first), record.given
    job = next(filter(choosing.is_new, among), None)
    if job is not None:
        lesson, reason = job, Reason.JOB
    elif only is not None:
        lesson, reason, given = only, reason_of(catalog, record, only), record.before(only.tip.id).given
    elif about is not None:
        lesson, reason = choosing.new_lesson(about) or choosing.oldest_lesson([about]), Reason.ASKED
    else:
        lesson, reason = choosing.new() or (choosing.oldest_lesson(choosing.path), Reason.AGAIN)
    is_small = limit is not None and lesson.tip.minutes > limit
    return Choice(lesson, reason, choosing.role, turn_of(catalog, lesson, given), is_small)


def reason_of(catalog: Catalog, record: Record, lesson: Lesson) -> Reason:
    """Return why a tip came that was chosen before."""
    if lesson.skill.slug in record.failed_checks(catalog) and lesson.tip.id not in record.given:
        return Reason.CHECK_WENT_WRONG
    return _Choosing(catalog, record.before(lesson.tip.id)).reason(lesson)


def turn_of(catalog: Catalog, lesson: Lesson, given: Mapping[str, Given]) -> Turn:
    """Return what stands at the end of a tip, from how often each tip was given to the member before.

    In each theme, a line and a motto take turns. So with four themes, at least three of any nine tips end with a motto.
    """
    places, times = catalog.places, Counter[str]()
    for tip, (count, _) in given.items():
        if tip in places:
            times[places[tip][2]] += count
    before = times[lesson.skill.theme]
    if before % 2 and catalog.mottos:
        return Turn(is_motto=True, number=sum(count // 2 for count in times.values()) % len(catalog.mottos))
    return Turn(is_motto=False, number=before // 2 % len(catalog.themes[lesson.skill.theme].lines))


def closing(catalog: Catalog, lesson: Lesson, turn: Turn) -> str:
    """Return the last line of a tip: a motto alone, or a line of the tip's theme."""
    if turn.is_motto and catalog.mottos:
        motto = catalog.mottos[turn.number % len(catalog.mottos)]
        return f"{motto.emoji} {motto.text}"
    theme = catalog.themes[lesson.skill.theme]
    return f"{theme.lines[turn.number % len(theme.lines)]} · {theme.name}"


class _Choosing:
    """One choice of a tip, with what it needs to know about the member.

    A tip fits if it is for the member's role, they lack none of its needs, and it was never given. The first that fits:

    1. After a check that went wrong: a tip of its skill.
    2. `first`: the tips that a role begins with, one list a level. A member who lacks a need gets the free alternative.
    3. The arc: two skills in turn, three tips of each; then the next two.
    4. The path: of the skill with the fewest tips given, in the order of the path, after the skills that it builds on.
    5. Skills beyond the path.

    Of a skill, tips on own work come first, then in their author's order. Before all this stands the rule about themes:
    a tip that it forbids now is passed over, and is next again.
    """

    def __init__(
        self, catalog: Catalog, record: Record, max_minutes: int | None = None, *, for_anybody: bool = False
    ) -> None:
        self.catalog, self.record = catalog, record
        self.role = role = catalog.role_of(record.member.role)
        self.is_for_anybody = for_anybody and role is None  # what is short and needs nothing
        # Who has less time gets the beginning of a short one.
        self.max_minutes = SHORT if self.is_for_anybody else max_minutes and max(max_minutes, SHORT)
        level = record.member.level or Level.NEW
        self.lacks, self.not_my_work = record.lacks(catalog), record.not_my_work
        begins_as = role or next((each for each in catalog.roles.values() if each.catch_all), None)
        self.starts = begins_as.first.of(level) if begins_as else ()
        usual = role.usual.of(level) if role else ()
        self.has = {*record.has(catalog), *(need for need in usual if need not in self.lacks)}
        places = catalog.places
        given = [places[tip] for tip in record.given if tip in places]
        self.given = {tip for tip, _, _ in given}  # by their ids of today
        self.rounds = Counter([skill for _, skill, _ in given])  # how many tips of each skill were given
        self.themes = [theme for _, _, theme in given]  # of the tips given, the latest last

    @cached_property
    def path(self) -> tuple[Skill, ...]:
        return self.catalog.path(self.role) if self.role else tuple(self.catalog.skills.values())

    def new(self) -> tuple[Lesson, Reason] | None:
        """Return a fitting tip that was never given, and why it is its turn; None if there is none left."""
        overdue = self._overdue_theme()  # it comes even before a skill whose check went wrong
        for lesson in self._in_turn(self.catalog.skills[slug] for slug in self.record.failed_checks(self.catalog)):
            if overdue in {None, lesson.skill.theme}:
                return lesson, Reason.CHECK_WENT_WRONG
        may_come, passed_over = self._theme_rule(overdue), []
        for lesson in chain(self._first(), self._arc(), self._in_turn(filter(self._is_ready, self.path))):
            if may_come(lesson.skill.theme):
                return lesson, self.reason(lesson)
            passed_over.append(lesson)
        why_beyond = Reason.OTHER_THEME if passed_over else Reason.BEYOND_PATH
        for lesson in self._in_turn(self._beyond_path()):
            if may_come(lesson.skill.theme):
                return lesson, why_beyond
            passed_over.append(lesson)
        # No skill fits the rule about themes, so only the order counts.
        return (passed_over[0], self.reason(passed_over[0])) if passed_over else None

    def _first(self) -> Iterable[Lesson]:
        """Return the tips of the list `first` that did not come yet, those of stale skills last."""
        waiting = filter(None, map(self._start, self.starts))
        return (
            sorted(waiting, key=lambda lesson: lesson.skill.slug in self.catalog.stale)
            if self.catalog.stale
            else waiting
        )

    def _start(self, start: Start) -> Lesson | None:
        """Return the tip of an entry or its free one. What lacks a need waits until it is there."""
        if start.tip in self.given:
            return None
        own, free = self.catalog.lessons.get(start.tip), self.catalog.lessons.get(start.free or "")
        lesson = own if own and self._fits(own) and (free is None or self._has_all(own)) else free
        if lesson is None or lesson.tip.id in self.given or not self._fits(lesson) or self._knew(lesson.skill):
            return None
        return lesson

    def _arc(self) -> Iterator[Lesson]:
        """Yield the next tips of the arc that the member is in, the skill whose turn it is first."""
        for arc in self._arcs:
            skills = sorted((skill for skill in arc if self._has_turns(skill)), key=self._turns)
            lessons = [lesson for skill in skills if (lesson := self.new_lesson(self._met_first(skill)))]
            if lessons:
                yield from lessons
                return

    @cached_property
    def _arcs(self) -> Sequence[tuple[Skill, ...]]:
        arcs = self.catalog.arcs(self.role) if self.role else ()
        stale = self.catalog.stale
        return sorted(arcs, key=lambda arc: any(skill.slug in stale for skill in arc)) if stale else arcs

    def _has_turns(self, skill: Skill) -> bool:
        return self._turns(skill) < ARC_TIPS and not self._knew(skill)

    def _turns(self, skill: Skill) -> int:
        """Return how many tips of a skill were given, without those of `first`. One that is not theirs costs two."""
        return self.rounds[skill.slug] - self._from_first[skill.slug] + self._not_theirs(skill)

    @cached_property
    def _from_first(self) -> Counter[str]:
        places = self.catalog.places
        return Counter([places[start.tip][1] for start in self.starts if start.tip in self.given])

    def _met_first(self, skill: Skill) -> Skill:
        """Return the skill, or one that it builds on and that the member did not meet."""
        unmet = next((slug for slug in skill.needs_skills if not self._is_met(slug)), None)
        return self._met_first(self.catalog.skills[unmet]) if unmet else skill

    def _knew(self, skill: Skill) -> bool:
        """Return whether the member learned a skill elsewhere. It waits until the others had their turn."""
        return skill.slug in self.record.learned_at and not self.rounds[skill.slug]

    def _beyond_path(self) -> Iterator[Skill]:
        on_path = {skill.slug for skill in self.path}
        return (skill for slug, skill in self.catalog.skills.items() if slug not in on_path and self._is_ready(skill))

    def new_lesson(self, skill: Skill) -> Lesson | None:
        """Return the next fitting tip of a skill that was never given: own work first, what may lack a need last."""
        lessons = self.catalog.lessons_of[skill.slug]
        fitting = (lesson for lesson in lessons if lesson.tip.id not in self.given and self._fits(lesson))
        return min(fitting, key=lambda lesson: (not self._has_all(lesson), not lesson.tip.own_work), default=None)

    def is_new(self, lesson: Lesson) -> bool:
        return lesson.tip.id not in self.given and self._fits(lesson) and self._has_all(lesson)

    def oldest_lesson(self, skills: Iterable[Skill]) -> Lesson:
        """Return the tip given least often, stale ones last, and of those the one given longest ago.

        Tips that are not the member's work come after all others, and unfitting tips last.
        """
        lessons = [lesson for skill in skills for lesson in self.catalog.lessons_of[skill.slug]]
        last_given = {tip: number for number, tip in enumerate(self.record.given)}

        def turn(lesson: Lesson) -> tuple[int, bool, int, bool, int]:
            tip, stale = lesson.tip.id, lesson.skill.slug in self.catalog.stale
            unfit = 0 if self._fits(lesson) else lesson.tip.minutes  # of those, the shortest
            is_not_theirs, given = tip in self.not_my_work, self.record.given.get(tip)
            times = given.times if given else 0
            return unfit, is_not_theirs, times, stale, last_given.get(tip, -1)

        return min(lessons, key=turn)

    def reason(self, lesson: Lesson) -> Reason:
        """Return why a tip comes, if nothing else decided."""
        role, tip = self.role, lesson.tip.id
        if role is None:
            return Reason.NO_ROLE
        if any(tip == start.tip or (tip == start.free and start.tip not in self.given) for start in self.starts):
            return Reason.FIRST
        return Reason.NEXT_ON_PATH if lesson.skill.slug in role.skills else Reason.BEYOND_PATH

    def _in_turn(self, skills: Iterable[Skill]) -> Iterator[Lesson]:
        """Yield the new tips of these skills, the next one first.

        Skills of arcs that are to come wait. Then the skill with fewer tips given comes first. Within a round, stale
        skills come last, then learned ones; then the order of the path decides.
        """
        for skill in sorted(skills, key=self._turn):  # sorted is stable: the place decides last
            if (lesson := self.new_lesson(skill)) is not None:
                yield lesson

    def _turn(self, skill: Skill) -> tuple[bool, int, bool, bool]:
        stale, slug = skill.slug in self.catalog.stale, skill.slug
        return slug in self._in_arcs, self.rounds[slug] + self._not_theirs(skill), stale, slug in self.record.learned_at

    @cached_property
    def _in_arcs(self) -> frozenset[str]:
        """Return the slugs of skills whose turn in an arc is not over."""
        return frozenset([skill.slug for arc in self._arcs for skill in arc if self._has_turns(skill)])

    def _not_theirs(self, skill: Skill) -> int:
        """Return how many tips of a skill were not the member's work; each costs the skill a round."""
        return sum(tip.id in self.not_my_work for tip in skill.tips) if self.not_my_work else 0

    def _is_ready(self, skill: Skill) -> bool:
        return all(self._is_met(needed) for needed in skill.needs_skills)

    def _is_met(self, slug: str) -> bool:
        return slug in self.record.learned_at or bool(self.rounds[slug])

    def _has_all(self, lesson: Lesson) -> bool:
        return all(need in self.has for need in lesson.tip.needs)

    def _fits(self, lesson: Lesson) -> bool:
        tip = lesson.tip
        if not tip.is_for(self.role):
            return False
        if (self.max_minutes is not None and tip.minutes > self.max_minutes) or (self.is_for_anybody and tip.needs):
            return False
        return tip.id not in self.record.withheld and self.lacks.isdisjoint(tip.needs)

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
