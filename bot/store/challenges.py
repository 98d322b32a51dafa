"""SQL about challenges: drafts, states, and their live messages: what each says, and the lease to change one."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, case, delete, exists, func, literal, or_, select, tuple_, update

from bot.core.challenges import Challenge, ChallengeState, Entry, Standing
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState
from bot.store import entries
from bot.store.member_schema import entry
from bot.store.schema import challenge, workspace
from bot.store.types import Conditions, UtcDateTime, upsert
from bot.store.workspaces import IS_PAUSED

_c = challenge.c
WRITTEN = (
    _c.title, _c.task, _c.done_when, _c.channel, _c.ends_at, _c.starts_at, _c.template, _c.minutes, _c.skill,
    _c.question, _c.private, _c.team_id,
)  # fmt: skip
COLUMNS = (
    _c.workspace_id, _c.challenge_id, _c.started_by, *WRITTEN, _c.state, _c.postings, _c.ts, _c.recap_ts, _c.revision,
)  # fmt: skip
TAKES_PART = and_(entry.c.workspace_id == _c.workspace_id, entry.c.challenge_id == _c.challenge_id)
IS_PROJECT = _c.team_id.is_not(None)
JOINED, DONE = func.count(entry.c.member_id), func.count(entry.c.done_at)
COUNTS = ((_c.joined_before + JOINED).label("joined"), (_c.done_before + DONE).label("done"))


class Seen(NamedTuple):
    """A challenge, one member's entry, and the state of its live message's delivery if that is looked up."""

    challenge: Challenge
    entry: Entry | None
    posting: DeliveryState | None = None


def save(tx: Connection, draft: Challenge) -> bool:
    """Store a draft, new or changed. Return False if it is somebody else's, or no longer a draft."""
    key = {"workspace_id": draft.workspace_id, "challenge_id": draft.challenge_id, "started_by": draft.started_by}
    written = {column.name: getattr(draft, column.name) for column in WRITTEN}
    new = {**key, **written, "state": ChallengeState.DRAFT, "postings": 0}
    is_theirs = (_c.state == ChallengeState.DRAFT, _c.started_by == draft.started_by)
    saved = upsert(challenge, new, written, *is_theirs)
    return tx.execute(saved.returning(_c.challenge_id)).first() is not None


def find(tx: Connection, workspace_id: str, challenge_id: str, *, lock: bool = False) -> Challenge | None:
    """Return a challenge. `lock`: share a lock of it until the transaction ends: to end it, others wait for that."""
    this = select(*COLUMNS).where(_c.workspace_id == workspace_id, _c.challenge_id == challenge_id)
    row = tx.execute(this.with_for_update(read=True) if lock else this).first()
    return None if row is None else challenge_of(row)


def find_all(tx: Connection, workspace_id: str, ids: Collection[str]) -> list[Challenge]:
    these = select(*COLUMNS).where(_c.workspace_id == workspace_id, _c.challenge_id.in_(ids))
    return [challenge_of(row) for row in tx.execute(these)]


# Let the messages of a team's project be changed soon. A worker that is changing them keeps its lease.
_CHANGED = {"revision": _c.revision + 1, "update_after": func.coalesce(_c.update_after, _c.starts_at)}


def change(tx: Connection, workspace_id: str, challenge_id: str) -> Challenge | None:
    """Return and lock a team's project of which a member is about to change what they show."""
    this = update(challenge).where(_c.workspace_id == workspace_id, _c.challenge_id == challenge_id, IS_PROJECT)
    row = tx.execute(this.values(**_CHANGED).returning(*COLUMNS)).first()
    return None if row is None else challenge_of(row)


def projects_of(tx: Connection, workspace_id: str, team_id: str, since: datetime) -> list[Challenge]:
    """Return the projects of a team that were posted and are open or ended after this moment, the latest first."""
    its = (_c.workspace_id == workspace_id, _c.team_id == team_id, _c.state != ChallengeState.DRAFT)
    latest = select(*COLUMNS).where(*its, _c.ends_at > since).order_by(_c.ends_at.desc(), _c.challenge_id)
    return [challenge_of(row) for row in tx.execute(latest)]


def shown_to(
    tx: Connection, who: MemberKey, team_ids: Collection[str], since: datetime, *, lock: bool = False
) -> list[Seen]:
    """Return what was shown of these teams' projects that were on since then, and all of this member's, latest first.

    `lock`: nobody takes any of it back until the transaction ends.
    """
    of_team = and_(_c.team_id.in_(team_ids), entry.c.done_at.is_not(None), _c.ends_at > since)
    here = (_c.workspace_id == who.workspace_id, IS_PROJECT, or_(of_team, entry.c.member_id == who.member_id))
    shown = select(*COLUMNS, entry.c.member_id, *entries.COLUMNS).select_from(challenge.join(entry, TAKES_PART))
    latest = shown.where(*here).order_by(entry.c.done_at.desc(), entry.c.entry_id)
    rows = tx.execute(latest.with_for_update(read=True, of=entry) if lock else latest)
    of = ((row, MemberKey(who.workspace_id, row.member_id)) for row in rows)
    return [Seen(challenge_of(row), entries.entry_of(author, row)) for row, author in of]


