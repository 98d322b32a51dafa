"""What is known of members: what they did with tips, were asked, planned, were given, have at hand and learned."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, func, literal, null, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.core.practice import (
    Answer,
    Asked,
    Blocker,
    Checked,
    History,
    Plan,
    Practised,
    Readers,
    Step,
    Use,
    Uses,
    WhyNot,
    last_steps,
)
from bot.store.member_schema import (
    delivery,
    plan,
    practice,
    quiz,
    situation,
    skill_history,
    skill_mark,
    still,
    tip_given,
)
from bot.store.schema import tip_set_aside
from bot.store.types import UtcDateTime, of_members, rows_of, same_member

NOT_MY_WORK = "not useful"  # the verdict, as it is stored

_later = practice.alias("later")
_LATER_STEP = exists().where(same_member(_later, practice, "tip"), _later.c.at > practice.c.at)
IS_LAST_STEP, STAYS_DONE = ~_LATER_STEP, ~_LATER_STEP.where(_later.c.step != Step.DONE.value)

_GIVEN = select(tip_given).where(*of_members(tip_given)).order_by(tip_given.c.given_at, tip_given.c.tip)
_NEEDS = select(situation).where(*of_members(situation), situation.c.has.is_not(None))
_WITHHELD = select(tip_set_aside.c.tip).where(tip_set_aside.c.workspace_id == bindparam("w"))
_STEPS, _CHECKS, _PLANS, _USES = (select(each).where(*of_members(each)) for each in (practice, quiz, plan, still))


def history(tx: Connection, who: MemberKey) -> History:
    return histories(tx, who.workspace_id, [who.member_id])[who.member_id]


def histories(tx: Connection, workspace_id: str, members: Sequence[str]) -> dict[str, History]:
    """Return what these members did with tips, in four statements."""
    these = {"w": workspace_id, "members": list(members)}
    steps, asked = defaultdict[str, list[Practised]](list), defaultdict[str, list[Asked]](list)
    plans, uses = defaultdict[str, dict[str, Plan]](dict), defaultdict[str, list[Use]](list)
    for row in tx.execute(_STEPS, these):
        blocker, readers = row.blocker and Blocker(row.blocker), row.readers and Readers(row.readers)
        steps[row.member_id].append(Practised(row.tip, Step(row.step), row.at, blocker, row.line, readers))
    for row in tx.execute(_CHECKS, these):
        answer = (row.answered_at, row.right, row.chosen, row.asking)
        asked[row.member_id].append(Asked(row.check_id, row.skill, row.asked_at, row.due, *answer))
    for row in tx.execute(_PLANS, these):
        ended = row.ended_at is not None
        plans[row.member_id][row.tip] = Plan(row.tip, row.plan_id, row.at, row.cue, ended, row.shown_in)
    for row in tx.execute(_USES, these):
        why = row.why and WhyNot(row.why)
        uses[row.member_id].append(Use(row.tip, Answer(row.answer), row.at, row.asking, why))
    return {
        each: History(last_steps(steps[each]), Checked.of(asked[each]), plans[each], Uses.of(uses[each]))
        for each in members
    }


@dataclass
class GivenTips:
    """The tips of one member: how often and when each was last given, the latest last; and which are not their work."""

    times: dict[str, int] = field(default_factory=dict)
    at: dict[str, datetime] = field(default_factory=dict)
    not_my_work: set[str] = field(default_factory=set)

    @property
    def last_at(self) -> datetime | None:
        return list(self.at.values())[-1] if self.at else None


def given(tx: Connection, workspace_id: str, members: Sequence[str]) -> dict[str, GivenTips]:
    found = {member: GivenTips() for member in members}
    for row in tx.execute(_GIVEN, {"w": workspace_id, "members": list(members)}):
        theirs = found[row.member_id]
        theirs.times[row.tip], theirs.at[row.tip] = row.times, row.given_at
        if row.verdict == NOT_MY_WORK:
            theirs.not_my_work.add(row.tip)
    return found


@dataclass
class Circumstances:
    """What the choice of a member's tip depends on. `withheld` are tips that nobody in the workspace gets."""

    given: GivenTips
    history: History
    withheld: set[str]
    has: set[str] = field(default_factory=set)
    lacks: set[str] = field(default_factory=set)


def circumstances(tx: Connection, workspace_id: str, members: Sequence[str]) -> dict[str, Circumstances]:
    """Return the circumstances of these members, in seven statements."""
    withheld = set(tx.scalars(_WITHHELD, {"w": workspace_id}))
    done = histories(tx, workspace_id, members)
    got = given(tx, workspace_id, members)
    found = {each: Circumstances(got[each], done[each], withheld) for each in members}
    for row in tx.execute(_NEEDS, {"w": workspace_id, "members": list(members)}):
        (found[row.member_id].has if row.has else found[row.member_id].lacks).add(row.need)
    return found


_ADD_STEP = insert(practice).on_conflict_do_nothing()  # two steps in one microsecond are one


def add_step(
    tx: Connection, who: MemberKey, tip: str, step: Step, now: datetime, blocker: Blocker | None = None
) -> None:
    more = {"blocker": blocker and blocker.value}
    tx.execute(_ADD_STEP, {**who._asdict(), "tip": tip, "at": now, "step": step.value, **more})


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
    sent = select(
        delivery.c.workspace_id, delivery.c.member_id, delivery.c.key,
        literal(asked.check), literal(asked.skill), true(), at,
    ).where(*rows_of(delivery, who), delivery.c.key == asked.asking, delivery.c.check_name.is_not(None))  # fmt: skip
    columns = ["workspace_id", "member_id", "asking", "check_id", "skill", "due", "asked_at"]
    tx.execute(insert(quiz).from_select(columns, sent).on_conflict_do_nothing())


