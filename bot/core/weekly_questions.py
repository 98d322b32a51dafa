"""The one question of a weekly message: how to go on, what a project left, *Still doing it?*, or a check."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Quiz, Skill
from bot.core.next_step import ended
from bot.core.outbox import Kind
from bot.core.practice import HAS_RESULT, Answer
from bot.core.record import Record

ASK_AFTER, ASK_UNTIL = timedelta(weeks=3), timedelta(weeks=13)  # after *Did it*
AGAIN_UNTIL = timedelta(weeks=10)  # after it was time for a few minutes on what a project left
QUIET = timedelta(days=20)  # after a question: two weekly messages have none
NUDGE = f"{Kind.NUDGE}:"  # what the key of a weekly message begins with
NEVER = datetime.min.replace(tzinfo=UTC)


class WeeklyQuestion(NamedTuple):
    """The one question of a message, or none."""

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
    asked += [check.at for check in checks if check.asking.startswith(NUDGE)]
    if asked and now - max(asked) < QUIET:
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
        if last is None or not due_at <= now <= due_at + AGAIN_UNTIL:
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
        if ASK_AFTER <= now - step.at <= ASK_UNTIL and not was_asked:
            return lesson
    return None


def due_check(catalog: Catalog, record: Record, now: datetime) -> Quiz | None:
    """Return the check that is due for a member, the longest overdue first; None if none is due yet."""
    in_use, waiting = record.uses.kept(catalog), list[tuple[datetime, str]]()
    for slug in record.learned:
        due_at = _due_at(record, catalog.skills[slug], in_use) if slug in catalog.skills else None
        if due_at is not None and due_at <= now:
            waiting.append((due_at, slug))
    return _next_check(record, catalog.skills[min(waiting)[1]]) if waiting else None


def is_due(catalog: Catalog, record: Record, skill: Skill, now: datetime) -> bool:
    """Return whether a check of this skill is due."""
    due_at = _due_at(record, skill, record.uses.kept(catalog))
    return due_at is not None and due_at <= now


def _due_at(record: Record, skill: Skill, in_use: Collection[str]) -> datetime | None:
    """Return when the next check of a skill is due; None for one that needs no check."""
    learned_at = record.learned_at.get(skill.slug)
    if learned_at is None or not skill.checks or skill.slug in in_use:
        return None
    return record.checked.due_at(skill.slug, learned_at)


def check_now(catalog: Catalog, record: Record, now: datetime) -> Quiz | None:
    """Return the check for a member who wants one now: the one that is due, else of the skill asked about longest ago.

    Only skills that the member practised or learned are asked about; None if there is none.
    """
    if (due := due_check(catalog, record, now)) is not None:
        return due
    known_slugs = record.learned_at.keys() | record.practised(catalog)
    known = [skill for skill in catalog.skills.values() if skill.checks and skill.slug in known_slugs]
    skill = min(known, key=lambda skill: record.checked.asked_at(skill.slug) or NEVER, default=None)
    return _next_check(record, skill) if skill is not None else None


def _next_check(record: Record, skill: Skill) -> Quiz | None:
    check = record.checked.next_of(skill)
    return Quiz(skill, check) if check is not None else None
