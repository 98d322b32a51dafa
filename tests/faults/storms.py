"""P7, P9: a thousand nudges by several workers that are killed and replaced, while Slack says to wait."""

import asyncio
import contextlib
import json
import random
import tempfile
import time
from pathlib import Path

from bot.playground.emulator.faults import Fault, Key, Limits
from tests.faults.kills import judged
from tests.faults.processes import Processes
from tests.faults.stage import Databases, Plan, Stage, stage
from tests.faults.tally import Case, Result

PER_MINUTE = 1500
KILLS, PAUSES = 50, 10
MEMBERS_A_KILL = 5  # at least: few members are told quickly
PATIENCE = 900  # seconds, on a busy machine
LEASE = SETTLING = (
    6.0  # seconds: longer than a busy machine lets a worker stand still; what that does is for other proofs
)


class Watched(Limits):
    """Remembers each call that came during a pause: its time, and when the pause began."""

    def __init__(self) -> None:
        super().__init__()
        self.shut_at = 0.0
        self.came: list[tuple[float, float, str]] = []

    def close(self, key: Key, seconds: int) -> int:
        self.shut_at = time.monotonic()
        return super().close(key, seconds)

    def retry_after(self, workspace: str, method: str, channel: str | None) -> int | None:
        wait = super().retry_after(workspace, method, channel)
        if wait is not None:
            self.came.append((time.monotonic(), self.shut_at, f"U{(channel or '')[1:]}"))
        return wait

    def left_early(self, trace: Path) -> int:
        """Count the calls that began after a worker had stored Slack's pause. Other calls were on the way already."""
        told = [json.loads(line) for line in trace.read_text().splitlines()]
        paused = [each["paused"] for each in told if "paused" in each]
        began = [(member, each["began"]) for each in told for member in each.get("members", ())]
        early = 0
        for came, shut, member in self.came:
            left = max((at for who, at in began if who == member and at < came), default=came)
            early += any(shut < at < left for at in paused)
        return early


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    """Run two to four workers with fifty restarts, and answer every hundredth post with 429."""
    draw = random.Random(case.name)  # noqa: S311 - a seed must replay
    members = int(case.about.split()[0])
    with tempfile.NamedTemporaryFile(prefix="roleshift-trace-") as trace:
        async with stage(Plan(case, members, PER_MINUTE, lease=LEASE, settling=SETTLING), databases, processes) as on:
            on.trace = trace.name
            on.slack.limits = limits = Watched()
            on.slack.faults.add(Fault("limit", ("chat.postMessage",), seconds=1, times=PAUSES, chance=0.01))
            killing = asyncio.create_task(_kill(on, draw, 2 + case.seed % 3, min(KILLS, members // MEMBERS_A_KILL)))
            await on.ended(PATIENCE)
            killing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await killing
            result = await judged(case, on)
        early = limits.left_early(Path(trace.name))
    result.counts |= {"429s": limits.limited, "of these had left before": len(limits.came), "early calls": early}
    if early:
        result.broken.append(f"{early} calls before Retry-After had ended")
    return result


async def _kill(on: Stage, draw: random.Random, workers: int, kills: int) -> None:
    """Kill workers at moments that are spread evenly over the fan-out."""
    for _ in range(workers):
        await on.fork()
    for number in range(kills):
        least = (number + 1) / (kills + 1) * 0.95 * len(on.members)

        async def done(least: float = least) -> bool:
            return len(on.slack.posts) >= least

        await on.until(done, PATIENCE)
        await draw.choice([worker for worker in on.workers if not worker.ended.done()]).kill()
        await on.fork()
