"""N: what a workspace of 100, 1,000 or 10,000 members needs: disk after a year, memory, processor time, a week's tips.

Each member has a weekly tip, and does it. All tips of a week are due at the same minute, the worst that there is.
"""

import contextlib
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import text

from tests.benchmarks import databases, members, start
from tests.benchmarks.caller import Connection, signed
from tests.benchmarks.figures import Figure, Pace
from tests.benchmarks.members import Clock
from tests.benchmarks.minimal_slack import WORKSPACE, MinimalSlack, form, minimal_slack
from tests.benchmarks.processes import Running, running
from tests.benchmarks.tips import AT_ONCE

SIZES = ((100, False), (1_000, False), (10_000, True))  # the members, and whether they are in PostgreSQL
YEAR, QUICK_YEAR, QUICK_SIZES = 52, 2, ((20, False),)
ASKED, COMMANDS = 200, 400
IDLE, DAY, MB = 30.0, 86_400, 1 << 20  # seconds; seconds; bytes
A_MINUTE = 240  # posts to one workspace, the bot's own limit
BEFORE = timedelta(minutes=10)
DONE = """INSERT INTO practice (workspace_id, member_id, tip, at, step)
SELECT workspace_id, member_id, tip, given_at, 'done' FROM tip_given
WHERE given_at >= (SELECT max(due_at) FROM delivery WHERE state = 'sent')"""
BYTES = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}


def sizes(pace: Pace) -> Iterator[Figure]:
    """Measure N. The largest one takes an hour, most of it for Slack's limits."""
    weeks, chosen = (QUICK_YEAR, QUICK_SIZES) if pace.is_quick else (YEAR, SIZES)
    for number, is_large in chosen:
        with minimal_slack() as slack:
            yield from _Size(slack, number, is_large=is_large).measured(weeks)


class _Size:
    def __init__(self, slack: MinimalSlack, number: int, *, is_large: bool) -> None:
        self._scratch, self._slack, self._number = slack.scratch, slack, number
        self._server = databases.server() if is_large else None
        self._address = self._server.database() if self._server else databases.sqlite(slack.scratch / "bot.db")
        self._clock = Clock(slack.scratch)
        self._environment = slack.environment(DATABASE_URL=self._address, ROLESHIFT_CLOCK=str(self._clock))
        databases.insert(self._address, members.gather(number))
        self._engine = databases.engine(self._address).execution_options(isolation_level="AUTOCOMMIT")

    def measured(self, weeks: int) -> Iterator[Figure]:
        about = f"{self._number:,} members, {'PostgreSQL' if self._server else 'SQLite'}"
        planned, sent, slot = self._lives(weeks)
        yield Figure("N", f"processor time to plan a week's tips, {about}", planned, "s")
        yield Figure("N", f"processor time to send a week's tips, {about}", sent, "s")
        yield Figure(
            "N", f"database after {weeks} weeks, {about}", [self._ask(BYTES[self._engine.dialect.name]) / MB], "MB"
        )
        yield from self._at_limits(slot, about)

    def _lives(self, weeks: int) -> tuple[list[float], list[float], datetime]:
        planned: list[float] = []
        sent: list[float] = []
        slots = self._clock.weeks()
        environment = {**self._environment, **AT_ONCE}
        with databases.loop() as runner, start.running_worker(runner, environment) as worker:
            for _ in range(weeks):
                next(slots)
                for work, took in ((worker.plan_batches(), planned), (worker.run("deliver"), sent)):
                    before = self._cpu()
                    runner.run(work)
                    took.append(self._cpu() - before)
                self._ask(DONE)
                self._ask("UPDATE schedule SET unanswered = 0")
                runner.run(worker.run("sweep"))
                self._ask("VACUUM")
        assert self._slack.calls["chat.postMessage"] == self._number * weeks
        return planned, sent, next(slots)

    def _at_limits(self, slot: datetime, about: str) -> Iterator[Figure]:
        """Start the bot as an operator does; ask it, leave it alone, then let a week's tips come."""
        self._clock.set(slot - BEFORE)
        with contextlib.ExitStack() as stack:
            bots = [stack.enter_context(running(self._scratch, "bot", "run", env=self._environment))]
            if self._server:
                bots.append(stack.enter_context(running(self._scratch, "jobs", env=self._environment)))
            with Connection(bots[0].port) as asking:
                for number in range(COMMANDS):
                    asker = members.name(number % min(ASKED, self._number))
                    asking.exchange(signed(form("myrole", asker, WORKSPACE).encode()))
            before = _cpu_of(bots)
            time.sleep(IDLE)
            yield Figure("N", f"idle, {about}", [(_cpu_of(bots) - before) * DAY / IDLE], "s of processor time a day")
            posted, began, before = self._slack.calls["chat.postMessage"], time.monotonic(), _cpu_of(bots)
            self._clock.set(slot)
            expected = posted + self._number
            found = self._slack.wait_for("chat.postMessage", expected, within=120 + 90 * self._number / A_MINUTE)
            assert found == expected, f"{found - posted} of {self._number} tips were posted"
            yield Figure(
                "N", f"a week's tips at the bot's limit, {about}", [(time.monotonic() - began) / 60], "minutes"
            )
            yield Figure("N", f"processor time for them, {about}", [_cpu_of(bots) - before], "s")
            for name, bot in zip(("web", "worker"), bots, strict=False):
                yield Figure("N", f"most memory of {name}, {about}", [bot.memory()], "MB")

    def _cpu(self) -> float:
        return time.process_time() + (self._server.cpu() if self._server else 0)

    def _ask(self, statement: str) -> float:
        """Run one statement, and return the number that it gives, if any."""
        with self._engine.connect() as connection:
            found = connection.execute(text(statement))
            return found.scalar_one() if found.returns_rows else 0


def _cpu_of(bots: list[Running]) -> float:
    return sum(bot.cpu() for bot in bots)
