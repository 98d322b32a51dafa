"""T6: a workspace of 5,000 members in 60 teams: calls of Slack a day, and stalls while it is counted.

Stalls are processor time of the thread with the event loop, so that other programs on the machine don't count.
"""

import asyncio
import time
from collections.abc import Awaitable, Iterator

from tests.benchmarks import databases, members, start
from tests.benchmarks.figures import Figure
from tests.benchmarks.members import FIRST, WEEK
from tests.benchmarks.minimal_slack import EACH_TEAM, TEAMS, WORKSPACE, minimal_slack

MEMBERS, BY_CHANNEL = 5_000, 20  # how many of the teams are channels; the others are user groups
BEAT, MS = 0.001, 1000
MAX_CALLS, MAX_STALL = 100, 20


def large_workspace() -> Iterator[Figure]:
    """Measure T6, on SQLite, where a use case runs on the event loop unless it reads aside."""
    with minimal_slack() as slack:
        address, clock = databases.sqlite(slack.scratch / "bot.db"), members.Clock(slack.scratch)
        databases.insert(address, _rows())
        clock.set(FIRST)

        async def measure() -> tuple[int, float]:
            async with start.worker(slack.environment(DATABASE_URL=address, ROLESHIFT_CLOCK=str(clock))) as worker:
                before = slack.calls.total()
                await worker.run("read_teams")
                return slack.calls.total() - before, await _longest_stall(worker.run("take_figures"))

        calls, stall = asyncio.run(measure())
    about = f"{MEMBERS:,} members in {TEAMS} teams"
    yield Figure("T6", f"calls of Slack to read {about}", [calls], "", MAX_CALLS)
    yield Figure("T6", f"longest stall while figures of {about} are taken", [stall], "ms", MAX_STALL)


async def _longest_stall(work: Awaitable[None]) -> float:
    """Do the work, and return for how many milliseconds the loop was busy at most between two beats."""
    stalls, over = [0.0], asyncio.Event()

    async def look() -> None:
        while not over.is_set():
            before = time.thread_time()
            await asyncio.sleep(BEAT)
            stalls.append(time.thread_time() - before)

    looking = asyncio.create_task(look())
    await asyncio.sleep(0.1)
    await work
    over.set()
    await looking
    return max(stalls) * MS


def _rows() -> databases.Rows:
    """Return the members, what they did last week and lack, and teams in which nobody is yet."""
    rows = dict(members.gather(MEMBERS))
    (workspace,) = rows["workspace"]
    rows["workspace"] = [{**workspace, "teams_read_at": FIRST}]
    keys = [{"workspace_id": WORKSPACE, "member_id": members.name(number)} for number in range(MEMBERS)]
    rows["practice"] = [
        {**key, "tip": f"tip-{step}", "at": FIRST - WEEK, "step": "blocked" if step % 3 else "done",
         "blocker": "no-time" if step % 3 else None}
        for key in keys
        for step in range(4)
    ]  # fmt: skip
    rows["situation"] = [
        {**key, "need": need, "has": False, "at": FIRST} for key in keys for need in ("logs", "test-set")
    ]
    rows["team"] = [
        {
            "workspace_id": WORKSPACE, "team_id": f"{number:016x}", "name": str(number), "channel": "C0BENCH",
            "source": f"{'C' if number < BY_CHANNEL else 'S'}{number:08d}", "added_at": FIRST,
        }
        for number in range(TEAMS)
    ]  # fmt: skip
    assert TEAMS * EACH_TEAM <= MEMBERS
    return rows
