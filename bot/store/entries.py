"""SQL about what members do with challenges: who takes part, did it and what they wrote; and what they suggest."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from bot.core.challenges import Challenge, Entry, Suggestion
from bot.core.member import MemberKey
from bot.store.member_schema import entry, suggestion
from bot.store.types import Conditions, insert, rows_of, upsert

_c = entry.c
COLUMNS = (_c.entry_id, _c.joined_at, _c.done_at, _c.line, _c.goes_on)
NAMED = "named"  # a line that its author lets a recap quote


def _of(who: MemberKey, challenge_id: str) -> Conditions:
    return *rows_of(entry, who), _c.challenge_id == challenge_id


def join(
    tx: Connection, who: MemberKey, challenge: Challenge, entry_id: str, now: datetime, done_at: datetime | None = None
) -> Entry:
    """Let a member take part, and mark the challenge as done by them if it is. Only the first time of each counts."""
    key = {**who._asdict(), "challenge_id": challenge.challenge_id, "entry_id": entry_id}
    first = func.coalesce(_c.done_at, insert(entry).excluded.done_at)
    joined = upsert(entry, {**key, "joined_at": now, "done_at": done_at}, {"done_at": first})
    return entry_of(who, tx.execute(joined.returning(*COLUMNS)).one())


def undo(tx: Connection, who: MemberKey, challenge: Challenge) -> bool:
    """Mark a challenge as not done. Return False if it was not done. The line is kept, and nobody sees it."""
    done = update(entry).where(*_of(who, challenge.challenge_id), _c.done_at.is_not(None))
    return tx.execute(done.values(done_at=None)).rowcount > 0


def leave(tx: Connection, who: MemberKey, challenge: Challenge) -> bool:
    """Delete a member's entry. Return False if there was none."""
    return tx.execute(delete(entry).where(*_of(who, challenge.challenge_id))).rowcount > 0


def write_line(
    tx: Connection, who: MemberKey, challenge: Challenge, line: str | None, *, goes_on: bool = False
) -> Entry | None:
    """Store a member's line; None deletes it. Return None if they have not done the challenge."""
    done = update(entry).where(*_of(who, challenge.challenge_id), _c.done_at.is_not(None))
    row = tx.execute(done.values(line=line, sharing=NAMED, goes_on=goes_on).returning(*COLUMNS)).first()
    return None if row is None else entry_of(who, row)


def find(tx: Connection, who: MemberKey, challenge_id: str, *, lock: bool = False) -> Entry | None:
    """Return a member's entry. `lock`: nobody changes or deletes it until the transaction ends."""
    theirs = select(*COLUMNS).where(*_of(who, challenge_id))
    row = tx.execute(theirs.with_for_update(read=True) if lock else theirs).first()
    return None if row is None else entry_of(who, row)


def quotable(tx: Connection, challenge: Challenge, *, lock: bool = False) -> list[Entry]:
    """Return entries whose lines may be quoted with their authors' names, the earliest first. `lock` as in `find`."""
    here = (_c.workspace_id == challenge.workspace_id, _c.challenge_id == challenge.challenge_id)
    # Until release 1.0.0, a line could also be for the organiser alone, or without its author's name.
    quoted = (_c.done_at.is_not(None), _c.line.is_not(None), _c.sharing == NAMED)
    found = select(_c.member_id, *COLUMNS).where(*here, *quoted).order_by(_c.done_at, _c.entry_id)
    rows = tx.execute(found.with_for_update(read=True) if lock else found)
    return [entry_of(MemberKey(challenge.workspace_id, row.member_id), row) for row in rows]


def entry_of(who: MemberKey, row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(who, row.entry_id, row.joined_at, row.done_at, row.line, row.goes_on)


_s = suggestion.c
_COLUMNS = (_s.suggestion_id, _s.member_id, _s.template, _s.words, _s.started)


def save_suggestion(tx: Connection, who: MemberKey, made: Suggestion, now: datetime) -> None:
    values = made._asdict() | {"made_at": now}
    tx.execute(upsert(suggestion, {**values, "workspace_id": who.workspace_id}, values))


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
