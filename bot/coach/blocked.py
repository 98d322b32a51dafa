"""*Blocked*: why a member can't do a tip, and another tip if they lack what it needs."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.coach import practice
from bot.coach.practice import TipSeen
from bot.coach.tips import learner_of
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson
from bot.core.member import Member, MemberKey
from bot.core.nudges import Choice, Learner, choose_tip
from bot.core.practice import Blocker, Step
from bot.store import tips


@dataclass(frozen=True, slots=True)
class Blocked:
    """A tip that is blocked, and the tip that stands in its place; None if nothing that fits is left."""

    seen: TipSeen
    instead: Choice | None = None


def block(
    tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, asking: str | None, why: Blocker, now: datetime
) -> Blocked:
    """Record why a member can't do a tip. A tip that is done stays done. Raise UserError and NotMet."""
    return Blocked(_blocked(tx, who, practice.locked(tx, catalog, who, tip_id, asking, now), why))


def lack(
    tx: Connection,
    catalog: Catalog,
    who: MemberKey,
    tip_id: str,
    asking: str | None,
    needs: Collection[str],
    now: datetime,
) -> Blocked:
    """Record which needs of a tip a member lacks, and give another tip in its place.

    It stands in the same message, so it uses up neither the week's *Another one* nor the budget of messages. A second
    call returns the same tip. Raise UserError and NotMet.
    """
    before = practice.locked(tx, catalog, who, tip_id, asking, now)
    seen = _blocked(tx, who, before, Blocker.LACKS)
    if seen.is_done:
        return Blocked(seen)
    tip, seen = seen.lesson.tip, practice.without_plan(tx, who, seen, "blocked", now)
    tips.follows(tx, who, [need for need in tip.needs if need in needs], tip.id, now, has=False)
    member = Member(who, seen.role.slug if seen.role else None, level=seen.level)
    learner = learner_of(tx, catalog, member, seen.learned)
    learner = replace(learner, given={tip.id: 1, **learner.given})  # it was seen, even if Slack's answer was lost
    latest = catalog.lessons.get(learner.latest or "")
    if not seen.new and latest is not None and latest.tip.id != tip.id and _fits(latest, learner):
        return Blocked(seen, choose_tip(catalog, learner, only=latest))
    choice = choose_tip(catalog, learner)
    if not _fits(choice.lesson, learner):
        return Blocked(seen)
    tips.give(tx, [(who, choice.lesson.tip.id)], now)
    return Blocked(seen, choice)


def _blocked(tx: Connection, who: MemberKey, seen: TipSeen, why: Blocker) -> TipSeen:
    step = seen.last_step
    if seen.is_done or (step is not None and step.blocker is why):
        return seen
    return practice.with_step(tx, who, seen, Step.BLOCKED, why)


def _fits(lesson: Lesson, learner: Learner) -> bool:
    return not any(need in learner.lacks for need in lesson.tip.needs)
