"""P1: each way in which Slack's answer can get lost, while looking it up fails too; with the scope and without."""

import random

from bot.playground.emulator.faults import Fault, limit, refuse
from tests.faults.kills import judged
from tests.faults.processes import Processes
from tests.faults.stage import Databases, Plan, stage
from tests.faults.tally import Case, Result

KINDS = ("close", "reset", "half", "html", "empty", "status", "hang", "slow")
WITH, WITHOUT = "im:history held", "without im:history"
ABOUTS = tuple(f"{kind}, {scope}" for kind in KINDS for scope in (WITH, WITHOUT))
SLOW = 1.4  # seconds: longer than the worker waits, shorter than it waits before it looks


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    """Send to four members, while most answers get lost and the first look-ups fail."""
    kind, _, scope = case.about.partition(", ")
    draw = random.Random(case.name)  # noqa: S311 - a seed must replay
    without = frozenset({"im:history"} if scope == WITHOUT else ())
    async with stage(Plan(case, members=4, scopes_without=without), databases, processes) as on:
        lost = _lost(kind)
        on.slack.faults.add(*lost, *_blind(kind, draw))
        await on.fork()
        await on.ended()
        result = await judged(case, on, at_most_once=bool(without))
        result.counts["lost answers"] = sum(fault.struck for fault in lost)
        return result


def _lost(kind: str) -> list[Fault]:
    if kind == "slow":
        return [Fault("delay", ("chat.postMessage",), "before", seconds=SLOW, times=4, chance=0.7)]
    after = Fault("spoil", ("chat.postMessage",), "after", kind, times=6, chance=0.6)  # type: ignore[arg-type]  # a How
    before = Fault("spoil", ("chat.postMessage",), "before", kind, times=3, chance=0.3)  # type: ignore[arg-type]
    return [before, after]


def _blind(kind: str, draw: random.Random) -> list[Fault]:
    if draw.random() < 0.5:
        return []
    method = "conversations.history"
    spoilt = Fault("spoil", (method,), "after", "close" if kind == "slow" else kind, times=2)  # type: ignore[arg-type]
    return draw.choice([[spoilt], [refuse(method, error="internal_error", times=2)], [limit(method, seconds=1)]])
