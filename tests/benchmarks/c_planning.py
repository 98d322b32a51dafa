"""C: what planning costs, compared with one SQL statement that does the same, and with one job per member."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path

import asyncpg

from bot.coach import schedules
from bot.coach.schedules import MAX_PLANNED
from bot.store import open_store
from tests import postgres
from tests.benchmarks import databases, due
from tests.benchmarks.cores import one_core
from tests.benchmarks.counting import Statements
from tests.benchmarks.figures import Count, Figure, Pace, Ratio, Side, Skipped, in_turn
from tests.benchmarks.firing import Firing, Stall, jobs_per_member
from tests.benchmarks.leanest.planning import LeanPlanning

TOGETHER = 900  # members due at one tick: a whole batch, and part of one
SMALL, LARGE = 100_000, 1_000_000
MICROSECONDS, UNIT = 1_000_000, "µs a nudge, client and server"
FIRED, FIRED_QUICKLY = 5_000, 500

# The same work: claim, advance by a week of the local calendar, insert.
ONE_STATEMENT = f"""
WITH come AS (
  SELECT s.workspace_id, s.member_id, s.next_due_at AS due, s.next_due_at AT TIME ZONE s.zone AS local, s.zone,
    s.dm_channel
  FROM schedule s JOIN workspace w ON w.workspace_id = s.workspace_id
  WHERE s.next_due_at <= $1 AND w.disconnected_at IS NULL
  ORDER BY s.next_due_at, s.workspace_id, s.member_id LIMIT {MAX_PLANNED} FOR UPDATE OF s SKIP LOCKED
), advanced AS (
  UPDATE schedule s SET next_due_at = (come.local + interval '7 days') AT TIME ZONE come.zone
  FROM come WHERE s.workspace_id = come.workspace_id AND s.member_id = come.member_id
)
INSERT INTO delivery (workspace_id, key, id, kind, member_id, channel, week, due_at, try_at, window_ends_at, state,
  attempts)
SELECT workspace_id, 'nudge:' || member_id || ':' || to_char(local, 'IYYY"-W"IW'), substr(md5(random()::text), 1, 24),
  'nudge', member_id, dm_channel, to_char(local, 'IYYY"-W"IW'), due, due,
  (date_trunc('week', local) + interval '4 days 20 hours') AT TIME ZONE zone, 'planned', 0
