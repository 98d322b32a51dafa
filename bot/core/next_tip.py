"""What a member gets next: the message of a week with its one question, or a single tip. Pure, as forecasts use it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Level, Quiz, Role, Skill, Tip
from bot.core.next_step import ChooseOne, Place, ended, is_settled, next_step, place_of, usually_has
from bot.core.outbox import Kind, TipSubject
from bot.core.practice import HAS_RESULT, Answer
from bot.core.projects import Project
from bot.core.record import Record
from bot.core.rhythm import SHORT

NEVER = datetime.min.replace(tzinfo=UTC)


class Reason(StrEnum):
    PROJECT = "the next step of your project"
    ASKED = "you asked for it"
    SINGLE = "a single tip"


@dataclass(frozen=True, slots=True)
class Choice:
    lesson: Lesson
    reason: Reason
    is_small: bool = False  # only what five minutes can do is shown
    place: Place | None = None  # where it stands in its project
    begins: bool = False  # the project begins with it

    @property
    def subject(self) -> TipSubject:
        begins = self.place.project.slug if self.place and self.begins else None
        return TipSubject(tip=self.lesson.tip.id, small=self.is_small, begins=begins)


Message = Choice | ChooseOne  # what a week brings


def next_message(catalog: Catalog, record: Record, now: datetime) -> Message:
    """Return the open step of a project, projects to choose from, or a single tip."""
    place = next_step(catalog, record)
    if isinstance(place, ChooseOne):
        return place
    if place is None:
        return choose_tip(catalog, record, max_minutes=SHORT if record.is_back(now) else None)
    choice = choice_of(catalog, catalog.lessons[place.step.id], is_small=True)
    state = record.projects.get(place.project.slug)
    return replace(choice, begins=state is None or state.begun_at is None)


def message_of(catalog: Catalog, record: Record, about: TipSubject | None, now: datetime) -> Message:
    """Return the message of a week. A retry keeps what was chosen, unless that is gone, refused or forbidden."""
    if about is None:
        return next_message(catalog, record, now)
    permitted = (slug for slug in about.choose if slug in catalog.projects and slug not in record.withheld)
    offered = tuple(catalog.projects[slug] for slug in permitted)
    if offered:
        return ChooseOne(offered)
    lesson = catalog.lessons.get(about.tip or "")
    if lesson is None or lesson.tip.id in record.withheld or not catalog.permits(lesson):
        return next_message(catalog, record, now)
    return replace(choice_of(catalog, lesson, is_small=about.small), begins=about.begins is not None)


def after_sending(record: Record, message: Message, due_at: datetime) -> Record:
    """Return the record after the message of a week to which the member says nothing."""
    if isinstance(message, ChooseOne):
        for slug, state in record.projects.items():
            if record.rhythm.is_slow and state.is_open and state.parked_at is None:
                record = record.with_project(slug, parked_at=due_at)
        for project in message.projects:
            record = record.with_project(project.slug, offered_at=due_at)
    else:
        record = record.with_given(message.lesson.tip.id, due_at)
        if message.begins and message.place:
            record = record.with_project(message.place.project.slug, begun_at=due_at)
    unanswered = record.rhythm.unanswered + 1
    rhythm = replace(record.rhythm, unanswered=unanswered, nudged_at=due_at, is_back=False)
    return replace(record, schedule=record.schedule and replace(record.schedule, rhythm=rhythm))


def choice_of(catalog: Catalog, lesson: Lesson, *, is_small: bool = False) -> Choice:
    place = place_of(catalog, lesson.tip.id)
    return Choice(lesson, Reason.PROJECT if place else Reason.SINGLE, is_small, place)


def choose_tip(
    catalog: Catalog, record: Record, *, about: Skill | None = None, max_minutes: int | None = None
) -> Choice:
    """Return the next single tip for a member; the same member and content always give the same tip.

    It was never given, and its member lacks nothing that it needs; where no such tip is left, the one given longest ago
    comes. `about` asks for a tip of one skill, or the first step of a project that teaches it. Tips take `max_minutes`
    at most, if that is set, and no longer than the member's setting *short* allows; the first one of somebody without a
    role is short.
    """
    role = catalog.role_of(record.member.role)
    of_newcomer = SHORT if role is None and about is None and not record.given else None
    limit = min((each for each in (max_minutes, record.max_minutes, of_newcomer) if each is not None), default=None)
    asked = list[Lesson]()
    if about is not None:
        teaching = (project for project in _unbegun(catalog, record, role) if about.slug in project.skills)
        first_steps = (catalog.lessons[project.steps[0].id] for project in teaching)
        asked = list(filter(catalog.permits, (*_in_rounds(catalog, record, [about.slug]), *first_steps)))

    def is_short(tip: Tip) -> bool:  # who has less time than that gets what five minutes can do
        return limit is None or tip.minutes <= max(limit, SHORT)

    new = new_of(catalog, record, asked or singles(catalog, record))
    lesson = next((each for each in new if is_short(each.tip)), None)
    if lesson is None:
        can_do, given = _can_do(catalog, record), _given(catalog, record)

        def turn(lesson: Lesson) -> tuple[bool, int, bool, int]:
            too_long = 0 if is_short(lesson.tip) else lesson.tip.minutes
            is_refused = lesson.tip.id in record.not_my_work
            return not can_do(lesson.tip), too_long, is_refused, given.get(lesson.tip.id, -1)

        # Of some skills, a team forbids every tip. A pack may hide all single tips.
        lesson = min(asked or list(singles(catalog, record)) or catalog.tips, key=turn)
    reason = Reason.ASKED if asked else Reason.SINGLE
    return Choice(lesson, reason, is_small=limit is not None and lesson.tip.minutes > limit)


def new_of(catalog: Catalog, record: Record, lessons: Iterable[Lesson]) -> Iterator[Lesson]:
    can_do, given = _can_do(catalog, record), _given(catalog, record)
    return (lesson for lesson in lessons if lesson.tip.id not in given and can_do(lesson.tip))


def _given(catalog: Catalog, record: Record) -> dict[str, int]:
    return {catalog.lessons[tip].tip.id: number for number, tip in enumerate(record.given) if tip in catalog.lessons}


def _can_do(catalog: Catalog, record: Record) -> Callable[[Tip], bool]:
    """Return a function that tells whether a member can do a tip: it fits their role and what they have."""
    reader, lacks = _reader(catalog, record), record.lacks(catalog)
    return lambda tip: tip.is_for(reader) and tip.id not in record.withheld and lacks.isdisjoint(catalog.needs_of(tip))


def _reader(catalog: Catalog, record: Record) -> Role | None:
    catch_all = (role for role in catalog.roles.values() if role.catch_all)
    return catalog.role_of(record.member.role) or next(catch_all, None)


def singles(catalog: Catalog, record: Record) -> Iterator[Lesson]:
    """Yield the singles of a role, the tips of its path, then all others; last, first steps that were not given."""
    role = _reader(catalog, record)
    path = role.skills if role else ()
    yield from (catalog.lessons[tip] for tip in (role.singles if role else ()) if tip in catalog.lessons)
    yield from _in_rounds(catalog, record, path)
    yield from _in_rounds(catalog, record, [slug for slug in catalog.skills if slug not in path])
    first_steps = (project.steps[0].id for project in _unbegun(catalog, record, role))
    yield from (catalog.lessons[step] for step in first_steps if step not in record.given)


def _unbegun(catalog: Catalog, record: Record, role: Role | None) -> Iterator[Project]:
    of_role = (each for level in Level for each in catalog.projects_for(role, level)) if role else ()
    projects = {project.slug: project for project in (*of_role, *catalog.projects.values())}
    yield from (project for project in projects.values() if not is_settled(record, project.steps[0]))


def _in_rounds(catalog: Catalog, record: Record, skills: Iterable[str]) -> list[Lesson]:
    """Return the first tip of each skill, then the second ones, and so on. What may lack a need comes last.

    In a round, stale skills come last. A tip that is not the member's work costs its skill a round.
    """
    has = usually_has(catalog, record)

    def turn(numbered: tuple[int, Lesson]) -> tuple[bool, int, bool]:
        number, (skill, tip) = numbered
        not_theirs = sum(each.id in record.not_my_work for each in skill.tips) if record.not_my_work else 0
        return not has.issuperset(tip.needs), number + not_theirs, skill.slug in catalog.stale

    numbered = [each for slug in skills for each in enumerate(catalog.lessons_of[slug])]
    return [lesson for _, lesson in sorted(numbered, key=turn)]


class WeeklyQuestion(NamedTuple):
    check: Quiz | None = None
    still: Lesson | None = None  # is it still done? Of a step: a few minutes on what its project left are due
    asks_rhythm: bool = False  # how to go on


def question_for(catalog: Catalog, record: Record, now: datetime) -> WeeklyQuestion:
    """Return what to ask: how to go on, before what a project left, before *Still doing it?*, before a check.

    At most one weekly message in three asks about a tip or a skill.
    """
    if record.rhythm.asks:
        return WeeklyQuestion(asks_rhythm=True)
    asked = [use.at for log in record.uses.of_tip.values() for use in log if use.answer is Answer.ASKED]
    checks = (each for log in record.checked.of_skill.values() for each in log)
    asked += [check.at for check in checks if check.asking.startswith(f"{Kind.NUDGE}:")]
    if asked and now - max(asked) < timedelta(days=20):  # two weekly messages have none
        return WeeklyQuestion()
    if (still := due_again(catalog, record, now) or due_still(catalog, record, now)) is not None:
        return WeeklyQuestion(still=still)
    return WeeklyQuestion(due_check(catalog, record, now))


def due_again(catalog: Catalog, record: Record, now: datetime) -> Lesson | None:
    """Return the last step that was done of a project on whose result a few minutes are due, and not asked about."""
    for project, ended_at in ended(catalog, record):
        due_at = ended_at + timedelta(weeks=project.again.after_weeks)
        made = (record.steps.get(step.id) for step in reversed(project.main_steps))
        last = next((said for said in made if said is not None and said.step in HAS_RESULT), None)
        if last is None or not due_at <= now <= due_at + timedelta(weeks=10):
            continue
        if all(use.at < ended_at for use in record.uses.of_tip.get(last.tip, ())):
            return catalog.lessons[last.tip]
    return None


def due_still(catalog: Catalog, record: Record, now: datetime) -> Lesson | None:
    """Return the first tip that was done some weeks ago and not asked about since.

    Tips that are done `once`, those of a skill that is still in use, and steps of projects need no question.
    """
    in_use = record.uses.kept(catalog)
    for step in record.done:
        lesson = catalog.lessons.get(step.tip)
        if lesson is None or lesson.tip.once or lesson.skill.slug in in_use or lesson.tip.id in catalog.project_of:
            continue
        was_asked = any(use.at > step.at for use in record.uses.of_tip.get(step.tip, ()))
        if timedelta(weeks=3) <= now - step.at <= timedelta(weeks=13) and not was_asked:
            return lesson
    return None


def due_checks(catalog: Catalog, record: Record, now: datetime) -> list[Skill]:
    """Return the skills of which a check is due for a member, the longest overdue first."""
    in_use, due = record.uses.kept(catalog), list[tuple[datetime, str]]()
    for slug, learned_at in record.learned_at.items():
        if slug in catalog.skills and catalog.skills[slug].checks and slug not in in_use:
            due_at = record.checked.due_at(slug, learned_at)
            if due_at is not None and due_at <= now:
                due.append((due_at, slug))
    return [catalog.skills[slug] for _, slug in sorted(due)]


def due_check(catalog: Catalog, record: Record, now: datetime) -> Quiz | None:
    due = due_checks(catalog, record, now)
    return record.checked.next_of(due[0]) if due else None


def check_now(catalog: Catalog, record: Record, now: datetime) -> Quiz | None:
    """Return the check for a member who wants one now: the one that is due, else of the skill asked about longest ago.

    Only skills that the member practised or learned are asked about; None if there is none.
    """
    if (due := due_check(catalog, record, now)) is not None:
        return due
    known_slugs = record.learned_at.keys() | record.practised(catalog)
    known = [skill for skill in catalog.skills.values() if skill.checks and skill.slug in known_slugs]
    asked_at = {slug: asked[-1].at for slug, asked in record.checked.of_skill.items()}
    skill = min(known, key=lambda skill: asked_at.get(skill.slug, NEVER), default=None)
    return record.checked.next_of(skill) if skill is not None else None
