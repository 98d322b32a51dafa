"""D: what a nudge costs from its claim to its confirmation, and how closely the worker keeps to Slack's limit."""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg

from bot.store import open_store
from tests import postgres
from tests.benchmarks import databases
from tests.benchmarks.figures import Count, Figure, Pace, Ratio, Side, Skipped, in_turn
from tests.benchmarks.leanest.drivers import Postgres, Sqlite
from tests.benchmarks.limited import Fanout, weeks
from tests.benchmarks.processes import running
from tests.benchmarks.sending import Sending

SERVER = "tests.benchmarks.servers.chat"
BARE = "AsyncWebClient alone, one session"
LEANEST = "the leanest with the same promises"
UNIT = "µs of processor time a post"
MAX_RATIO = {"SQLite": 2.0, "PostgreSQL": 1.6}  # of the pipeline to the bare loop, which stores nothing
MAX_LEANEST = 1.3
PER_MINUTE = 600
WEEKS = 2


def pipeline(pace: Pace) -> Iterator[Figure]:
    """Measure D1: the real job with the real gateway, against the leanest program with the same promises.

    For orientation also against a loop that only posts the same with the SDK.
    """
    nudges = pace.requests * 4
    with (
        tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as scratch,
        running(Path(scratch), SERVER, env={}) as slack,
        databases.loop() as loop,
    ):
        path = Path(scratch) / "pipeline.db"
        store = loop.run(databases.sqlite(path))
        with contextlib.closing(Sqlite(path)) as driver, Sending(loop, store, driver, slack.port, nudges) as sending:
            yield from _pipeline(sending, pace, "SQLite")
        try:
            server = databases.server()
        except postgres.Unavailable as reason:
            yield Skipped("D1", f"no PostgreSQL: {reason}")
            return
        address = loop.run(server.database())
        connection = loop.run(asyncpg.connect(address))
        with Sending(loop, open_store(address), Postgres(connection), slack.port, nudges) as sending:
            yield from _pipeline(sending, pace, "PostgreSQL")
        loop.run(connection.close())


def _pipeline(sending: Sending, pace: Pace, database: str) -> Iterator[Ratio]:
    ours, leanest, bare = in_turn(max(pace.rounds // 3, 2), sending.deliver, sending.lean, sending.bare)
    side = Side(f"jobs.deliver, {database}", ours)
    yield Ratio("D1", side, Side(LEANEST, leanest), UNIT, limit=MAX_LEANEST)
    yield Ratio("D1", side, Side(BARE, bare), UNIT, limit=MAX_RATIO[database])


def limited(pace: Pace) -> Iterator[Figure]:
    """Measure D2: the real worker as a process, with an emulated Slack whose limit equals the worker's pace."""
    if pace.rounds < Pace().rounds:
        yield from _limited("SQLite", Fanout(nudges=15, per_minute=PER_MINUTE), workers=1)
        return
    fanout = Fanout(nudges=150, per_minute=PER_MINUTE)
    yield from _limited("SQLite", fanout, workers=1)
    yield from _limited("PostgreSQL", fanout, workers=2)


def _limited(database: str, fanout: Fanout, workers: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as scratch:
        address = f"sqlite:///{scratch}/limited.db"
        if database == "PostgreSQL":
            try:
                address = asyncio.run(databases.server().database())
            except postgres.Unavailable as reason:
                yield Skipped("D2", f"no PostgreSQL: {reason}")
                return
        found, refused = weeks(Path(scratch), address, fanout, workers, WEEKS)
    name = f"{workers} worker{'s' * (workers > 1)}, {database}"
    took = Side(f"{fanout.nudges} nudges, {fanout.per_minute:g} a minute, {name}", [week.seconds for week in found])
    yield Ratio("D2", took, Side("N/rate", [fanout.least] * len(found)), "s", limit=1.05)
    counted = {"429s": refused, "doubled": sum(week.doubled for week in found)}
    yield Count("D2", name, counted, {"429s": 0, "doubled": 0})
