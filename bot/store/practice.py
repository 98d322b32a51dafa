"""What members did with tips: their steps, the checks that they were asked, and when they want to do which tip."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import (
    Connection,
    bindparam,
    exists,
    func,
    literal,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.core.practice import Asked, Blocker, Checked, History, Plan, Practised, Readers, Step, last_steps
from bot.core.weekly_questions import Answer, Use, Uses, WhyNot
from bot.store.member_schema import delivery, plan, practice, quiz, still
from bot.store.types import UtcDateTime, of_members, rows_of, same_member

_later = practice.alias("later")
_LATER_STEP = exists().where(same_member(_later, practice, "tip"), _later.c.at > practice.c.at)
IS_LAST_STEP, STAYS_DONE = ~_LATER_STEP, ~_LATER_STEP.where(_later.c.step != Step.DONE.value)

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


_ADD = insert(practice).on_conflict_do_nothing()  # two steps in one microsecond are one


def add(tx: Connection, who: MemberKey, tip: str, step: Step, now: datetime, blocker: Blocker | None = None) -> None:
    more = {"blocker": blocker and blocker.value}
    tx.execute(_ADD, {**who._asdict(), "tip": tip, "at": now, "step": step.value, **more})


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


def answer(tx: Connection, who: MemberKey, asking: str, chosen: int, now: datetime, *, right: bool) -> bool:
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
