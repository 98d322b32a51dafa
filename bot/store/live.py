"""SQL about live messages: which ones may change now, the lease to change one, and what it says."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, case, exists, or_, select, update

from bot.core.challenges import Challenge, Standing
from bot.store.challenges import COLUMNS, COUNTS, OF_CHALLENGE, TAKES_PART, challenge_of, key_of
from bot.store.member_schema import entry
from bot.store.schema import challenge, workspace
from bot.store.types import UtcDateTime
from bot.store.workspaces import IS_PAUSED

_c = challenge.c


class NextChange(NamedTuple):
    """When a live message may change again: `soon` after each of the first changes, up to number `quick`.

    From then on `later`. None: never.
    """

    quick: int
    soon: datetime | None
    later: datetime | None


class Live(NamedTuple):
    """A challenge, how many take part, and the short key of what its live message says."""

    challenge: Challenge
    standing: Standing
    shown: str | None


_REACHABLE = and_(workspace.c.workspace_id == _c.workspace_id, workspace.c.disconnected_at.is_(None), ~IS_PAUSED)
# Further ahead than `furthest`, it was put off before the clock was set back.
_MAY_CHANGE = or_(_c.update_after <= bindparam("now"), _c.update_after > bindparam("furthest"))
_LIVE = (
    select(*COLUMNS, _c.shown, *COUNTS)
    .select_from(challenge.join(workspace, _REACHABLE).outerjoin(entry, TAKES_PART))
    .where(_MAY_CHANGE, _c.ts.is_not(None))
    .group_by(*COLUMNS, _c.shown)
)


def live(tx: Connection, now: datetime, furthest: datetime) -> list[Live]:
    """Return challenges whose live message may be changed now, across all workspaces.

    A change that would have to wait beyond `furthest` was put off before the clock was set back: it waits no longer.
    """
    rows = tx.execute(_LIVE, {"now": now, "furthest": furthest})
    return [Live(challenge_of(row), Standing(row.joined, row.done), row.shown) for row in rows]


_CLAIM_UPDATE = (
    update(challenge)
    .where(*OF_CHALLENGE, _MAY_CHANGE, exists().where(_REACHABLE))
    .values(update_after=bindparam("later"))
    .returning(_c.challenge_id)
)


def claim_update(
    tx: Connection, challenge: Challenge, now: datetime, later: datetime, furthest: datetime
) -> datetime | None:
    """Take a lease on a live message: nobody else may change it until `later`. See `live` for `furthest`.

    Return its end, or None if another worker has the lease, or if the workspace is paused or disconnected.
    """
    values = {**key_of(challenge), "now": now, "later": later, "furthest": furthest}
    return later if tx.execute(_CLAIM_UPDATE, values).first() else None


_SHOWED = (
    update(challenge)
    .where(*OF_CHALLENGE)
    .values(
        shown=bindparam("says"),
        changes=_c.changes + 1,
        update_after=case(
            (_c.update_after != bindparam("lease", type_=UtcDateTime), _c.update_after),
            (_c.changes + 1 < bindparam("quick"), bindparam("soon", type_=UtcDateTime)),
            else_=bindparam("later", type_=UtcDateTime),
        ),
    )
)


def showed(tx: Connection, challenge: Challenge, shown: str, lease: datetime, next_change: NextChange) -> None:
    """Record what the live message says now, count the change, and set when the next one is allowed.

    A worker whose lease has run out leaves that to the one that has it now.
    """
    tx.execute(_SHOWED, {**key_of(challenge), "says": shown, "lease": lease, **next_change._asdict()})
