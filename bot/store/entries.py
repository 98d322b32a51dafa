"""SQL about entries: which members take part in a challenge, did it, and what they wrote about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.challenges import Challenge, Entry, Sharing, Standing
from bot.core.member import Consent, MemberKey
from bot.store.member_schema import entry, member, schedule

ChallengeKey = tuple[str, str]  # workspace, challenge

_c = entry.c
COLUMNS = (_c.entry_id, _c.joined_at, _c.done_at, _c.line, _c.sharing, _c.picked)
_OF = (_c.workspace_id == bindparam("w"), _c.challenge_id == bindparam("c"))
_MINE = (*_OF, _c.member_id == bindparam("m"))
_INSERT = insert(entry)
_INDEX = [_c.workspace_id, _c.challenge_id, _c.member_id]
_QUOTABLE = (_c.done_at.is_not(None), _c.line.is_not(None), _c.sharing.in_([Sharing.NAMED, Sharing.UNNAMED]))
_IN = tuple_(_c.workspace_id, _c.challenge_id).in_(bindparam("challenges", expanding=True))


@dataclass(frozen=True, slots=True)
class Undone:
    """A member who joined, has not done it, and opted in to direct messages. `zone` is their time zone."""

    member_id: str
    zone: str | None
    dm_channel: str | None


_JOIN = _INSERT.on_conflict_do_update(index_elements=_INDEX, set_={"joined_at": _c.joined_at}).returning(*COLUMNS)


def join(tx: Connection, who: MemberKey, challenge: Challenge, entry_id: str, now: datetime) -> Entry:
    """Let a member take part. An entry that exists stays as it is."""
    row = tx.execute(_JOIN, _new(who, challenge, entry_id, now, None)).one()
    return entry_of(who, challenge.challenge_id, row)


_DO = _INSERT.on_conflict_do_update(
    index_elements=_INDEX, set_={"done_at": func.coalesce(_c.done_at, _INSERT.excluded.done_at)}
).returning(*COLUMNS)


def do(tx: Connection, who: MemberKey, challenge: Challenge, entry_id: str, now: datetime) -> Entry:
    """Mark a challenge as done by a member, who joins by that. Only the first time counts."""
    row = tx.execute(_DO, _new(who, challenge, entry_id, now, now)).one()
    return entry_of(who, challenge.challenge_id, row)


_UNDO = update(entry).where(*_MINE, _c.done_at.is_not(None)).values(done_at=None, picked=False).returning(_c.entry_id)


def undo(tx: Connection, who: MemberKey, challenge: Challenge) -> bool:
    """Mark a challenge as not done. Return False if it was not done. The line is kept, and nobody sees it."""
    return tx.execute(_UNDO, _key(who, challenge.challenge_id)).first() is not None


_LEAVE = delete(entry).where(*_MINE).returning(_c.entry_id)


def leave(tx: Connection, who: MemberKey, challenge: Challenge) -> bool:
    """Delete a member's entry. Return False if there was none."""
    return tx.execute(_LEAVE, _key(who, challenge.challenge_id)).first() is not None


_WRITE = (
    update(entry)
    .where(*_MINE, _c.done_at.is_not(None))
    .values(line=bindparam("words"), sharing=bindparam("shared"), picked=False)
    .returning(*COLUMNS)
)


def write_line(
    tx: Connection, who: MemberKey, challenge: Challenge, line: str | None, sharing: Sharing
) -> Entry | None:
    """Store a member's line; None deletes it. Return None if they have not done the challenge."""
    values = {**_key(who, challenge.challenge_id), "words": line, "shared": sharing.value}
    row = tx.execute(_WRITE, values).first()
    return None if row is None else entry_of(who, challenge.challenge_id, row)


_FIND = select(*COLUMNS).where(*_MINE)


def find(tx: Connection, who: MemberKey, challenge_id: str) -> Entry | None:
    row = tx.execute(_FIND, _key(who, challenge_id)).first()
    return None if row is None else entry_of(who, challenge_id, row)


_STANDING = select(func.count(), func.count(_c.done_at)).where(*_OF)


def standing(tx: Connection, challenge: Challenge) -> Standing:
    return Standing(*tx.execute(_STANDING, {"w": challenge.workspace_id, "c": challenge.challenge_id}).one())


_LINES = (
    select(_c.member_id, *COLUMNS).where(*_OF, *_QUOTABLE).order_by(_c.done_at, _c.entry_id).limit(bindparam("most"))
)


def lines(tx: Connection, challenge: Challenge, most: int) -> list[Entry]:
    """Return entries whose lines may be quoted, the earliest first."""
    rows = tx.execute(_LINES, {"w": challenge.workspace_id, "c": challenge.challenge_id, "most": most})
    return [entry_of(MemberKey(challenge.workspace_id, row.member_id), challenge.challenge_id, row) for row in rows]


_FOR_ORGANISER = (
    select(_c.member_id, *COLUMNS)
    .where(*_OF, _c.done_at.is_not(None), _c.line.is_not(None), _c.sharing == Sharing.PRIVATE)
    .order_by(_c.done_at.desc(), _c.entry_id)
    .limit(bindparam("most"))
)


