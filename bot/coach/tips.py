"""Give a tip, a second one in a week, or another for one that is blocked; and read what the choice depends on."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.coach import practice
from bot.coach.practice import A_TIP, TipSeen, WeeklyKey
from bot.core.calendar import week_of
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Skill
from bot.core.errors import UserError
from bot.core.learning import Waiting, waiting
from bot.core.member import Member, MemberKey
from bot.core.next_tip import Choice, Learner, choose_tip
from bot.core.outbox import Copy, DeliveryState, Kind, NewDelivery, another_key
from bot.core.practice import Blocker, History, Step
from bot.core.rhythm import SHORT, Pupil, Rhythm
from bot.core.subjects import TipSubject
from bot.outbox import deliveries
from bot.store import members
from bot.store import record as record_rows


@dataclass(frozen=True, slots=True)
class Another:
    """The second tip of a week. `new` is False if it was given before."""

    choice: Choice
    new: bool


def tip_now(
    tx: Connection, catalog: Catalog, who: MemberKey, about: Skill | None, now: datetime, only: Lesson | None = None
) -> Choice:
    """Give a tip, about a skill if one is named. Count it as given, so that the next is another. Raise NotMet.

    `only` is the tip that the member's role card names; it counts once, however often they press *Start*.
    """
    known = members.lock_known(tx, who)
    learner = learner_of(tx, catalog, known.member, known.learned)
    choice = choose_tip(catalog, learner, about=about, only=only)
    if only is None or only.tip.id != learner.latest:
        record_rows.give(tx, [(who, choice.lesson.tip.id)], now)
    return choice


def given_this_week(
    tx: Connection, catalog: Catalog, known: members.MemberMarks, now: datetime
) -> tuple[Lesson | None, Learner, History]:
    """Return the member's tip of this week, if they were given one; what the next depends on; and what they did."""
    theirs, zone = _circumstances(tx, known.member.key), known.reads_in
    rhythm = known.schedule.rhythm if known.schedule else Rhythm()
    learner = _learner(catalog, known.member, known.learned, theirs, rhythm)
    latest, last_at = catalog.lessons.get(learner.latest or ""), theirs.given.last_at
    if last_at is None or week_of(last_at, zone) != week_of(now, zone):
        latest = None
    return latest, learner, theirs.history


def another(tx: Connection, catalog: Catalog, who: MemberKey, key: str, now: datetime) -> Another:
    """Give a second tip in addition to the week's nudge. A second call returns the same tip. Raise NotMet."""
    members.lock_known(tx, who)
    found = deliveries.find(tx, who.workspace_id, key)
    if found is None or found.delivery.member_id != who.member_id or found.delivery.kind is not Kind.NUDGE:
        raise UserError("That button belongs to a tip that is not yours, or is gone.", A_TIP)
    nudge = found.delivery
    learner = learners(tx, catalog, who.workspace_id, [who.member_id])[who.member_id]
    if nudge.tip:  # its button was pressed, so it arrived, even if Slack's answer was lost
        learner = replace(learner, given={nudge.tip: 1, **learner.given})
    assert nudge.week is not None  # noqa: S101 - each tip of the week has one
    second_key = another_key(who, nudge.week)
    before = deliveries.find(tx, who.workspace_id, second_key)
    lesson = catalog.lessons.get(before.delivery.tip or "") if before else None
    choice = choose_tip(catalog, learner, only=lesson)
    if lesson is None:
        given = NewDelivery(
            copies=[Copy(*who, second_key, nudge.channel)],
            kind=Kind.ANOTHER,
            week=nudge.week,
            subject=TipSubject(choice.lesson.tip.id),
            due_at=now,
            until=now,
            state=DeliveryState.SENT,
        )
        deliveries.put(tx, given)
        record_rows.give(tx, [(who, choice.lesson.tip.id)], now)
    return Another(choice, new=lesson is None)


def declare_situation(
    tx: Connection, catalog: Catalog, who: MemberKey, has: Mapping[str, bool], now: datetime
) -> Waiting:
    """Record whether the member has each of these needs, and return which tips wait. Raise NotMet."""
    known = members.lock_known(tx, who)
    record_rows.save_needs(tx, who, has, now)
    lacks = [need for need, each in has.items() if not each]
    return waiting(catalog, catalog.role_of(known.member.role), lacks)


def learner_of(tx: Connection, catalog: Catalog, member: Member, learned: Collection[str]) -> Learner:
    """Return what the choice of a tip depends on, for a member who was read already."""
    return _learner(catalog, member, learned, _circumstances(tx, member.key), Rhythm())


