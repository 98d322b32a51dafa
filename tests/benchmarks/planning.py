"""S: what planning and sending a tip costs with a hundred times the members. `fill` makes them up for F too."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import asyncpg

from tests.benchmarks import databases, start
from tests.benchmarks.databases import Server, loop
from tests.benchmarks.figures import Figure, in_turn, ratio
from tests.benchmarks.members import FIRST, MINUTE, ZONES, Clock
from tests.benchmarks.minimal_slack import minimal_slack
from tests.benchmarks.tips import AT_ONCE

MICROSECONDS, UNIT = 1_000_000, "µs of processor time a tip, client and server"
A_MOMENT = timedelta(seconds=5)  # after the slots have come
LARGE_SERVER = {"shared_buffers": "4GB", "max_wal_size": "4GB", "wal_level": "minimal", "max_wal_senders": "0"}

TABLE = "CREATE UNLOGGED TABLE crowd (w text, m text, channel text, zone text, turn bigint, role text, due timestamptz)"
# $1 members, $2 workspaces, $3 minutes with $4 members due at each, $5 the first, $6 zones, $7 roles. The first
# workspaces are the largest ones. `turn` is another number for each member than `i`, so that members of all
# workspaces are due together, and of all parts of the tables.
CROWD = """
INSERT INTO crowd
SELECT 'T' || lpad(floor($2::int * (i::float / $1) ^ 2)::int::text, 8, '0') AS w, 'U' || lpad(i::text, 8, '0') AS m,
  'D' || lpad(i::text, 8, '0') AS channel, ($6::text[])[1 + i % cardinality($6::text[])] AS zone, turn,
  ($7::text[])[1 + i % cardinality($7::text[])] AS role,
  CASE WHEN turn < $3::int * $4::int THEN $5::timestamptz + turn / $4 * interval '1 minute'
    ELSE $5::timestamptz + interval '1 day' + (turn % 5000) * interval '1 minute' END AS due
FROM (SELECT i, (i::bigint * 7919) % $1 AS turn FROM generate_series(0, $1::int - 1) AS i) AS person
"""
FILL = (
    "INSERT INTO workspace (workspace_id, met_at) SELECT DISTINCT w, $1::timestamptz FROM crowd",
    """INSERT INTO member (workspace_id, member_id, role, met_at, zone, profile_at)
    SELECT w, m, role, $1::timestamptz, zone, $1 + interval '100 weeks' FROM crowd""",
    """INSERT INTO schedule (workspace_id, member_id, consent, weekday, minute, zone, zone_is_own, next_due_at,
      dm_channel)
    SELECT w, m, 'yes', extract(isodow FROM due AT TIME ZONE zone) - 1,
      extract(hour FROM due AT TIME ZONE zone) * 60 + extract(minute FROM due AT TIME ZONE zone), zone, false, due,
      channel
    FROM crowd WHERE $1::timestamptz IS NOT NULL""",
)
# $1 is how many weeks ago, $2 the tips.
EACH_WEEK = (
    """INSERT INTO delivery (workspace_id, key, id, kind, member_id, channel, week, subject, state, due_at, try_at,
      window_ends_at, attempts, ended_at)
    SELECT w, 'nudge:' || m || ':' || to_char(at, 'IYYY"-W"IW'), substr(md5(m || $1), 1, 24), 'nudge', m, channel,
      to_char(at, 'IYYY"-W"IW'), format('{"tip":"%s"}', ($2::text[])[1 + (turn + $1) % cardinality($2::text[])]),
      'sent', at, at, at + interval '2 days', 0, at
    FROM (SELECT *, due - $1::int * interval '1 week' AS at FROM crowd) AS crowd""",
    """INSERT INTO tip_given (workspace_id, member_id, tip, times, given_at)
    SELECT w, m, ($2::text[])[1 + (turn + $1::int) % cardinality($2::text[])], 1, due - $1::int * interval '1 week'
    FROM crowd""",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many members in how many workspaces, for how many weeks."""

    members: int
    workspaces: int = 1
    weeks: int = 1

    def __str__(self) -> str:
        among = "" if self.workspaces == 1 else f" of {self.workspaces:,} workspaces"
        return f"{self.members:,} members{among}"


