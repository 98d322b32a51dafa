"""Give a tip when a member asks for one, and read what the choice of a tip depends on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog
from bot.core.content_types import Quiz, Role, Skill
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
    learner = learner_of(tx, catalog, who, catalog.role_of(known.member.role), known.learned)
    choice = choose_tip(catalog, learner, about=about)
    tips.give(tx, [(who, choice.lesson.tip.id)], now)
    return Given(choice, known.schedule)


def learner_of(
    tx: Connection, catalog: Catalog, who: MemberKey, role: Role | None, learned: Collection[str]
) -> Learner:
    """Return what the choice of a tip depends on, for a member whose role and skills are known, in two statements."""
    given = tips.given(tx, who.workspace_id, [who.member_id])
    circumstances, aside = tips.circumstances(tx, who.workspace_id, [who.member_id])
    return _learner(catalog, role, learned, given[who.member_id], circumstances[who.member_id], aside)


def learners(tx: Connection, catalog: Catalog, workspace_id: str, ids: Sequence[str]) -> dict[str, Learner]:
    """Return what the choice of a tip depends on, for many members of a workspace, in three statements."""
    return {member_id: pupil.learner for member_id, pupil in pupils(tx, catalog, workspace_id, ids).items()}


def pupils(tx: Connection, catalog: Catalog, workspace_id: str, ids: Sequence[str]) -> dict[str, Pupil]:
    """Return what the choice of a tip and of a check depends on, for many members, in three statements."""
    students = members.students(tx, workspace_id, ids)
    given = tips.given(tx, workspace_id, list(students))
    circumstances, aside = tips.circumstances(tx, workspace_id, list(students))
    found = {}
    for member_id, student in students.items():
        role, theirs = catalog.role_of(student.role), circumstances[member_id]
        learner = _learner(catalog, role, student.learned, given[member_id], theirs, aside)
        found[member_id] = Pupil(learner, student.learned, theirs.checked)
    return found


def _learner(
    catalog: Catalog,
    role: Role | None,
    learned: Collection[str],
    given: tips.Given,
    circumstances: tips.Circumstances,
    set_aside: Collection[str],
) -> Learner:
    checked = circumstances.checked
    forbidden = catalog.policy.forbids if catalog.policy else ()  # by the team, for everybody
    return Learner(
        role=role,
        learned=learned,
        given=given.times,
        lacks=circumstances.lacks.union(forbidden),
        not_my_work=given.not_my_work,
        failed_checks=_failed_checks(catalog, checked, given) if checked.of_skill else (),
        set_aside=set_aside,
    )


def _failed_checks(catalog: Catalog, checked: Checked, given: tips.Given) -> tuple[str, ...]:
    """Return the skills whose last check went wrong, with no tip of that skill since."""
    failed = []
    for slug in checked.of_skill:
        wrong_at, skill = checked.went_wrong_at(slug), catalog.skills.get(slug)
        if skill is None or wrong_at is None:
            continue
        if not any(given.at[tip.id] > wrong_at for tip in skill.tips if tip.id in given.at):
            failed.append(slug)
    return tuple(failed)
