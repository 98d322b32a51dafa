"""Show and set a member's role."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog
from bot.core.content_types import Role
from bot.core.learning import Meeting, Path, meetings_of, path_of, to_ask
from bot.core.member import Member, MemberKey, Schedule
from bot.core.practice import practised_skills
from bot.store import members, practice, tips


@dataclass(frozen=True, slots=True)
class MyRole:
    """A member's role and their progress on its path. `path` is None if they have no role."""

    catalog: Catalog
    member: Member
    path: Path | None
    schedule: Schedule | None = None  # None if the member was never asked about weekly tips
    asks_situation: bool = False  # the member never said what they have


@dataclass(frozen=True, slots=True)
class RoleSeen:
    """A role as a member sees it, and where its work meets that of others."""

    path: Path
    meetings: tuple[Meeting, ...]


def my_role(tx: Connection, catalog: Catalog, who: MemberKey, now: datetime) -> MyRole:
    """Return the member's role with their progress on its path, and when their next tip comes."""
    known = members.with_marks(tx, who)
    role = catalog.role_of(known.member.role)
    path = _path(tx, catalog, known, role) if role else None
    return MyRole(catalog, known.member, path, known.schedule and known.schedule.as_of(now))


def set_role(tx: Connection, catalog: Catalog, who: MemberKey, role: Role, now: datetime) -> MyRole:
    """Set a member's role. What they have learned stays, and counts on the new path if that contains it."""
    members.set_role(tx, who, role.slug)
    asks = bool(to_ask(catalog)) and not tips.knows_needs(tx, who)
    return replace(my_role(tx, catalog, who, now), asks_situation=asks)


def look_at(tx: Connection, catalog: Catalog, who: MemberKey, role: Role) -> RoleSeen:
    """Return any role's path with what this member has learned on it, and where it meets other roles."""
    return RoleSeen(_path(tx, catalog, members.with_marks(tx, who), role), meetings_of(catalog, role))


def _path(tx: Connection, catalog: Catalog, known: members.MemberMarks, role: Role) -> Path:
    practised = practised_skills(catalog, practice.history(tx, known.member.key))
    return path_of(catalog, role, known.learned, practised)
