"""D: what a nudge costs from its claim to its confirmation, and how closely the worker keeps to Slack's limit."""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import asyncpg

from bot.store import open_store
from tests import postgres
from tests.benchmarks import databases
from tests.benchmarks.figures import Count, Figure, Pace, Ratio, Side, Skipped, in_turn, side_by_side
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
    ours, leanest, bare = in_turn(pace.rounds(12), sending.deliver, sending.lean, sending.bare)
    side = Side(f"jobs.deliver, {database}", ours)
    yield Ratio("D1", side, Side(LEANEST, leanest), UNIT, limit=MAX_LEANEST)
    yield Ratio("D1", side, Side(BARE, bare), UNIT, limit=MAX_RATIO[database])


def limited(pace: Pace) -> Iterator[Figure]:
    """Measure D2: the real worker as a process, with an emulated Slack whose limit equals the worker's pace."""
    fanout = Fanout(nudges=15 if pace.is_quick else 100, per_minute=PER_MINUTE)
    with tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder:
        scratch = Path(folder) / "sqlite", Path(folder) / "postgresql"
        runs = [partial(_limited, scratch[0], f"sqlite:///{folder}/limited.db", "1 worker, SQLite", fanout, 1)]
        try:
            if not pace.is_quick:
                address = asyncio.run(databases.server().database())
                runs.append(partial(_limited, scratch[1], address, "2 workers, PostgreSQL", fanout, 2))
        except postgres.Unavailable as reason:
            yield Skipped("D2", f"no PostgreSQL: {reason}")
        for each in scratch:
            each.mkdir()
        for found in side_by_side(*runs):
            yield from found


def _limited(scratch: Path, address: str, name: str, fanout: Fanout, workers: int) -> tuple[Ratio, Count]:
    found, refused = weeks(scratch, address, fanout, workers, WEEKS)
    took = Side(f"{fanout.nudges} nudges, {fanout.per_minute:g} a minute, {name}", [week.seconds for week in found])
    counted = {"429s": refused, "doubled": sum(week.doubled for week in found)}
    least = Side("N/rate", [fanout.least] * len(found))
    return Ratio("D2", took, least, "s", limit=1.05), Count("D2", name, counted, {"429s": 0, "doubled": 0})
