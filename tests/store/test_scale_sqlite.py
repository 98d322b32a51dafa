"""On SQLite, a batch of weekly tips costs the same in a workspace of any size, from planning to the last outcome."""

from datetime import timedelta
from typing import Any, Self

from sqlalchemy import Connection, update

from bot.coach import membership, schedules
from bot.coach.messages import Messages
from bot.core.catalog import Catalog
from bot.core.outcomes import Sent
from bot.outbox import sending
from bot.outbox.sending import Pace
from bot.store import open_store
from bot.store.member_schema import schedule
from bot.store.schema import metadata
from tests.benchmarks.members import FIRST, gather

WEEK = timedelta(weeks=1)
BATCH = 5  # tips
FEW, MANY = 20, 400  # members
FAST = Pace(per_minute=600_000)


class Counted:
    """Counts the steps of SQLite's virtual machine."""

    def __init__(self, tx: Connection) -> None:
        self.steps = 0
        self._driver: Any = tx.connection.driver_connection

    def __enter__(self) -> Self:
        self._driver.set_progress_handler(self._step, 1)
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.set_progress_handler(None, 0)

    def _step(self) -> None:
        self.steps += 1


def send_due(tx: Connection, catalog: Catalog, week: int, most: int) -> int:
    """Do as the jobs: plan at most so many tips of a week, and send them. Return their number."""
    now = FIRST + week * WEEK
    membership.take_turns(tx, membership.stale(tx, now, now - WEEK, most, most), now - WEEK, 0)
    planned = len(schedules.plan_due(tx, now, most))
    sent = 0
    while claimed := sending.claim(tx, Messages(catalog), FAST, "token", now):
        sending.begin(tx, Messages(catalog), "token", claimed, now, lambda each: each)
        sending.finish(tx, Messages(catalog), "token", [(each, Sent("D1", "1.0")) for each in claimed], now)
        sent += len(claimed)
    assert sent == planned
    return sent


def steps_of_a_batch(tx: Connection, catalog: Catalog, members: int) -> int:
    """Return the steps for a batch of tips that are due, in a workspace where each member got one tip before."""
    for table, rows in gather(members).items():
        tx.execute(metadata.tables[table].insert(), rows)
    assert send_due(tx, catalog, 0, members) == members
    tx.execute(update(schedule).where(schedule.c.member_id > "U0000004").values(next_due_at=FIRST + 9 * WEEK))
    with Counted(tx) as counted:
        assert send_due(tx, catalog, 1, BATCH) == BATCH
    return counted.steps


async def test_a_batch_costs_the_same_in_a_workspace_with_twenty_times_the_members(
    migrated_sqlite: str, catalog: Catalog
) -> None:
    async def steps(members: int) -> int:
        copy = f"{migrated_sqlite}-{members}"
        store = open_store(copy)
        await store.migrate()
        found = await store.write(steps_of_a_batch, catalog, members)
        await store.close()
        return found

    few, many = await steps(FEW), await steps(MANY)
    assert many < 1.2 * few, (few, many)
