"""Skill marks: which member has learned which skill, and the history of marking and unmarking."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.store.member_schema import skill_history, skill_mark

_INSERT = insert(skill_mark)
_MARK = _INSERT.on_conflict_do_update(
    index_elements=[skill_mark.c.workspace_id, skill_mark.c.member_id, skill_mark.c.skill],
    set_={"learned_at": _INSERT.excluded.learned_at, "undone_at": None},
    where=skill_mark.c.undone_at.is_not(None),
).returning(skill_mark.c.skill)
_OWN = (skill_mark.c.workspace_id == bindparam("workspace_id"), skill_mark.c.member_id == bindparam("member_id"))
_STANDING = (*_OWN, skill_mark.c.undone_at.is_(None))
_UNDO = (
    update(skill_mark)
    .where(  # UPDATE would also set a column that has the name of a parameter, so the names differ
        skill_mark.c.workspace_id == bindparam("w"),
        skill_mark.c.member_id == bindparam("m"),
        skill_mark.c.skill == bindparam("which"),
        skill_mark.c.undone_at.is_(None),
    )
    .values(undone_at=bindparam("now"))
    .returning(skill_mark.c.learned_at)
)
_LEARNED = select(skill_mark.c.skill, skill_mark.c.learned_at).where(*_STANDING)
_REMEMBER = insert(skill_history).on_conflict_do_nothing()  # the key has the time: keep one step per microsecond


def mark(tx: Connection, who: MemberKey, skill: str, now: datetime) -> bool:
    """Mark a skill as learned. Return False, and change nothing, if it already was."""
    new = tx.execute(_MARK, {**who._asdict(), "skill": skill, "learned_at": now}).first() is not None
    if new:
        tx.execute(_REMEMBER, {**who._asdict(), "skill": skill, "at": now, "step": "learned"})
    return new


def unmark(tx: Connection, who: MemberKey, skill: str, now: datetime) -> datetime | None:
    """Unmark a skill and return when it was marked. Return None, and change nothing, if it was not marked."""
    row = tx.execute(_UNDO, {"w": who.workspace_id, "m": who.member_id, "which": skill, "now": now}).first()
    if row is None:
        return None
    tx.execute(_REMEMBER, {**who._asdict(), "skill": skill, "at": now, "step": "undone"})
    learned_at: datetime = row[0]
    return learned_at


def learned_at(tx: Connection, who: MemberKey) -> dict[str, datetime]:
    """Return when a member learned each skill, by slug."""
    return dict(tx.execute(_LEARNED, who._asdict()).all())
