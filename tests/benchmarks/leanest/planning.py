"""Plan what is due in two statements of asyncpg's, with the bot's own rules for slots, quiet hours and missed weeks.

It keeps every promise of `plan_due`: any IANA zone, decent hours, windows, missed weeks on record, one transaction, and
rows of schedules and members locked so that other workers skip them. Members who share a slot share its plan.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from itertools import repeat
from typing import Any, Self

import asyncpg

from bot.coach.schedules import MAX_PLANNED
from bot.core.calendar import Slot
from bot.core.nudges import Nudge, plan_nudge
from bot.store.workspaces import quiet_hours_of

CLAIM = """
SELECT s.workspace_id, s.member_id, s.dm_channel, s.next_due_at, s.weekday, s.minute, s.zone, w.weekend, w.quiet_from,
  w.quiet_to
FROM schedule s JOIN workspace w ON w.workspace_id = s.workspace_id
JOIN member m ON m.workspace_id = s.workspace_id AND m.member_id = s.member_id
WHERE s.next_due_at <= $1 AND w.disconnected_at IS NULL
ORDER BY s.next_due_at, s.workspace_id, s.member_id LIMIT $2 FOR NO KEY UPDATE OF s, m SKIP LOCKED
"""
# Members, each with the number of their slot; slots; and for each nudge the slot that it is for.
APPLY = """
WITH due AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[]) AS due(w, m, channel, id, n)
), slot AS (
  SELECT * FROM unnest($6::int[], $7::timestamptz[]) AS slot(n, next)
), advanced AS (
  UPDATE schedule s SET next_due_at = slot.next FROM due JOIN slot USING (n)
  WHERE s.workspace_id = due.w AND s.member_id = due.m
), nudge AS (
  SELECT * FROM unnest($8::int[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::text[])
    AS nudge(n, week, due_at, try_at, ends, state)
)
INSERT INTO delivery (workspace_id, key, id, kind, member_id, channel, week, due_at, try_at, window_ends_at, state,
  reason, ended_at, attempts)
SELECT w, 'nudge:' || m || ':' || week, CASE state WHEN 'planned' THEN id ELSE 'x' || substr(id, 2) END, 'nudge', m,
  channel, week, due_at, try_at, ends, state, CASE state WHEN 'missed' THEN 'nothing ran that week' END,
  CASE state WHEN 'missed' THEN due_at END, 0
FROM due JOIN nudge USING (n) ON CONFLICT DO NOTHING
"""
_Planned = tuple[int, str, datetime, datetime, datetime, str]

_plan = cache(plan_nudge)


class LeanPlanning:
    """Two prepared statements on one connection."""

    def __init__(self, connection: Any, claim: Any, apply: Any) -> None:
        self._connection, self._claim, self._apply = connection, claim, apply

    @classmethod
    async def on(cls, connection: "asyncpg.Connection") -> Self:
        """Prepare the statements."""
        return cls(connection, await connection.prepare(CLAIM), await connection.prepare(APPLY))

    async def plan_due(self, now: datetime) -> int:
        """Plan one batch. Return the number of members."""
        async with self._connection.transaction():
            rows = await self._claim.fetch(now, MAX_PLANNED)
            if rows:
                await self._apply.fetch(*_members(rows), *_slots(rows, now))
        return len(rows)


def _members(rows: Sequence[Any]) -> tuple[list[Any], ...]:
    number_of = {slot: number for number, slot in enumerate(dict.fromkeys(row[3:] for row in rows))}
    random = secrets.token_hex(12 * len(rows))  # one call of the system instead of one for each
    ids = [random[start : start + 24] for start in range(0, len(random), 24)]
    whose = [list(column) for column in zip(*(row[:3] for row in rows), strict=True)]
    return (*whose, ids, [number_of[row[3:]] for row in rows])


def _slots(rows: Sequence[Any], now: datetime) -> tuple[list[Any], ...]:
    nexts: list[datetime] = []
    nudges: list[_Planned] = []
    for number, (due_at, weekday, minute, zone, *quiet) in enumerate(dict.fromkeys(row[3:] for row in rows)):
        plan = _plan(due_at, Slot(weekday, minute), quiet_hours_of(*quiet), zone, now)
        nexts.append(plan.next_due_at)
        nudges += [_planned(number, nudge, "missed") for nudge in (plan.missed,) if nudge]
        nudges += [_planned(number, nudge, "planned") for nudge in (plan.nudge,) if nudge]
    columns = [list(column) for column in zip(*nudges, strict=True)] or list(repeat([], 6))
    return list(range(len(nexts))), nexts, *columns


def _planned(number: int, nudge: Nudge, state: str) -> _Planned:
    return number, nudge.week, nudge.due_at, nudge.try_at, nudge.window_ends_at, state
