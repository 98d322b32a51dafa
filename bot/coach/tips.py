"""Give a tip when a member asks for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog, Skill
from bot.core.member import MemberKey, Schedule
from bot.core.nudges import Choice, Learner, choose_tip
from bot.store import members, tips


@dataclass(frozen=True, slots=True)
class Given:
    """A tip that a member asked for. `schedule` is None if they were never asked about weekly tips."""

    choice: Choice
    schedule: Schedule | None = None


def tip_now(tx: Connection, catalog: Catalog, who: MemberKey, about: Skill | None, now: datetime) -> Given:
    """Give a tip, about a skill if one is named. Count it as given, so that the next is another. Raise NotMet."""
    known = members.lock_known(tx, who)
    student = members.Student(known.member.role, set(known.learned))
    learner = _learners(tx, catalog, who.workspace_id, {who.member_id: student})[who.member_id]
    choice = choose_tip(catalog, learner, about=about)
    tips.give(tx, [(who, choice.lesson.tip.id)], now)
    return Given(choice, known.schedule)


def learners(tx: Connection, catalog: Catalog, workspace_id: str, ids: Sequence[str]) -> dict[str, Learner]:
    """Return what the choice of a tip depends on, for many members of a workspace, in three statements."""
    return _learners(tx, catalog, workspace_id, members.students(tx, workspace_id, ids))


def _learners(
    tx: Connection, catalog: Catalog, workspace_id: str, students: dict[str, members.Student]
) -> dict[str, Learner]:
    given = tips.given(tx, workspace_id, list(students))
    aside = tips.aside(tx, workspace_id)
    return {
        member_id: Learner(
            role=catalog.role_of(students[member_id].role),
            learned=students[member_id].learned,
            given=given[member_id].times,
            not_my_work=given[member_id].not_useful,
            set_aside=aside,
        )
        for member_id in students
    }
