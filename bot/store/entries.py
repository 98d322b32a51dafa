"""SQL about what members do with challenges: who takes part, did it and what they wrote; and what they suggest."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Update, bindparam, delete, func, select, update

from bot.core.challenges import Challenge, Entry, Suggestion
from bot.core.member import MemberKey
from bot.store.member_schema import entry, suggestion
from bot.store.types import Conditions, insert, rows_of

_c = entry.c
COLUMNS = (_c.entry_id, _c.joined_at, _c.done_at, _c.line, _c.goes_on)
NAMED = "named"  # a line that its author lets a recap quote
_OF = (_c.workspace_id == bindparam("w"), _c.challenge_id == bindparam("c"))
_MINE = (*_OF, _c.member_id == bindparam("m"))
_INSERT = insert(entry)


_JOIN = _INSERT.on_conflict_do_update(
    index_elements=[_c.workspace_id, _c.challenge_id, _c.member_id],
    set_={"done_at": func.coalesce(_c.done_at, _INSERT.excluded.done_at)},
).returning(*COLUMNS)


def join(
    tx: Connection, who: MemberKey, challenge: Challenge, entry_id: str, now: datetime, done_at: datetime | None = None
) -> Entry:
    """Let a member take part, and mark the challenge as done by them if it is. Only the first time of each counts."""
    key = {**who._asdict(), "challenge_id": challenge.challenge_id, "entry_id": entry_id}
    row = tx.execute(_JOIN, {**key, "joined_at": now, "done_at": done_at}).one()
    return entry_of(who, challenge.challenge_id, row)


def undo(tx: Connection, who: MemberKey, challenge: Challenge) -> bool:
    """Mark a challenge as not done. Return False if it was not done. The line is kept, and nobody sees it."""
    return tx.execute(_done_by(who, challenge).values(done_at=None)).rowcount > 0


def leave(tx: Connection, who: MemberKey, challenge: Challenge) -> bool:
    """Delete a member's entry. Return False if there was none."""
    this = (*rows_of(entry, who), _c.challenge_id == challenge.challenge_id)
    return tx.execute(delete(entry).where(*this)).rowcount > 0


def write_line(
    tx: Connection, who: MemberKey, challenge: Challenge, line: str | None, *, goes_on: bool = False
) -> Entry | None:
    """Store a member's line; None deletes it. Return None if they have not done the challenge."""
    written = _done_by(who, challenge).values(line=line, sharing=NAMED, goes_on=goes_on)
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


# Until release 1.0.0, a line could also be for the organiser alone, or without its author's name.
_QUOTABLE = (
    select(_c.member_id, *COLUMNS)
    .where(*_OF, _c.done_at.is_not(None), _c.line.is_not(None), _c.sharing == NAMED)
    .order_by(_c.done_at, _c.entry_id)
)
_QUOTABLE_LOCKED = _QUOTABLE.with_for_update(read=True)


def quotable(tx: Connection, challenge: Challenge, *, lock: bool = False) -> list[Entry]:
    """Return entries whose lines may be quoted with their authors' names, the earliest first. `lock` as in `find`."""
    rows = tx.execute(_QUOTABLE_LOCKED if lock else _QUOTABLE, key_of(challenge))
    return [entry_of(MemberKey(challenge.workspace_id, row.member_id), challenge.challenge_id, row) for row in rows]


def key_of(challenge: Challenge) -> dict[str, str]:
    return {"w": challenge.workspace_id, "c": challenge.challenge_id}


def entry_of(who: MemberKey, challenge_id: str, row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(who, challenge_id, row.entry_id, row.joined_at, row.done_at, row.line, row.goes_on)


_s = suggestion.c
_COLUMNS = (_s.suggestion_id, _s.member_id, _s.template, _s.words, _s.started)


def save_suggestion(tx: Connection, who: MemberKey, made: Suggestion, now: datetime) -> None:
    values = made._asdict() | {"made_at": now}
    new = insert(suggestion).values(**values, workspace_id=who.workspace_id)
    tx.execute(new.on_conflict_do_update(index_elements=[_s.workspace_id, _s.member_id], set_=values))


def suggestions(tx: Connection, who: MemberKey, most: int, *, of_all: bool) -> list[Suggestion]:
    """Return the newest suggestions that wait in a workspace, or a member's own."""
    here = _waiting(who.workspace_id) if of_all else rows_of(suggestion, who)
    newest = select(*_COLUMNS).where(*here).order_by(_s.made_at.desc(), _s.suggestion_id)
    return [Suggestion(*row) for row in tx.execute(newest.limit(most))]


def count_suggestions(tx: Connection, workspace_id: str) -> int:
    return tx.execute(select(func.count()).where(*_waiting(workspace_id))).scalar_one()


def _waiting(workspace_id: str) -> Conditions:
    return _s.workspace_id == workspace_id, _s.started.is_(None)


def settle_suggestion(tx: Connection, workspace_id: str, suggestion_id: str, *, started: bool) -> str | None:
    """Note what became of a suggestion, and return who made it; None if it is gone or settled."""
    this = update(suggestion).where(*_waiting(workspace_id), _s.suggestion_id == suggestion_id)
    return tx.execute(this.values(started=started).returning(_s.member_id)).scalar()


def find_suggestion(tx: Connection, workspace_id: str, suggestion_id: str) -> Suggestion | None:
    this = select(*_COLUMNS).where(_s.workspace_id == workspace_id, _s.suggestion_id == suggestion_id)
    row = tx.execute(this).first()
    return None if row is None else Suggestion(*row)


def remove_suggestion(tx: Connection, workspace_id: str, suggestion_id: str) -> None:
    tx.execute(delete(suggestion).where(_s.workspace_id == workspace_id, _s.suggestion_id == suggestion_id))
