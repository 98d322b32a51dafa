"""What a member says about a tip: they did it, it is not their work, or they take that back."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.coach.act import Act
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson
from bot.core.errors import NextStep, UserError
from bot.core.learning import Finished, after_done, after_learned, finished, own_path
from bot.core.member import Consent
from bot.core.outbox import reminder_key
from bot.core.practice import AGAIN_AFTER, Answer, Asked, Blocker, Plan, Practised, Step, Use
from bot.core.record import Record
from bot.outbox import deliveries
from bot.store import record as record_rows

A_TIP = NextStep("A tip now", "tip")
WeeklyKey = str | None  # `nudge_key` of the weekly message in which a tip stands; None in any other


@dataclass(frozen=True, slots=True)
class TipSeen:
    """A tip as its member sees it: what they did with it, and what they may do next.

    `key` names the message in which they see it. `new`: this request changed something.
    """

    lesson: Lesson
    record: Record
    now: datetime
    key: WeeklyKey = None
    new: bool = False
    cancelled: bool = False  # this request cancelled the reminder of the tip
    milestone: str | None = None  # that this request reached
    finished: Finished | None = None  # the member's path, if this request finished it

    @property
    def last_step(self) -> Practised | None:
        """Return what the member said about the tip last; None if they said nothing."""
        return self.record.steps.get(self.lesson.tip.id)

    @property
    def asked(self) -> Asked | None:
        """Return the check that was asked in the same message."""
        return self.record.checked.asked_in(self.key) if self.key else None

    @property
    def use(self) -> Use | None:
        """Return what the member answered there to *Still doing it?*."""
        return self.record.uses.in_message(self.key) if self.key else None

    @property
    def is_done(self) -> bool:
        return self.last_step is not None and self.last_step.step is Step.DONE

    @property
    def plan(self) -> Plan | None:
        """Return when the member wants to do the tip; None once they did it or took the plan back."""
        plan = self.record.plans.get(self.lesson.tip.id)
        return None if plan is None or plan.ended or self.is_done else plan

    @property
    def reminder(self) -> Plan | None:
        return self.plan if self.plan is not None and self.plan.at > self.now else None

    @property
    def asks_weekly(self) -> bool:
        """Return whether the member has not answered yet whether they want weekly tips."""
        return self.record.weekly.consent in {Consent.UNASKED, Consent.ASKED}

    @property
    def is_learned(self) -> bool:
        return self.lesson.skill.slug in self.record.learned_at

    @property
    def may_learn(self) -> bool:
        return not self.is_learned and self.record.is_practised(self.lesson.skill)


def see(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Return a tip as this member sees it. Raise UserError."""
    return look(act.catalog, record_rows.read(act.tx, act.who), tip_id, key, act.now)


