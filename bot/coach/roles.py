"""A member's role: looking at it, and setting it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog, Role
from bot.core.learning import Path, path_of
from bot.core.member import Member, MemberKey, Schedule
from bot.store import members


@dataclass(frozen=True, slots=True)
class MyRole:
    """How a member's role changes, and how far they are; `path` is None while they have no role."""

    catalog: Catalog
    member: Member
    path: Path | None
    schedule: Schedule | None = None  # None while they were never asked about weekly tips


def my_role(tx: Connection, catalog: Catalog, who: MemberKey, now: datetime) -> MyRole:
    """The member's role with their progress on its path, and when their next tip comes."""
    found = members.with_marks(tx, who)
    role = catalog.role_of(found.member.role)
    path = path_of(catalog, role, found.learned) if role else None
    return MyRole(catalog, found.member, path, found.schedule and found.schedule.as_of(now))


def set_role(tx: Connection, catalog: Catalog, who: MemberKey, role: Role, now: datetime) -> MyRole:
    """Gives a member a role; what they have learned stays, and counts on the new path where it is on it."""
    members.set_role(tx, who, role.slug)
    return my_role(tx, catalog, who, now)


def look_at(tx: Connection, catalog: Catalog, who: MemberKey, role: Role) -> Path:
    """Any role's path, with what this member has learned of it."""
    return path_of(catalog, role, members.with_marks(tx, who).learned)
