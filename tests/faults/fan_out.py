"""P7, P9: a thousand nudges by several workers that are killed and replaced, while Slack says to wait."""

import asyncio
import contextlib
import random
import time

from bot.playground.faults import Fault
from bot.playground.limits import Key, Limits
from tests.faults.kills import judged
from tests.faults.nursery import Nursery
from tests.faults.stage import Databases, Plan, Stage, stage
from tests.faults.tally import Case, Result

MEMBERS = 1000
PER_MINUTE = 1500
IN_FLIGHT = 0.5  # seconds: what arrives so soon after a 429 had left before it came
PATIENCE = 300  # seconds


class Watched(Limits):
    """Tells calls that left too early from those that were on their way when the door was shut."""

    def __init__(self) -> None:
        super().__init__()
        self.shut_at: dict[Key, float] = {}
        self.too_early = 0

    def close(self, key: Key, seconds: int) -> int:
        self.shut_at[key] = time.monotonic()
        return super().close(key, seconds)

    def retry_after(self, workspace: str, method: str, channel: str | None) -> int | None:
        wait = super().retry_after(workspace, method, channel)
        if wait is not None and time.monotonic() - self.shut_at.get((workspace, method), 0.0) > IN_FLIGHT:
            self.too_early += 1
        return wait


async def twenty_kills(case: Case, databases: Databases, nursery: Nursery) -> Result:
    """Two workers; twenty times one of them is killed in mid-fan-out."""
    return await _run(case, databases, nursery, workers=2, kills=20, storms=0)


async def storms(case: Case, databases: Databases, nursery: Nursery) -> Result:
    """Two to four workers, fifty restarts, and a 429 for every hundredth post."""
    return await _run(case, databases, nursery, workers=2 + case.seed % 3, kills=50, storms=10)


async def _run(case: Case, databases: Databases, nursery: Nursery, *, workers: int, kills: int, storms: int) -> Result:
    draw = random.Random(case.name)  # noqa: S311 - a seed must replay
    plan = Plan(members=MEMBERS, database=case.database, per_minute=PER_MINUTE, mutant=case.mutant)
    async with stage(plan, databases, nursery) as on:
        on.slack.limits = limits = Watched()
        on.slack.faults.random.seed(case.seed)
        on.slack.faults.add(Fault("limit", ("chat.postMessage",), seconds=1, times=storms, chance=0.01))
        killing = asyncio.create_task(_kill(on, draw, workers, kills))
        await on.ended(PATIENCE)
        killing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await killing
        result = await judged(case, on)
        result.counts |= {"429s": limits.limited, "early calls": limits.too_early}
        if limits.too_early:
            result.broken.append(f"{limits.too_early} calls before Retry-After had ended")
        return result


async def _kill(on: Stage, draw: random.Random, workers: int, kills: int) -> None:
    """Spread over the fan-out, by how much of it is done."""
    for _ in range(workers):
        await on.fork()
    for number in range(kills):
        await on.until(lambda share=(number + 1) / (kills + 1): _done(on, share), PATIENCE)  # type: ignore[misc]
        await draw.choice([worker for worker in on.workers if not worker.ended.done()]).kill()
        await on.fork()


async def _done(on: Stage, share: float) -> bool:
    return len(on.slack.posts) >= share * 0.95 * len(on.members)
