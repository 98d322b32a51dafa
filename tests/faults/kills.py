"""P1, P2: a worker that is killed again and again, at random moments, while Slack's answers get lost."""

import asyncio
import random

from bot.core.outbox import DeliveryState
from bot.playground.emulator.faults import Fault, How
from bot.playground.emulator.hub import Refused
from tests.faults.processes import Processes
from tests.faults.stage import Databases, Plan, Stage, installed, is_ended, stage
from tests.faults.tally import Case, Result

LOST = 0.05  # of all answers
HOWS: tuple[How, ...] = ("close", "reset", "half", "html", "empty", "status")


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    """Start a worker, kill it, and start it again, some times. The last one may finish."""
    draw = random.Random(f"{case.proof} {case.seed}")  # noqa: S311 - a seed must replay
    plan = Plan(10, case.database, draw.choice([600, 1200, 2400]), mutant=case.mutant, **installed(case.about))
    async with stage(plan, databases, processes) as on:
        on.slack.faults.random.seed(case.seed)
        lost = lose_some(on, LOST)
        for _ in range(draw.randint(2, 6)):
            worker = await on.fork()
            await asyncio.sleep(draw.uniform(0.05, 1.0))
            await worker.kill()
        await on.fork()
        await on.ended()
        result = await judged(case, on)
        result.counts["lost answers"] = sum(fault.struck for fault in lost)
        return result


def lose_some(on: Stage, chance: float) -> list[Fault]:
    """Lose this share of all posts and look-ups. Return the faults."""
    faults = losses(chance)
    on.slack.faults.add(*faults)
    return faults


def losses(chance: float) -> list[Fault]:
    """Return faults that lose this share of all posts and look-ups: half before they take effect, half after."""
    methods = ("chat.postMessage", "conversations.history")
    share = chance / len(HOWS) / 2
    return [
        Fault("spoil", methods, when, how, times=None, chance=share) for how in HOWS for when in ("before", "after")
    ]


async def judged(case: Case, on: Stage, *, at_most_once: bool = False) -> Result:
    """Check that each member got exactly one nudge, and that every delivery ended.

    `at_most_once`: the bot may not look posts up, so a member gets at most one, and each missing one is reported.
    """
    kills, broken = on.kills, [f"{on.crashes} workers ended by themselves"] if on.crashes else []
    await on.stop()
    posts, rows = on.posts(), await on.rows()
    lost = unconfirmed = 0
    for who in on.members:
        count = posts[who]
        own = [row for row in rows if (row.workspace_id, row.member_id) == who]
        states = [f"{row.state} ({row.reason})" for row in own]
        told = at_most_once and any(row.state == DeliveryState.UNCONFIRMED and row.reason for row in own)
        unconfirmed += told
        lost += count == 0 and not told
        if count > 1:
            broken.append(f"doubled: {who.member_id} got {count}, rows {states}")
        if count == 0 and not told:
            broken.append(f"lost: {who.member_id} got none, rows {states}")
        if len(own) != 1 or not all(is_ended(row) for row in own):
            broken.append(f"left: {who.member_id} has {states}")
        if count == 1 and not told and not any(row.state == DeliveryState.SENT and row.ts for row in own):
            broken.append(f"unknown: {who.member_id} got one, rows {states}")
    broken += [f"refused by Slack: {refusal}" for refusal in on.slack.refused if not is_expected(refusal)]
    counts = {
        "nudges": sum(posts.values()),
        "members": len(on.members),
        "kills": kills,
        "doubled": sum(count > 1 for count in posts.values()),
        "lost": lost,
    } | ({"left unconfirmed, and told so": unconfirmed} if at_most_once else {})
    return Result(case.name, counts, broken)


def is_expected(refusal: Refused) -> bool:
    """Return whether another test's bot was refused, which asks for a WebSocket at a port that it used before."""
    return refusal.error == "missing_scope" or refusal.what == "apps.connections.open"
