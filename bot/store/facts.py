"""What is written into the records of members: a fact of one, or the same of many."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, func, literal, null, select, true, update

from bot.core.member import MemberKey
from bot.core.practice import Asked, Plan, Practised, Step, Use
from bot.core.record import Record
from bot.core.rhythm import ASKS_AFTER
from bot.store.member_schema import (
    delivery,
    lab_solved,
    plan,
    practice,
    project,
    quiz,
    schedule,
    situation,
    skill_history,
    skill_mark,
    still,
    tip_given,
)
from bot.store.types import UtcDateTime, insert, of_members, rows_of, same_member

_later = practice.alias("later")
_LATER_STEP = exists().where(same_member(_later, practice, "tip"), _later.c.at > practice.c.at)
IS_LAST_STEP, STAYS_DONE = ~_LATER_STEP, ~_LATER_STEP.where(_later.c.step != Step.DONE.value)

_ADD_STEP = insert(practice).on_conflict_do_nothing()  # two steps in one microsecond are one


def add_step(tx: Connection, record: Record, new: Practised, shows: Mapping[str, bool] | None = None) -> Record:
    """Store what a member says about a tip, and whether they have the needs that it `shows`. Return the record then."""
    step = {"tip": new.tip, "at": new.at, "step": new.step.value, "blocker": new.blocker and new.blocker.value}
    tx.execute(_ADD_STEP, {**record.member.key._asdict(), **step})
    follows(tx, record.member.key, shows or {}, new.tip, new.at)
    return record.with_needs(shows or {}).with_step(new)


_ASK = insert(quiz).on_conflict_do_nothing()


def ask(tx: Connection, asked: Iterable[tuple[MemberKey, Asked]]) -> None:
    """Record checks as asked. One that was recorded before stays as it is."""
    rows = [
        {
            **who._asdict(), "asking": each.asking, "check_id": each.check, "skill": each.skill,
            "due": each.due, "asked_at": each.at,
        }
        for who, each in asked
    ]  # fmt: skip
    if rows:
        tx.execute(_ASK, rows)


def ask_in_message(tx: Connection, who: MemberKey, asked: Asked) -> None:
    """Record a check as asked in a message that was sent to this member, unless that was recorded before.

    The message arrived, as its button was pressed, but its confirmation may never come. No delivery: nothing is added.
    """
    at = func.coalesce(delivery.c.started_at, bindparam(None, asked.at, UtcDateTime))
    asks_a_check = delivery.c.subject.contains('"check":')  # in JSON, a quote in a text is escaped
    sent = select(
        delivery.c.workspace_id, delivery.c.member_id, delivery.c.key,
        literal(asked.check), literal(asked.skill), true(), at,
    ).where(*rows_of(delivery, who), delivery.c.key == asked.asking, asks_a_check)  # fmt: skip
    columns = ["workspace_id", "member_id", "asking", "check_id", "skill", "due", "asked_at"]
    tx.execute(insert(quiz).from_select(columns, sent).on_conflict_do_nothing())


def answer_check(tx: Connection, who: MemberKey, asking: str, chosen: int, now: datetime, *, right: bool) -> bool:
    """Record the answer to a check. Return False, with nothing changed, if it was answered before."""
    open_ = update(quiz).where(*rows_of(quiz, who), quiz.c.asking == asking, quiz.c.answered_at.is_(None))
    return tx.execute(open_.values(answered_at=now, chosen=chosen, right=right)).rowcount > 0


def save_plan(tx: Connection, record: Record, new: Plan, now: datetime) -> Record:
    """Store a plan, and return the record with it. It takes the place of an earlier plan for the same tip."""
    values = {"plan_id": new.plan_id, "at": new.at, "cue": new.cue}
    values |= {"made_at": now, "ended_at": None}
    key = [plan.c.workspace_id, plan.c.member_id, plan.c.tip]
    saved = insert(plan).values(**record.member.key._asdict(), tip=new.tip, **values)
    tx.execute(saved.on_conflict_do_update(index_elements=key, set_=values))
    return replace(record, plans={**record.plans, new.tip: new})


def end_plans(tx: Connection, who: MemberKey, now: datetime) -> None:
    """End all plans of a member. The caller cancels their reminders."""
    tx.execute(update(plan).where(*rows_of(plan, who), plan.c.ended_at.is_(None)).values(ended_at=now))


def end_plan(tx: Connection, record: Record, old: Plan, now: datetime) -> Record:
    """End a plan, and return the record without it. The caller cancels its reminder."""
    this = update(plan).where(*rows_of(plan, record.member.key), plan.c.tip == old.tip, plan.c.ended_at.is_(None))
    tx.execute(this.values(ended_at=now))
    return replace(record, plans={**record.plans, old.tip: replace(old, ended=True)})


_PROJECT_KEY = (project.c.workspace_id, project.c.member_id, project.c.slug)


def save_project(tx: Connection, who: MemberKey, slug: str, **changed: datetime | None) -> None:
    """Store when a project was offered, begun, left or ended; what is not named stays as it is."""
    saved = insert(project).values(**who._asdict(), slug=slug, **changed)
    tx.execute(saved.on_conflict_do_update(index_elements=_PROJECT_KEY, set_=changed))


def begin(tx: Connection, rows: Iterable[tuple[MemberKey, str]], now: datetime) -> None:
    """Store that projects began. One that had begun keeps its moment."""
    values = [{**who._asdict(), "slug": slug, "begun_at": now} for who, slug in rows]
    if values:
        tx.execute(_BEGIN, values)


_NEW_PROJECT = insert(project)
_BEGIN = _NEW_PROJECT.on_conflict_do_update(
    index_elements=_PROJECT_KEY,
    set_={"begun_at": func.coalesce(project.c.begun_at, _NEW_PROJECT.excluded.begun_at)},
)
_IS_SLOW = exists().where(same_member(schedule, project), schedule.c.unanswered > ASKS_AFTER)


def offer(tx: Connection, who: MemberKey, slugs: Iterable[str], now: datetime) -> None:
    """Store that a member may choose one of these projects. While they press nothing, an open one is parked."""
    is_open = project.c.begun_at.is_not(None), project.c.left_at.is_(None), project.c.ended_at.is_(None)
    open_ = update(project).where(*rows_of(project, who), *is_open, project.c.parked_at.is_(None), _IS_SLOW)
    tx.execute(open_.values(parked_at=now))
    for slug in slugs:
        save_project(tx, who, slug, offered_at=now)


def unpark(tx: Connection, who: MemberKey) -> None:
    """Let no parked project go before the one that a member begins."""
    parked = update(project).where(*rows_of(project, who), project.c.parked_at.is_not(None))
    tx.execute(parked.values(parked_at=None))


_LOCK_PLANS = (
    select(plan.c.member_id, plan.c.plan_id)
    .where(*of_members(plan), plan.c.ended_at.is_(None))
    .order_by(plan.c.member_id, plan.c.tip)
    .with_for_update(read=True)
)


def lock_plans(tx: Connection, workspace_id: str, ids: Sequence[str]) -> set[tuple[str, str]]:
    """Return these members' plans that did not end, by member and plan. A change of one waits for this transaction."""
    return {(row.member_id, row.plan_id) for row in tx.execute(_LOCK_PLANS, {"w": workspace_id, "members": list(ids)})}


