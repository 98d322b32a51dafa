"""A member's role: looking at it, and setting it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.core.catalog import Catalog, Role
from bot.core.learning import Path, path_of
from bot.core.member import Member, MemberKey
from bot.store import members


@dataclass(frozen=True, slots=True)
class MyRole:
    """How a member's role changes, and how far they are; `path` is None while they have no role."""

    catalog: Catalog
    member: Member
    path: Path | None


def my_role(tx: Connection, catalog: Catalog, who: MemberKey) -> MyRole:
    """The member's role with their progress on its path."""
    found = members.with_marks(tx, who)
    return _my_role(catalog, found.member, found.learned)


def set_role(tx: Connection, catalog: Catalog, who: MemberKey, role: Role) -> MyRole:
    """Gives a member a role; what they have learned stays, and counts on the new path where it is on it."""
    members.set_role(tx, who, role.slug)
    return my_role(tx, catalog, who)


def look_at(tx: Connection, catalog: Catalog, who: MemberKey, role: Role) -> Path:
    """Any role's path, with what this member has learned of it."""
    return path_of(catalog, role, members.with_marks(tx, who).learned)


def _my_role(catalog: Catalog, member: Member, learned: Collection[str]) -> MyRole:
    role = catalog.role_of(member.role)
    return MyRole(catalog, member, path_of(catalog, role, learned) if role else None)
