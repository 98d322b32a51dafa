"""SQL about what members do with challenges: who takes part, did it and what they wrote; and what they suggest."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Update, bindparam, delete, func, or_, select, update

from bot.core.challenges import Challenge, Entry, Sharing, Suggestion
from bot.core.member import Consent, MemberKey
from bot.store.member_schema import entry, member, schedule, suggestion
from bot.store.types import insert, rows_of, same_member

_c = entry.c
COLUMNS = (_c.entry_id, _c.joined_at, _c.done_at, _c.line, _c.sharing, _c.picked)
_OF = (_c.workspace_id == bindparam("w"), _c.challenge_id == bindparam("c"))
_MINE = (*_OF, _c.member_id == bindparam("m"))
_INSERT = insert(entry)


class Undone(NamedTuple):
    """A member who joined, has not done it, and opted in to direct messages. `zone` is their time zone."""

    who: MemberKey
    zone: str | None
    dm_channel: str | None


_JOIN = _INSERT.on_conflict_do_update(
    index_elements=[_c.workspace_id, _c.challenge_id, _c.member_id],
    set_={"done_at": func.coalesce(_c.done_at, _INSERT.excluded.done_at)},
).returning(*COLUMNS)


def join(
    tx: Connection, who: MemberKey, challenge: Challenge, entry_id: str, now: datetime, done_at: datetime | None = None
) -> Entry:
    """Let a member take part, and mark the challenge as done by them if it is. Only the first time of each counts."""
    key = {**who._asdict(), "challenge_id": challenge.challenge_id, "entry_id": entry_id}
    row = tx.execute(_JOIN, {**key, "joined_at": now, "done_at": done_at, "picked": False}).one()
    return entry_of(who, challenge.challenge_id, row)


def undo(tx: Connection, who: MemberKey, challenge: Challenge) -> bool:
    """Mark a challenge as not done. Return False if it was not done. The line is kept, and nobody sees it."""
    return tx.execute(_done_by(who, challenge).values(done_at=None, picked=False)).rowcount > 0


def leave(tx: Connection, who: MemberKey, challenge: Challenge) -> bool:
    """Delete a member's entry. Return False if there was none."""
    this = (*rows_of(entry, who), _c.challenge_id == challenge.challenge_id)
    return tx.execute(delete(entry).where(*this)).rowcount > 0


def write_line(
    tx: Connection, who: MemberKey, challenge: Challenge, line: str | None, sharing: Sharing
) -> Entry | None:
    """Store a member's line; None deletes it. Return None if they have not done the challenge."""
    written = _done_by(who, challenge).values(line=line, sharing=sharing.value, picked=False)
    row = tx.execute(written.returning(*COLUMNS)).first()
    return None if row is None else entry_of(who, challenge.challenge_id, row)


def _done_by(who: MemberKey, challenge: Challenge) -> Update:
    this = (*rows_of(entry, who), _c.challenge_id == challenge.challenge_id)
    return update(entry).where(*this, _c.done_at.is_not(None))


_FIND = select(*COLUMNS).where(*_MINE)
_FIND_LOCKED = _FIND.with_for_update(read=True)


def find(tx: Connection, who: MemberKey, challenge_id: str, *, lock: bool = False) -> Entry | None:
    """Return a member's entry. `lock`: nobody changes or deletes it until the transaction ends."""
    key = {"w": who.workspace_id, "c": challenge_id, "m": who.member_id}
    row = tx.execute(_FIND_LOCKED if lock else _FIND, key).first()
    return None if row is None else entry_of(who, challenge_id, row)


_DONE = select(_c.member_id, *COLUMNS).where(*_OF, _c.done_at.is_not(None), _c.line.is_not(None))
_QUOTABLE = _DONE.where(_c.sharing != Sharing.PRIVATE).order_by(_c.done_at, _c.entry_id)
_QUOTABLE_LOCKED = _QUOTABLE.with_for_update(read=True)
_PRIVATE = _DONE.where(_c.sharing == Sharing.PRIVATE).order_by(_c.done_at.desc(), _c.entry_id)


