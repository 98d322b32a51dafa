"""S: what the bot's work costs with a million members in 2,000 workspaces on one PostgreSQL.

It takes many minutes, so it runs only where it is named: `python -m tests.benchmarks S`.
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.coach import home, homes, live, membership, retention, roles, schedules, sending, settling, team
from bot.coach.retention import Retention
from bot.coach.sending import Pace as Limits
from bot.content import library
from bot.core.member import MemberKey
from bot.store.team import population
from jobs.sweep import MAX_ROWS
from tests import postgres
from tests.benchmarks import databases
from tests.benchmarks.d_pipeline import SERVER
from tests.benchmarks.due import FIRST
from tests.benchmarks.figures import Figure, Pace, Ratio, Side, Skipped, in_turn
from tests.benchmarks.processes import running
from tests.benchmarks.scale import processes
from tests.benchmarks.scale.bench import Bench, Work
from tests.benchmarks.scale.members import Size
from tests.benchmarks.scale.nudges import AT_PEAK, NO_LIMIT, SLACKS_LIMIT, TOKEN, Minutes, plan_peak, send

SMALL, LARGE = Size(10_000, 20), Size(1_000_000, 2_000)
QUICK_SMALL, QUICK_LARGE = Size(7_000, 10), Size(8_000, 40)
SERVER_OPTIONS = {"shared_buffers": "4GB", "max_wal_size": "4GB", "wal_level": "minimal", "max_wal_senders": "0"}
LIMIT = 1.25
ASKERS = 500  # members who ask for an answer over HTTP, one after the other
UNIT = "µs of processor time a nudge, client and server"
REAL = {"ANSWER_AFTER": "0.2"}  # seconds, about as Slack needs

DAY = timedelta(days=1)
NOW = FIRST - timedelta(minutes=1)  # nothing is due yet
ADMIN = MemberKey("T0000000001", "U0000000000")  # of the largest workspace


def scale(pace: Pace) -> Iterator[Figure]:
    """Fill two databases, and measure each job and answer on the large one, and planning and claiming on both."""
    sizes, rounds = ((QUICK_SMALL, QUICK_LARGE), 2) if pace.is_quick else ((SMALL, LARGE), 10)
    with databases.loop() as loop, contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(databases.started(SERVER_OPTIONS))
        except postgres.Unavailable as reason:
            yield Skipped("S", f"no PostgreSQL: {reason}")
            return
        catalog = library.load()
        few, many = (Bench(loop, server, size, catalog) for size in sizes)
        yield from many.tables("S", sizes[1].members // 10)
        yield from processes.started(many, askers(many))
        yield from _steps(many, max(rounds // 2, 2))
        yield from _growth(few, many, rounds)
        yield from _peak(many, 3 if pace.is_quick else 20)
        few.close()
        many.close()


def askers(bench: Bench) -> list[MemberKey]:
    """Return members of the largest workspace, far from each other."""
    largest = bench.size.sizes()[0]
    return [MemberKey(ADMIN.workspace_id, f"U{number:010d}") for number in range(0, largest, max(largest // ASKERS, 1))]


def _steps(bench: Bench, rounds: int) -> Iterator[Work]:
    """Measure what runs again and again while nothing is due, and what members and operators ask for."""
    catalog, rules = bench.catalog, Retention()
    write, read, once = bench.store.write, bench.store.read, lambda _: 1
    steps: list[tuple[str, Callable[[], Any], Callable[[Any], int]]] = [
        ("plan, nothing due", lambda: write(schedules.plan_due, NOW), once),
        ("claim, nothing due", lambda: write(sending.claim, catalog, SLACKS_LIMIT, TOKEN, NOW), once),
        ("settle: expire", lambda: write(settling.expire, SLACKS_LIMIT, NOW), once),
        ("settle: find what is in doubt", lambda: write(settling.unsettled, SLACKS_LIMIT, TOKEN, 10), once),
        ("find whom to ask Slack about", lambda: read(membership.stale, NOW + DAY / 12, NOW - DAY, 6, 60), once),
        ("find live messages to change", lambda: read(live.outdated, NOW), once),
        ("claim Homes to publish", lambda: write(homes.claim, 60.0, TOKEN, NOW, 20), len),
        ("sweep a batch of deliveries", lambda: write(retention.sweep_deliveries, rules, NOW, MAX_ROWS), int),
        ("/metrics", lambda: (read(sending.counts), read(sending.failing, NOW)), once),
        ("/roleshift myrole", lambda: read(roles.my_role, catalog, ADMIN, NOW), once),
        ("Home", lambda: read(home.home, catalog, ADMIN, NOW), once),
        ("the desk of the largest workspace", lambda: write(team.desk, catalog, ADMIN, NOW), once),
        ("its figures, once a week", lambda: read(population, ADMIN.workspace_id, NOW), once),
    ]
    for name, work, count in steps:
        bench.measure(work, count)  # compiles and prepares
        yield Work("S", name, [bench.measure(work, count) for _ in range(rounds)])


def _growth(few: Bench, many: Bench, rounds: int) -> Iterator[Figure]:
    """Measure what a nudge costs to plan and to claim, against the same with a hundred times fewer members."""
    ours, theirs = Minutes(many), Minutes(few)
    for side in (ours, theirs):
        side.plan()
        side.plan_leanest()
    planned = in_turn(rounds, ours.plan, theirs.plan, ours.plan_leanest, theirs.plan_leanest)
    yield Work("S", "plan what is due at a minute", ours.plans[1:])
    yield _ratio(many, few, "a nudge planned", planned[:2], LIMIT)
    yield _ratio(many, few, "a nudge planned by the leanest program", planned[2:])
    for bench in (few, many):
        yield Work("S", f"plan a peak, {bench.size.members:,} members", [plan_peak(bench)])
    for side in (ours, theirs):
        side.claim()
    claimed = in_turn(rounds, ours.claim, theirs.claim)
    yield Work("S", "claim at the peak, with Slack's limit", ours.claims[1:])
    yield _ratio(many, few, "a nudge claimed", claimed, LIMIT)
    ours.close()
    theirs.close()


def _ratio(many: Bench, few: Bench, what: str, values: list[list[float]], limit: float | None = None) -> Ratio:
    ours = Side(f"{what}, {many.size.members:,} members", values[0])
    return Ratio("S", ours, Side(f"{few.size.members:,} members", values[1]), UNIT, limit=limit)


def _peak(bench: Bench, seconds: float) -> Iterator[Figure]:
    """Measure how many tips one worker sends while thousands are due."""
    read, write, once = bench.store.read, bench.store.write, lambda _: 1
    yield Work("S", "/metrics at the peak", [bench.measure(lambda: read(sending.counts), once)])
    yield Work("S", "expire at the peak", [bench.measure(lambda: write(settling.expire, NO_LIMIT, AT_PEAK), once)])
    kinds: tuple[tuple[Limits, dict[str, str], str], ...] = (
        (NO_LIMIT, {}, "no limit, Slack answers at once"),
        (SLACKS_LIMIT, {}, "Slack's limit, it answers at once"),
        (SLACKS_LIMIT, REAL, "Slack's limit, it answers after 0.2 s"),
    )
    for pace, environment, name in kinds:
        with tempfile.TemporaryDirectory() as scratch, running(Path(scratch), SERVER, env=environment) as slack:
            yield send(bench, slack, pace, f"a worker sends, {name}", seconds)
