"""Doubts about the token of a workspace: Slack has refused it, and is asked again until it accepts it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select, update

from bot.core.outcomes import GONE, LONGEST_PAUSE, back_off
from bot.store.installations import MAX_GAP
from bot.store.schema import workspace
from bot.store.types import Conditions
from bot.store.workspaces import IS_INSTALLED, NO_DOUBT, REMOVED

SENT_AGAIN = timedelta(minutes=10)  # after that, Slack sends no event again

_c = workspace.c


def doubt(tx: Connection, workspace_id: str, now: datetime) -> None:
    connected = update(workspace).where(_c.workspace_id == workspace_id, _c.disconnected_at.is_(None))
    tx.execute(connected.where(_c.ask_at.is_(None)).values(ask_at=now, refusals=0))


def ask_now(tx: Connection, workspace_ids: Collection[str], now: datetime) -> frozenset[str]:
    """Have Slack asked at once about those of these workspaces about which it is to be asked later; return them."""
    those = update(workspace).where(_c.workspace_id.in_(sorted(workspace_ids)), _c.ask_at.is_not(None))
    return frozenset(tx.scalars(those.values(ask_at=now).returning(_c.workspace_id)))


def is_silent(tx: Connection, workspace_id: str) -> bool:
    silent = select(_c.workspace_id).where(_c.workspace_id == workspace_id, _c.disconnected_at.is_not(None))
    return tx.execute(silent).first() is not None


def heard(tx: Connection, workspace_id: str, now: datetime, *, has_app: bool) -> None:
    """Note that somebody uses the bot in a workspace to which nothing is sent: its data stays for the days from now.

    Where the bot can answer, connect the workspace again, and have Slack asked about the token at once. Another process
    may have deleted that token since: then nothing connects. Where it can't, the first minutes after the removal do not
    count: Slack sends again what happened before.
    """
    silent = update(workspace).where(_c.workspace_id == workspace_id, _c.disconnected_at.is_not(None))
    tx.execute((silent if has_app else silent.where(_c.disconnected_at < now - SENT_AGAIN)).values(heard_at=now))
    if has_app:
        connected = {"disconnected_at": None, "disconnected_why": None, "ask_at": now, "refusals": 0}
        tx.execute(silent.where(or_(_c.ask_at.is_not(None), IS_INSTALLED)).values(connected))


def take(tx: Connection, now: datetime, lease: datetime, most: int) -> Sequence[str]:
    """Take the lease to ask Slack about the tokens of some workspaces until then; across all workspaces."""
    # Nothing is asked later than in an hour, so what is further ahead was written before a clock was set back.
    is_due = or_(_c.ask_at <= now, _c.ask_at > now + 2 * LONGEST_PAUSE)
    due = select(_c.workspace_id).where(is_due).order_by(_c.ask_at).limit(most).with_for_update(skip_locked=True)
    leased = update(workspace).where(_c.workspace_id.in_(due)).values(ask_at=lease)
    return tx.scalars(leased.returning(_c.workspace_id)).all()


def put_off(tx: Connection, workspace_id: str, lease: datetime, at: datetime) -> None:
    """Ask at another time, as Slack gave no answer. Change nothing for a process whose lease is over."""
    tx.execute(update(workspace).where(*_held(workspace_id, lease)).values(ask_at=at))


def accepted(tx: Connection, workspace_id: str, lease: datetime) -> bool:
    """Connect a workspace whose token Slack accepts. Return False if the lease is not this process's any more."""
    mine = update(workspace).where(*_held(workspace_id, lease))
    return tx.execute(mine.values(disconnected_at=None, disconnected_why=None, **NO_DOUBT)).rowcount > 0


def refused(tx: Connection, workspace_id: str, lease: datetime, why: str, now: datetime) -> str | None:
    """Disconnect a workspace whose token Slack refuses. Return why; None for a process whose lease is over.

    The days until a deletion begin anew where Slack said before that the app is still there, or was not asked for long.
    """
    held = _held(workspace_id, lease)
    known = (_c.disconnected_at, _c.disconnected_why, _c.refusals, _c.refused_at)
    row = tx.execute(select(*known).where(*held).with_for_update()).first()
    if row is None:
        return None
    alike = row.disconnected_at is not None and (row.disconnected_why in GONE) == (why in GONE)
    goes_on = alike and now - row.refused_at <= MAX_GAP
    times, since = (row.refusals + 1, row.disconnected_at) if goes_on else (1, now)
    counted = {"ask_at": now + back_off(times), "refusals": times, "refused_at": now}
    tx.execute(update(workspace).where(*held).values(**counted, disconnected_at=since, disconnected_why=why))
    return why


def _held(workspace_id: str, lease: datetime) -> Conditions:
    return _c.workspace_id == workspace_id, _c.ask_at == lease


def count_heard(tx: Connection, now: datetime) -> int:
    """Count disconnected workspaces in which somebody used the bot within a day; across all workspaces."""
    heard_lately = (_c.disconnected_at.is_not(None), _c.heard_at >= now - timedelta(days=1))
    return tx.execute(select(func.count()).where(*heard_lately)).scalar_one()


def disconnected(tx: Connection) -> Mapping[str, str]:
    """Return why workspaces are disconnected whose token Slack refused; across all workspaces."""
    are_refused = (_c.disconnected_at.is_not(None), _c.ask_at.is_not(None))
    rows = tx.execute(select(_c.workspace_id, _c.disconnected_why).where(*are_refused))
    return {row.workspace_id: row.disconnected_why for row in rows}


def removed_but_used(tx: Connection) -> Mapping[str, datetime]:
    """Return workspaces that were marked removed, and when somebody there last used the bot; across all workspaces."""
    used = select(_c.workspace_id, _c.heard_at).where(_c.disconnected_why == REMOVED, _c.heard_at.is_not(None))
    return {row.workspace_id: row.heard_at for row in tx.execute(used.order_by(_c.workspace_id))}