def _circumstances(tx: Connection, who: MemberKey) -> record_rows.Circumstances:
    return record_rows.circumstances(tx, who.workspace_id, [who.member_id])[who.member_id]


def learners(tx: Connection, catalog: Catalog, workspace_id: str, ids: Sequence[str]) -> dict[str, Learner]:
    return {member_id: pupil.learner for member_id, pupil in pupils(tx, catalog, workspace_id, ids).items()}


def pupils(tx: Connection, catalog: Catalog, workspace_id: str, ids: Sequence[str]) -> dict[str, Pupil]:
    """Return what the choice of a tip and of a check depends on, for many members, in eight statements."""
    students = members.students(tx, workspace_id, ids)
    found = {}
    for member_id, theirs in record_rows.circumstances(tx, workspace_id, list(students)).items():
        student = students[member_id]
        learner = _learner(catalog, student, student.learned, theirs, student.rhythm)
        found[member_id] = Pupil(learner, student.learned, theirs.history, student.rhythm, theirs.given.last_at)
    return found


def _learner(
    catalog: Catalog,
    member: Member | members.Student,
    learned: Collection[str],
    theirs: record_rows.Circumstances,
    rhythm: Rhythm,
) -> Learner:
    forbidden = catalog.policy.forbids if catalog.policy else ()  # by the team, for everybody
    return Learner(
        role=catalog.role_of(member.role),
        level=member.level,
        learned=learned,
        given=theirs.given.times,
        has=theirs.has.difference(forbidden),
        lacks=theirs.lacks.union(forbidden),
        not_my_work=theirs.given.not_my_work,
        failed_checks=tuple(_failed_checks(catalog, theirs)),
        withheld=theirs.withheld,
        max_minutes=SHORT if rhythm.short else None,
    )


def _failed_checks(catalog: Catalog, theirs: record_rows.Circumstances) -> Iterator[str]:
    """Yield the skills whose last check went wrong, with no tip of that skill since."""
    for slug in theirs.history.checked.of_skill:
        wrong_at, skill = theirs.history.checked.went_wrong_at(slug), catalog.skills.get(slug)
        if skill is None or wrong_at is None:
            continue
        if not any(theirs.given.at[tip.id] > wrong_at for tip in skill.tips if tip.id in theirs.given.at):
            yield slug


@dataclass(frozen=True, slots=True)
class Blocked:
    """A tip that is blocked, and the tip that stands in its place; None if nothing that fits is left."""

    seen: TipSeen
    instead: Choice | None = None


def block(
    tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, key: WeeklyKey, why: Blocker, now: datetime
) -> Blocked:
    """Record why a member can't do a tip. A tip that is done stays done. Raise UserError and NotMet."""
    return Blocked(_blocked(tx, who, practice.locked(tx, catalog, who, tip_id, key, now), why))


def lack(
    tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, key: WeeklyKey, needs: Collection[str], now: datetime
) -> Blocked:
    """Record which needs of a tip a member lacks, and give another tip in its place.

    It stands in the same message, so it uses up neither the week's *Another one* nor the budget of messages. A second
    call returns the same tip. Raise UserError and NotMet.
    """
    before = practice.locked(tx, catalog, who, tip_id, key, now)
    seen = _blocked(tx, who, before, Blocker.LACKS)
    if seen.is_done:
        return Blocked(seen)
    tip, seen = seen.lesson.tip, practice.without_plan(tx, who, seen, "blocked", now)
    record_rows.follows(tx, who, [need for need in tip.needs if need in needs], tip.id, now, has=False)
    member = Member(who, seen.role.slug if seen.role else None, level=seen.level)
    learner = learner_of(tx, catalog, member, seen.learned)
    learner = replace(learner, given={tip.id: 1, **learner.given})  # it was seen, even if Slack's answer was lost
    latest = catalog.lessons.get(learner.latest or "")
    if not seen.new and latest is not None and latest.tip.id != tip.id and _fits(latest, learner):
        return Blocked(seen, choose_tip(catalog, learner, only=latest))
    choice = choose_tip(catalog, learner)
    if not _fits(choice.lesson, learner):
        return Blocked(seen)
    record_rows.give(tx, [(who, choice.lesson.tip.id)], now)
    return Blocked(seen, choice)


def _blocked(tx: Connection, who: MemberKey, seen: TipSeen, why: Blocker) -> TipSeen:
    step = seen.last_step
    if seen.is_done or (step is not None and step.blocker is why):
        return seen
    return practice.with_step(tx, who, seen, Step.BLOCKED, why)


def _fits(lesson: Lesson, learner: Learner) -> bool:
    return not any(need in learner.lacks for need in lesson.tip.needs)
