"""The record of a member: read at once, for one member or many; and all that is written into it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    exists,
    func,
    literal,
    null,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from bot.core.content_types import Level
from bot.core.member import Member, MemberKey, Schedule
from bot.core.practice import (
    Answer,
    Asked,
    Blocker,
    Checked,
    Plan,
    Practised,
    ProjectState,
    Readers,
    Step,
    Use,
    Uses,
    WhyNot,
    last_steps,
)
from bot.core.record import Given, Record
from bot.store import members, schedules, workspaces
from bot.store.member_schema import (
    delivery,
    lab_solved,
    member,
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
from bot.store.schema import tip_set_aside, workspace
from bot.store.types import UtcDateTime, of_members, rows_of, same_member

_later = practice.alias("later")
_LATER_STEP = exists().where(same_member(_later, practice, "tip"), _later.c.at > practice.c.at)
IS_LAST_STEP, STAYS_DONE = ~_LATER_STEP, ~_LATER_STEP.where(_later.c.step != Step.DONE.value)

_WITHHELD = select(func.aggregate_strings(tip_set_aside.c.tip, " ")).where(
    tip_set_aside.c.workspace_id == member.c.workspace_id
)
_PEOPLE = (
    select(
        schedule, member.c.member_id.label("id"), member.c.role, member.c.level, member.c.zone.label("slack_zone"),
        member.c.singles_only, *workspaces.SETTINGS, _WITHHELD.scalar_subquery().label("withheld"),
    )
    .select_from(
        member.outerjoin(workspace, workspace.c.workspace_id == member.c.workspace_id)
        .outerjoin(schedule, same_member(schedule, member))
    )
    .where(*of_members(member))
)  # fmt: skip


def _all_of(table: Table, *where: ColumnElement[bool]) -> Select[Any]:
    return select(table).where(*of_members(table), *where)


_FACTS = {  # of which a member has many: a new one is a line here, one in `load` and a field of `Record`
    "learned": _all_of(skill_mark, skill_mark.c.undone_at.is_(None)),
    "steps": _all_of(practice),
    "checks": _all_of(quiz),
    "plans": _all_of(plan),
    "uses": _all_of(still),
    "given": _all_of(tip_given, tip_given.c.times > 0).order_by(tip_given.c.given_at, tip_given.c.tip),
    "needs": _all_of(situation, situation.c.has.is_not(None)),
    "projects": _all_of(project),
    "labs": _all_of(lab_solved),
}


def read(tx: Connection, who: MemberKey) -> Record:
    return load(tx, who.workspace_id, [who.member_id])[who.member_id]


def lock(tx: Connection, who: MemberKey) -> Record:
    """Lock a member who pressed or typed something, as `members.lock_known` does, and return their record."""
    members.lock_known(tx, who)
    return read(tx, who)


def load(tx: Connection, workspace_id: str, ids: Sequence[str]) -> dict[str, Record]:
    """Return everything that is known of these members of a workspace, in ten statements."""
    these = {"w": workspace_id, "members": list(ids)}
    person_of = {row.id: row for row in tx.execute(_PEOPLE, these).all()}
    first = next(iter(person_of.values()), None)
    here = workspaces.settings_of(first) if first else workspaces.settings(tx, workspace_id)
    withheld = frozenset(first.withheld.split() if first and first.withheld else ())
    facts = {name: _by_member(tx.execute(statement, these).all()) for name, statement in _FACTS.items()}
    return {
        id_: Record(
            member=_member(MemberKey(workspace_id, id_), person_of.get(id_)),
            here=here,
            withheld=withheld,
            schedule=_schedule(person_of.get(id_)),
            learned_at={row.skill: row.learned_at for row in facts["learned"][id_]},
            steps=last_steps(map(_step, facts["steps"][id_])),
            checked=Checked.of(map(_asked, facts["checks"][id_])),
            plans={row.tip: _plan(row) for row in facts["plans"][id_]},
            uses=Uses.of(map(_use, facts["uses"][id_])),
            given={row.tip: Given(row.times, row.given_at) for row in facts["given"][id_]},
            needs={row.need: row.has for row in facts["needs"][id_]},
            projects={row.slug: _project(row) for row in facts["projects"][id_]},
            labs={row.lab: row.solved_at for row in facts["labs"][id_]},
        )
        for id_ in dict.fromkeys(ids)
    }


def _by_member(rows: Iterable[Any]) -> defaultdict[str, list[Any]]:
    found = defaultdict[str, list[Any]](list)
    for row in rows:
        found[row.member_id].append(row)
    return found


def _member(who: MemberKey, row: Any) -> Member:  # noqa: ANN401 - a row, or None for somebody unknown
    if row is None:
        return Member(who)
    return Member(who, row.role, row.slack_zone, row.level and Level(row.level), row.singles_only)


def _schedule(row: Any) -> Schedule | None:  # noqa: ANN401 - as above
    return schedules.schedule_of(row) if row and row.consent else None


def _step(row: Any) -> Practised:  # noqa: ANN401 - a row
    blocker, readers = row.blocker and Blocker(row.blocker), row.readers and Readers(row.readers)
    return Practised(row.tip, Step(row.step), row.at, blocker, row.line, readers)


def _asked(row: Any) -> Asked:  # noqa: ANN401 - a row
    answer = {"answered_at": row.answered_at, "right": row.right, "chosen": row.chosen}
    return Asked(row.check_id, row.skill, row.asked_at, row.due, asking=row.asking, **answer)


def _plan(row: Any) -> Plan:  # noqa: ANN401 - a row
    return Plan(row.tip, row.plan_id, row.at, row.cue, ended=row.ended_at is not None, shown_in=row.shown_in)


def _use(row: Any) -> Use:  # noqa: ANN401 - a row
    return Use(row.tip, Answer(row.answer), row.at, row.asking, row.why and WhyNot(row.why))


def _project(row: Any) -> ProjectState:  # noqa: ANN401 - a row
    return ProjectState(row.offered_at, row.begun_at, row.left_at, row.ended_at)


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


_PROJECT_KEY = (project.c.workspace_id, project.c.member_id, project.c.slug)


def save_project(tx: Connection, who: MemberKey, slug: str, **changed: datetime | None) -> None:
    """Store when a project was offered, begun, left or ended; what is not named stays as it is."""
    saved = insert(project).values(**who._asdict(), slug=slug, **changed)
    tx.execute(saved.on_conflict_do_update(index_elements=_PROJECT_KEY, set_=changed))


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


def unmark(tx: Connection, who: MemberKey, skill: str, now: datetime) -> bool:
    """Unmark a skill. Return False, and change nothing, if it was not marked."""
    standing = (*rows_of(skill_mark, who), skill_mark.c.skill == skill, skill_mark.c.undone_at.is_(None))
    was_marked = tx.execute(update(skill_mark).where(*standing).values(undone_at=now)).rowcount > 0
    if was_marked:
        tx.execute(_REMEMBER, {**who._asdict(), "skill": skill, "at": now, "step": "undone"})
    return was_marked
