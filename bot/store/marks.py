"""Marks of skills: who learned which, and who showed one, or a finished path, in a channel."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.learning import Showing
from bot.core.member import MemberKey
from bot.store.member_schema import path_shared, showing, skill_history, skill_mark
from bot.store.types import UtcDateTime, of_member, rows_of

_INSERT_MARK = insert(skill_mark)
_MARK = _INSERT_MARK.on_conflict_do_update(
    index_elements=[skill_mark.c.workspace_id, skill_mark.c.member_id, skill_mark.c.skill],
    set_={"learned_at": _INSERT_MARK.excluded.learned_at, "undone_at": None},
    where=skill_mark.c.undone_at.is_not(None),
).returning(skill_mark.c.skill)
_REMEMBER = insert(skill_history).on_conflict_do_nothing()  # the key has the time: keep one step per microsecond


def mark(tx: Connection, who: MemberKey, skill: str, now: datetime) -> bool:
    """Mark a skill as learned. Return False, and change nothing, if it already was."""
    new = tx.execute(_MARK, {**who._asdict(), "skill": skill, "learned_at": now}).first() is not None
    if new:
        tx.execute(_REMEMBER, {**who._asdict(), "skill": skill, "at": now, "step": "learned"})
    return new


def marked_at(tx: Connection, who: MemberKey, skill: str) -> datetime:
    """Return when a skill was marked that is marked now; a concurrent request may have done so."""
    at: datetime = tx.scalars(
        select(skill_mark.c.learned_at).where(*rows_of(skill_mark, who), skill_mark.c.skill == skill)
    ).one()
    return at


def unmark(tx: Connection, who: MemberKey, skill: str, now: datetime) -> datetime | None:
    """Unmark a skill and return when it was marked. Return None, and change nothing, if it was not marked."""
    standing = (*rows_of(skill_mark, who), skill_mark.c.skill == skill, skill_mark.c.undone_at.is_(None))
    undo = update(skill_mark).where(*standing).values(undone_at=now)
    learned_at: datetime | None = tx.execute(undo.returning(skill_mark.c.learned_at)).scalar()
    if learned_at is not None:
        tx.execute(_REMEMBER, {**who._asdict(), "skill": skill, "at": now, "step": "undone"})
    return learned_at


_s = showing.c
_SHOWING = (_s.showing_id, _s.member_id, _s.skill, _s.asked_at, _s.seen_at, _s.evidence)


def add_showing(tx: Connection, who: MemberKey, new: Showing, channel: str, day: str) -> Showing:
    """Store a showing. Return the one that the member made of this skill in this channel on this day, new or not."""
    place = {**who._asdict(), "skill": new.skill, "channel": channel, "day": day}
    values = {**place, "showing_id": new.showing_id, "asked_at": new.asked_at, "evidence": new.evidence}
    added = tx.execute(insert(showing).values(values).on_conflict_do_nothing().returning(*_SHOWING)).first()
    there = select(*_SHOWING).where(*(_s[name] == value for name, value in place.items()))
    return Showing(*(added or tx.execute(there).one()))


def find_showing(tx: Connection, workspace_id: str, showing_id: str) -> Showing | None:
    this = select(*_SHOWING).where(_s.workspace_id == workspace_id, _s.showing_id == showing_id)
    row = tx.execute(this).first()
    return None if row is None else Showing(*row)


def confirm_showing(tx: Connection, workspace_id: str, showing_id: str, now: datetime) -> Showing | None:
    """Mark a showing as confirmed and return it. Only the first time counts. Return None if it is gone."""
    this = update(showing).where(_s.workspace_id == workspace_id, _s.showing_id == showing_id)
    seen = this.values(seen_at=func.coalesce(_s.seen_at, bindparam(None, now, UtcDateTime)))
    row = tx.execute(seen.returning(*_SHOWING)).first()
    return None if row is None else Showing(*row)


def share_path(tx: Connection, who: MemberKey, role: str, now: datetime) -> bool:
    """Record that a member tells a channel that they finished the path of a role. Return False if they did before."""
    new = insert(path_shared).values(**who._asdict(), role=role, shared_at=now)
    return tx.execute(new.on_conflict_do_nothing().returning(path_shared.c.role)).first() is not None


_SHOWN = select(*_SHOWING).where(*of_member(showing)).order_by(_s.asked_at)


def showings(tx: Connection, who: MemberKey) -> tuple[Showing, ...]:
    """Return the skills that a member showed, the oldest first."""
    return tuple(Showing(*row) for row in tx.execute(_SHOWN, who._asdict()))
