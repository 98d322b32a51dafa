"""P1: what a command costs in the bot, and in the same bot as the documentation of its libraries teaches it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests import postgres
from tests.benchmarks import databases
from tests.benchmarks.a_answers import LATENCY, LEARNED, MICROSECONDS, give_a_past
from tests.benchmarks.caller import SECOND, Caller, Connection, signed
from tests.benchmarks.figures import Figure, Pace, Ratio, Side, Skipped, in_turn
from tests.benchmarks.minimal_slack import form, minimal_slack
from tests.benchmarks.processes import Running, running

TEXTBOOK = "tests.benchmarks.servers.textbook"
MAX_CPU = {"SQLite": 1 / 10, "PostgreSQL": 1 / 6}
MAX_P50 = 1 / 30


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
            ours, theirs = _Asked(bot, requests), _Asked(peer, requests)
            cpu = in_turn(max(pace.rounds // 5, 2), ours.once, theirs.once)
    about = f"/roleshift myrole, {LEARNED} skills learned, {name}"
    textbook = f"the textbook bot, {name}"
    yield Ratio("P1", Side(about, cpu[0]), Side(textbook, cpu[1]), MICROSECONDS, limit=MAX_CPU[name])
    yield Ratio("P1", Side(about, ours.p50), Side(textbook, theirs.p50), LATENCY, limit=MAX_P50)


class _Asked:
    """Asks one server again and again. `once` returns the processor time; the p50 of each round is kept beside it."""

    def __init__(self, server: Running, requests: int) -> None:
        self._server, self._requests = server, requests
        self.p50: list[float] = []
        give_a_past(Caller(server))
        self.once()
        self.p50.clear()

    def once(self) -> float:
        """Return the microseconds of processor time for each command."""
        request = signed(form("myrole").encode())
        with Connection(self._server.port) as connection:
            connection.exchange(request)
            before = self._server.cpu()
            self.p50.append(median(connection.timed(request) for _ in range(self._requests)) * SECOND)
            return (self._server.cpu() - before) / self._requests * SECOND
