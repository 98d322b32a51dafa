"""R: what row-level security costs, against the same bot whose role owns the tables."""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot import content
from tests import postgres
from tests.benchmarks import databases
from tests.benchmarks.a_answers import LATENCY, MICROSECONDS, give_a_past
from tests.benchmarks.caller import Asked, Caller
from tests.benchmarks.cores import on_one_core
from tests.benchmarks.figures import Figure, Pace, Ratio, Side, Skipped, in_turn
from tests.benchmarks.minimal_slack import minimal_slack
from tests.benchmarks.processes import Running, running
from tests.postgres_databases import as_app

LIMIT = 1.05


@on_one_core
def row_security(pace: Pace) -> Iterator[Figure]:
    """Measure R1: a command that reads and one that writes, on one PostgreSQL server, with and without."""
    with minimal_slack() as slack, tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        try:
            server = databases.server()
        except postgres.Unavailable as reason:
            yield Skipped("R1", f"no PostgreSQL: {reason}")
            return
        bots = []
        for is_walled in (True, False):
            address = asyncio.run(server.database())
            if is_walled:
                address = asyncio.run(as_app(address))
            bot = running(Path(folder), "bot", "run", env=slack.environment(DATABASE_URL=address))
            bots.append(stack.enter_context(bot))
            give_a_past(Caller(bots[-1]))
        yield from _compared(bots, pace)


def _compared(bots: list[Running], pace: Pace) -> Iterator[Ratio]:
    tip = f"learn {next(iter(content.load().skills))}"
    for words, what in (("myrole", "a read: /roleshift myrole"), (tip, "a write: /roleshift learn")):
        walled, owned = (Asked(bot, words, pace.requests) for bot in bots)
        cpu = in_turn(pace.rounds(30), walled.once, owned.once)
        ours, theirs = f"{what}, with row-level security", "the same, by the owner of the tables"
        yield Ratio("R1", Side(ours, walled.p50), Side(theirs, owned.p50), LATENCY, LIMIT)
        yield Ratio("R1", Side(ours, cpu[0]), Side(theirs, cpu[1]), MICROSECONDS, LIMIT)