_ADD_USE = insert(still).on_conflict_do_nothing()  # two answers in one microsecond are one


def add_use(tx: Connection, record: Record, use: Use) -> Record:
    """Store that a member did a tip again, or what they said when asked, and return the record with it."""
    add_uses(tx, [(record.member.key, use)])
    return record.with_use(use)


def add_uses(tx: Connection, rows: Iterable[tuple[MemberKey, Use]]) -> None:
    values = [
        {**who._asdict(), "tip": use.tip, "at": use.at, "answer": use.answer.value, "asking": use.asking,
         "why": use.why and use.why.value}
        for who, use in rows
    ]  # fmt: skip
    if values:
        tx.execute(_ADD_USE, values)


_INSERT_GIVEN = insert(tip_given)
_GIVEN_KEY = (tip_given.c.workspace_id, tip_given.c.member_id, tip_given.c.tip)
_GIVE = _INSERT_GIVEN.on_conflict_do_update(
    index_elements=_GIVEN_KEY,
    set_={"times": tip_given.c.times + _INSERT_GIVEN.excluded.times, "given_at": _INSERT_GIVEN.excluded.given_at},
)


def give(tx: Connection, rows: Iterable[tuple[MemberKey, str]], now: datetime) -> None:
    values = [
        {**who._asdict(), "tip": tip, "times": times, "given_at": now} for (who, tip), times in Counter(rows).items()
    ]
    if values:
        tx.execute(_GIVE, values)


