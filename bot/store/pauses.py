"""What is paused in a workspace, for all processes: posts, its Homes, and questions about its members.

Slack limits each method by itself, so the Homes of a workspace have a pause of their own. All are seconds since 1970
by the database's clock. A clock that is set back leaves them in the future, so each is ignored where it lies further
ahead than this module ever writes it.
"""

from collections.abc import Collection

from sqlalchemy import Column, ColumnElement, Connection, Update, bindparam, case, func, select, update

from bot.store.schema import workspace
from bot.store.types import database_now, later_of

MAX_PAUSE = 3600.0  # seconds; Slack's Retry-After is seconds to minutes


def _is_ahead(until: Column[float]) -> ColumnElement[bool]:
    return func.coalesce(until, 0.0).between(database_now(), database_now() + MAX_PAUSE)


IS_PAUSED = _is_ahead(workspace.c.paused_until)
HOMES_ARE_PAUSED = _is_ahead(workspace.c.homes_paused_until)
IS_ASKED_ABOUT = _is_ahead(workspace.c.next_ask_at)


def _pause(until: Column[float]) -> Update:
    later = later_of(case((_is_ahead(until), until), else_=0.0), database_now() + bindparam("seconds"))
    return update(workspace).where(workspace.c.workspace_id == bindparam("w")).values({until: later})


_PAUSE, _PAUSE_HOMES = _pause(workspace.c.paused_until), _pause(workspace.c.homes_paused_until)


def pause(tx: Connection, workspace_id: str, seconds: float) -> None:
    """Pause the workspace for all workers, for MAX_PAUSE at most. A longer pause that is there already stays."""
    tx.execute(_PAUSE, {"w": workspace_id, "seconds": min(seconds, MAX_PAUSE)})


def pause_homes(tx: Connection, workspace_id: str, seconds: float) -> None:
    """Pause the Homes of the workspace as `pause` does. Messages still go."""
    tx.execute(_PAUSE_HOMES, {"w": workspace_id, "seconds": min(seconds, MAX_PAUSE)})


_FREE_TO_ASK = (
    select(workspace.c.workspace_id)
    .where(workspace.c.workspace_id.in_(bindparam("these", expanding=True)), ~IS_ASKED_ABOUT)
    .order_by(workspace.c.workspace_id)
    .with_for_update(key_share=True, skip_locked=True)
)
_BEGIN_ASKING = (
    update(workspace)
    .where(workspace.c.workspace_id.in_(_FREE_TO_ASK))
    .values(next_ask_at=database_now() + bindparam("lease"))
    .returning(workspace.c.workspace_id, workspace.c.next_ask_at)
)
_END_ASKING = (
    update(workspace)
    .where(workspace.c.workspace_id == bindparam("w"), workspace.c.next_ask_at == bindparam("lease_until"))
    .values(next_ask_at=bindparam("then"))
)


def begin_asking(tx: Connection, workspace_ids: Collection[str], lease: float) -> dict[str, float]:
    """Let one worker ask Slack about the members of these workspaces, but for those where another one does so.

    Return until when each lease of so many seconds lasts. This is its fencing token too.
    """
    rows = tx.execute(_BEGIN_ASKING, {"these": sorted(workspace_ids), "lease": lease})
    return {row.workspace_id: row.next_ask_at for row in rows}


def end_asking(tx: Connection, workspace_id: str, lease_until: float, then: float) -> None:
    """End a lease: from `then` on, any worker may ask again. A lease that another worker took over is left alone."""
    tx.execute(_END_ASKING, {"w": workspace_id, "lease_until": lease_until, "then": then})
