"""P3: time and memory until a bot is ready that has tens of thousands of members with a weekly tip."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, update
from tests.benchmarks.e_start import Starts
from tests.benchmarks.p_commands import TEXTBOOK

from bot.content import library
from bot.core.catalog import Catalog
from bot.store.member_schema import schedule
from tests.benchmarks import databases, due
from tests.benchmarks.figures import Figure, Pace, Ratio, Side, in_turn
from tests.benchmarks.minimal_slack import minimal_slack
from tests.benchmarks.processes import Running, running, started

FILL = "tests.benchmarks.peers.fill"
MAX_TIME, MAX_MEMORY = 1 / 20, 1 / 3
AHEAD = timedelta(days=3)  # when the first tip is due: none while this measures
PATIENCE = 300  # seconds
PEERS: tuple[tuple[str, dict[str, str], int], ...] = (  # what each sets, and in how many rounds it is measured
    ("textbook, jobs in SQLAlchemyJobStore", {}, 4),
    ("textbook, jobs created again at each start", {"JOB_STORE": "memory"}, 1),  # it needs twenty times as long
)


def ready(pace: Pace) -> Iterator[Figure]:
    """Measure P3, on SQLite: the bot, and the textbook bot with both ways of its scheduler's documentation."""
    members = 200 if pace.is_quick else 100_000
    with minimal_slack() as slack, tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder:
        scratch = Path(folder)
        ours = slack.environment(DATABASE_URL=f"sqlite:///{scratch}/ours.db")
        stored = slack.environment(DATABASE_URL=f"sqlite:///{scratch}/theirs.db")
        with databases.loop() as loop:
            store = loop.run(databases.sqlite(scratch / "ours.db"))
            loop.run(store.write(_gather, library.load(), members))
            loop.run(store.close())
        fill(scratch, stored, members, datetime.now(UTC) + AHEAD)
        for peer, more, rounds in PEERS:

            def start(more: Mapping[str, str] = more) -> contextlib.AbstractContextManager[Running]:
                return running(scratch, TEXTBOOK, env={**stored, **more}, within=PATIENCE)

            sides = Starts(lambda: running(scratch, "bot", "run", env=ours)), Starts(start)
            seconds = in_turn(pace.rounds(rounds), *(side.once for side in sides))
            yield from _ratios(f"{members:,} members scheduled, SQLite", peer, sides, seconds)


def _ratios(name: str, peer: str, sides: Sequence[Starts], seconds: list[list[float]]) -> Iterator[Ratio]:
    yield Ratio("P3", Side(f"ready, {name}", seconds[0]), Side(peer, seconds[1]), "ms", limit=MAX_TIME)
    cpu = Side(f"processor time, {name}", sides[0].cpu), Side(peer, sides[1].cpu)
    yield Ratio("P3", *cpu, "ms of processor time")  # on a busy machine it says more than the time
    memory = Side(f"memory, {name}", sides[0].memory), Side(peer, sides[1].memory)
    yield Ratio("P3", *memory, "MB at most", limit=MAX_MEMORY)


def _gather(tx: Connection, catalog: Catalog, members: int) -> None:
    due.gather(tx, catalog, members)
    tx.execute(update(schedule).values(next_due_at=datetime.now(UTC) + AHEAD))


def fill(scratch: Path, environment: Mapping[str, str], members: int, first: datetime) -> None:
    """Fill the textbook's database with members who are all due at the same time."""
    log = scratch / "fill.log"
    with started(scratch, log, FILL, str(members), str(first.timestamp()), "0", env=environment) as filling:
        if filling.wait(PATIENCE):
            raise AssertionError(log.read_text()[-2000:])