def note_given(tx: Connection, who: MemberKey, tip: str, now: datetime) -> None:
    """Count a tip as given that a member found without being given it. One that was given stays as it is."""
    new = _INSERT_GIVEN.values(**who._asdict(), tip=tip, times=1, given_at=now)
    tx.execute(new.on_conflict_do_nothing())


def solve(tx: Connection, who: MemberKey, lab: str, now: datetime) -> None:
    """Record that a member solved a lab. The first time counts."""
    tx.execute(insert(lab_solved).values(**who._asdict(), lab=lab, solved_at=now).on_conflict_do_nothing())


_NEED = (situation.c.workspace_id, situation.c.member_id, situation.c.need)
_INSERT_NEED = insert(situation)
_SAVE_NEED = _INSERT_NEED.on_conflict_do_update(
    index_elements=_NEED,
    set_={"has": _INSERT_NEED.excluded.has, "at": _INSERT_NEED.excluded.at, "tip": null(), "had": null()},
)
_FOLLOWS = _INSERT_NEED.on_conflict_do_update(
    index_elements=_NEED,
    set_={name: _INSERT_NEED.excluded[name] for name in ("has", "at", "tip")} | {"had": situation.c.has},
    where=situation.c.has.is_distinct_from(_INSERT_NEED.excluded.has),
)


def save_needs(tx: Connection, who: MemberKey, has: Mapping[str, bool], now: datetime) -> None:
    rows = [{**who._asdict(), "need": need, "has": each, "at": now} for need, each in has.items()]
    if rows:
        tx.execute(_SAVE_NEED, rows)


def follows(tx: Connection, who: MemberKey, needs: Mapping[str, bool], tip: str, now: datetime) -> None:
    """Store whether a member has these needs, as what they said of a tip shows; and what was known, for *Undo*."""
    about = {**who._asdict(), "at": now, "tip": tip}
    if needs:
        tx.execute(_FOLLOWS, [{**about, "need": need, "has": has} for need, has in needs.items()])


def restore_needs(tx: Connection, who: MemberKey, tip: str, now: datetime) -> None:
    """Take back what `follows` recorded for a tip. What the member said about a need since then stays."""
    followed = update(situation).where(*rows_of(situation, who), situation.c.tip == tip)
    tx.execute(followed.values(has=situation.c.had, had=null(), tip=null(), at=now))


_INSERT_MARK = insert(skill_mark)
_MARK = _INSERT_MARK.on_conflict_do_update(
    index_elements=[skill_mark.c.workspace_id, skill_mark.c.member_id, skill_mark.c.skill],
    set_={"learned_at": _INSERT_MARK.excluded.learned_at, "undone_at": None},
    where=skill_mark.c.undone_at.is_not(None),
).returning(skill_mark.c.skill)
_REMEMBER = insert(skill_history).on_conflict_do_nothing()  # the key has the time: keep one step per microsecond


def mark(tx: Connection, who: MemberKey, skill: str, now: datetime) -> bool:
    """Mark a skill as learned. Return False, and change nothing, if it already was."""
    new = tx.execute(_MARK, {**who._asdict(), "skill": skill, "learned_at": now}).first() is not None
    if new:
        tx.execute(_REMEMBER, {**who._asdict(), "skill": skill, "at": now, "step": "learned"})
    return new


def unmark(tx: Connection, who: MemberKey, skill: str, now: datetime) -> bool:
    """Unmark a skill. Return False, and change nothing, if it was not marked."""
    standing = (*rows_of(skill_mark, who), skill_mark.c.skill == skill, skill_mark.c.undone_at.is_(None))
    was_marked = tx.execute(update(skill_mark).where(*standing).values(undone_at=now)).rowcount > 0
    if was_marked:
        tx.execute(_REMEMBER, {**who._asdict(), "skill": skill, "at": now, "step": "undone"})
    return was_marked
