"""Doubts about the token of a workspace: Slack has refused it, and is asked again until it accepts it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, exists, func, or_, select, update

from bot.core.outcomes import GONE, LONGEST_PAUSE, back_off
from bot.store.schema import installation, workspace
from bot.store.workspaces import NO_DOUBT

MAX_GAP = timedelta(days=2)  # between two answers, so that they count as one and the same
REVOKED, NO_REFRESH = "token_revoked", "refresh token lost"

_c = workspace.c
_THIS = _c.workspace_id == bindparam("which")
_DOUBT = (
    update(workspace)
    .where(_THIS, _c.ask_at.is_(None), _c.disconnected_at.is_(None))
    .values(ask_at=bindparam("now"), refusals=0)
)
# Nothing is asked later than in an hour, so what is further ahead was written before a clock was set back.
_DUE = (
    select(_c.workspace_id)
    .where(or_(_c.ask_at <= bindparam("now"), _c.ask_at > bindparam("too_late")))
    .order_by(_c.ask_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKE = update(workspace).where(_c.workspace_id.in_(_DUE)).values(ask_at=bindparam("until")).returning(_c.workspace_id)
_MINE = (_THIS, _c.ask_at == bindparam("lease"))
_PUT_OFF = update(workspace).where(*_MINE).values(ask_at=bindparam("at"))
_ACCEPTED = (
    update(workspace)
    .where(*_MINE)
    .values(disconnected_at=None, disconnected_why=None, **NO_DOUBT)
    .returning(_c.workspace_id)
)
_LOST_ITS_REFRESH = exists().where(
    installation.c.workspace_id == _c.workspace_id,
    installation.c.token.is_not(None),
    installation.c.refresh_token.is_(None),
    installation.c.expires_at.is_not(None),
)
_HELD = (
    select(
        _c.disconnected_at, _c.disconnected_why, _c.refusals, _c.refused_at, _LOST_ITS_REFRESH.label("lost_its_refresh")
    )
    .where(*_MINE)
    .with_for_update(of=workspace)
)
_REFUSED = (
    update(workspace)
    .where(*_MINE)
    .values(
        ask_at=bindparam("at"),
        refusals=bindparam("times"),
        refused_at=bindparam("now"),
        disconnected_at=bindparam("since"),
        disconnected_why=bindparam("why"),
    )
)
_IS_DOUBTED = select(_THIS & _c.ask_at.is_not(None)).where(_THIS)
_HEARD = (
    update(workspace)
    .where(_THIS, _c.ask_at.is_not(None))
    .values(disconnected_at=None, disconnected_why=None, ask_at=bindparam("now"), refusals=0, heard_at=bindparam("now"))
)
_COUNT_HEARD = select(func.count()).where(_c.disconnected_at.is_not(None), _c.heard_at >= bindparam("since"))
_REFUSED_SINCE = select(_c.workspace_id, _c.disconnected_why).where(
    _c.disconnected_at.is_not(None), _c.ask_at.is_not(None)
)


def doubt(tx: Connection, workspace_id: str, now: datetime) -> None:
    tx.execute(_DOUBT, {"which": workspace_id, "now": now})


def is_doubted(tx: Connection, workspace_id: str) -> bool:
    return bool(tx.execute(_IS_DOUBTED, {"which": workspace_id}).scalar())


def heard(tx: Connection, workspace_id: str, now: datetime) -> None:
    """Connect a doubted workspace in which somebody uses the bot, and have Slack asked again at once."""
    tx.execute(_HEARD, {"which": workspace_id, "now": now})


def take(tx: Connection, now: datetime, lease: datetime, most: int) -> Sequence[str]:
    """Take the lease to ask Slack about the tokens of some workspaces until then; across all workspaces."""
    too_late = now + 2 * LONGEST_PAUSE
    return tx.scalars(_TAKE, {"now": now, "until": lease, "too_late": too_late, "most": most}).all()


def put_off(tx: Connection, workspace_id: str, lease: datetime, at: datetime) -> None:
    """Ask at another time, as Slack gave no answer. Change nothing for a process whose lease is over."""
    tx.execute(_PUT_OFF, {"which": workspace_id, "lease": lease, "at": at})


def accepted(tx: Connection, workspace_id: str, lease: datetime) -> bool:
    """Connect a workspace whose token Slack accepts. Return False if the lease is not this process's any more."""
    return tx.execute(_ACCEPTED, {"which": workspace_id, "lease": lease}).first() is not None


def refused(tx: Connection, workspace_id: str, lease: datetime, why: str, now: datetime) -> str | None:
    """Disconnect a workspace whose token Slack refuses. Return why; None for a process whose lease is over.

    The days until a deletion begin anew where Slack said before that the app is still there, or was not asked for long.
    """
    row = tx.execute(_HELD, {"which": workspace_id, "lease": lease}).first()
    if row is None:
        return None
    if why == REVOKED and row.lost_its_refresh:
        why = NO_REFRESH  # Slack revokes older tokens when it issues new ones, and those got lost
    alike = row.disconnected_at is not None and (row.disconnected_why in GONE) == (why in GONE)
    goes_on = alike and now - row.refused_at <= MAX_GAP
    times, since = (row.refusals + 1, row.disconnected_at) if goes_on else (1, now)
    at = now + back_off(times)
    values = {"which": workspace_id, "lease": lease, "why": why, "now": now, "since": since, "at": at, "times": times}
    tx.execute(_REFUSED, values)
    return why


def count_heard(tx: Connection, now: datetime) -> int:
    """Count disconnected workspaces in which somebody used the bot within a day; across all workspaces."""
    return tx.execute(_COUNT_HEARD, {"since": now - timedelta(days=1)}).scalar_one()


def disconnected(tx: Connection) -> Mapping[str, str]:
    """Return why workspaces are disconnected whose token Slack refused; across all workspaces."""
    return {row.workspace_id: row.disconnected_why for row in tx.execute(_REFUSED_SINCE)}
