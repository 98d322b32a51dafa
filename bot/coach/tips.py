"""Give a tip when a member asks for one, and read what the choice of a tip depends on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog, Quiz, Skill
from bot.core.member import MemberKey, Schedule
from bot.core.nudges import Choice, Learner, choose_tip
from bot.core.practice import Checked, due_check
from bot.store import members, tips


@dataclass(frozen=True, slots=True)
class Given:
    """A tip that a member asked for. `schedule` is None if they were never asked about weekly tips."""

    choice: Choice
    schedule: Schedule | None = None


@dataclass(frozen=True, slots=True)
class Pupil:
    """A member for whom a tip is chosen: the learner, when they learned each skill, and their checks."""

    learner: Learner
    learned: Mapping[str, datetime]
    checked: Checked

    def due_check(self, catalog: Catalog, now: datetime) -> Quiz | None:
        """Return the check that is due, if any."""
        return due_check(catalog, self.learned, self.checked, now)


def tip_now(tx: Connection, catalog: Catalog, who: MemberKey, about: Skill | None, now: datetime) -> Given:
    """Give a tip, about a skill if one is named. Count it as given, so that the next is another. Raise NotMet."""
    known = members.lock_known(tx, who)
    student = members.Student(known.member.role, dict(known.learned_at))
    pupil = _pupils(tx, catalog, who.workspace_id, {who.member_id: student})[who.member_id]
    choice = choose_tip(catalog, pupil.learner, about=about)
    tips.give(tx, [(who, choice.lesson.tip.id)], now)
    return Given(choice, known.schedule)


def learners(tx: Connection, catalog: Catalog, workspace_id: str, ids: Sequence[str]) -> dict[str, Learner]:
    """Return what the choice of a tip depends on, for many members of a workspace, in three statements."""
    return {member_id: pupil.learner for member_id, pupil in pupils(tx, catalog, workspace_id, ids).items()}


def pupils(tx: Connection, catalog: Catalog, workspace_id: str, ids: Sequence[str]) -> dict[str, Pupil]:
    """Return what the choice of a tip and of a check depends on, for many members, in three statements."""
    return _pupils(tx, catalog, workspace_id, members.students(tx, workspace_id, ids))


def _pupils(
    tx: Connection, catalog: Catalog, workspace_id: str, students: Mapping[str, members.Student]
) -> dict[str, Pupil]:
    given = tips.given(tx, workspace_id, list(students))
    circumstances, aside = tips.circumstances(tx, workspace_id, list(students))
    forbidden = catalog.policy.forbids if catalog.policy else ()  # by the team, for everybody
    found = {}
    for member_id, student in students.items():
        checked = Checked.of(circumstances[member_id].asked)
        learner = Learner(
            role=catalog.role_of(student.role),
            learned=student.learned,
            given=given[member_id].times,
            lacks=circumstances[member_id].lacks.union(forbidden),
            not_my_work=given[member_id].not_my_work,
            failed_checks=_failed_checks(catalog, checked, given[member_id].at) if checked.of_skill else (),
            set_aside=aside,
        )
        found[member_id] = Pupil(learner, student.learned, checked)
    return found


def _failed_checks(catalog: Catalog, checked: Checked, given_at: Mapping[str, datetime]) -> tuple[str, ...]:
    """Return the skills whose last check went wrong, with no tip of that skill since."""
    failed = []
    for slug in checked.of_skill:
        wrong_at, skill = checked.went_wrong_at(slug), catalog.skills.get(slug)
        if skill is None or wrong_at is None:
            continue
        if not any(given_at[tip.id] > wrong_at for tip in skill.tips if tip.id in given_at):
            failed.append(slug)
    return tuple(failed)
