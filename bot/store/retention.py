"""Retention: how long data is kept. What is older is found and deleted, a bounded number of rows in each statement.

All but `erase_workspace` work across all workspaces.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection, Table, and_, delete, or_, select, true, tuple_

from bot.core.member import MemberKey
from bot.core.outcomes import GONE
from bot.store import members
from bot.store.member_schema import NAMINGS, delivery, member
from bot.store.schema import ABOUT_NO_MEMBER, audit, event_seen, workspace
from bot.store.workspaces import IS_INSTALLED, REMOVED

LATELY = timedelta(hours=2)  # before a deletion, Slack must have refused the token again, unless the app was removed
MAX_MEMBERS, MAX_ROWS = 20, 500  # of a workspace that is erased, in one transaction


@dataclass(frozen=True, slots=True)
class Retention:
    departed: timedelta = timedelta(days=30)  # members who left, and workspaces from which the app was removed
    deliveries: timedelta = timedelta(days=90)  # after their end
    audit: timedelta = timedelta(days=400)


def sweep_expired(tx: Connection, now: datetime, *tables: Table) -> int:
    """Delete the rows of tables that say until when they are kept, and return how many; across all workspaces."""
    return sum(tx.execute(delete(table).where(table.c.until <= now)).rowcount for table in tables)


def sweep_old(tx: Connection, table: Table, before: datetime, now: datetime, most: int) -> int:
    """Delete events, deliveries or acts of admins from before this moment, and return how many; across all workspaces.

    Keep a delivery that prevents a second send: until its window ends, its key keeps it from being sent twice.
    """
    at = {event_seen: event_seen.c.seen_at, delivery: delivery.c.ended_at, audit: audit.c.at}[table]
    is_over = delivery.c.window_ends_at <= now if table is delivery else true()
    old = select(*table.primary_key.columns).where(at < before, is_over).order_by(at).limit(most)
    these = tuple_(*table.primary_key.columns).in_(old.with_for_update(skip_locked=True))
    return tx.execute(delete(table).where(these)).rowcount


def sweep_members(tx: Connection, rules: Retention, now: datetime, most: int) -> int:
    """Forget members who left long ago, and return how many; across all workspaces."""
    gone = select(member.c.workspace_id, member.c.member_id).where(member.c.left_at < now - rules.departed)
    some = gone.order_by(member.c.left_at).limit(most).with_for_update(skip_locked=True)
    left = sorted(MemberKey(*row) for row in tx.execute(some))
    for workspace_id, keys in groupby(left, key=lambda who: who.workspace_id):
        members.forget(tx, workspace_id, [who.member_id for who in keys])
    return len(left)


def sweep_workspaces(tx: Connection, rules: Retention, now: datetime) -> int:
    """Lock a workspace from which the app was removed long ago, and delete some of its rows; across all workspaces.

    Slack told so itself and no installation serves it, or Slack refuses the token since then, and did so again
    `LATELY`. A workspace in which somebody asked something since then is kept. Return how many rows there were; 0 if
    none are left.
    """
    before, its = now - rules.departed, workspace.c
    is_removed = and_(its.disconnected_why == REMOVED, ~IS_INSTALLED)
    is_refused = and_(its.disconnected_why.in_(GONE), its.refused_at >= now - LATELY)
    is_unheard = or_(its.heard_at.is_(None), its.heard_at < before)
    gone = select(its.workspace_id).where(its.disconnected_at < before, is_unheard, or_(is_removed, is_refused))
    longest = gone.order_by(its.disconnected_at).limit(1).with_for_update(skip_locked=True)
    workspace_id = tx.execute(longest).scalar()
    return 0 if workspace_id is None else erase_workspace(tx, workspace_id).total()


def erase_workspace(tx: Connection, workspace_id: str) -> Counter[str]:
    """Delete some rows of a workspace and return how many of each table; none are left once it returns an empty count.

    Members come first, and each goes with everything about them; the workspace's own row comes last.
    """
    here = select(member.c.member_id).where(member.c.workspace_id == workspace_id)
    some = tx.scalars(here.order_by(member.c.member_id).limit(MAX_MEMBERS).with_for_update()).all()
    if some:
        return members.forget(tx, workspace_id, some)
    for table in (delivery, *NAMINGS, *(each for each in ABOUT_NO_MEMBER if each is not workspace), workspace):
        rows = select(*table.primary_key.columns).where(table.c.workspace_id == workspace_id).limit(MAX_ROWS)
        if gone := tx.execute(delete(table).where(tuple_(*table.primary_key.columns).in_(rows))).rowcount:
            return Counter({table.name: gone})
    return Counter()