def standing(tx: Connection, found: Challenge) -> Standing:
    """Return how many joined and did it, who was forgotten too: one statement sees all of a forgetting, or nothing."""
    counted = select(*COUNTS).select_from(challenge.outerjoin(entry, TAKES_PART)).where(*_is(found))
    return Standing(*tx.execute(counted.group_by(_c.workspace_id, _c.challenge_id)).one())


def count_on(tx: Connection, workspace_id: str, ids: Collection[str]) -> None:
    """Let these members count on where they take part, without a row of theirs; they are about to be forgotten.

    What they showed of a team's project leaves its messages.
    """
    these = (entry.c.workspace_id == workspace_id, entry.c.member_id.in_(ids))
    theirs = select(entry.c.challenge_id, JOINED.label("joined"), DONE.label("done")).where(*these)
    # One order for all transactions prevents deadlocks.
    for row in tx.execute(theirs.group_by(entry.c.challenge_id).order_by(entry.c.challenge_id)).all():
        its = update(challenge).where(_c.workspace_id == workspace_id, _c.challenge_id == row.challenge_id)
        tx.execute(its.values(joined_before=_c.joined_before + row.joined, done_before=_c.done_before + row.done))
        change(tx, workspace_id, row.challenge_id)


def _is(found: Challenge) -> Conditions:
    return _c.workspace_id == found.workspace_id, _c.challenge_id == found.challenge_id


def post(tx: Connection, draft: Challenge, starts_at: datetime) -> Challenge | None:
    """Open a draft. Return None if it is no longer a draft."""
    opened = {"state": ChallengeState.OPEN, "starts_at": starts_at, "postings": _c.postings + 1}
    anew = {"shown": None, "update_after": None}
    draft_ = update(challenge).where(*_is(draft), _c.state == ChallengeState.DRAFT)
    row = tx.execute(draft_.values({**opened, **anew}).returning(*COLUMNS)).first()
    return None if row is None else challenge_of(row)


def back_to_draft(tx: Connection, found: Challenge, postings: int) -> None:
    """Turn a challenge that Slack refused back into a draft."""
    unposted = (_c.state == ChallengeState.OPEN, _c.ts.is_(None), _c.postings == postings)
    tx.execute(update(challenge).where(*_is(found), *unposted).values(state=ChallengeState.DRAFT, starts_at=None))


def recapped(tx: Connection, found: Challenge, ts: str) -> None:
    """Record the recap of a team's project. It is drawn once more, as something may have changed since it was sent."""
    tx.execute(update(challenge).where(*_is(found)).values(recap_ts=ts, **_CHANGED))


def posted(tx: Connection, found: Challenge, ts: str, shown: str, now: datetime, *, by_a_click: bool = False) -> bool:
    """Record the live message's `ts` and the short key of what it says.

    Every click on a live message holds a shared lock of its row. Two clicks that waited here for each other's lock
    would deadlock, so `by_a_click` skips a locked row; the next click finds it free. Return False for one that is
    skipped, or known.
    """
    unknown = select(_c.workspace_id, _c.challenge_id).where(*_is(found), _c.ts.is_(None))
    free = tuple_(_c.workspace_id, _c.challenge_id).in_(unknown.with_for_update(skip_locked=True))
    this = update(challenge).where(free) if by_a_click else update(challenge).where(*_is(found))
    return tx.execute(this.values(ts=ts, shown=shown, update_after=now)).rowcount > 0


def end(tx: Connection, found: Challenge, state: ChallengeState, now: datetime) -> Challenge | None:
    """End an open challenge now. Return None if it had ended."""
    open_ = update(challenge).where(*_is(found), _c.state == ChallengeState.OPEN)
    row = tx.execute(open_.values(state=state, ends_at=now).returning(*COLUMNS)).first()
    return None if row is None else challenge_of(row)


def close_due(tx: Connection, now: datetime) -> list[Challenge]:
    """Close all challenges whose end has come, across all workspaces. Return each only once."""
    due = update(challenge).where(_c.state == ChallengeState.OPEN, _c.ends_at <= now)
    closed = due.values(state=ChallengeState.CLOSED).returning(*COLUMNS)
    return [challenge_of(row) for row in tx.execute(closed)]


