"""The record of a member: read at once, for one member or many. facts.py has what is written into it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, exists, func, or_, select, update

from bot.core import practice
from bot.core.challenges import ChallengeState
from bot.core.content_types import Level
from bot.core.errors import NotMet
from bot.core.member import Member, MemberKey, WorkspaceSettings
from bot.core.record import Given, Record
from bot.core.rhythm import ASKS_AFTER
from bot.store import member_schema, schedules, workspaces
from bot.store.member_schema import entry, member, schedule, situation, skill_mark, team_member, tip_given
from bot.store.schema import challenge, tip_set_aside, workspace
from bot.store.types import of_members, rows_of, same_member, this_member

_WITHHELD = select(func.aggregate_strings(tip_set_aside.c.tip, " ")).where(
    tip_set_aside.c.workspace_id == member.c.workspace_id
)


def _all_of(table: Table, *where: ColumnElement[bool]) -> Select[Any]:
    return select(table).where(*of_members(table), *where)


_OF_TEAM = and_(challenge.c.workspace_id == team_member.c.workspace_id, challenge.c.team_id == team_member.c.team_id)
_IS_THEIRS = and_(same_member(entry, team_member), entry.c.challenge_id == challenge.c.challenge_id)
_TEAM_PROJECTS = (
    select(
        team_member.c.member_id, challenge.c.challenge_id, challenge.c.template, challenge.c.channel,
        challenge.c.starts_at, entry.c.entry_id.is_not(None).label("is_shown"),
    )
    .select_from(team_member.join(challenge, _OF_TEAM).outerjoin(entry, _IS_THEIRS))
    .where(*of_members(team_member), challenge.c.state == ChallengeState.OPEN)
)  # fmt: skip
_FACTS = {  # of which a member has many: a new one is a line here, one in `load` and a field of `Record`
    "learned": _all_of(skill_mark, skill_mark.c.undone_at.is_(None)),
    "steps": _all_of(member_schema.practice),
    "checks": _all_of(member_schema.quiz),
    "plans": _all_of(member_schema.plan),
    "uses": _all_of(member_schema.still),
    "given": _all_of(tip_given, tip_given.c.times > 0).order_by(tip_given.c.given_at, tip_given.c.tip),
    "needs": _all_of(situation, situation.c.has.is_not(None)),
    "projects": _all_of(member_schema.project),
    "labs": _all_of(member_schema.lab_solved),
    "team_projects": _TEAM_PROJECTS,
}
# A table is read only where a member has a row in it.
_TABLES = {name: facts.get_final_froms()[0] for name, facts in _FACTS.items()} | {"team_projects": team_member}
_PEOPLE = (
    select(
        schedule, member.c.member_id.label("id"), member.c.role, member.c.level, member.c.zone.label("slack_zone"),
        member.c.singles_only, *workspaces.SETTINGS, _WITHHELD.scalar_subquery().label("withheld"),
        *(exists().where(same_member(table, member)).label(f"has_{name}") for name, table in _TABLES.items()),
    )
    .select_from(
        member.outerjoin(workspace, workspace.c.workspace_id == member.c.workspace_id)
        .outerjoin(schedule, same_member(schedule, member))
    )
    .where(*of_members(member))
)  # fmt: skip


_KNOWN = (
    select(member.c.member_id, schedule.c.unanswered)
    .select_from(member.outerjoin(schedule, same_member(schedule, member)))
    .where(*this_member(member), member.c.profile_at.is_not(None))
)
_LOCK = _KNOWN.with_for_update(key_share=True, of=member)  # a transaction that only refers to the member does not wait


def lock(tx: Connection, who: MemberKey) -> None:
    """Lock a known member, who pressed or typed something: tips come as they chose again.

    Call this before storing something about them: what they press at the same moment waits, and so does *forget me*,
    which then deletes that too. Raise NotMet if another process has forgotten them already.
    """
    row = tx.execute(_LOCK, {"w": who.workspace_id, "m": who.member_id}).first()
    if row is None:
        raise NotMet
    if row.unanswered:
        heard(tx, who)


def heard(tx: Connection, who: MemberKey) -> None:
    """Note that a member pressed, typed or opened something: tips come as they chose again."""
    count = schedule.c.unanswered
    silent = update(schedule).where(*rows_of(schedule, who), count > 0)
    tx.execute(silent.values(unanswered=0, is_back=or_(schedule.c.is_back, count > ASKS_AFTER)))


def read(tx: Connection, who: MemberKey) -> Record:
    return load(tx, who.workspace_id, [who.member_id])[who.member_id]


def load(tx: Connection, workspace_id: str, ids: Sequence[str]) -> dict[str, Record]:
    """Return everything that is known of these members of a workspace. A table is read only if one of them is in it."""
    these = {"w": workspace_id, "members": list(ids)}
    person_of = {row.id: row for row in tx.execute(_PEOPLE, these).all()}
    first = next(iter(person_of.values()), None)
    here = workspaces.settings_of(first or tx.execute(workspaces.CHOSEN, these).first())
    withheld = frozenset(first.withheld.split() if first and first.withheld else ())
    facts = {id_: {name: list[Any]() for name in _FACTS} for id_ in ids}
    for name, statement in _FACTS.items():
        if any(getattr(row, f"has_{name}") for row in person_of.values()):
            for row in tx.execute(statement, these).all():
                facts[row.member_id][name].append(row)
    return {
        id_: _record(MemberKey(workspace_id, id_), person_of.get(id_), its, here, withheld)
        for id_, its in facts.items()
    }


def _record(
    who: MemberKey,
    person: Any,  # noqa: ANN401 - a row, or None for somebody unknown
    facts: Mapping[str, Sequence[Any]],
    here: WorkspaceSettings,
    withheld: Collection[str],
) -> Record:
    known = Member(who)
    if person is not None:
        # A third level, "small", was stored before every step came as its first five minutes.
        level = Level.DAILY if person.level == Level.DAILY else person.level and Level.NEW
        known = Member(who, person.role, person.slack_zone, level, person.singles_only)
    return Record(
        known, here, withheld, schedules.schedule_of(person) if person is not None and person.consent else None,
        learned_at={row.skill: row.learned_at for row in facts["learned"]},
        steps=practice.last_steps(
            practice.Practised(
                row.tip, practice.Step(row.step), row.at, row.blocker and practice.Blocker(row.blocker), row.line,
                row.readers and practice.Readers(row.readers),
            )
            for row in facts["steps"]
        ),
        checked=practice.Checked.of(
            practice.Asked(
                row.check_id, row.skill, row.asked_at, row.due, row.answered_at, row.right, row.chosen, row.asking
            )
            for row in facts["checks"]
        ),
        plans={
            row.tip: practice.Plan(row.tip, row.plan_id, row.at, row.cue, ended=row.ended_at is not None)
            for row in facts["plans"]
        },
        uses=practice.Uses.of(
            practice.Use(row.tip, practice.Answer(row.answer), row.at, row.asking, row.why and practice.WhyNot(row.why))
            for row in facts["uses"]
        ),
        given={row.tip: Given(row.times, row.given_at) for row in facts["given"]},
        needs={row.need: row.has for row in facts["needs"]},
        projects={
            row.slug: practice.ProjectState(row.offered_at, row.begun_at, row.left_at, row.ended_at, row.parked_at)
            for row in facts["projects"]
        },
        labs={row.lab: row.solved_at for row in facts["labs"]},
        team_project=next((practice.TeamProject(*row[1:]) for row in facts["team_projects"]), None),
    )  # fmt: skip
