"""P1: what a command costs in the bot, and in the same bot as the documentation of its libraries teaches it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import postgres
from tests.benchmarks import databases
from tests.benchmarks.a_answers import LATENCY, LEARNED, MICROSECONDS, give_a_past
from tests.benchmarks.caller import Asked, Caller
from tests.benchmarks.cores import on_one_core
from tests.benchmarks.figures import Figure, Pace, Ratio, Side, Skipped, in_turn
from tests.benchmarks.minimal_slack import minimal_slack
from tests.benchmarks.processes import running

TEXTBOOK = "tests.benchmarks.servers.textbook"
MAX_CPU = {"SQLite": 1 / 10, "PostgreSQL": 1 / 6}
MAX_P50 = 1 / 30


@on_one_core
def commands(pace: Pace) -> Iterator[Figure]:
    """Measure P1: processor time and p50 of `/roleshift myrole`, on both databases."""
    with tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder, databases.loop() as loop:
        scratch = Path(folder)
        yield from _compared(pace, scratch, "SQLite", f"sqlite:///{scratch}/ours.db", f"sqlite:///{scratch}/theirs.db")
        try:
            server = databases.server()
        except postgres.Unavailable as reason:
            yield Skipped("P1", f"no PostgreSQL: {reason}")
            return
        addresses = (loop.run(server.database()) for _ in range(2))
        yield from _compared(pace, scratch, "PostgreSQL", *addresses)


def _compared(pace: Pace, scratch: Path, name: str, address: str, their_address: str) -> Iterator[Figure]:
    requests = max(pace.requests // 2, 2)
    with minimal_slack() as slack:
        ours_runs = running(scratch, "bot", "run", env=slack.environment(DATABASE_URL=address))
        theirs_runs = running(scratch, TEXTBOOK, env=slack.environment(DATABASE_URL=their_address))
        with ours_runs as bot, theirs_runs as peer:
            for each in (bot, peer):
                give_a_past(Caller(each))
            ours, theirs = Asked(bot, "myrole", requests), Asked(peer, "myrole", requests)
            cpu = in_turn(pace.rounds(8), ours.once, theirs.once)
    about = f"/roleshift myrole, {LEARNED} skills learned, {name}"
    textbook = f"the textbook bot, {name}"
    yield Ratio("P1", Side(about, cpu[0]), Side(textbook, cpu[1]), MICROSECONDS, limit=MAX_CPU[name])
    yield Ratio("P1", Side(about, ours.p50), Side(textbook, theirs.p50), LATENCY, limit=MAX_P50)
