"""Challenges: drafts, their life until they end, and what their live message says."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, bindparam, case, delete, exists, func, null, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.challenges import Challenge, ChallengeState, Entry, Standing
from bot.core.member import MemberKey
from bot.store import entries
from bot.store.dbtime import database_now
from bot.store.tables import challenge, entry, workspace
from bot.store.types import UtcDateTime

_c = challenge.c
WRITTEN = (
    _c.title, _c.task, _c.done_when, _c.channel, _c.ends_at, _c.starts_at, _c.template, _c.minutes, _c.skill,
    _c.question, _c.goal, _c.shows_entries, _c.calls_last, _c.private,
)  # fmt: skip
COLUMNS = (_c.workspace_id, _c.challenge_id, _c.started_by, *WRITTEN, _c.state, _c.postings, _c.ts)
_KEY = (_c.workspace_id == bindparam("w"), _c.challenge_id == bindparam("c"))
_TAKES_PART = and_(entry.c.workspace_id == _c.workspace_id, entry.c.challenge_id == _c.challenge_id)
_COUNTS = (func.count(entry.c.member_id).label("joined"), func.count(entry.c.done_at).label("done"))

_INSERT = insert(challenge)
_SAVE = _INSERT.on_conflict_do_update(
    index_elements=[_c.workspace_id, _c.challenge_id],
    set_={column.name: _INSERT.excluded[column.name] for column in WRITTEN},
    where=and_(_c.state == ChallengeState.DRAFT, _c.started_by == _INSERT.excluded.started_by),
).returning(_c.challenge_id)
_FIND = select(*COLUMNS).where(*_KEY)
_FIND_ALL = select(*COLUMNS).where(tuple_(_c.workspace_id, _c.challenge_id).in_(bindparam("keys", expanding=True)))
_LOCK = _FIND.with_for_update(read=True)
_POST = (
    update(challenge)
    .where(*_KEY, _c.state == ChallengeState.DRAFT)
    .values(
        state=ChallengeState.OPEN,
        starts_at=bindparam("starts"),
        postings=_c.postings + 1,
        shown=None,
        changes=0,
        update_after=None,
    )
    .returning(*COLUMNS)
)
_BACK_TO_DRAFT = (
    update(challenge)
    .where(*_KEY, _c.state == ChallengeState.OPEN, _c.ts.is_(None), _c.postings == bindparam("before"))
    .values(state=ChallengeState.DRAFT, starts_at=case((_c.starts_at > bindparam("now"), _c.starts_at), else_=null()))
)
_POSTED = (
    update(challenge)
    .where(*_KEY)
    .values(ts=bindparam("its_ts"), shown=bindparam("says"), update_after=bindparam("now"))
)
# Who presses the button of a live message shares its lock with all who do so at that moment; whoever would wait for
# one of them here, each would wait for the other. The next press finds it free.
_UNSEEN = select(_c.workspace_id, _c.challenge_id).where(*_KEY, _c.ts.is_(None)).with_for_update(skip_locked=True)
_SEEN = (
    update(challenge)
    .where(tuple_(_c.workspace_id, _c.challenge_id).in_(_UNSEEN))
    .values(ts=bindparam("its_ts"), shown=bindparam("says"), update_after=bindparam("now"))
    .returning(_c.challenge_id)
)
_END = (
    update(challenge)
    .where(*_KEY, _c.state == ChallengeState.OPEN)
    .values(state=bindparam("end"), ends_at=bindparam("now"))
    .returning(*COLUMNS)
)
_CLOSE_DUE = (
    update(challenge)
    .where(_c.state == ChallengeState.OPEN, _c.ends_at <= bindparam("now"))
    .values(state=ChallengeState.CLOSED)
    .returning(*COLUMNS)
)
_CALL_LAST = (
    update(challenge)
    .where(
        _c.state == ChallengeState.OPEN,
        _c.ends_at > bindparam("now"),
        _c.ends_at <= bindparam("horizon"),
        _c.calls_last.is_(True),
        _c.called_at.is_(None),
        _c.ts.is_not(None),
    )
    .values(called_at=bindparam("now"))
    .returning(*COLUMNS)
)
_mine = entry.alias("mine")
_MINE = tuple(_mine.c[column.name] for column in entries.COLUMNS)
_IS_MINE = and_(
    _mine.c.workspace_id == _c.workspace_id,
    _mine.c.challenge_id == _c.challenge_id,
    _mine.c.member_id == bindparam("m"),
)
_SEEN_BY = (
    select(*COLUMNS, *_COUNTS, *_MINE)
    .select_from(challenge.outerjoin(entry, _TAKES_PART).outerjoin(_mine, _IS_MINE))
    .where(
        _c.workspace_id == bindparam("w"),
        case(
            (_c.state == ChallengeState.DRAFT, _c.started_by == bindparam("m")),
            else_=and_(
                or_(_c.state == ChallengeState.OPEN, _c.ends_at > bindparam("since")),
                or_(_c.private.is_(False), _c.started_by == bindparam("m"), _mine.c.member_id.is_not(None)),
            ),
        ),
    )
    .group_by(*COLUMNS, *_MINE)
    .order_by(_c.ends_at, _c.challenge_id)
)
_REACHABLE = and_(
    workspace.c.workspace_id == _c.workspace_id,
    workspace.c.disconnected_at.is_(None),
    func.coalesce(workspace.c.held_until, 0.0) <= database_now(),
)
_LIVE = (
    select(*COLUMNS, _c.shown, *_COUNTS)
    .select_from(challenge.join(workspace, _REACHABLE).outerjoin(entry, _TAKES_PART))
    .where(_c.update_after <= bindparam("now"), _c.ts.is_not(None))
    .group_by(*COLUMNS, _c.shown)
)
_CLAIM_UPDATE = (
    update(challenge)
    .where(*_KEY, _c.update_after <= bindparam("now"), exists().where(_REACHABLE))
    .values(update_after=bindparam("later"))
    .returning(_c.challenge_id)
)
_SHOWED = (
    update(challenge)
    .where(*_KEY)
    .values(
        shown=bindparam("says"),
        changes=_c.changes + 1,
        update_after=case(
            (_c.changes + 1 < bindparam("quick"), bindparam("soon", type_=UtcDateTime)),
            else_=bindparam("later", type_=UtcDateTime),
        ),
    )
)
_DISCARD = delete(challenge).where(*_KEY, _c.state == ChallengeState.DRAFT, _c.started_by == bindparam("m"))
_DISCARD_ENTRIES = delete(entry).where(entry.c.workspace_id == bindparam("w"), entry.c.challenge_id == bindparam("c"))
_SWEEP = delete(challenge).where(
    _c.state == ChallengeState.DRAFT, or_(_c.started_by.is_(None), _c.ends_at < bindparam("before"))
)
_SWEEP_ENTRIES = delete(entry).where(~exists().where(_TAKES_PART))  # of somebody who joined before Slack refused it


class Seen(NamedTuple):
    """A challenge, how many take part, and what one member has to do with it."""

    challenge: Challenge
    standing: Standing
    entry: Entry | None


class NextChange(NamedTuple):
    """When a live message may change again: `soon` after each of the first changes, up to number `quick`.

    From then on `later`. None: never.
    """

    quick: int
    soon: datetime | None
    later: datetime | None


class Live(NamedTuple):
    """A challenge and how many take part, and what its live message says at present."""

    challenge: Challenge
    standing: Standing
    shown: str | None


def save(tx: Connection, draft: Challenge) -> bool:
    """Keeps a draft, new or changed; False if it is somebody else's, or no draft any more."""
    key = {"workspace_id": draft.workspace_id, "challenge_id": draft.challenge_id, "started_by": draft.started_by}
    written = {column.name: getattr(draft, column.name) for column in WRITTEN}
    return tx.execute(_SAVE, {**key, **written, "state": ChallengeState.DRAFT.value, "postings": 0}).first() is not None


