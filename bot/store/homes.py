"""Home tabs: who opened theirs, what it shows, and the lease to publish it anew."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, exists, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.store.member_schema import home
from bot.store.schema import workspace
from bot.store.types import UtcDateTime, database_now
from bot.store.workspaces import HOMES_ARE_PAUSED, IS_PAUSED

_c = home.c
_KEY = (_c.workspace_id == bindparam("w"), _c.member_id == bindparam("m"))
_KEYS = tuple_(_c.workspace_id, _c.member_id)


@dataclass(frozen=True, slots=True)
class ClaimedHome:
    """The Home of a member that this process alone may publish now. `token` is its fencing token.

    `shown` is a hash of what it shows, None if that is not known; `view_hash` is Slack's own name for it. `is_admin`:
    the desk belongs on it. `retry_at`: when another process tries, unless this one releases the Home before.
    """

    who: MemberKey
    token: str
    retry_at: datetime
    is_admin: bool
    shown: str | None
    view_hash: str | None


_INSERT = insert(home)
_OPEN = _INSERT.on_conflict_do_update(
    index_elements=[_c.workspace_id, _c.member_id],
    set_={name: _INSERT.excluded[name] for name in ("opened_at", "due_at", "shown", "view_hash")},
)


def opened(tx: Connection, who: MemberKey, shown: str | None, view_hash: str | None, now: datetime) -> None:
    """Store that a known member opened their Home, and what Slack says that it shows. It is then due at once."""
    values = {"opened_at": now, "due_at": now, "shown": shown, "view_hash": view_hash, "is_admin": False}
    tx.execute(_OPEN, {**who._asdict(), **values})


_ADMINS = select(_c.member_id).where(_c.workspace_id == bindparam("w"), _c.is_admin).order_by(_c.opened_at.desc())


def admins(tx: Connection, workspace_id: str) -> list[str]:
    """Return the ids of the admins who opened their Home, the latest first."""
    return list(tx.scalars(_ADMINS, {"w": workspace_id}))


_KEEP_OPEN = _INSERT.on_conflict_do_update(
    index_elements=[_c.workspace_id, _c.member_id],
    set_={name: _INSERT.excluded[name] for name in ("opened_at", "due_at")},
)


def used(tx: Connection, who: MemberKey, now: datetime) -> None:
    """Store that a known member clicked in their Home, so it is open. It is then due at once."""
    values = {"opened_at": now, "due_at": now, "shown": None, "view_hash": None, "is_admin": False}
    tx.execute(_KEEP_OPEN, {**who._asdict(), **values})


_IS_KEPT = select(_c.member_id).where(*_KEY)


def is_kept(tx: Connection, who: MemberKey) -> bool:
    return tx.execute(_IS_KEPT, {"w": who.workspace_id, "m": who.member_id}).first() is not None


_CHANGED = update(home).where(*_KEY).values(due_at=bindparam("now"))


def changed(tx: Connection, who: MemberKey, now: datetime) -> None:
    """Mark the Home of a member as due, if they ever opened it."""
    tx.execute(_CHANGED, {"w": who.workspace_id, "m": who.member_id, "now": now})


# One order for all transactions that mark several Homes: two of them never wait for each other.
_THESE = (
    select(_c.workspace_id, _c.member_id)
    .where(_c.workspace_id == bindparam("w"), _c.member_id.in_(bindparam("members", expanding=True)))
    .order_by(_c.workspace_id, _c.member_id)
    .with_for_update()
)
_MANY_CHANGED = update(home).where(_KEYS.in_(_THESE)).values(due_at=bindparam("now"))


def many_changed(tx: Connection, whose: Collection[MemberKey], now: datetime) -> None:
    for workspace_id, members in groupby(sorted(whose), key=lambda who: who.workspace_id):
        ids = [who.member_id for who in members]
        tx.execute(_MANY_CHANGED, {"w": workspace_id, "members": ids, "now": now})


_ALL_HERE = (
    select(_c.workspace_id, _c.member_id)
    .where(_c.workspace_id == bindparam("w"))
    .order_by(_c.workspace_id, _c.member_id)
    .with_for_update()
)
_ALL_CHANGED = update(home).where(_KEYS.in_(_ALL_HERE)).values(due_at=bindparam("now"))


def all_changed(tx: Connection, workspace_id: str, now: datetime) -> None:
    tx.execute(_ALL_CHANGED, {"w": workspace_id, "now": now})


_AFTER, _UNTIL = (tuple_(bindparam(f"{place}_w"), bindparam(f"{place}_m")) for place in ("after", "until"))
_NEXT_HOMES = (
    select(_c.workspace_id, _c.member_id)
    .where(_KEYS > _AFTER)
    .order_by(_c.workspace_id, _c.member_id)
    .limit(bindparam("most"))
    .with_for_update()
)
_THESE_CHANGED = update(home).where(_KEYS > _AFTER, _KEYS <= _UNTIL).values(due_at=bindparam("now"))


MAX_MARKED = 2000  # Homes in one transaction, so that it takes no longer than a statement may, however many there are
FIRST = MemberKey("", "")  # comes before every member


def everywhere_changed(
    tx: Connection, now: datetime, after: MemberKey = FIRST, most: int = MAX_MARKED
) -> MemberKey | None:
    """Mark the Homes that follow this member's, across all workspaces. Return whose was the last; None if none was."""
    place = {"after_w": after.workspace_id, "after_m": after.member_id}
    found = tx.execute(_NEXT_HOMES, {**place, "most": most}).all()
    if not found:
        return None
    last = MemberKey(*found[-1])
    tx.execute(_THESE_CHANGED, {**place, "until_w": last.workspace_id, "until_m": last.member_id, "now": now})
    return last


