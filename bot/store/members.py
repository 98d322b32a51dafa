"""Members: their role, their zone, and everything that is kept about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import Member, MemberKey
from bot.store.tables import ABOUT_A_MEMBER, member, skill_mark


@dataclass(frozen=True, slots=True)
class MemberMarks:
    """A member and the slugs of what they have learned; `member` has no role if the person was never met."""

    member: Member
    learned: frozenset[str]


_KEY = (member.c.workspace_id == bindparam("workspace_id"), member.c.member_id == bindparam("member_id"))
_STILL_LEARNED = and_(
    skill_mark.c.workspace_id == member.c.workspace_id,
    skill_mark.c.member_id == member.c.member_id,
    skill_mark.c.undone_at.is_(None),
)
_WITH_MARKS = (
    select(member.c.role, member.c.zone, skill_mark.c.skill)
    .select_from(member.outerjoin(skill_mark, _STILL_LEARNED))
    .where(*_KEY)
)
_MEET = insert(member).on_conflict_do_nothing()
_IS_MET = select(member.c.member_id).where(*_KEY)
_SET_ROLE = update(member).where(*_KEY).values(role=bindparam("new_role"))
_SET_ZONE = update(member).where(*_KEY).values(zone=bindparam("new_zone"))
_FORGET = [
    delete(table).where(table.c.workspace_id == bindparam("w"), table.c.member_id == bindparam("m"))
    for table in ABOUT_A_MEMBER
]


def with_marks(tx: Connection, who: MemberKey) -> MemberMarks:
    """A member and what they have learned, in one statement; an unknown person has nothing yet."""
    rows: Sequence[tuple[str | None, str | None, str | None]] = tx.execute(_WITH_MARKS, who._asdict()).tuples().all()
    role, zone, _ = rows[0] if rows else (None, None, None)
    return MemberMarks(Member(who, role, zone), frozenset(skill for _, _, skill in rows if skill is not None))


def is_met(tx: Connection, who: MemberKey) -> bool:
    """Whether anything is kept about this person."""
    return tx.execute(_IS_MET, who._asdict()).first() is not None


def meet(tx: Connection, who: MemberKey, zone: str | None, now: datetime) -> None:
    """Remembers a member at their first word; harmless twice."""
    tx.execute(_MEET, {**who._asdict(), "zone": zone, "met_at": now})


def set_role(tx: Connection, who: MemberKey, role: str) -> None:
    """The slug of the role that this member has now."""
    tx.execute(_SET_ROLE, {**who._asdict(), "new_role": role})


def set_zone(tx: Connection, who: MemberKey, zone: str | None) -> None:
    """The IANA name of the zone that this member lives in now."""
    tx.execute(_SET_ZONE, {**who._asdict(), "new_zone": zone})


def forget(tx: Connection, who: MemberKey) -> int:
    """Deletes every row about a member, table by table; how many there were."""
    key = {"w": who.workspace_id, "m": who.member_id}
    return sum(tx.execute(statement, key).rowcount for statement in _FORGET)
