"""The database of the benchmark S holds what it says: members of uneven workspaces, and ninety days of deliveries."""

import asyncpg

from bot.coach import schedules, sending
from bot.core.catalog import Catalog
from bot.core.outbox import DeliveryState, Kind
from bot.store import open_store
from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks.due import FIRST
from tests.benchmarks.scale import members, nudges
from tests.benchmarks.scale.members import Size

SMALL = Size(members=600, workspaces=7)


def test_workspaces_are_uneven_and_have_all_members() -> None:
    sizes = Size(1_000_000, 2_000).sizes()
    assert sum(sizes) == 1_000_000
    assert 40_000 < sizes[0] < 60_000
    assert 80 < sizes[1_000] < 120
    assert min(sizes) == members.SMALLEST


def test_it_is_measured_only_where_it_is_named() -> None:
    assert "S" not in benchmarks.chosen([])
    assert benchmarks.chosen(["S"]) == ["S"]
    assert {"A1", "C2", "P5"} <= set(benchmarks.chosen([]))


async def test_everybody_has_a_schedule_and_thirteen_weeks_of_tips(new_postgres: str, catalog: Catalog) -> None:
    await members.fill(new_postgres, SMALL, catalog)
    connection = await asyncpg.connect(new_postgres)
    counted = {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in ("member", "schedule")}  # noqa: S608 - names of our own
    tips = "SELECT count(*) FROM delivery WHERE kind = 'nudge' AND week IS NOT NULL"
    assert counted == {"member": 600, "schedule": 600}
    assert await connection.fetchval(tips) == 600 * members.WEEKS
    keys = await connection.fetchval("SELECT count(*) FROM pg_index WHERE indrelid = 'delivery'::regclass")
    assert keys == 4  # they are built again at the end
    await connection.close()
    store = open_store(new_postgres)
    await store.write(schedules.plan_due, FIRST)
    assert (Kind.NUDGE, DeliveryState.PLANNED, members.TOGETHER) in await store.read(sending.counts)
    assert len(await store.write(sending.claim, catalog, nudges.NO_LIMIT, nudges.TOKEN, FIRST)) > members.SMALLEST
    await store.close()
