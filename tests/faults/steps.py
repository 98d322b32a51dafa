"""P1: SIGKILL at each step of a delivery's life, one after the other."""

import random

from bot.playground.emulator.faults import Fault
from tests.faults.kills import judged
from tests.faults.nursery import Nursery, Worker
from tests.faults.stage import Databases, Plan, Stage, stage
from tests.faults.tally import Case, Result

# In the worker: a verb, and whether before its transaction, just before its commit, or after it.
IN_WORKER = {
    "before the claim": ("claim", "before"),
    "after the claim": ("claim", "after"),
    "after the start was stored": ("begin", "after"),
    "before the confirm": ("finish", "before"),
    "during the confirm": ("finish", "during"),
    "after the confirm": ("finish", "after"),
}
# In Slack: what has become of the request by then.
IN_SLACK = {"before it was recorded": "before", "mid-request": "during", "after it was recorded": "after"}
SETTLING = ("unsettled after", "settle before", "settle during", "settle after", "before", "during", "after")
POINTS = (*IN_WORKER, *IN_SLACK, "while settling")
CLAIM_HOLDS_ALL = 1  # the first claim takes all three, so there is no second


async def run(case: Case, databases: Databases, nursery: Nursery) -> Result:
    """One life that ends at the point, one more that dies while settling where that is the point, and the last."""
    draw = random.Random(f"{case.name}")  # noqa: S311 - a seed must replay
    async with stage(Plan(members=3, database=case.database, mutant=case.mutant), databases, nursery) as on:
        nth = draw.randint(1, 3)
        died = await on.died(await _life(on, case.about, nth))
        if case.about == "while settling":
            on.slack.faults.clear()
            died = died and await on.died(await _settling(on, draw.choice(SETTLING)))
        on.slack.faults.clear()
        await on.fork()
        await on.ended()
        result = await judged(case, on)
        if not died:
            result.broken.append("the kill never struck")
        return result


async def _life(on: Stage, point: str, nth: int) -> Worker:
    if point in IN_WORKER:
        verb, when = IN_WORKER[point]
        return await on.fork(kill={"verb": verb, "when": when, "nth": CLAIM_HOLDS_ALL if verb == "claim" else nth})
    when = IN_SLACK.get(point) or ("before", "during", "after")[nth - 1]
    return await _dies_in(on, "chat.postMessage", when, nth - 1)


async def _settling(on: Stage, point: str) -> Worker:
    verb, _, when = point.rpartition(" ")
    if verb:
        return await on.fork(kill={"verb": verb, "when": when, "nth": 1})
    return await _dies_in(on, "conversations.history", when, 0)


async def _dies_in(on: Stage, method: str, when: str, skip: int) -> Worker:
    worker = await on.fork()
    on.slack.faults.add(Fault("kill", (method,), when, pid=worker.pid, skip=skip))  # type: ignore[arg-type]  # a When
    return worker
