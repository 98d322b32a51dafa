"""A leanest program is a fair limit only if it stores what the bot stores."""

from datetime import datetime
from typing import Any

import asyncpg
import pytest

from bot.coach import schedules
from bot.coach.schedules import MAX_PLANNED
from bot.core.calendar import WEEK
from bot.store import Store, open_store
from tests.benchmarks import due
from tests.benchmarks.databases import Server
from tests.benchmarks.leanest.planning import LeanPlanning

PLANNED = "SELECT (to_jsonb(d) - 'id')::text FROM delivery d WHERE week <> '2026-W47' ORDER BY key"
SCHEDULES = "SELECT to_jsonb(s)::text FROM schedule s ORDER BY member_id"
MEMBERS, TOGETHER = 1_200, 600


async def _stored(connection: Any) -> tuple[list[str], list[str]]:
    return [row[0] for row in await connection.fetch(PLANNED)], [row[0] for row in await connection.fetch(SCHEDULES)]


async def _plan_due(store: Store, now: datetime) -> int:
    return len(await store.write(schedules.plan_due, now))


@pytest.mark.parametrize("weeks_late", [0, 2])
async def test_the_leanest_planning_stores_the_same_rows(postgres_server: str, weeks_late: int) -> None:
    """Plan 600 members in two batches, in time and with two weeks in which nothing ran."""
    server, now, found = Server(postgres_server, pid=0), due.FIRST + weeks_late * WEEK, []
    for is_lean in (False, True):
        address = await server.database(due.FILL, due.rows(MEMBERS, 1, TOGETHER))
        store, connection = open_store(address), await asyncpg.connect(address)
        lean = await LeanPlanning.on(connection)
        planned = MAX_PLANNED
        while planned == MAX_PLANNED:
            planned = await (lean.plan_due(now) if is_lean else _plan_due(store, now))
        found.append(await _stored(connection))
        await connection.close()
        await store.close()
    ours, leanest = found
    assert len(ours[0]) >= TOGETHER
    assert leanest == ours