FROM come ON CONFLICT DO NOTHING
"""  # noqa: S608 - a number of our own

# Without these the server reads all members to find the 500 again: what it is compared with must be at its best.
BEST = {"enable_hashjoin": "off", "enable_mergejoin": "off"}

Plan = Callable[[], Awaitable[int]]  # one batch of what is due; how many it planned


def one_statement(pace: Pace) -> Iterator[Figure]:
    """Measure C1: `plan_due` against one SQL statement, and against the leanest program with the same promises."""
    rounds = pace.rounds(20)
    try:
        with databases.loop() as loop:
            bench = _Bench(loop, _sizes(pace)[0], ticks=3 * rounds + 4)
            sides = [bench.measure(plan) for plan in (bench.plan_due, bench.by_hand, bench.leanest)]
            with one_core():
                ours, theirs, leanest = in_turn(rounds, *sides)
            yield Ratio("C1", Side("plan_due", ours), Side("one SQL statement", theirs), UNIT, limit=1.45)
            yield Ratio(
                "C1", Side("plan_due", ours), Side("the leanest with the same promises", leanest), UNIT, limit=1.15
            )
            yield bench.statements()
            bench.close()
    except postgres.Unavailable as reason:
        yield Skipped("C1", f"no PostgreSQL: {reason}")


def any_size(pace: Pace) -> Iterator[Figure]:
    """Measure C2: `plan_due` among a million members against `plan_due` among ten times fewer."""
    rounds = pace.rounds(15)
    try:
        with databases.loop() as loop:
            few, many = (_Bench(loop, members, ticks=rounds + 2) for members in _sizes(pace))
            sides = [bench.measure(bench.plan_due) for bench in (many, few)]
            with one_core():
                ours, theirs = in_turn(rounds, *sides)
            counted = many.statements()
            few.close()
            many.close()
    except postgres.Unavailable as reason:
        yield Skipped("C2", f"no PostgreSQL: {reason}")
        return
    yield counted
    yield Ratio("C2", Side(f"plan_due, {many.members:,}", ours), Side(f"{few.members:,}", theirs), UNIT, limit=1.25)


def firing(pace: Pace) -> Iterator[Figure]:
    """Measure C3: the cost if thousands are due at once, and how long the event loop is blocked."""
    members = FIRED_QUICKLY if pace.is_quick else FIRED
    with tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as scratch, databases.loop() as loop:
        ours = Firing(loop, Path(scratch), members)
        rounds = pace.rounds(3)
        planned, fired = in_turn(rounds, ours.plan, lambda: jobs_per_member(loop, members))
        sides = Side(f"plan_nudges, {members:,} due, SQLite", planned), Side("an APScheduler job for each", fired)
        yield Ratio("C3", *sides, "µs of processor time a member", limit=1 / 12)
        stalls = [ours.stalls() for _ in range(rounds)]
        yield Stall(
            "C3", f"the loop while {members:,} are planned, SQLite", stalls, [ours.idle() for _ in range(rounds)]
        )
        ours.close()


def _sizes(pace: Pace) -> tuple[int, int]:
    return (SMALL // 10, LARGE // 50) if pace.is_quick else (SMALL, LARGE)


class _Bench:
    """A database with so many members, of whom some are due at each tick of the clock."""

    def __init__(self, loop: asyncio.Runner, members: int, ticks: int) -> None:
        self.members, self._server, self._loop = members, databases.server(), loop
        address = loop.run(self._server.database(due.FILL, due.rows(members, ticks, TOGETHER)))
        self._store = open_store(address)
        self._connection = loop.run(asyncpg.connect(address, server_settings=BEST))
        self._now = (due.FIRST + number * due.TICK for number in count())
        self._by_hand = loop.run(self._connection.prepare(ONE_STATEMENT))
        self._leanest = loop.run(LeanPlanning.on(self._connection))

    def close(self) -> None:
        self._loop.run(self._connection.close())
        self._loop.run(self._store.close())

    def measure(self, plan: Callable[[], Plan]) -> Callable[[], float]:
        """Return a function that measures the microseconds for each member who is due at a tick."""

        def once() -> float:
            batch = plan()
            before = self._server.cpu() + time.process_time()
            self._loop.run(_all(batch))
            return (self._server.cpu() + time.process_time() - before) / TOGETHER * MICROSECONDS

        once()
        return once

    def plan_due(self) -> Plan:
        now = next(self._now)

        async def batch() -> int:
            return len(await self._store.write(schedules.plan_due, now))

        return batch

    def by_hand(self) -> Plan:
        now = next(self._now)

        async def batch() -> int:
            await self._by_hand.fetch(now)
            return int(self._by_hand.get_statusmsg().rpartition(" ")[2])

        return batch

    def leanest(self) -> Plan:
        now = next(self._now)
        return lambda: self._leanest.plan_due(now)

    def statements(self) -> Count:
        """Return the number of statements for a whole batch."""
        name = f"planning {MAX_PLANNED} of {self.members:,}"
        return Count("C1", name, {"statements": self._loop.run(self._count())}, {"statements": 3})

    async def _count(self) -> int:
        with Statements() as statements:
            assert await self.plan_due()() == MAX_PLANNED
        return statements.seen


async def _all(batch: Plan) -> None:
    planned = done = await batch()
    while done == MAX_PLANNED:
        planned += (done := await batch())
    assert planned == TOGETHER, planned
