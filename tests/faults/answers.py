"""P15: what members write is done and answered once, through copies of each event, kills, and lost answers of Slack."""

import asyncio
import random
from collections import Counter

from sqlalchemy import select

from bot.content import library
from bot.core.outbox import DeliveryState, Kind
from bot.store.member_schema import skill_history
from tests.faults.fleet import Fleet
from tests.faults.kills import lose_some
from tests.faults.processes import Processes
from tests.faults.stage import Databases, Plan, Stage, stage
from tests.faults.tally import Case, Result

MEMBERS, EACH, PROCESSES = 4, 4, 3
LOST = 0.05  # of Slack's answers to posts and look-ups
DONE, AGAIN = "Done: *", "You already marked *"

Line = tuple[str, str]  # a member, and the skill that they say they have learned


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    """Let members write to bots that are killed all the time. Then let the last ones send what is left."""
    draw = random.Random(case.name)  # noqa: S311 - a seed must replay
    async with stage(Plan(case, MEMBERS), databases, processes) as on:
        lost = lose_some(on, LOST)
        skills = draw.sample(sorted(library.load().skills), EACH)
        lines = [(who.member_id, skill) for who in on.members for skill in skills]
        draw.shuffle(lines)
        async with Fleet.opened(on, case.name, PROCESSES) as fleet:
            writing = [_write(on, fleet, line, draw.randint(1, 4), draw.uniform(0, 3)) for line in lines]
            copies = await asyncio.gather(*writing)
            fleet.calm()
            await on.ended()
        result = await _judged(case, on, lines)
        result.counts |= {"copies": sum(copies), "lost answers of Slack": sum(fault.struck for fault in lost)}
        return result


async def _write(on: Stage, fleet: Fleet, line: Line, copies: int, after: float) -> int:
    """Report a line to the bots as Slack does: again until one has taken it. Return the number of copies."""
    await asyncio.sleep(after)
    who, skill = line
    workspace = on.slack.workspace
    message = workspace.post(workspace.dm(who).id, who, f"learn {skill}")
    (event,) = on.slack.acts.heard(workspace.dm(who), message)
    payload = on.slack.hub.payloads(workspace).event(event)
    sent = 0
    while True:
        answers = await asyncio.gather(*(fleet.tell(payload) for _ in range(copies)))
        sent += copies
        if any(answer.failure is None for answer in answers):
            return sent
        copies = 1


async def _judged(case: Case, on: Stage, lines: list[Line]) -> Result:
    deliveries, broken = await on.over()
    names = {skill.name: skill.slug for skill in library.load().skills.values()}
    answers: Counter[Line] = Counter()
    again = 0
    for post in on.slack.posts:
        if post.text.startswith((DONE, AGAIN)):
            answers[post.person or "", names[post.text.split("*")[1]]] += 1
            again += post.text.startswith(AGAIN)
    learned = select(skill_history.c.member_id, skill_history.c.skill).where(skill_history.c.step == "learned")
    history = await on.store.read(lambda tx: Counter((who, skill) for who, skill in tx.execute(learned)))
    broken += [f"answered {answers[line]} times: {line}" for line in lines if answers[line] != 1]
    broken += [f"done {history[line]} times: {line}" for line in lines if history[line] != 1]
    broken += [f"{again} answers say that it was done before"] if again else []
    rows = [row for row in deliveries if row.kind == Kind.ANSWER]
    broken += [f"not sent: {row.key} is {row.state} ({row.reason})" for row in rows if row.state != DeliveryState.SENT]
    broken += [f"still says what it was about: {row.key}" for row in rows if row.subject is not None]
    counts = {
        "lines": len(lines),
        "kills": on.kills,
        "answers": sum(answers.values()),
        "doubled": sum(count > 1 for count in answers.values()),
        "lost": sum(answers[line] == 0 for line in lines),
    }
    return Result(case.name, counts, broken)
