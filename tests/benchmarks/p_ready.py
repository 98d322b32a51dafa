"""P3: time and memory until a bot is ready that has tens of thousands of members with a weekly tip."""

import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, update

from bot import content
from bot.core.catalog import Catalog
from bot.store.tables import schedule
from tests.benchmarks import databases, due
from tests.benchmarks.e_start import Starts
from tests.benchmarks.figures import Figure, Pace, Ratio, Side, in_turn
from tests.benchmarks.minimal_slack import minimal_slack
from tests.benchmarks.p_commands import TEXTBOOK
from tests.benchmarks.processes import running, started

FILL = "tests.benchmarks.peers.fill"
MAX_TIME, MAX_MEMORY = 1 / 20, 1 / 3
AHEAD = timedelta(days=3)  # when the first tip is due: none while this measures
PATIENCE = 300  # seconds


def ready(pace: Pace) -> Iterator[Figure]:
    """Measure P3, on SQLite: the bot, and the textbook bot with both ways of its scheduler's documentation."""
    whole = pace.rounds == Pace().rounds
    for members, rounds in ((10_000, 3), (100_000, 1)) if whole else ((200, 2),):
        yield from _ready(members, rounds)


def _ready(members: int, rounds: int) -> Iterator[Figure]:
    with minimal_slack() as slack, tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder:
        scratch = Path(folder)
        ours = slack.environment(DATABASE_URL=f"sqlite:///{scratch}/ours.db")
        stored = slack.environment(DATABASE_URL=f"sqlite:///{scratch}/theirs.db")
        with databases.loop() as loop:
            store = loop.run(databases.sqlite(scratch / "ours.db"))
            loop.run(store.write(_gather, content.load(), members))
            loop.run(store.close())
        fill(scratch, stored, members, datetime.now(UTC) + AHEAD)
        sides = [
            Starts(lambda: running(scratch, "bot", "run", env=ours)),
            Starts(lambda: running(scratch, TEXTBOOK, env=stored)),
            Starts(lambda: running(scratch, TEXTBOOK, env={**stored, "JOB_STORE": "memory"}, within=PATIENCE)),
        ]
        seconds = in_turn(rounds, *(side.once for side in sides))
    name = f"{members:,} members scheduled, SQLite"
    of_store, of_memory = "textbook, jobs in SQLAlchemyJobStore", "textbook, jobs created again at each start"
    for number, peer in ((1, of_store), (2, of_memory)):
        limits = (MAX_TIME, MAX_MEMORY) if members == 100_000 else (None, None)
        times = Side(f"ready, {name}", seconds[0]), Side(peer, seconds[number])
        memory = Side(f"memory, {name}", sides[0].memory), Side(peer, sides[number].memory)
        yield Ratio("P3", *times, "ms", limit=limits[0])
        cpu = Side(f"processor time, {name}", sides[0].cpu), Side(peer, sides[number].cpu)
        yield Ratio("P3", *cpu, "ms of processor time")  # on a busy machine it says more than the time
        yield Ratio("P3", *memory, "MB at most", limit=limits[1])


def _gather(tx: Connection, catalog: Catalog, members: int) -> None:
    due.gather(tx, catalog, members)
    tx.execute(update(schedule).values(next_due_at=datetime.now(UTC) + AHEAD))


def fill(scratch: Path, environment: Mapping[str, str], members: int, first: datetime) -> None:
    """Fill the textbook's database with members who are all due at the same time."""
    log = scratch / "fill.log"
    with started(scratch, log, FILL, str(members), str(first.timestamp()), "0", env=environment) as filling:
        if filling.wait(PATIENCE):
            raise AssertionError(log.read_text()[-2000:])
