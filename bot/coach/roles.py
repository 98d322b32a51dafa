"""Show and set a member's role."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.coach import schedules
from bot.coach.tips import given_this_week
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Role
from bot.core.learning import Meeting, Path, meetings_of, path_of
from bot.core.member import Member, MemberKey, Schedule
from bot.core.nudges import choose_tip
from bot.core.practice import practised_skills
from bot.store import members, practice


@dataclass(frozen=True, slots=True)
class MyRole:
    """A member's role, their progress on its path and the tip of this week. Without a role, the last two are None."""

    catalog: Catalog
    member: Member
    path: Path | None
    schedule: Schedule  # theirs, or the one that a yes to weekly tips would give them
    lesson: Lesson | None = None


@dataclass(frozen=True, slots=True)
class RoleSeen:
    path: Path
    meetings: tuple[Meeting, ...]
    is_mine: bool = False


def my_role(tx: Connection, catalog: Catalog, who: MemberKey, now: datetime) -> MyRole:
    """Return the member's role with their progress on its path, and which tip is next and when one comes."""
    known = members.with_marks(tx, who)
    role, schedule = catalog.role_of(known.member.role), schedules.of_member(tx, known).as_of(now)
    if role is None:
        return MyRole(catalog, known.member, None, schedule)
    history = practice.history(tx, who)
    path = path_of(catalog, role, known.learned, practised_skills(catalog, history))
    lesson, learner = given_this_week(tx, catalog, known, now)
    if lesson is None or lesson.tip.id in history.last_steps:
        lesson = choose_tip(catalog, learner).lesson
    return MyRole(catalog, known.member, path, schedule, lesson)


def set_role(tx: Connection, catalog: Catalog, who: MemberKey, role: Role, now: datetime) -> MyRole:
    """Set a member's role. What they have learned stays, and counts on the new path if that contains it."""
    members.set_role(tx, who, role.slug)
    return my_role(tx, catalog, who, now)


def look_at(tx: Connection, catalog: Catalog, who: MemberKey, role: Role) -> RoleSeen:
    """Return any role's path with what this member has learned on it, and where it meets other roles."""
    known = members.with_marks(tx, who)
    path = path_of(catalog, role, known.learned, practised_skills(catalog, practice.history(tx, who)))
    return RoleSeen(path, meetings_of(catalog, role), is_mine=catalog.role_of(known.member.role) is role)
