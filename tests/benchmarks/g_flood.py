"""G: how long others wait while one member floods the bot with requests."""

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from tests.benchmarks.caller import Connection, signed
from tests.benchmarks.figures import Figure, Pace
from tests.benchmarks.minimal_slack import form, minimal_slack
from tests.benchmarks.processes import running

CLIENTS = 4  # processes of the flood, each with a connection
REQUESTS, QUICK_REQUESTS = 10_000, 400
FLOODER, OTHER = "U0FLOOD", "U0OTHER"
PAUSE = 0.02  # seconds between two requests of the other member
LIMIT = 0.1
PER_MINUTE = "6000"  # as the other member of this benchmark is faster than a person; 3,000 at once


@dataclass(frozen=True, slots=True)
class Flood:
    """What became of a flood, and how long the other member waited."""

    requests: int
    slowed: int
    waits: tuple[float, ...]

    @property
    def p99(self) -> float:
        """Return the seconds within which 99 % of the other member's requests were answered."""
        return quantiles(self.waits, n=100)[-1]

    def fields(self) -> dict[str, object]:
        """Return the figures for machines."""
        slowed, asked = self.slowed, len(self.waits)
        return {"target": "G1", "requests": self.requests, "slowed": slowed, "asked": asked, "p99": self.p99}

    def __str__(self) -> str:
        kept, milliseconds = "kept" if self.p99 < LIMIT else "MISSED", self.p99 * 1000
        return (
            f"G1  {self.requests} requests of one member, {self.slowed} of them slowed down; "
            f"p99 of {len(self.waits)} requests of another: {milliseconds:.1f} ms, target {LIMIT * 1000:.0f} ms, {kept}"
        )


def flood(pace: Pace) -> Iterator[Figure]:
    """Measure G1: one member sends 10,000 `/roleshift myrole`, as fast as the bot answers, and another a few."""
    each = (REQUESTS if pace.rounds > 2 else QUICK_REQUESTS) // CLIENTS
    with minimal_slack() as slack, tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as scratch:
        environment = slack.environment(ROLESHIFT_REQUESTS_PER_MINUTE=PER_MINUTE)
        with running(Path(scratch), "bot", "run", env=environment) as server, ProcessPoolExecutor(CLIENTS) as pool:
            floods = [pool.submit(_flood, server.port, each) for _ in range(CLIENTS)]
            waits = tuple(_other(server.port, floods))
            slowed = sum(each_flood.result() for each_flood in floods)
    yield Flood(each * CLIENTS, slowed, waits)


def _flood(port: int, requests: int) -> int:
    """Send requests and return how many were slowed down."""
    request = signed(form("myrole", FLOODER).encode())
    with Connection(port) as connection:
        return sum("That was too fast for me" in connection.exchange(request) for _ in range(requests))


def _other(port: int, floods: list[Future[int]]) -> Iterator[float]:
    request = signed(form("myrole", OTHER).encode())
    with Connection(port) as connection:
        while not all(each.done() for each in floods):
            yield connection.timed(request)
            time.sleep(PAUSE)
