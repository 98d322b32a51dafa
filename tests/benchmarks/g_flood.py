"""G: how long others wait while one member floods the bot with requests."""

import itertools
import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from tests.benchmarks.caller import Connection, signed
from tests.benchmarks.figures import Figure, Pace
from tests.benchmarks.minimal_slack import WORKSPACE, form, minimal_slack
from tests.benchmarks.processes import running

CLIENTS = 4  # processes of the flood, each with a connection
REQUESTS, QUICK_REQUESTS = 10_000, 400
FLOODER, OTHER = "U0FLOOD", "U0OTHER"
PAUSE = 0.02  # seconds between two requests of the other member
LIMIT = 0.1
DEFAULT = "120"
TOKEN = "m" * 32  # opens /metrics
PER_MINUTE = "6000"  # as the other member of this benchmark is faster than a person; 3,000 at once


@dataclass(frozen=True, slots=True)
class Flood:
    """What became of a flood, and how long the other member waited."""

    target: str
    requests: int
    what: str
    slowed: int
    waits: tuple[float, ...]

    @property
    def p99(self) -> float:
        """Return the seconds within which 99 % of the other member's requests were answered."""
        return quantiles(self.waits, n=100)[-1]

    def fields(self) -> dict[str, object]:
        """Return the figures for machines."""
        slowed, asked = self.slowed, len(self.waits)
        return {"target": self.target, "requests": self.requests, "slowed": slowed, "asked": asked, "p99": self.p99}

    def __str__(self) -> str:
        kept, milliseconds = "kept" if self.p99 < LIMIT else "MISSED", self.p99 * 1000
        return (
            f"{self.target}  {self.requests} {self.what} of one member, {self.slowed} of them slowed down; "
            f"p99 of {len(self.waits)} requests of others: {milliseconds:.1f} ms, target {LIMIT * 1000:.0f} ms, {kept}"
        )


def flood(pace: Pace) -> Iterator[Figure]:
    """Measure G1: one member sends 10,000 `/roleshift myrole`, as fast as the bot answers, and another a few."""
    yield _measured("G1", "commands", _command, pace, 1, PER_MINUTE)


def flood_of_messages(pace: Pace) -> Iterator[Figure]:
    """Measure G2: one member writes 10,000 direct messages to the bot, and 20 others send commands.

    The limit is the default, so that the bot answers a minute's worth of the flood at most.
    """
    yield _measured("G2", "direct messages", _message, pace, 20, DEFAULT)


def _measured(target: str, what: str, request: Callable[[int], bytes], pace: Pace, others: int, limit: str) -> Flood:
    each = (QUICK_REQUESTS if pace.is_quick else REQUESTS) // CLIENTS
    with minimal_slack() as slack, tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as scratch:
        environment = slack.environment(ROLESHIFT_REQUESTS_PER_MINUTE=limit, ROLESHIFT_METRICS_TOKEN=TOKEN)
        with running(Path(scratch), "bot", "run", env=environment) as server, ProcessPoolExecutor(CLIENTS) as pool:
            _meet(server.port, others)
            floods = [pool.submit(_flood, server.port, request, number * each, each) for number in range(CLIENTS)]
            waits = tuple(_others(server.port, floods, others))
            for each_flood in floods:
                each_flood.result()
            slowed = _slowed(server.port)
    return Flood(target, each * CLIENTS, what, slowed, waits)


def _flood(port: int, request: Callable[[int], bytes], first: int, requests: int) -> None:
    with Connection(port) as connection:
        for number in range(first, first + requests):
            connection.exchange(request(number))


def _command(_number: int) -> bytes:
    return signed(form("myrole", FLOODER).encode())


def _message(number: int, who: str = FLOODER) -> bytes:
    event = {"type": "message", "channel_type": "im", "channel": f"D{who[1:]}", "user": who, "text": "progress"}
    event["ts"] = f"{time.time():.6f}"
    callback = {"type": "event_callback", "team_id": WORKSPACE, "event_id": f"Ev{number}", "event": event}
    return signed(json.dumps(callback).encode(), "application/json")


def _slowed(port: int) -> int:
    request = f"GET /metrics HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {TOKEN}\r\n\r\n"
    with Connection(port) as connection:
        metrics = connection.exchange(request.encode())
    found = re.search(r"^roleshift_requests_slowed_total (\S+)$", metrics, re.MULTILINE)
    return int(float(found[1])) if found else 0


def _meet(port: int, others: int) -> None:
    """Let the bot do what it does once: ask Slack about each of the others, and read a message for the first time."""
    with Connection(port) as connection:
        for number in range(others):
            connection.exchange(signed(form("myrole", f"{OTHER}{number}").encode()))
            connection.exchange(_message(REQUESTS + number, f"{OTHER}{number}"))


def _others(port: int, floods: list[Future[None]], others: int) -> Iterator[float]:
    """Yield how long each command of the others takes, while the flood lasts."""
    requests = [signed(form("myrole", f"{OTHER}{number}").encode()) for number in range(others)]
    with Connection(port) as connection:
        for request in itertools.cycle(requests):
            if all(each.done() for each in floods):
                return
            yield connection.timed(request)
            time.sleep(PAUSE)
