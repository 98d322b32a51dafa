"""P1: SIGKILL at each step of a delivery's life, one after the other."""

import asyncio
import random
from typing import Any

from bot.outbox import leases, sending
from bot.playground.emulator.faults import Fault, When
from tests.faults.kill_points import KillPoint
from tests.faults.kills import judged
from tests.faults.processes import Processes, Worker
from tests.faults.stage import Databases, Plan, Stage, stage
from tests.faults.tally import Case, Result

IN_WORKER = {
    "before the claim": KillPoint(sending.claim, "before"),
    "after the claim": KillPoint(sending.claim, "after"),
    "after the start was stored": KillPoint(sending.begin, "after"),
    "before the confirm": KillPoint(sending.finish, "before"),
    "during the confirm": KillPoint(sending.finish, "during"),
    "after the confirm": KillPoint(sending.finish, "after"),
}
# In Slack: how far the request has come by then.
IN_SLACK: dict[str, When] = {
    "before it was recorded": "before",
    "mid-request": "during",
    "after it was recorded": "after",
}
WHENS: tuple[When, ...] = ("before", "during", "after")
# The last three are in Slack, while the worker looks for the post.
SETTLING: tuple[KillPoint | When, ...] = (
    KillPoint(leases.take_unsettled, "after"),
    KillPoint(sending.settle, "before"),
    KillPoint(sending.settle, "during"),
    KillPoint(sending.settle, "after"),
    *WHENS,
)
POINTS = (*IN_WORKER, *IN_SLACK, "while settling")
CLAIM_HOLDS_ALL = 1  # the first claim takes all three, so there is no second
NEVER_STRUCK = "the kill never struck"
STRIKES_WITHIN = 30  # seconds after all deliveries ended, on a busy machine


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    """Start a worker that dies at the point, one more that dies while settling if that is the point, and a last one."""
    draw = random.Random(f"{case.name}")  # noqa: S311 - a seed must replay
    async with stage(Plan(case, members=3), databases, processes) as on:
        nth = draw.randint(1, 3)
        if case.about in IN_WORKER:
            kill = IN_WORKER[case.about]
            first = await on.fork(kill=kill.order(CLAIM_HOLDS_ALL if kill.use_case is sending.claim else nth))
        else:
            first = await dying(on, IN_SLACK.get(case.about) or WHENS[nth - 1], "chat.postMessage", nth - 1)
        died = await _dies(on, first)
        if case.about == "while settling":
            on.slack.faults.clear()
            died = died and await _dies(on, await dying(on, draw.choice(SETTLING), "conversations.history"))
        on.slack.faults.clear()
        await on.fork()
        await on.ended()
        result = await judged(case, on)
        if not died:
            result.broken.append(NEVER_STRUCK)
        return result


async def dying(on: Stage, point: KillPoint | When, method: str, skip: int = 0) -> Worker:
    """Start a worker that dies at a kill point, or at this moment of a call of Slack."""
    if isinstance(point, KillPoint):
        return await on.fork(kill=point.order())
    on.slack.faults.add(fault := Fault("kill", (method,), point, skip=skip))
    worker = await on.fork()
    fault.pid = worker.pid  # it calls Slack only after it was started
    return worker


async def _dies(on: Stage, worker: Worker) -> bool:
    """Wait until the worker was killed. Return False if it lives on when there is nothing left to do."""
    ended = asyncio.create_task(on.ended())
    either: set[asyncio.Future[Any]] = {ended, worker.ended}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    return await on.died(worker, STRIKES_WITHIN)