def seen_by(tx: Connection, who: MemberKey, since: datetime) -> list[Seen]:
    """Return what concerns a member: open challenges, their own that ended after `since`, and their drafts.

    Private ones are shown to their starter and to who takes part. Nobody else's entries are read.
    """
    is_open, is_own = _c.state == ChallengeState.OPEN, _c.started_by == who.member_id
    is_known = or_(and_(is_open, _c.private.is_(False)), is_own, entry.c.member_id.is_not(None))
    concerns = and_(~IS_PROJECT, or_(is_open, _c.ends_at > since), is_known)
    theirs = challenge.outerjoin(entry, and_(TAKES_PART, entry.c.member_id == who.member_id))
    seen = (
        select(*COLUMNS, *entries.COLUMNS)
        .select_from(theirs)
        .where(_c.workspace_id == who.workspace_id, case((_c.state == ChallengeState.DRAFT, is_own), else_=concerns))
    )
    rows = tx.execute(seen.order_by(_c.ends_at, _c.challenge_id))
    return [Seen(challenge_of(row), None if row.entry_id is None else entries.entry_of(who, row)) for row in rows]


def discard(tx: Connection, draft: Challenge, by: str) -> bool:
    """Delete a draft with its entries. Return False if it is somebody else's, or no longer a draft."""
    own = delete(challenge).where(*_is(draft), _c.state == ChallengeState.DRAFT, _c.started_by == by)
    gone = tx.execute(own).rowcount > 0
    if gone:
        its = (entry.c.workspace_id == draft.workspace_id, entry.c.challenge_id == draft.challenge_id)
        tx.execute(delete(entry).where(*its))
    return gone


def sweep(tx: Connection, before: datetime) -> int:
    """Delete drafts that were never posted, across all workspaces. Return their number.

    With them go the entries of members who joined before Slack refused to post it.
    """
    is_old = or_(_c.started_by.is_(None), _c.ends_at < before)
    drafts = delete(challenge).where(_c.state == ChallengeState.DRAFT, is_old)
    gone = [tuple(row) for row in tx.execute(drafts.returning(_c.workspace_id, _c.challenge_id))]
    if gone:
        tx.execute(delete(entry).where(tuple_(entry.c.workspace_id, entry.c.challenge_id).in_(gone)))
    return len(gone)


def challenge_of(row: Any) -> Challenge:  # noqa: ANN401 - a row
    """Return the Challenge of a row that begins with COLUMNS, which stand in the order of its fields."""
    return replace(Challenge(*row[: len(COLUMNS)]), state=ChallengeState(row.state))


class Live(NamedTuple):
    """A challenge, how many take part, and the short key of what its live message says."""

    challenge: Challenge
    standing: Standing
    shown: str | None


_REACHABLE = and_(workspace.c.workspace_id == _c.workspace_id, workspace.c.disconnected_at.is_(None), ~IS_PAUSED)


def live(tx: Connection, now: datetime, furthest: datetime) -> list[Live]:
    """Return challenges whose live message may be changed now, across all workspaces.

    A change that would have to wait beyond `furthest` was put off before the clock was set back: it waits no longer.
    """
    sent = or_(_c.ts.is_not(None), _c.recap_ts.is_not(None))
    joined = challenge.join(workspace, _REACHABLE).outerjoin(entry, TAKES_PART)
    found = select(*COLUMNS, _c.shown, *COUNTS).select_from(joined)
    due = found.where(or_(_c.update_after <= now, _c.update_after > furthest), sent)
    rows = tx.execute(due.group_by(*COLUMNS, _c.shown, _c.joined_before, _c.done_before))
    return [Live(challenge_of(row), Standing(row.joined, row.done), row.shown) for row in rows]


def claim_update(tx: Connection, found: Challenge, now: datetime, later: datetime, furthest: datetime) -> bool:
    """Take a lease on a live message: nobody else may change it until `later`. See `live` for `furthest`.

    Return False if another worker has the lease, or if the workspace is paused or disconnected.
    """
    is_due = or_(_c.update_after <= now, _c.update_after > furthest)
    free = update(challenge).where(*_is(found), is_due, exists().where(_REACHABLE))
    return tx.execute(free.values(update_after=later)).rowcount > 0


def showed(tx: Connection, found: Challenge, shown: str, lease: datetime, then: datetime) -> None:
    """Record what the live message says now. The next change may follow `then`; none follows after the end.

    A team's project changes once more after the end if something was taken back meanwhile. A worker whose lease has run
    out leaves that to the one that has it now.
    """
    is_over = and_(literal(found.state is not ChallengeState.OPEN), _c.revision == found.revision)
    next_at = case((_c.update_after != lease, _c.update_after), (is_over, None), else_=literal(then, UtcDateTime))
    tx.execute(update(challenge).where(*_is(found)).values(shown=shown, update_after=next_at))
