"""Give a tip, and record what a member says about it: they did it, it is blocked, it is not their work, or not so."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.coach import schedules
from bot.coach.act import Act
from bot.core.calendar import Slot
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Level, Skill
from bot.core.errors import NextStep, UserError
from bot.core.learning import FIRST_TIP, Waiting, after_learned, own_path, waiting
from bot.core.member import Consent
from bot.core.next_step import is_finished, open_place, said_of
from bot.core.next_tip import Choice, choice_of, choose_tip
from bot.core.outbox import reminder_key
from bot.core.practice import MOVES_ON, Answer, Asked, Blocker, Plan, Practised, Step, Use
from bot.core.projects import Project
from bot.core.record import Record
from bot.outbox import deliveries
from bot.store import facts, members

A_TIP = NextStep("A tip now", "tip")
WeeklyKey = str | None  # `nudge_key` of the weekly message in which a tip stands; None in any other


@dataclass(frozen=True, slots=True)
class TipSeen:
    """A tip as its member sees it. `key` names the message. `new`: this request changed something."""

    lesson: Lesson
    record: Record
    now: datetime
    key: WeeklyKey = None
    new: bool = False
    cancelled: bool = False  # this request cancelled the reminder of the tip
    moved: bool = False  # this request planned it, later than was wished: that was outside the member's hours
    milestone: str | None = None  # that this request reached
    instead: Choice | None = None  # the tip that this request gave in its place, to who lacks what it needs
    parks: Project | None = None  # the project that was open until this request began another one

    @property
    def last_step(self) -> Practised | None:
        """Return what the member said last about the tip, or one that it replaces; None if they said nothing."""
        return said_of(self.record, self.lesson.tip)

    @property
    def asked(self) -> Asked | None:
        """Return the check that was asked in the same message."""
        return self.record.checked.asked_in(self.key) if self.key else None

    @property
    def use(self) -> Use | None:
        """Return what the member answered there to *Still doing it?*."""
        uses = self.record.uses
        answers = (use for tip in uses.of_tip for use in uses.answers(tip))
        return next((use for use in answers if use.asking == self.key), None) if self.key else None

    @property
    def is_done(self) -> bool:
        return self.last_step is not None and self.last_step.step is Step.DONE

    @property
    def is_settled(self) -> bool:
        """Return whether nothing is left to do: it is done, or its member has such a thing or skipped it."""
        return self.last_step is not None and self.last_step.step in MOVES_ON

    @property
    def plan(self) -> Plan | None:
        """Return when the member wants to do the tip; None once they did it or took the plan back."""
        plan = self.record.plan_of(self.lesson.tip)
        return None if plan is None or plan.ended or self.is_settled else plan

    @property
    def reminder(self) -> Plan | None:
        return self.plan if self.plan is not None and self.plan.at > self.now else None

    @property
    def asks_weekly(self) -> bool:
        return self.record.weekly.consent in {Consent.UNASKED, Consent.ASKED}

    @property
    def may_be_planned(self) -> bool:
        return self.record.gets_tips and self.last_step is None and self.reminder is None

    def after(self, record: Record, milestone: str | None = None) -> "TipSeen":
        return replace(self, record=record, new=True, milestone=milestone)


def see(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Return a tip as this member sees it. Raise UserError."""
    return TipSeen(lesson_of(act.catalog, tip_id), act.read(), act.now, key)