SIZES = Size(1_000_000, 2_000, weeks=13), Size(10_000, 20, weeks=13)
ROUNDS, TOGETHER = 10, 250  # members who are due at each minute


def hundred_times_the_members() -> Iterator[Figure]:
    """Measure S: planning and sending the tips of one minute, members of all workspaces, after ninety days."""
    with loop() as runner, databases.started(LARGE_SERVER) as server, contextlib.ExitStack() as stack:
        benches = [stack.enter_context(_bench(runner, server, size)) for size in SIZES]
        planned = in_turn(ROUNDS, *(bench.planned() for bench in benches))
        sent = in_turn(ROUNDS, *(bench.sent() for bench in benches))
    for what, (many, few) in (("planned", planned), ("sent", sent)):
        yield ratio("S", (f"a tip {what}, {SIZES[0]}", many), (str(SIZES[1]), few), UNIT, 1.3)


@contextlib.contextmanager
def _bench(runner: asyncio.Runner, server: Server, size: Size) -> Iterator["_Bench"]:
    address, workspaces = server.database(), [f"T{number:08d}" for number in range(size.workspaces)]
    runner.run(fill(address, size, 2 * ROUNDS + 2, TOGETHER))
    with minimal_slack() as slack:
        clock = Clock(slack.scratch)
        environment = slack.environment(DATABASE_URL=address, ROLESHIFT_CLOCK=str(clock), **AT_ONCE)
        environment, rows = start.through_oauth(environment, workspaces, FIRST)
        databases.insert(address, {"installation": rows})
        with start.running_worker(runner, environment) as worker:
            yield _Bench(runner, server, worker, clock)


async def fill(address: str, size: Size, minutes: int, together: int) -> None:
    catalog = start.catalog()
    connection = await asyncpg.connect(address, server_settings={"session_replication_role": "replica"})
    shape = size.members, size.workspaces, minutes, together, FIRST, list(ZONES), list(catalog.roles)
    await connection.execute(TABLE)
    await connection.execute(CROWD, *shape)
    for statement in FILL:
        await connection.execute(statement, FIRST)
    tips = list(dict.fromkeys(lesson.tip.id for lesson in catalog.lessons.values()))
    for ago in range(1, size.weeks + 1):
        for statement in EACH_WEEK:
            await connection.execute(statement, ago, tips)
    await connection.execute("DROP TABLE crowd")
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


class _Bench:
    """A worker on a database of which some members are due at each minute."""

    def __init__(self, runner: asyncio.Runner, server: Server, worker: start.Worker, clock: Clock) -> None:
        self._runner, self._server, self._worker = runner, server, worker
        self._clock, self._minutes = clock, count()

    def planned(self) -> Callable[[], float]:
        def once() -> float:
            self._next()
            return self._cpu(self._worker.plan_batches())

        once()
        return once

    def sent(self) -> Callable[[], float]:
        """Return what measures the microseconds of sending a tip that is planned."""

        def once() -> float:
            self._next()
            self._runner.run(self._worker.plan_batches())
            return self._cpu(self._worker.run("deliver"))

        self._runner.run(self._worker.run("deliver"))  # what was planned before
        once()
        return once

    def _next(self) -> None:
        self._clock.set(FIRST + next(self._minutes) * MINUTE + A_MOMENT)

    def _cpu(self, work: Coroutine[Any, Any, None]) -> float:
        before = self._server.cpu() + time.process_time()
        self._runner.run(work)
        return (self._server.cpu() + time.process_time() - before) / TOGETHER * MICROSECONDS
