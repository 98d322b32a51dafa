"""What is written into the records of members: a fact of one, or the same of many."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Insert, Update, bindparam, delete, exists, func, literal, null, select, true, update

from bot.core.learning import Showing
from bot.core.member import MemberKey
from bot.core.practice import Asked, Plan, Practised, Step, Use
from bot.core.record import Record
from bot.core.rhythm import ASKS_AFTER
from bot.store import member_schema
from bot.store.member_schema import delivery, plan, practice, project, quiz, schedule, showing, situation, skill_mark
from bot.store.types import UtcDateTime, insert, rows_of, same_member, upsert

_later = practice.alias("later")
_LATER_STEP = exists().where(same_member(_later, practice, "tip"), _later.c.at > practice.c.at)
IS_LAST_STEP, STAYS_DONE = ~_LATER_STEP, ~_LATER_STEP.where(_later.c.step != Step.DONE)


def add_step(tx: Connection, record: Record, new: Practised, shows: Mapping[str, bool] | None = None) -> Record:
    """Store what a member says about a tip, and whether they have the needs that it `shows`. Return the record then."""
    step = {"tip": new.tip, "at": new.at, "step": new.step, "blocker": new.blocker}
    row = insert(practice).values(**record.member.key._asdict(), **step)
    tx.execute(row.on_conflict_do_nothing())  # two steps in one microsecond are one
    save_needs(tx, record.member.key, shows or {}, new.at, new.tip)
    return record.with_needs(shows or {}).with_step(new)


def ask(tx: Connection, asked: Iterable[tuple[MemberKey, Asked]]) -> None:
    """Record checks as asked. One that was recorded before stays as it is."""
    fields = {"asking": "asking", "check_id": "check", "skill": "skill", "due": "due", "asked_at": "at"}
    rows = [{**who._asdict(), **{name: getattr(check, of) for name, of in fields.items()}} for who, check in asked]
    if rows:
        tx.execute(insert(quiz).on_conflict_do_nothing(), rows)


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
    values = {"plan_id": new.plan_id, "at": new.at, "cue": new.cue, "made_at": now, "ended_at": None}
    tx.execute(upsert(plan, {**record.member.key._asdict(), "tip": new.tip, **values}, values))
    return replace(record, plans={**record.plans, new.tip: new})


def end_plans(tx: Connection, who: MemberKey, now: datetime) -> None:
    """End all plans of a member. The caller cancels their reminders."""
    tx.execute(update(plan).where(*rows_of(plan, who), plan.c.ended_at.is_(None)).values(ended_at=now))


def end_plan(tx: Connection, record: Record, old: Plan, now: datetime) -> Record:
    """End a plan, and return the record without it. The caller cancels its reminder."""
    this = update(plan).where(*rows_of(plan, record.member.key), plan.c.tip == old.tip, plan.c.ended_at.is_(None))
    tx.execute(this.values(ended_at=now))
    return replace(record, plans={**record.plans, old.tip: replace(old, ended=True)})


def save_project(tx: Connection, record: Record, slug: str, **changed: datetime | None) -> Record:
    """Store when a project was begun, left or ended; what is not named stays as it is. Return the record then."""
    tx.execute(upsert(project, {**record.member.key._asdict(), "slug": slug, **changed}, changed))
    return record.with_project(slug, **changed)


def begin(tx: Connection, rows: Iterable[tuple[MemberKey, str]], now: datetime) -> None:
    """Store that projects began. One that had begun keeps its moment."""
    values = [{**who._asdict(), "slug": slug, "begun_at": now} for who, slug in rows]
    if values:
        first = func.coalesce(project.c.begun_at, insert(project).excluded.begun_at)
        tx.execute(upsert(project, {}, {"begun_at": first}), values)


def offer(tx: Connection, who: MemberKey, slugs: Iterable[str], now: datetime) -> None:
    """Store that a member may choose one of these projects. While they press nothing, an open one is parked."""
    is_slow = exists().where(same_member(schedule, project), schedule.c.unanswered > ASKS_AFTER)
    is_open = project.c.begun_at.is_not(None), project.c.left_at.is_(None), project.c.ended_at.is_(None)
    open_ = update(project).where(*rows_of(project, who), *is_open, project.c.parked_at.is_(None), is_slow)
    tx.execute(open_.values(parked_at=now))
    for slug in slugs:
        tx.execute(upsert(project, {**who._asdict(), "slug": slug, "offered_at": now}, {"offered_at": now}))


def unpark(tx: Connection, who: MemberKey) -> None:
    """Let no parked project go before the one that a member begins."""
    parked = update(project).where(*rows_of(project, who), project.c.parked_at.is_not(None))
    tx.execute(parked.values(parked_at=None))


def lock_plans(tx: Connection, workspace_id: str, ids: Sequence[str]) -> set[tuple[str, str]]:
    """Return these members' plans that did not end, by member and plan. A change of one waits for this transaction."""
    open_ = (plan.c.workspace_id == workspace_id, plan.c.member_id.in_(ids), plan.c.ended_at.is_(None))
    rows = select(plan.c.member_id, plan.c.plan_id).where(*open_).order_by(plan.c.member_id, plan.c.tip)
    return {(row.member_id, row.plan_id) for row in tx.execute(rows.with_for_update(read=True))}


def add_use(tx: Connection, record: Record, use: Use) -> Record:
    """Store that a member did a tip again, or what they said when asked, and return the record with it."""
    add_uses(tx, [(record.member.key, use)])
    return record.with_use(use)