def lines_for_organiser(tx: Connection, challenge: Challenge, most: int) -> list[Entry]:
    """Return entries whose lines only the organiser may read, the newest first."""
    rows = tx.execute(_FOR_ORGANISER, {"w": challenge.workspace_id, "c": challenge.challenge_id, "most": most})
    return [entry_of(MemberKey(challenge.workspace_id, row.member_id), challenge.challenge_id, row) for row in rows]


_STANDINGS = (
    select(_c.workspace_id, _c.challenge_id, func.count(), func.count(_c.done_at))
    .where(_IN)
    .group_by(_c.workspace_id, _c.challenge_id)
)


def standings(tx: Connection, keys: Collection[ChallengeKey]) -> dict[ChallengeKey, Standing]:
    """Return how many take part in each of these challenges. Challenges without entries are left out."""
    rows = tx.execute(_STANDINGS, {"challenges": list(keys)})
    return {(workspace_id, challenge_id): Standing(*counts) for workspace_id, challenge_id, *counts in rows}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Entries to look up: by their own ids, by their members, and all lines of a challenge that may be quoted."""

    by_id: Collection[tuple[str, str, str]] = ()  # workspace, challenge, entry
    by_member: Collection[tuple[str, str, str]] = ()  # workspace, challenge, member
    quotable: Collection[ChallengeKey] = ()


_LOOK_UP = (
    select(_c.workspace_id, _c.challenge_id, _c.member_id, *COLUMNS)
    .where(
        or_(
            tuple_(_c.workspace_id, _c.challenge_id, _c.entry_id).in_(bindparam("entries", expanding=True)),
            tuple_(_c.workspace_id, _c.challenge_id, _c.member_id).in_(bindparam("members", expanding=True)),
            and_(_IN, *_QUOTABLE),
        )
    )
    .order_by(_c.done_at, _c.entry_id)
)
_LOOK_UP_LOCKED = _LOOK_UP.with_for_update(read=True)


def look_up(tx: Connection, wanted: Wanted, *, lock: bool) -> list[Entry]:
    """Return entries in one statement, the earliest done first.

    `lock`: lock the rows until the transaction ends, so that nobody changes or deletes them.
    """
    statement = _LOOK_UP_LOCKED if lock else _LOOK_UP
    values = {"entries": list(wanted.by_id), "members": list(wanted.by_member), "challenges": list(wanted.quotable)}
    rows = tx.execute(statement, values)
    return [entry_of(MemberKey(row.workspace_id, row.member_id), row.challenge_id, row) for row in rows]


_PICK = (
    update(entry)
    .where(*_OF)
    .values(picked=case((_c.entry_id.in_(bindparam("chosen", expanding=True)), True), else_=False))
)


def pick(tx: Connection, challenge: Challenge, entry_ids: Collection[str]) -> None:
    """Choose these lines, and no others, for the recap."""
    tx.execute(_PICK, {"w": challenge.workspace_id, "c": challenge.challenge_id, "chosen": list(entry_ids)})


_THEIRS = and_(schedule.c.workspace_id == _c.workspace_id, schedule.c.member_id == _c.member_id)
_KNOWN = and_(member.c.workspace_id == _c.workspace_id, member.c.member_id == _c.member_id)
_UNDONE = (
    select(_c.member_id, _c.joined_at, schedule.c.zone, schedule.c.dm_channel)
    .select_from(entry.join(schedule, _THEIRS).join(member, _KNOWN))
    .where(
        *_OF,
        _c.done_at.is_(None),
        schedule.c.consent == Consent.YES,
        or_(schedule.c.paused_until.is_(None), schedule.c.paused_until <= bindparam("now")),
    )
    .with_for_update(read=True, key_share=True, of=member, skip_locked=True)  # skip members who are being forgotten
)


def undone(tx: Connection, challenge: Challenge, now: datetime) -> list[Undone]:
    """Return the members who joined, have not done it, and may get a direct message."""
    rows = tx.execute(_UNDONE, {"w": challenge.workspace_id, "c": challenge.challenge_id, "now": now})
    return [Undone(row.member_id, row.zone, row.dm_channel) for row in rows]


def _new(
    who: MemberKey, challenge: Challenge, entry_id: str, now: datetime, done_at: datetime | None
) -> dict[str, Any]:
    key = {**who._asdict(), "challenge_id": challenge.challenge_id, "entry_id": entry_id}
    return {**key, "joined_at": now, "done_at": done_at, "picked": False}


def _key(who: MemberKey, challenge_id: str) -> dict[str, str]:
    return {"w": who.workspace_id, "c": challenge_id, "m": who.member_id}


def entry_of(who: MemberKey, challenge_id: str, row: Row[*tuple[Any, ...]]) -> Entry:
    sharing = None if row.sharing is None else Sharing(row.sharing)
    return Entry(who, challenge_id, row.entry_id, row.joined_at, row.done_at, row.line, sharing, row.picked)