def locked(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Lock the member, and return a tip as they see it, to change something about it. Raise UserError and NotMet."""
    lesson = lesson_of(act.catalog, tip_id)
    act.lock()
    return TipSeen(lesson, act.read(), act.now, key)


def did(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Record that a member did a tip, and cancel its reminder. A day later, they did it again. Raise as `undo`."""
    seen = locked(act, tip_id, key)
    seen = without_plan(act, seen, "done")
    record, tip, done = seen.record, seen.lesson.tip, seen.last_step
    if done is None or done.step is not Step.DONE:
        gained = dict.fromkeys(record.gains(tip), True)
        record = facts.add_step(act.tx, record, Practised(tip.id, Step.DONE, act.now), gained)
        return with_project(act, seen.after(record, FIRST_TIP if len(record.done) == 1 else None))
    if act.now < max((done.at, *record.uses.again(done.tip))) + timedelta(days=1):  # it was pressed twice
        return seen
    return seen.after(facts.add_use(act.tx, record, Use(done.tip, Answer.AGAIN, act.now)))


def report(act: Act, tip_id: str) -> TipSeen:
    """Record that a member did a tip that they name themselves, and that they know it. Raise UserError and NotMet."""
    seen = did(act, tip_id, None)
    if seen.new and seen.lesson.tip.id not in seen.record.plans:  # a tip that was planned was given before
        facts.note_given(act.tx, act.who, seen.lesson.tip.id, act.now)
    return seen


def undone(act: Act) -> tuple[TipSeen, ...]:
    """Return the tips that a member was given, said nothing about or are blocked in, the latest first.

    The open step of a project comes before them, unless a single tip came after it.
    """
    catalog, record = act.catalog, act.read()
    answered = {tip for tip, step in record.steps.items() if step.step is not Step.BLOCKED}
    tips = [tip for tip in reversed(list(record.given)) if tip in catalog.lessons and tip not in answered]
    place, latest = open_place(catalog, record), tips[0] if tips else None
    has_single_open = latest is not None and latest == record.latest and latest not in catalog.project_of
    if place is not None and not has_single_open:
        tips = [place.step.id, *tips]
    return tuple(TipSeen(catalog.lessons[tip], record, act.now) for tip in dict.fromkeys(tips))


def open_tip(act: Act) -> TipSeen | None:
    """Return the tip of which a member speaks who names none: the one that they got last and did not settle."""
    return next(iter(undone(act)), None)


def last_said(act: Act) -> TipSeen | Skill | None:
    """Return what *Undo* takes back for a member who names nothing: a tip, or a skill that they marked after it."""
    record, catalog = act.read(), act.catalog
    steps = [(step.at, tip) for tip, step in record.steps.items() if tip in catalog.lessons]
    marks = [(at, slug) for slug, at in record.learned_at.items() if slug in catalog.skills]
    if marks and (not steps or max(marks) > max(steps)):
        return catalog.skills[max(marks)[1]]
    return TipSeen(catalog.lessons[max(steps)[1]], record, act.now) if steps else None


def undo(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Take back what a member last said about a tip. Raise UserError and NotMet."""
    seen = locked(act, tip_id, key)
    if seen.last_step is None:
        return seen
    record, tip_id = seen.record, seen.last_step.tip
    if seen.is_done and record.uses.second(tip_id) is not None:
        return seen.after(facts.add_use(act.tx, record, Use(tip_id, Answer.UNDONE, act.now)))
    if seen.last_step.blocker is Blocker.LACKS or seen.is_settled:
        facts.restore_needs(act.tx, act.who, tip_id, act.now)
    return with_project(act, seen.after(facts.add_step(act.tx, record, Practised(tip_id, Step.UNDONE, act.now))))


def with_project(act: Act, seen: TipSeen) -> TipSeen:
    """End a step's project once its last step is settled, which grants what it gives, or open it again."""
    project, record, tip = act.catalog.project_of.get(seen.lesson.tip.id), seen.record, seen.lesson.tip.id
    state = record.projects.get(project.slug) if project else None
    if project is None or state is None or state.begun_at is None:
        return seen
    ended_at = act.now if is_finished(project, record) else None
    if (ended_at is None) is (state.ended_at is None):
        return seen
    record = facts.save_project(act.tx, record, project.slug, ended_at=ended_at)
    granted = dict.fromkeys(project.grants if ended_at else (), True)
    facts.save_needs(act.tx, act.who, granted, act.now, tip)
    return replace(seen, record=record.with_needs(granted))


def not_my_work(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Record that a tip is not the member's work, and cancel its reminder. Raise UserError and NotMet."""
    seen = without_plan(act, locked(act, tip_id, key), "not my work")
    return seen.after(facts.add_step(act.tx, seen.record, Practised(tip_id, Step.NOT_MY_WORK, act.now)))


def learn(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Mark the skill of a tip as learned. A second call changes nothing. Raise UserError and NotMet."""
    seen = locked(act, tip_id, key)
    slug = seen.lesson.skill.slug
    new = facts.mark(act.tx, act.who, slug, act.now)
    record = seen.record.with_learned(slug, act.now)
    milestone = after_learned(seen.lesson.skill, own_path(act.catalog, record)) if new else None
    return replace(seen, record=record, new=new, milestone=milestone)


def without_plan(act: Act, seen: TipSeen, why: str) -> TipSeen:
    """End the plan for a tip and cancel its reminder, if there is one. Return the tip without the plan."""
    if seen.plan is None:
        return seen
    deliveries.cancel(act.tx, act.who.workspace_id, reminder_key(act.who, seen.plan.plan_id), why, act.now)
    return replace(seen, record=facts.end_plan(act.tx, seen.record, seen.plan, act.now))


def lesson_of(catalog: Catalog, tip_id: str) -> Lesson:
    """Return a tip with its skill. Raise UserError if it was removed."""
    if tip_id not in catalog.lessons:
        title = catalog.title_of(tip_id)
        said = f"*{title}* is no longer given." if title else "That tip is no longer there."
        raise UserError(said, A_TIP)
    return catalog.lessons[tip_id]


def tip_now(act: Act, about: Skill | None, only: Lesson | None = None, minutes: int | None = None) -> Choice:
    """Give a tip, about a skill if one is named. Count it as given, so that the next is another. Raise NotMet.

    `only`: the tip of the member's role card, which counts once. `minutes`: how many the member has.
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
    act.lock()
    return open_tip(act) or tip_now(act, None)


def declare_situation(act: Act, has: Mapping[str, bool]) -> Waiting:
    """Record whether the member has each of these needs, and return which tips wait. Raise NotMet."""
    act.lock()
    record = act.read()
    facts.save_needs(act.tx, act.who, has, act.now)
    lacks = [need for need, each in has.items() if not each]
    return waiting(act.catalog, act.catalog.role_of(record.member.role), lacks)


def block(act: Act, tip_id: str, key: WeeklyKey, why: Blocker) -> TipSeen:
    """Record why a member can't do a tip. A tip that is done stays done. Raise UserError and NotMet."""
    seen = locked(act, tip_id, key)
    if not seen.is_done and (seen.last_step is None or seen.last_step.blocker is not why):
        blocked = Practised(seen.lesson.tip.id, Step.BLOCKED, act.now, why)
        seen = seen.after(facts.add_step(act.tx, seen.record, blocked))
    return seen


def lack(act: Act, tip_id: str, key: WeeklyKey, needs: Collection[str]) -> TipSeen:
    """Record which needs of a tip a member lacks, and give another in its message. A step of a project stays.

    A second call returns the same tip. Raise UserError and NotMet.
    """
    seen = block(act, tip_id, key, Blocker.LACKS)
    if seen.is_done:
        return seen
    tip, seen = seen.lesson.tip, without_plan(act, seen, "blocked")
    shown = {need: False for need in act.catalog.needs_of(tip) if need in needs}
    facts.save_needs(act.tx, act.who, shown, act.now, tip.id)
    record = seen.record.with_needs(shown).having_seen(tip.id, act.now)
    if tip.id in act.catalog.project_of:  # it stays, with another way to do it
        return replace(seen, record=record)
    lacks, latest = record.lacks(act.catalog), act.catalog.lessons.get(record.latest or "")
    if not seen.new and latest is not None and latest.tip.id != tip.id and lacks.isdisjoint(latest.tip.needs):
        return replace(seen, instead=choice_of(act.catalog, latest))
    choice = choose_tip(act.catalog, record)
    if not lacks.isdisjoint(choice.lesson.tip.needs):
        return seen
    facts.give(act.tx, [(act.who, choice.lesson.tip.id)], act.now)
    return replace(seen, instead=choice)


class Weekly(NamedTuple):
    """A member's answer to the question about weekly tips. No slot or zone: the usual ones."""

    wanted: bool
    slot: Slot | None = None
    zone: str | None = None


class Felt(StrEnum):
    EASY = "easy"
    RIGHT = "right"
    HARD = "hard"


def set_level(act: Act, level: Level) -> Level:
    """Store how far a member is with AI. Raise NotMet."""
    act.lock()
    members.choose(act.tx, act.who, level=level.value)
    return level


def say_how_it_was(act: Act, tip_id: str, key: WeeklyKey, felt: Felt) -> TipSeen:
    """Store which list of projects a member gets. Raise UserError and NotMet."""
    set_level(act, Level.DAILY if felt is Felt.EASY else Level.NEW)
    return see(act, tip_id, key)


def answer_on_tip(act: Act, tip_id: str, key: WeeklyKey, weekly: Weekly) -> TipSeen:
    """Start weekly tips or leave them off; the tip says which, so no welcome comes. Raise UserError and NotMet."""
    if weekly.wanted:
        schedules.accept(act, weekly.slot, weekly.zone, welcomes=False)
    else:
        schedules.decline(act)
    return see(act, tip_id, key)