def quotable(tx: Connection, challenge: Challenge, *, lock: bool = False) -> list[Entry]:
    """Return entries whose lines may be quoted, the earliest first. `lock` as in `find`."""
    return _entries_of(challenge, tx.execute(_QUOTABLE_LOCKED if lock else _QUOTABLE, key_of(challenge)))


def for_organiser(tx: Connection, challenge: Challenge) -> list[Entry]:
    """Return entries whose lines only the organiser may read, the newest first."""
    return _entries_of(challenge, tx.execute(_PRIVATE, key_of(challenge)))


def _entries_of(challenge: Challenge, rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Entry]:
    return [entry_of(MemberKey(challenge.workspace_id, row.member_id), challenge.challenge_id, row) for row in rows]


def pick(tx: Connection, challenge: Challenge, entry_ids: Collection[str]) -> None:
    """Choose these lines, and no others, for the recap."""
    here = (_c.workspace_id == challenge.workspace_id, _c.challenge_id == challenge.challenge_id)
    tx.execute(update(entry).where(*here).values(picked=_c.entry_id.in_(entry_ids)))


_UNDONE = (
    select(_c.member_id, schedule.c.zone, schedule.c.dm_channel)
    .select_from(entry.join(schedule, same_member(schedule, entry)).join(member, same_member(member, entry)))
    .where(
        *_OF,
        _c.done_at.is_(None),
        schedule.c.consent == Consent.YES,
        or_(schedule.c.paused_until.is_(None), schedule.c.paused_until <= bindparam("now")),
    )
)
# It skips members who are being forgotten.
_UNDONE_LOCKED = _UNDONE.with_for_update(read=True, key_share=True, of=member, skip_locked=True)


def undone(tx: Connection, challenge: Challenge, now: datetime, *, lock: bool = True) -> list[Undone]:
    """Return the members who joined, have not done it, and may get a direct message."""
    rows = tx.execute(_UNDONE_LOCKED if lock else _UNDONE, {**key_of(challenge), "now": now})
    return [Undone(MemberKey(challenge.workspace_id, member_id), *others) for member_id, *others in rows]


def key_of(challenge: Challenge) -> dict[str, str]:
    return {"w": challenge.workspace_id, "c": challenge.challenge_id}


def entry_of(who: MemberKey, challenge_id: str, row: Row[*tuple[Any, ...]]) -> Entry:
    sharing = None if row.sharing is None else Sharing(row.sharing)
    return Entry(who, challenge_id, row.entry_id, row.joined_at, row.done_at, row.line, sharing, row.picked)


_s = suggestion.c
_COLUMNS = (_s.suggestion_id, _s.member_id, _s.template, _s.words)


def save_suggestion(tx: Connection, who: MemberKey, made: Suggestion, now: datetime) -> None:
    values = {"suggestion_id": made.suggestion_id, "template": made.template, "words": made.words, "made_at": now}
    new = insert(suggestion).values(**who._asdict(), **values)
    tx.execute(new.on_conflict_do_update(index_elements=[_s.workspace_id, _s.member_id], set_=values))


def suggestions(tx: Connection, who: MemberKey, most: int, *, of_all: bool) -> list[Suggestion]:
    """Return the newest suggestions of all members of a workspace, or a member's own."""
    here = (_s.workspace_id == who.workspace_id,) if of_all else rows_of(suggestion, who)
    newest = select(*_COLUMNS).where(*here).order_by(_s.made_at.desc(), _s.suggestion_id)
    return [Suggestion(*row) for row in tx.execute(newest.limit(most))]


def count_suggestions(tx: Connection, workspace_id: str) -> int:
    return tx.execute(select(func.count()).where(_s.workspace_id == workspace_id)).scalar_one()


def find_suggestion(tx: Connection, workspace_id: str, suggestion_id: str) -> Suggestion | None:
    this = select(*_COLUMNS).where(_s.workspace_id == workspace_id, _s.suggestion_id == suggestion_id)
    row = tx.execute(this).first()
    return None if row is None else Suggestion(*row)


def remove_suggestion(tx: Connection, workspace_id: str, suggestion_id: str) -> None:
    tx.execute(delete(suggestion).where(_s.workspace_id == workspace_id, _s.suggestion_id == suggestion_id))
