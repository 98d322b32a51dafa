"""What a weekly message asks: a check that is due, or *Still doing it?*, three weeks after *Did it*."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Quiz
from bot.core.practice import Checked, History, Uses

ASK_AFTER, ASK_UNTIL = timedelta(weeks=3), timedelta(weeks=13)  # after *Did it*
NEVER = datetime.min.replace(tzinfo=UTC)


def due_check(
    catalog: Catalog, learned: Mapping[str, datetime], checked: Checked, now: datetime, in_use: Collection[str] = ()
) -> Quiz | None:
    """Return the check that is due for a member, the longest overdue first; None if none is due yet.

    `learned` has the skills that a member learned, and when. Skills that are still `in_use` need no check.
    """
    waiting = []
    for slug, learned_at in learned.items():
        skill = catalog.skills.get(slug)
        needs_one = skill is not None and skill.checks and slug not in in_use
        due_at = checked.due_at(slug, learned_at) if needs_one else None
        if skill is not None and due_at is not None and due_at <= now:
            waiting.append((due_at, slug, skill))
    for _, _, skill in sorted(waiting, key=lambda each: each[:2]):
        if (check := checked.next_of(skill)) is not None:
            return Quiz(skill, check)
    return None


def next_check(catalog: Catalog, learned: Mapping[str, datetime], history: History, now: datetime) -> Quiz | None:
    """Return the check for a member who wants one now: the one that is due, else of the skill asked about longest ago.

    Only skills that the member practised or learned are asked about; None if there is none.
    """
    checked, done = history.checked, history.done_tips
    if (due := due_check(catalog, learned, checked, now, history.uses.kept(catalog))) is not None:
        return due
    known = [
        skill
        for skill in catalog.skills.values()
        if skill.checks and (skill.slug in learned or any(tip.id in done for tip in skill.tips))
    ]
    skill = min(known, key=lambda each: checked.asked_at(each.slug) or NEVER, default=None)
    check = checked.next_of(skill) if skill is not None else None
    return Quiz(skill, check) if skill is not None and check is not None else None


def waiting(done: Mapping[str, datetime], uses: Uses, now: datetime) -> list[str]:
    """Return the tips that were done some weeks ago and not asked about since, the oldest first."""
    ripe = sorted((at, tip) for tip, at in done.items() if ASK_AFTER <= now - at <= ASK_UNTIL)
    return [tip for at, tip in ripe if not any(each.at > at for each in uses.of_tip.get(tip, ()))]


def due(catalog: Catalog, waiting: Iterable[str], kept: Collection[str]) -> Lesson | None:
    """Return the first tip that waits for the question; none that is done `once`, and none of a skill that is kept."""
    lessons = (catalog.lessons[tip] for tip in waiting if tip in catalog.lessons)
    return next((lesson for lesson in lessons if not lesson.tip.once and lesson.skill.slug not in kept), None)
