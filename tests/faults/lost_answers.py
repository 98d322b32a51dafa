"""P1: each way in which Slack's answer can get lost, while looking it up fails too; with the scope and without."""

import random

from bot.playground.emulator.faults import Fault, How, limit, refuse
from tests.faults.kills import judged
from tests.faults.processes import Processes
from tests.faults.stage import Databases, Plan, stage
from tests.faults.tally import Case, Result

POST, LOOK = "chat.postMessage", "conversations.history"
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
        how: How = "close" if kind == "slow" else kind  # type: ignore[assignment]  # one of them
        lost = [Fault("spoil", (POST,), "after", how, times=6, chance=0.6)]
        lost.append(Fault("spoil", (POST,), "before", how, times=3, chance=0.3))
        if kind == "slow":
            lost = [Fault("delay", (POST,), "before", seconds=SLOW, times=4, chance=0.7)]
        on.slack.faults.add(*lost)
        if draw.random() < 0.5:  # and the look-ups fail
            spoilt = Fault("spoil", (LOOK,), "after", how, times=2)
            error = refuse(LOOK, error="internal_error", times=2)
            on.slack.faults.add(draw.choice([spoilt, error, limit(LOOK, seconds=1)]))
        await on.fork()
        await on.ended()
        result = await judged(case, on, at_most_once=bool(without))
        result.counts["lost answers"] = sum(fault.struck for fault in lost)
        return result
