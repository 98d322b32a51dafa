"""Entries: who takes part in a challenge, who has done it, and what they wrote about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.challenges import Challenge, Entry, Sharing, Standing
from bot.core.member import Consent, MemberKey
from bot.store.tables import entry, member, schedule

ChallengeKey = tuple[str, str]  # workspace, challenge

_c = entry.c
COLUMNS = (_c.entry_id, _c.joined_at, _c.done_at, _c.line, _c.sharing, _c.picked)
_OF = (_c.workspace_id == bindparam("w"), _c.challenge_id == bindparam("c"))
_MINE = (*_OF, _c.member_id == bindparam("m"))
_INSERT = insert(entry)
_INDEX = [_c.workspace_id, _c.challenge_id, _c.member_id]
_JOIN = _INSERT.on_conflict_do_update(index_elements=_INDEX, set_={"joined_at": _c.joined_at}).returning(*COLUMNS)
_DO = _INSERT.on_conflict_do_update(
    index_elements=_INDEX, set_={"done_at": func.coalesce(_c.done_at, _INSERT.excluded.done_at)}
).returning(*COLUMNS)
_UNDO = update(entry).where(*_MINE, _c.done_at.is_not(None)).values(done_at=None, picked=False).returning(_c.entry_id)
_LEAVE = delete(entry).where(*_MINE).returning(_c.entry_id)
_WRITE = (
    update(entry)
    .where(*_MINE, _c.done_at.is_not(None))
    .values(line=bindparam("words"), sharing=bindparam("shared"), picked=False)
    .returning(*COLUMNS)
)
_FIND = select(*COLUMNS).where(*_MINE)
_STANDING = select(func.count(), func.count(_c.done_at)).where(*_OF)
_QUOTABLE = (_c.done_at.is_not(None), _c.line.is_not(None), _c.sharing.in_([Sharing.NAMED, Sharing.UNNAMED]))
_LINES = (
    select(_c.member_id, *COLUMNS).where(*_OF, *_QUOTABLE).order_by(_c.done_at, _c.entry_id).limit(bindparam("most"))
)
_FOR_ORGANISER = (
    select(_c.member_id, *COLUMNS)
    .where(*_OF, _c.done_at.is_not(None), _c.line.is_not(None), _c.sharing == Sharing.PRIVATE)
    .order_by(_c.done_at.desc(), _c.entry_id)
    .limit(bindparam("most"))
)
_LINE = select(_c.member_id, *COLUMNS).where(*_OF, _c.entry_id == bindparam("e"))
_PICK = (
    update(entry)
    .where(*_OF)
    .values(picked=case((_c.entry_id.in_(bindparam("chosen", expanding=True)), True), else_=False))
)
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
    .with_for_update(read=True, key_share=True, of=member, skip_locked=True)  # who is being forgotten gets no word
)
_IN = tuple_(_c.workspace_id, _c.challenge_id).in_(bindparam("challenges", expanding=True))
_STANDINGS = (
    select(_c.workspace_id, _c.challenge_id, func.count(), func.count(_c.done_at))
    .where(_IN)
    .group_by(_c.workspace_id, _c.challenge_id)
)
_WITHOUT_QUOTES = (
    select(_c.challenge_id)
    .where(_IN, *_QUOTABLE)
    .group_by(_c.workspace_id, _c.challenge_id)
    .having(func.max(case((_c.picked, 1), else_=0)) == 0)
)
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


@dataclass(frozen=True, slots=True)
class Undone:
    """Somebody who joined, has not done it, and said yes to direct messages; `zone` is theirs."""

    member_id: str
    zone: str | None
    dm_channel: str | None


def join(tx: Connection, who: MemberKey, one: Challenge, entry_id: str, now: datetime) -> Entry:
    """Takes part; whoever does already stays as they are."""
    row = tx.execute(_JOIN, _new(who, one, entry_id, now, None)).one()
    return entry_of(who, one.challenge_id, row)


def do(tx: Connection, who: MemberKey, one: Challenge, entry_id: str, now: datetime) -> Entry:
    """Has done it, which counts as having joined; the first time counts."""
    row = tx.execute(_DO, _new(who, one, entry_id, now, now)).one()
    return entry_of(who, one.challenge_id, row)


def undo(tx: Connection, who: MemberKey, one: Challenge) -> bool:
    """Has not done it after all; False if that was so already. What they wrote waits, unseen."""
    return tx.execute(_UNDO, _key(who, one.challenge_id)).first() is not None


def leave(tx: Connection, who: MemberKey, one: Challenge) -> bool:
    """Takes no part any more; False if they took none."""
    return tx.execute(_LEAVE, _key(who, one.challenge_id)).first() is not None


def write_line(tx: Connection, who: MemberKey, one: Challenge, line: str | None, sharing: Sharing) -> Entry | None:
    """What a member writes about what they did, None to take it back; None for somebody who has not done it."""
    values = {**_key(who, one.challenge_id), "words": line, "shared": sharing.value}
    row = tx.execute(_WRITE, values).first()
    return None if row is None else entry_of(who, one.challenge_id, row)


def find(tx: Connection, who: MemberKey, challenge_id: str) -> Entry | None:
    """A member's entry."""
    row = tx.execute(_FIND, _key(who, challenge_id)).first()
    return None if row is None else entry_of(who, challenge_id, row)


