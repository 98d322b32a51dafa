"""P1, P2; P6 in two workspaces: a worker that is killed again and again, while Slack's answers get lost."""

import asyncio
import random
from collections import Counter

from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState, Kind
from bot.playground.emulator.faults import Fault, How, When
from tests.faults.processes import Processes
from tests.faults.stage import Databases, Plan, Stage, id_of, stage
from tests.faults.tally import Case, Result

LOST = 0.05  # of all answers
HOWS: tuple[How, ...] = ("close", "reset", "half", "html", "empty", "status")
METHODS: tuple[str, ...] = ("chat.postMessage", "conversations.history")
MOMENTS: tuple[When, ...] = ("before", "after")  # it took effect


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    """Start a worker, kill it, and start it again, some times. The last one may finish."""
    draw = random.Random(f"{case.proof} {case.seed}")  # noqa: S311 - a seed must replay
    async with stage(Plan(case, per_minute=draw.choice([600, 1200, 2400])), databases, processes) as on:
        lost = lose_some(on, LOST)
        await live_and_die(on, draw, (2, 6), (0.05, 1.0))
        await on.ended()
        result = await judged(case, on)
        result.counts["lost answers"] = sum(fault.struck for fault in lost)
        return result


async def live_and_die(on: Stage, draw: random.Random, times: tuple[int, int], seconds: tuple[float, float]) -> None:
    """Start a worker and kill it after so many seconds, so many times. Leave the last one alive."""
    for _ in range(draw.randint(*times)):
        worker = await on.fork()
        await asyncio.sleep(draw.uniform(*seconds))
        await worker.kill()
    await on.fork()


def lose_some(on: Stage, chance: float, methods: tuple[str, ...] = METHODS) -> list[Fault]:
    """Lose this share of all posts and look-ups. Return the faults."""
    faults = losses(chance, methods)
    on.slack.faults.add(*faults)
    return faults


def losses(chance: float, methods: tuple[str, ...] = METHODS) -> list[Fault]:
    """Return faults that lose this share of all calls: half before they take effect, half after."""
    share = chance / len(HOWS) / len(MOMENTS)
    return [Fault("spoil", methods, when, how, times=None, chance=share) for how in HOWS for when in MOMENTS]


async def judged(case: Case, on: Stage, *expected: str, at_most_once: bool = False) -> Result:
    """Check that each member got exactly one nudge, and that every delivery ended.

    `expected`: errors with which Slack may refuse. `at_most_once`: the bot may not look posts up, so a member gets at
    most one, and each missing one is reported.
    """
    rows, broken = await on.over(*expected)
    nudges = {row.id: row for row in rows if row.kind == Kind.NUDGE}  # who installed the bot is told more
    posts = Counter(MemberKey(post.workspace, post.person or "") for post in on.slack.posts if id_of(post) in nudges)
    lost = unconfirmed = 0
    for who in on.members:
        count = posts[who]
        own = [row for row in nudges.values() if (row.workspace_id, row.member_id) == who]
        states = [f"{row.state} ({row.reason})" for row in own]
        told = at_most_once and any(row.state == DeliveryState.UNCONFIRMED and row.reason for row in own)
        unconfirmed += told
        lost += count == 0 and not told
        if count > 1:
            broken.append(f"doubled: {who.member_id} got {count}, rows {states}")
        if count == 0 and not told:
            broken.append(f"lost: {who.member_id} got none, rows {states}")
        if len(own) != 1:
            broken.append(f"not one row: {who.member_id} has {states}")
        if count == 1 and not told and not any(row.state == DeliveryState.SENT and row.ts for row in own):
            broken.append(f"unknown: {who.member_id} got one, rows {states}")
    counts = {
        "nudges": sum(posts.values()),
        "members": len(on.members),
        "kills": on.kills,
        "doubled": sum(count > 1 for count in posts.values()),
        "lost": lost,
    } | ({"left unconfirmed, and told so": unconfirmed} if at_most_once else {})
    return Result(case.name, counts, broken)