def find(tx: Connection, workspace_id: str, challenge_id: str) -> Challenge | None:
    """One challenge."""
    row = tx.execute(_FIND, {"w": workspace_id, "c": challenge_id}).first()
    return None if row is None else challenge_of(row)


def find_all(tx: Connection, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Challenge]:
    """Return these challenges by workspace and id, in one statement."""
    found = map(challenge_of, tx.execute(_FIND_ALL, {"keys": list(keys)}))
    return {(one.workspace_id, one.challenge_id): one for one in found}


def lock(tx: Connection, workspace_id: str, challenge_id: str) -> Challenge | None:
    """The same, before something is stored about it: whoever ends it now waits until that is done."""
    row = tx.execute(_LOCK, {"w": workspace_id, "c": challenge_id}).first()
    return None if row is None else challenge_of(row)


def post(tx: Connection, draft: Challenge, starts_at: datetime) -> Challenge | None:
    """A draft becomes a challenge; None if that was done already."""
    row = tx.execute(_POST, {**_key(draft), "starts": starts_at}).first()
    return None if row is None else challenge_of(row)


def back_to_draft(tx: Connection, one: Challenge, postings: int, now: datetime) -> None:
    """Slack would not have it: nobody has seen it, and it can be changed; its start has come, so it is `at once`."""
    tx.execute(_BACK_TO_DRAFT, {**_key(one), "before": postings, "now": now})