def standing(tx: Connection, one: Challenge) -> Standing:
    """How many take part."""
    return Standing(*tx.execute(_STANDING, {"w": one.workspace_id, "c": one.challenge_id}).one())


def lines(tx: Connection, one: Challenge, most: int) -> list[Entry]:
    """Entries whose lines may be quoted, the earliest first."""
    rows = tx.execute(_LINES, {"w": one.workspace_id, "c": one.challenge_id, "most": most})
    return [entry_of(MemberKey(one.workspace_id, row.member_id), one.challenge_id, row) for row in rows]


def lines_for_organiser(tx: Connection, one: Challenge, most: int) -> list[Entry]:
    """Return entries whose lines only the organiser may read, the newest first."""
    rows = tx.execute(_FOR_ORGANISER, {"w": one.workspace_id, "c": one.challenge_id, "most": most})
    return [entry_of(MemberKey(one.workspace_id, row.member_id), one.challenge_id, row) for row in rows]


def with_id(tx: Connection, workspace_id: str, challenge_id: str, entry_id: str) -> Entry | None:
    """An entry by its own id; None once its member is forgotten or has left."""
    row = tx.execute(_LINE, {"w": workspace_id, "c": challenge_id, "e": entry_id}).first()
    return None if row is None else entry_of(MemberKey(workspace_id, row.member_id), challenge_id, row)


def standings(tx: Connection, keys: Collection[ChallengeKey]) -> dict[ChallengeKey, Standing]:
    """Return how many take part in each of these challenges; a challenge in which nobody does is left out."""
    rows = tx.execute(_STANDINGS, {"challenges": list(keys)})
    return {(workspace_id, challenge_id): Standing(*counts) for workspace_id, challenge_id, *counts in rows}


def without_quotes(tx: Connection, keys: Collection[ChallengeKey]) -> frozenset[str]:
    """Return the ids of those challenges that have lines to quote, none of which was picked for the recap."""
    return frozenset(tx.execute(_WITHOUT_QUOTES, {"challenges": list(keys)}).scalars())


@dataclass(frozen=True, slots=True)
class Wanted:
    """Entries to look up: by their own ids, by their members, and all lines of a challenge that may be quoted."""

    by_id: Collection[tuple[str, str, str]] = ()  # workspace, challenge, entry
    by_member: Collection[tuple[str, str, str]] = ()  # workspace, challenge, member
    quotable: Collection[ChallengeKey] = ()


def look_up(tx: Connection, wanted: Wanted, *, lock: bool) -> list[Entry]:
    """Return entries in one statement, the earliest done first.

    `lock`: nobody changes or deletes them before the transaction ends, and what is returned is what they say till then.
    """
    statement = _LOOK_UP_LOCKED if lock else _LOOK_UP
    values = {"entries": list(wanted.by_id), "members": list(wanted.by_member), "challenges": list(wanted.quotable)}
    rows = tx.execute(statement, values)
    return [entry_of(MemberKey(row.workspace_id, row.member_id), row.challenge_id, row) for row in rows]


def pick(tx: Connection, one: Challenge, entry_ids: Collection[str]) -> None:
    """These lines are for the recap, and no others."""
    tx.execute(_PICK, {"w": one.workspace_id, "c": one.challenge_id, "chosen": list(entry_ids)})


def undone(tx: Connection, one: Challenge, now: datetime) -> list[Undone]:
    """Who joined, has not done it, and may be told so by direct message."""
    rows = tx.execute(_UNDONE, {"w": one.workspace_id, "c": one.challenge_id, "now": now})
    return [Undone(row.member_id, row.zone, row.dm_channel) for row in rows]


def _new(who: MemberKey, one: Challenge, entry_id: str, now: datetime, done_at: datetime | None) -> dict[str, Any]:
    key = {**who._asdict(), "challenge_id": one.challenge_id, "entry_id": entry_id}
    return {**key, "joined_at": now, "done_at": done_at, "picked": False}


def _key(who: MemberKey, challenge_id: str) -> dict[str, str]:
    return {"w": who.workspace_id, "c": challenge_id, "m": who.member_id}


def entry_of(who: MemberKey, challenge_id: str, row: Row[*tuple[Any, ...]]) -> Entry:
    """A row with COLUMNS, as core knows it."""
    return Entry(
        who=who,
        challenge_id=challenge_id,
        entry_id=row.entry_id,
        joined_at=row.joined_at,
        done_at=row.done_at,
        line=row.line,
        sharing=None if row.sharing is None else Sharing(row.sharing),
        picked=row.picked,
    )