def add_uses(tx: Connection, rows: Iterable[tuple[MemberKey, Use]]) -> None:
    values = [who._asdict() | use._asdict() for who, use in rows]
    if values:  # two answers in one microsecond are one
        tx.execute(insert(member_schema.still).on_conflict_do_nothing(), values)


def give(tx: Connection, rows: Iterable[tuple[MemberKey, str]], now: datetime) -> None:
    counted = Counter(rows).items()
    values = [{**who._asdict(), "tip": tip, "times": times, "given_at": now} for (who, tip), times in counted]
    if values:
        new = insert(member_schema.tip_given).excluded
        again = {"times": member_schema.tip_given.c.times + new.times, "given_at": new.given_at}
        tx.execute(upsert(member_schema.tip_given, {}, again), values)


def note_given(tx: Connection, who: MemberKey, tip: str, now: datetime) -> None:
    """Count a tip as given that a member found without being given it. One that was given stays as it is."""
    new = insert(member_schema.tip_given).values(**who._asdict(), tip=tip, times=1, given_at=now)
    tx.execute(new.on_conflict_do_nothing())


def solve(tx: Connection, who: MemberKey, lab: str, now: datetime) -> None:
    """Record that a member solved a lab. The first time counts."""
    new = insert(member_schema.lab_solved).values(**who._asdict(), lab=lab, solved_at=now)
    tx.execute(new.on_conflict_do_nothing())


def save_needs(tx: Connection, who: MemberKey, has: Mapping[str, bool], now: datetime, tip: str | None = None) -> None:
    """Store whether a member has these needs, as they said, or as what they said of a tip or a challenge shows.

    Then keep what was known before, for *Undo*. What was known already is no change.
    """
    new, known = insert(situation).excluded, situation.c.has
    changes = {"has": new.has, "at": new.at, "tip": new.tip}
    said, shown = {**changes, "had": null()}, {**changes, "had": known}
    rows = [{**who._asdict(), "need": need, "has": each, "at": now, "tip": tip} for need, each in has.items()]
    if rows and tip is None:
        tx.execute(upsert(situation, {}, said), rows)
    elif rows:
        tx.execute(upsert(situation, {}, shown, known.is_distinct_from(new.has)), rows)


def restore_needs(tx: Connection, who: MemberKey, tip: str, now: datetime) -> None:
    """Take back what `save_needs` recorded for a tip. What the member said about a need since then stays."""
    followed = update(situation).where(*rows_of(situation, who), situation.c.tip == tip)
    tx.execute(followed.values(has=situation.c.had, had=null(), tip=null(), at=now))


def mark(tx: Connection, who: MemberKey, skill: str, now: datetime, *, learned: bool = True) -> bool:
    """Mark a skill as learned, or as not learned any more. Return False, and change nothing, if it already was so."""
    this, undone_at = {**who._asdict(), "skill": skill}, skill_mark.c.undone_at
    changed: Insert | Update
    if learned:
        anew = {"learned_at": now, "undone_at": None}
        changed = upsert(skill_mark, {**this, "learned_at": now}, anew, undone_at.is_not(None))
    else:
        marked = (*rows_of(skill_mark, who), skill_mark.c.skill == skill, undone_at.is_(None))
        changed = update(skill_mark).where(*marked).values(undone_at=now)
    if tx.execute(changed.returning(skill_mark.c.skill)).first() is None:
        return False
    row = insert(member_schema.skill_history).values(**this, at=now, step="learned" if learned else "undone")
    tx.execute(row.on_conflict_do_nothing())  # the key has the time: keep one step per microsecond
    return True


# What members showed in a channel.

_s = showing.c
_SHOWING = (_s.showing_id, _s.member_id, _s.skill, _s.asked_at, _s.seen_at, _s.evidence)


def add_showing(tx: Connection, who: MemberKey, new: Showing, channel: str, day: str) -> Showing:
    """Store a showing. Return the one that the member made of this skill in this channel on this day, new or not."""
    place = {**who._asdict(), "skill": new.skill, "channel": channel, "day": day}
    values = {**place, "showing_id": new.showing_id, "asked_at": new.asked_at, "evidence": new.evidence}
    added = tx.execute(insert(showing).values(values).on_conflict_do_nothing().returning(*_SHOWING)).first()
    there = select(*_SHOWING).where(*(_s[name] == value for name, value in place.items()))
    return Showing(*(added or tx.execute(there).one()))


def remove_showing(tx: Connection, who: MemberKey, showing_id: str) -> None:
    tx.execute(delete(showing).where(*rows_of(showing, who), _s.showing_id == showing_id))


def find_showing(tx: Connection, workspace_id: str, showing_id: str) -> Showing | None:
    this = select(*_SHOWING).where(_s.workspace_id == workspace_id, _s.showing_id == showing_id)
    row = tx.execute(this).first()
    return None if row is None else Showing(*row)


def confirm_showing(tx: Connection, workspace_id: str, showing_id: str, now: datetime) -> Showing | None:
    """Mark a showing as confirmed and return it. Only the first time counts. Return None if it is gone."""
    this = update(showing).where(_s.workspace_id == workspace_id, _s.showing_id == showing_id)
    seen = this.values(seen_at=func.coalesce(_s.seen_at, bindparam(None, now, UtcDateTime)))
    row = tx.execute(seen.returning(*_SHOWING)).first()
    return None if row is None else Showing(*row)


def showings(tx: Connection, who: MemberKey) -> tuple[Showing, ...]:
    """Return the skills that a member showed, the oldest first."""
    theirs = select(*_SHOWING).where(*rows_of(showing, who)).order_by(_s.asked_at)
    return tuple(Showing(*row) for row in tx.execute(theirs))
