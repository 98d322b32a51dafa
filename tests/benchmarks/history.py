"""F: what members wait for an answer on a database with a year's history of 10,000 members, and for the first one."""

import time
from collections.abc import Iterator
from statistics import quantiles

from tests.benchmarks import databases, start
from tests.benchmarks.caller import Connection, asking, signed
from tests.benchmarks.databases import loop
from tests.benchmarks.figures import Figure, Pace
from tests.benchmarks.members import FIRST, Clock
from tests.benchmarks.minimal_slack import form, minimal_slack
from tests.benchmarks.planning import Size, fill
from tests.benchmarks.processes import running

A_YEAR, QUICK = Size(10_000, weeks=52), Size(100, weeks=2)
WORKSPACE = "T00000000"
ASKED, EVERY, ASKERS, SECONDS = 200, 1 / 30, 4, 10  # members who ask; seconds between two; threads; in all
MAX_P99, MAX_FIRST, MS = 60, 150, 1000  # milliseconds


def answers(pace: Pace) -> Iterator[Figure]:
    """Measure F on PostgreSQL, in the bot with its jobs, of which nothing is due."""
    size, address = QUICK if pace.is_quick else A_YEAR, databases.server().database()
    with loop() as runner:
        runner.run(fill(address, size, minutes=1, together=1))
    names = [f"U{number:08d}" for number in range(min(ASKED, size.members))]
    with minimal_slack() as slack:
        environment = slack.environment(DATABASE_URL=address, ROLESHIFT_CLOCK=str(Clock(slack.scratch)))
        environment, rows = start.through_oauth(environment, [WORKSPACE], FIRST)
        databases.insert(address, {"installation": rows})
        with running(slack.scratch, "bot", "run", env=environment) as bot:
            with Connection(bot.port) as connection:
                first = connection.timed(signed(form("myrole", names[0], WORKSPACE).encode()))
            with asking(bot.port, names, EVERY, ASKERS, WORKSPACE) as waits:
                time.sleep(1 if pace.is_quick else SECONDS)
    about = f"{size} with {size.weeks} weeks of tips, PostgreSQL"
    p99 = quantiles(waits, n=100, method="inclusive")[-1]
    yield Figure("F", f"/roleshift myrole at 30 a second, p99 of {len(waits)}, {about}", [p99 * MS], "ms", MAX_P99)
    yield Figure("F", f"the first answer after a start, {about}", [first * MS], "ms", MAX_FIRST)
