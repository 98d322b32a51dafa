"""P1, P3, P16: PostgreSQL crashes, freezes or fails over while members click and weekly tips are sent.

The server writes each commit to its disk before it confirms it (see tests/postgres.py). In a failover, a standby that
has every confirmed commit takes over the server's address.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from tests.databases import migrate
from tests.faults import kills, ready
from tests.faults.clicks import Clicks, judged as judged_clicks, started, waves
from tests.faults.processes import Processes
from tests.faults.stage import Databases, Plan, Stage, stage
from tests.faults.tally import Case, Result
from tests.faults.web import listens
from tests.ports import free_port
from tests.postgres import DURABLE, SYNCHRONOUS, Cluster, cluster
from tests.postgres_databases import ask

DOWN = 20.0  # seconds
BEFORE, AFTER = 5.0, 5.0  # seconds of clicks
BETWEEN_WAVES = 0.4  # seconds
MEMBERS, EACH, PER_MINUTE = 40, 20, 60  # clicks of each; so that most tips are still to be sent when the server goes
LEASE, SETTLING = 12.0, 12.0  # seconds; together longer than any statement may hang
ABOUTS = STOPPED, FROZEN, FAILED_OVER = "stopped", "frozen", "failed over"
FORGETFUL = {"synchronous_commit": "off", "wal_writer_delay": "10s"}  # confirms a commit before it is on the disk


@dataclass
class OneDatabase(Databases):
    """The only database of a server."""

    address: str

    @contextlib.asynccontextmanager
    async def fresh(self, _kind: str) -> AsyncIterator[str]:
        yield self.address


async def run(case: Case, _databases: Databases, processes: Processes) -> Result:
    """Let members click and the worker send, take the server away for some time, and count what is there afterwards."""
    with cluster(DURABLE | (FORGETFUL if case.mutant else {})) as server:
        await migrate(server.address)
        standby = None
        if case.about == FAILED_OVER:  # each commit of the server waits for its standby from now on
            standby = await asyncio.to_thread(server.copy)
            await asyncio.to_thread(standby.start)
            await ask(server.address, SYNCHRONOUS)
            await ask(server.address, "SELECT pg_reload_conf()")
        plan = Plan(replace(case, mutant=None), MEMBERS, PER_MINUTE, lease=LEASE, settling=SETTLING)
        async with stage(plan, OneDatabase(server.address), processes) as on:
            web, worker = free_port(), free_port()
            on.settings |= {"PORT": str(web), "SLACK_APP_TOKEN": None, "ROLESHIFT_WITH_JOBS": "0"}
            clicks = Clicks(on, f"http://127.0.0.1:{web}/slack/events")
            await started(on, web)
            working = await on.fork(settings=on.settings | {"PORT": str(worker)})
            assert await listens(working, worker), "the worker did not start"
            outcome = Result(case.name)
            clicking = asyncio.create_task(_click(on, clicks, random.Random(case.name)))  # noqa: S311 - a seed must replay
            urls = [f"http://127.0.0.1:{port}" for port in (web, worker)]
            async with asyncio.timeout(ready.WITHIN * 10):
                await _all_say(urls, 200, outcome, "the first yes")
                await asyncio.sleep(BEFORE)
                told = len(clicks.said())
                await _take_away(case.about, server, standby, urls, outcome)
                again = len(clicks.said())
                await asyncio.sleep(AFTER)
            clicking.cancel()
            await asyncio.gather(clicking, return_exceptions=True)
            yeses = {"answered yes before": told, "answered yes after": len(clicks.said()) - again}
            outcome.counts |= yeses
            outcome.broken += [f"none was {when}" for when, count in yeses.items() if not count]
            return await _judged(case, on, clicks, outcome)


async def _click(on: Stage, clicks: Clicks, draw: random.Random) -> None:
    for wave in waves(on, draw, EACH * MEMBERS):
        await asyncio.gather(*(clicks.click(what, draw) for what in wave))
        await asyncio.sleep(BETWEEN_WAVES)


async def _all_say(urls: list[str], wanted: int, result: Result, what: str) -> None:
    async with asyncio.TaskGroup() as asking:
        for url in urls:
            asking.create_task(ready.until(url, wanted, result, what))


async def _take_away(about: str, server: Cluster, standby: Cluster | None, urls: list[str], result: Result) -> None:
    """Make the server unreachable for DOWN seconds. Web and worker must say so meanwhile, and that it is back."""
    loop = asyncio.get_running_loop()
    with server.frozen() if about == FROZEN else contextlib.nullcontext():
        down_at = loop.time()
        if about != FROZEN:
            await asyncio.to_thread(server.crash)
        await _all_say(urls, 503, result, "no")
        await asyncio.sleep(down_at + DOWN - loop.time())
        await _all_say(urls, 503, result, "no at the end")
    if standby:
        await asyncio.to_thread(standby.promote, server.port)
    elif about == STOPPED:
        await asyncio.to_thread(server.start)
    await _all_say(urls, 200, result, "yes")


async def _judged(case: Case, on: Stage, clicks: Clicks, outcome: Result) -> Result:
    """Add what was lost and doubled among tips and clicks."""
    if not await on.ended():
        outcome.broken.append("deliveries have not ended")
    for part in (await kills.judged(case, on, "used_url"), await judged_clicks(case, on, clicks)):
        outcome.counts |= part.counts
        outcome.broken += part.broken
    outcome.counts["without an answer"] = clicks.unanswered
    return outcome