_SET_ADMIN = (
    update(home)
    .where(*_KEY, _c.is_admin != bindparam("now_admin"))
    .values(is_admin=bindparam("now_admin"), due_at=bindparam("now"))
)


def set_admin(tx: Connection, who: MemberKey, now: datetime, *, is_admin: bool) -> bool:
    """Set whether the desk is on a member's Home. Return False if nothing changed."""
    values = {"w": who.workspace_id, "m": who.member_id, "now_admin": is_admin, "now": now}
    return tx.execute(_SET_ADMIN, values).rowcount > 0


_REACHABLE = exists().where(
    workspace.c.workspace_id == _c.workspace_id, workspace.c.disconnected_at.is_(None), ~IS_PAUSED, ~HOMES_ARE_PAUSED
)
_FREE = or_(_c.lease_until.is_(None), _c.lease_until <= database_now())
_MAY_BE_PUBLISHED = (_c.due_at <= bindparam("now"), _c.opened_at >= bindparam("since"), _FREE, _REACHABLE)
_LEASE: dict[str, Any] = {
    "claim_token": bindparam("token"),
    "lease_until": database_now() + bindparam("lease"),
    "due_at": bindparam("retry_at", type_=UtcDateTime),
}
_CLAIM = (
    update(home)
    .where(
        _KEYS.in_(
            select(_c.workspace_id, _c.member_id)
            .where(*_MAY_BE_PUBLISHED)
            .order_by(_c.opened_at.desc())
            .limit(bindparam("most"))
            .with_for_update(skip_locked=True)
        )
    )
    .values(**_LEASE)
    .returning(_c.workspace_id, _c.member_id, _c.is_admin, _c.shown, _c.view_hash)
)
_CLAIM_ONE = (
    update(home)
    .where(*_KEY, *_MAY_BE_PUBLISHED)
    .values(**_LEASE)
    .returning(_c.workspace_id, _c.member_id, _c.is_admin, _c.shown, _c.view_hash)
)


@dataclass(frozen=True, slots=True)
class Lease:
    """What a claim takes: its token, how many seconds it holds, and which Homes are still published to."""

    token: str
    seconds: float
    now: datetime
    retry_at: datetime
    since: datetime  # Homes that were last opened before are left alone


def claim(tx: Connection, lease: Lease, most: int) -> list[ClaimedHome]:
    """Claim Homes that are due, those opened last first; across all workspaces."""
    return [_claimed(row, lease) for row in tx.execute(_CLAIM, {**_values(lease), "most": most})]


def claim_one(tx: Connection, who: MemberKey, lease: Lease) -> ClaimedHome | None:
    """Claim the Home of a member. Return None if it is not due, or if another process publishes it."""
    row = tx.execute(_CLAIM_ONE, {**_values(lease), "w": who.workspace_id, "m": who.member_id}).first()
    return None if row is None else _claimed(row, lease)


def _values(lease: Lease) -> dict[str, Any]:
    return {
        "token": lease.token,
        "lease": lease.seconds,
        "now": lease.now,
        "retry_at": lease.retry_at,
        "since": lease.since,
    }


def _claimed(row: Any, lease: Lease) -> ClaimedHome:  # noqa: ANN401 - a row of a claim
    who = MemberKey(row.workspace_id, row.member_id)
    return ClaimedHome(who, lease.token, lease.retry_at, row.is_admin, row.shown, row.view_hash)


_RELEASE = (
    update(home)
    .where(*_KEY, _c.claim_token == bindparam("token"))
    .values(
        claim_token=None,
        lease_until=None,
        shown=bindparam("now_shown"),
        view_hash=bindparam("now_hash"),
        # A change since the claim has made the Home due again; that stays.
        due_at=case(
            (_c.due_at == bindparam("retry_at", type_=UtcDateTime), bindparam("then", type_=UtcDateTime)),
            else_=_c.due_at,
        ),
    )
)


def release(
    tx: Connection, claimed: ClaimedHome, shown: str | None, view_hash: str | None, due_at: datetime | None
) -> None:
    """End a claim: record what the Home shows, and when to look at it again (None: when it is opened or changes)."""
    who = claimed.who
    key = {"w": who.workspace_id, "m": who.member_id, "token": claimed.token, "retry_at": claimed.retry_at}
    tx.execute(_RELEASE, {**key, "now_shown": shown, "now_hash": view_hash, "then": due_at})


_SWEEP = delete(home).where(
    _KEYS.in_(
        select(_c.workspace_id, _c.member_id)
        .where(_c.opened_at < bindparam("before"))
        .order_by(_c.workspace_id, _c.member_id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
)


def sweep(tx: Connection, before: datetime, most: int) -> int:
    """Delete what is kept about Homes that were last opened before this moment; across all workspaces."""
    return tx.execute(_SWEEP, {"before": before, "most": most}).rowcount