def posted(tx: Connection, one: Challenge, ts: str, shown: str, now: datetime) -> None:
    """The live message is there, under this name, and says this."""
    tx.execute(_POSTED, {**_key(one), "its_ts": ts, "says": shown, "now": now})


def seen(tx: Connection, one: Challenge, ts: str, shown: str, now: datetime) -> bool:
    """The same, because somebody pressed its button; False if that is known, or others press it at this moment."""
    return tx.execute(_SEEN, {**_key(one), "its_ts": ts, "says": shown, "now": now}).first() is not None


def end(tx: Connection, one: Challenge, state: ChallengeState, now: datetime) -> Challenge | None:
    """Ends an open one at this moment; None if it had ended."""
    row = tx.execute(_END, {**_key(one), "end": state.value, "now": now}).first()
    return None if row is None else challenge_of(row)


def close_due(tx: Connection, now: datetime) -> list[Challenge]:
    """Closes all whose end has come, each once; across all workspaces."""
    return [challenge_of(row) for row in tx.execute(_CLOSE_DUE, {"now": now})]


def call_last(tx: Connection, now: datetime, horizon: datetime) -> list[Challenge]:
    """Those that end before the horizon and whose members are to be told, each once; across all workspaces."""
    return [challenge_of(row) for row in tx.execute(_CALL_LAST, {"now": now, "horizon": horizon})]


def seen_by(tx: Connection, who: MemberKey, since: datetime) -> list[Seen]:
    """What a member sees: all that are open, those that end after `since`, and their own drafts; likewise ordered."""
    rows = tx.execute(_SEEN_BY, {"w": who.workspace_id, "m": who.member_id, "since": since})
    return [
        Seen(
            challenge_of(row),
            Standing(row.joined, row.done),
            None if row.entry_id is None else entries.entry_of(who, row.challenge_id, row),
        )
        for row in rows
    ]


def live(tx: Connection, now: datetime) -> list[Live]:
    """Those whose live message may be changed at this moment; across all workspaces."""
    rows = tx.execute(_LIVE, {"now": now})
    return [Live(challenge_of(row), Standing(row.joined, row.done), row.shown) for row in rows]


def claim_update(tx: Connection, one: Challenge, now: datetime, later: datetime) -> bool:
    """Takes the right to change a live message, which nobody else gets until then.

    False if another has it, or if Slack said meanwhile that its workspace is to be left alone.
    """
    return tx.execute(_CLAIM_UPDATE, {**_key(one), "now": now, "later": later}).first() is not None


def showed(tx: Connection, one: Challenge, shown: str, next_change: NextChange) -> None:
    """Record what the live message says now, count the change, and set when the next one is allowed."""
    tx.execute(_SHOWED, {**_key(one), "says": shown, **next_change._asdict()})


def discard(tx: Connection, draft: Challenge, by: str) -> bool:
    """Deletes a draft, and who had joined it; False if it is somebody else's, or no draft any more."""
    gone = tx.execute(_DISCARD, {**_key(draft), "m": by}).rowcount > 0
    if gone:
        tx.execute(_DISCARD_ENTRIES, _key(draft))
    return gone


def sweep(tx: Connection, before: datetime) -> int:
    """Lets go of drafts that nobody posted, and of who had joined one; across all workspaces."""
    gone = tx.execute(_SWEEP, {"before": before}).rowcount
    if gone:
        tx.execute(_SWEEP_ENTRIES)
    return gone


def challenge_of(row: Row[*tuple[Any, ...]]) -> Challenge:
    """A row with COLUMNS, as core knows it."""
    values: Mapping[str, Any] = {column.name: getattr(row, column.name) for column in COLUMNS}
    return Challenge(**{**values, "state": ChallengeState(row.state)})


def _key(one: Challenge) -> dict[str, str]:
    return {"w": one.workspace_id, "c": one.challenge_id}
