"""R: what row-level security costs, against the same bot whose role owns the tables."""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot import content
from tests import postgres
from tests.benchmarks.a_answers import MICROSECONDS, give_a_past
from tests.benchmarks.caller import Caller
from tests.benchmarks.figures import Figure, Pace, Ratio, Side, Skipped, in_turn
from tests.benchmarks.minimal_slack import minimal_slack
from tests.benchmarks.processes import running, started
from tests.postgres_databases import as_app, ask, renamed

LATENCY = "µs, p50"
LIMIT = 1.05


def row_security(pace: Pace) -> Iterator[Figure]:
    """Measure R1: a command that reads and one that writes, on one PostgreSQL server, with and without."""
    with minimal_slack() as slack, tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(postgres.running())
        except postgres.Unavailable as reason:
            yield Skipped("R1", f"no PostgreSQL: {reason}")
            return
        callers = []
        for name in ("walled", "owned"):
            address = _database(server, name, Path(folder), slack.environment())
            if name == "walled":
                address = asyncio.run(as_app(address))
            bot = running(Path(folder), "bot", "run", env=slack.environment(DATABASE_URL=address))
            callers.append(Caller(stack.enter_context(bot)))
            give_a_past(callers[-1])
        yield from _compared(callers, pace)


def _compared(callers: list[Caller], pace: Pace) -> Iterator[Ratio]:
    tip = f"learn {next(iter(content.load().skills))}"
    for words, what in (("myrole", "a read: /roleshift myrole"), (tip, "a write: /roleshift learn")):
        for unit in (LATENCY, MICROSECONDS):
            sides = (
                each.p50(words, pace.requests) if unit == LATENCY else each.cpu_per_request(words, pace.requests)
                for each in callers
            )
            walled, owned = in_turn(pace.rounds, *sides)
            plain = Side("the same, by the owner of the tables", owned)
            yield Ratio("R1", Side(f"{what}, with row-level security", walled), plain, unit, LIMIT)


def _database(server: str, name: str, folder: Path, environment: Mapping[str, str]) -> str:
    asyncio.run(ask(server, f"CREATE DATABASE {name}"))
    address = renamed(server, name)
    settings = {**environment, "DATABASE_URL": address}
    with started(folder, folder / "migrate.log", "bot", "migrate", env=settings) as migration:
        migration.wait()
    return address