def did(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Record that a member did a tip, and cancel its reminder. A day later, they did it again. Raise as `undo`."""
    seen = without_plan(act, locked(act, tip_id, key), "done")
    if seen.last_step is not None and seen.is_done:
        return _again(act, seen, seen.last_step.at)
    tip = seen.lesson.tip
    record_rows.follows(act.tx, act.who, seen.record.gains(tip), tip.id, act.now, has=True)
    done = with_step(act, seen, Step.DONE)
    return replace(done, milestone=after_done(done.record))


def _again(act: Act, seen: TipSeen, first_at: datetime) -> TipSeen:
    """Note that a member did a tip once more, unless that is the same *Did it*, pressed twice."""
    tip = seen.lesson.tip.id
    if seen.now < max((first_at, *seen.record.uses.again(tip))) + AGAIN_AFTER:
        return seen
    again = Use(tip, Answer.AGAIN, seen.now)
    record_rows.add_uses(act.tx, [(act.who, again)])
    return replace(seen, record=seen.record.with_use(again), new=True)


def report(act: Act, tip_id: str) -> TipSeen:
    """Record that a member did a tip that they name themselves, and that they know it. Raise UserError and NotMet."""
    seen = did(act, tip_id, None)
    if seen.new and seen.lesson.tip.id not in seen.record.plans:  # a tip that was planned was given before
        record_rows.note_given(act.tx, act.who, seen.lesson.tip.id, act.now)
    return seen


def undone(act: Act) -> tuple[Lesson, ...]:
    """Return the tips that a member was given, neither did nor called *Not my work*, the latest first."""
    record = record_rows.read(act.tx, act.who)
    answered = {tip for tip, step in record.steps.items() if step.step is not Step.BLOCKED}
    latest_first = [tip for tip in reversed(list(record.given)) if tip in act.catalog.lessons]
    return tuple(act.catalog.lessons[tip] for tip in latest_first if tip not in answered)


def undo(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Take back what a member last said about a tip. Raise UserError and NotMet."""
    seen = locked(act, tip_id, key)
    if seen.last_step is None:
        return seen
    if seen.is_done and seen.record.uses.second(seen.lesson.tip.id) is not None:
        undone = Use(seen.lesson.tip.id, Answer.UNDONE, act.now)
        record_rows.add_uses(act.tx, [(act.who, undone)])
        return replace(seen, record=seen.record.with_use(undone), new=True)
    if seen.last_step.blocker is Blocker.LACKS or seen.is_done:
        record_rows.restore_needs(act.tx, act.who, seen.lesson.tip.id, act.now)
    return with_step(act, seen, Step.UNDONE)


def not_my_work(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Record that a tip is not the member's work, so that fewer of its skill come, and cancel its reminder.

    Raise UserError and NotMet.
    """
    seen = without_plan(act, locked(act, tip_id, key), "not my work")
    return with_step(act, seen, Step.NOT_MY_WORK)


def learn(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Mark the skill of a tip as learned. A second call changes nothing. Raise UserError and NotMet."""
    seen = locked(act, tip_id, key)
    slug = seen.lesson.skill.slug
    new = record_rows.mark(act.tx, act.who, slug, act.now)
    record = seen.record.with_learned(slug, act.now)
    path = own_path(act.catalog, record)
    milestone = after_learned(seen.lesson.skill, path) if new else None
    ended = finished(act.catalog, path, record.learned) if milestone and path else None
    return replace(seen, record=record, new=new, milestone=milestone, finished=ended)


def not_done() -> UserError:
    return UserError("I can keep a line about a tip that you did. Press *Did it* first.", A_TIP)


def without_plan(act: Act, seen: TipSeen, why: str) -> TipSeen:
    """End the plan for a tip and cancel its reminder, if there is one. Return the tip without the plan."""
    if seen.plan is None:
        return seen
    record_rows.end_plans(act.tx, act.who, act.now, seen.plan.tip)
    deliveries.cancel(act.tx, act.who.workspace_id, reminder_key(act.who, seen.plan.plan_id), why, act.now)
    return replace(seen, record=seen.record.with_plan(replace(seen.plan, ended=True)))


def locked(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Lock the member, and return a tip as they see it, to change something about it. Raise UserError and NotMet."""
    return look(act.catalog, record_rows.lock(act.tx, act.who), tip_id, key, act.now)


def look(catalog: Catalog, record: Record, tip_id: str, key: WeeklyKey, now: datetime) -> TipSeen:
    """Return a tip as a member who was read already sees it. Raise UserError."""
    return TipSeen(lesson_of(catalog, tip_id), record, now, key)


def lesson_of(catalog: Catalog, tip_id: str) -> Lesson:
    """Return a tip with its skill. Raise UserError if it was removed."""
    if tip_id not in catalog.lessons:
        raise UserError("That tip is no longer there.", A_TIP)
    return catalog.lessons[tip_id]


def with_step(act: Act, seen: TipSeen, step: Step, blocker: Blocker | None = None) -> TipSeen:
    """Record what a member says about a tip now. It takes the place of what they said before."""
    tip = seen.lesson.tip.id
    record_rows.add_step(act.tx, act.who, tip, step, seen.now, blocker)
    return replace(seen, record=seen.record.with_step(Practised(tip, step, seen.now, blocker)), new=True)
