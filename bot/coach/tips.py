"""Give a tip, or another for one that is blocked; and read what the choice depends on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from bot.coach import practice
from bot.coach.act import Act
from bot.coach.practice import TipSeen, WeeklyKey
from bot.core.content_types import Lesson, Skill
from bot.core.learning import Waiting, waiting
from bot.core.next_tip import Choice, choice_of, choose_tip
from bot.core.practice import Blocker, Practised, Step
from bot.store import facts


def tip_now(act: Act, about: Skill | None, only: Lesson | None = None, minutes: int | None = None) -> Choice:
    """Give a tip, about a skill if one is named. Count it as given, so that the next is another. Raise NotMet.

    `only` is the tip that the member's role card names; it counts once, however often they press *Start*. `minutes`:
    how many the member has.
    """
    act.lock()
    record = act.read()
    if only is not None:
        choice = choice_of(act.catalog, only)
    else:
        choice = choose_tip(act.catalog, record, about=about, max_minutes=minutes)
    if only is None or only.tip.id != record.latest:
        facts.give(act.tx, [(act.who, choice.lesson.tip.id)], act.now)
    return choice


def open_or_new(act: Act) -> TipSeen | Choice:
    """Return the open tip of a member, or give one. A second call returns the same tip. Raise NotMet."""
    act.lock(alone=True)
    return practice.open_tip(act) or tip_now(act, None)


def declare_situation(act: Act, has: Mapping[str, bool]) -> Waiting:
    """Record whether the member has each of these needs, and return which tips wait. Raise NotMet."""
    act.lock()
    record = act.read()
    facts.save_needs(act.tx, act.who, has, act.now)
    lacks = [need for need, each in has.items() if not each]
    return waiting(act.catalog, act.catalog.role_of(record.member.role), lacks)


@dataclass(frozen=True, slots=True)
class Blocked:
    """A tip that is blocked, and the tip that stands in its place; None if nothing that fits is left."""

    seen: TipSeen
    instead: Choice | None = None


def block(act: Act, tip_id: str, key: WeeklyKey, why: Blocker) -> Blocked:
    """Record why a member can't do a tip. A tip that is done stays done. Raise UserError and NotMet."""
    return Blocked(_blocked(act, practice.locked(act, tip_id, key), why))


def lack(act: Act, tip_id: str, key: WeeklyKey, needs: Collection[str]) -> Blocked:
    """Record which needs of a tip a member lacks, and give another tip in its place. A step of a project stays.

    It stands in the same message, so it does not use up the budget of messages. A second call returns the same tip.
    Raise UserError and NotMet.
    """
    before = practice.locked(act, tip_id, key)
    seen = _blocked(act, before, Blocker.LACKS)
    if seen.is_done:
        return Blocked(seen)
    tip, seen = seen.lesson.tip, practice.without_plan(act, seen, "blocked")
    shown = {need: False for need in act.catalog.needs_of(tip) if need in needs}
    facts.follows(act.tx, act.who, shown, tip.id, act.now)
    record = seen.record.with_needs(shown).having_seen(tip.id, act.now)
    if tip.id in act.catalog.project_of:  # it stays, with another way to do it
        return Blocked(replace(seen, record=record))
    lacks, latest = record.lacks(act.catalog), act.catalog.lessons.get(record.latest or "")
    if not seen.new and latest is not None and latest.tip.id != tip.id and lacks.isdisjoint(latest.tip.needs):
        return Blocked(seen, choice_of(act.catalog, latest))
    choice = choose_tip(act.catalog, record)
    if not lacks.isdisjoint(choice.lesson.tip.needs):
        return Blocked(seen)
    facts.give(act.tx, [(act.who, choice.lesson.tip.id)], act.now)
    return Blocked(seen, choice)


def _blocked(act: Act, seen: TipSeen, why: Blocker) -> TipSeen:
    step = seen.last_step
    if seen.is_done or (step is not None and step.blocker is why):
        return seen
    blocked = Practised(seen.lesson.tip.id, Step.BLOCKED, act.now, why)
    return seen.after(facts.add_step(act.tx, seen.record, blocked))