def answer_check(tx: Connection, who: MemberKey, asking: str, chosen: int, now: datetime, *, right: bool) -> bool:
    """Record the answer to a check. Return False, with nothing changed, if it was answered before."""
    open_ = update(quiz).where(*rows_of(quiz, who), quiz.c.asking == asking, quiz.c.answered_at.is_(None))
    return tx.execute(open_.values(answered_at=now, chosen=chosen, right=right)).rowcount > 0


def save_plan(tx: Connection, who: MemberKey, new: Plan, now: datetime) -> None:
    """Store a plan. It takes the place of an earlier plan for the same tip."""
    values = {"plan_id": new.plan_id, "at": new.at, "cue": new.cue, "shown_in": new.shown_in}
    values |= {"made_at": now, "ended_at": None}
    key = [plan.c.workspace_id, plan.c.member_id, plan.c.tip]
    saved = insert(plan).values(**who._asdict(), tip=new.tip, **values)
    tx.execute(saved.on_conflict_do_update(index_elements=key, set_=values))


def end_plans(tx: Connection, who: MemberKey, now: datetime, tip: str | None = None) -> None:
    """End all plans of a member, or that for a tip. The caller cancels their reminders."""
    ending = update(plan).where(*rows_of(plan, who), plan.c.ended_at.is_(None)).values(ended_at=now)
    tx.execute(ending if tip is None else ending.where(plan.c.tip == tip))


_OPEN_PLANS = select(plan.c.workspace_id, plan.c.member_id, plan.c.tip, plan.c.plan_id, plan.c.at, plan.c.cue).where(
    tuple_(plan.c.workspace_id, plan.c.member_id).in_(bindparam("keys", expanding=True)), plan.c.ended_at.is_(None)
)
_OPEN_LOCKED = _OPEN_PLANS.order_by(plan.c.workspace_id, plan.c.member_id, plan.c.tip).with_for_update(read=True)


def open_plans(
    tx: Connection, members: Collection[MemberKey], *, lock: bool = False
) -> dict[tuple[MemberKey, str], Plan]:
    """Return these members' plans that did not end, by member and plan id, in one statement.

    `lock`: a concurrent change of these plans waits for the end of this transaction.
    """
    rows = tx.execute(_OPEN_LOCKED if lock else _OPEN_PLANS, {"keys": [tuple(who) for who in members]})
    return {
        (MemberKey(row.workspace_id, row.member_id), row.plan_id): Plan(row.tip, row.plan_id, row.at, row.cue)
        for row in rows
    }


_ADD_USE = insert(still).on_conflict_do_nothing()  # two answers in one microsecond are one


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


def set_verdict(tx: Connection, who: MemberKey, tip: str, verdict: str | None, now: datetime) -> None:
    """Record what a member thinks of a tip; None takes it back."""
    new = _INSERT_GIVEN.values(**who._asdict(), tip=tip, times=0, given_at=now, verdict=verdict)
    tx.execute(new.on_conflict_do_update(index_elements=_GIVEN_KEY, set_={"verdict": verdict}))


def withhold(tx: Connection, workspace_id: str, tip: str, reason: str, now: datetime) -> None:
    """Withhold a tip that Slack refuses to show, so that nobody else in the workspace gets it."""
    new = insert(tip_set_aside).values(workspace_id=workspace_id, tip=tip, reason=reason, at=now)
    tx.execute(new.on_conflict_do_nothing())


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


def needs_of(tx: Connection, who: MemberKey) -> dict[str, bool]:
    """Return whether a member has each need. One that is missing here is unknown."""
    theirs = (*rows_of(situation, who), situation.c.has.is_not(None))
    return dict(tx.execute(select(situation.c.need, situation.c.has).where(*theirs)).all())


def save_needs(tx: Connection, who: MemberKey, has: Mapping[str, bool], now: datetime) -> None:
    rows = [{**who._asdict(), "need": need, "has": each, "at": now} for need, each in has.items()]
    if rows:
        tx.execute(_SAVE_NEED, rows)


def follows(tx: Connection, who: MemberKey, needs: Iterable[str], tip: str, now: datetime, *, has: bool) -> None:
    """Record that a member has or lacks these needs, as they said of a tip, and what was known before, for *Undo*."""
    rows = [{**who._asdict(), "need": need, "has": has, "at": now, "tip": tip} for need in needs]
    if rows:
        tx.execute(_FOLLOWS, rows)


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


def marked_at(tx: Connection, who: MemberKey, skill: str) -> datetime:
    """Return when a skill was marked that is marked now; a concurrent request may have done so."""
    at: datetime = tx.scalars(
        select(skill_mark.c.learned_at).where(*rows_of(skill_mark, who), skill_mark.c.skill == skill)
    ).one()
    return at


def unmark(tx: Connection, who: MemberKey, skill: str, now: datetime) -> datetime | None:
    """Unmark a skill and return when it was marked. Return None, and change nothing, if it was not marked."""
    standing = (*rows_of(skill_mark, who), skill_mark.c.skill == skill, skill_mark.c.undone_at.is_(None))
    undo = update(skill_mark).where(*standing).values(undone_at=now)
    learned_at: datetime | None = tx.execute(undo.returning(skill_mark.c.learned_at)).scalar()
    if learned_at is not None:
        tx.execute(_REMEMBER, {**who._asdict(), "skill": skill, "at": now, "step": "undone"})
    return learned_at
