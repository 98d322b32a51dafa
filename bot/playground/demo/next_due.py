"""Find the moment at which the bot has to do something next, so that the playground's clock can go there."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, func, or_, select, true

from bot.core.challenges import LAST_CALL, ChallengeState
from bot.core.outbox import DeliveryState
from bot.store.member_schema import delivery, lead, schedule
from bot.store.schema import challenge, workspace

_s, _d, _l, _c = schedule.c, delivery.c, lead.c, challenge.c
_CONNECTED = select(workspace.c.workspace_id).where(workspace.c.disconnected_at.is_(None))
_IS_OPEN = _c.state == ChallengeState.OPEN
_CALLS = (_IS_OPEN, _c.calls_last.is_(True), _c.called_at.is_(None), _c.ts.is_not(None))


def next_due(tx: Connection, after: datetime, members: Collection[str] | None = None) -> datetime | None:
    """Return the first moment after `after` at which something is due; None if nothing is planned.

    With `members`, other members' tips and messages do not count; challenges and channels always do.
    """

    def first(column: Column[datetime], *where: ColumnElement[bool], after: datetime = after) -> datetime | None:
        return tx.scalar(select(func.min(column)).where(column > after, *where))

    def theirs(column: Column[str]) -> ColumnElement[bool]:
        return true() if members is None else column.in_(members)

    calls_at = first(_c.ends_at, *_CALLS, after=after + LAST_CALL)
    is_planned = (_d.state == DeliveryState.PLANNED, _d.window_ends_at > _d.try_at, _d.workspace_id.in_(_CONNECTED))
    moments = (
        first(_s.next_due_at, _s.workspace_id.in_(_CONNECTED), theirs(_s.member_id)),
        first(_d.try_at, *is_planned, or_(_d.member_id.is_(None), theirs(_d.member_id))),
        first(_c.ends_at, _IS_OPEN),
        calls_at and calls_at - LAST_CALL,
        first(_l.next_at, theirs(_l.member_id)),
    )
    return min(filter(None, moments), default=None)
