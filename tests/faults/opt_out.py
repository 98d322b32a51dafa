"""P5: members opt out at random moments of a fan-out. After the answer, no message to them starts, and it stays so."""

import asyncio
import random
from typing import NamedTuple

from bot.coach import schedules
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState
from bot.core.rhythm import Wish
from tests.acting import acting
from tests.faults.kills import lose_some
from tests.faults.processes import Processes
from tests.faults.stage import Databases, Plan, Stage, stage
from tests.faults.tally import Case, Result

MEMBERS, SAYING_NO = 20, 10


class Answered(NamedTuple):
    """An opt-out that was answered after this many posts. `on_the_way`: the answer said that a tip is still coming."""

    who: MemberKey
    posts: int
    on_the_way: bool


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    """Let ten of twenty members opt out in another process, while nudges are sent and some answers get lost."""
    draw = random.Random(case.name)  # noqa: S311 - a seed must replay
    async with stage(Plan(case, MEMBERS), databases, processes) as on:
        lose_some(on, 0.1)
        await on.fork()
        begin_after = draw.randint(0, 2)  # posts

        async def has_begun() -> bool:
            return len(on.slack.posts) >= begin_after and bool(await on.rows())

        await on.until(has_begun)
        leaving = draw.sample(on.members, SAYING_NO)
        answers = await asyncio.gather(*(_say_no(on, who, draw.uniform(0, 0.9)) for who in leaving))
        await on.ended()
        return await _judged(case, on, answers)


async def _say_no(on: Stage, who: MemberKey, after: float) -> Answered:
    """Opt out, while the store still handles another press of the member."""
    await asyncio.sleep(after)
    now = on.slack.clock()
    another = on.store.write(acting(schedules.choose_rhythm, who, now), Wish.SECOND)
    said, _ = await asyncio.gather(on.store.write(acting(schedules.decline, who, now)), another)
    return Answered(who, len(on.slack.posts), said.on_the_way)


async def _judged(case: Case, on: Stage, answers: list[Answered]) -> Result:
    deliveries, broken = await on.over()
    rows = {row.member_id: row for row in deliveries}
    posts = {who.member_id: on.posts()[who] for who in on.members}
    stayed = {who.member_id for who in on.members} - {each.who.member_id for each in answers}
    broken += [f"{who} stayed and got {posts[who]}: {rows[who].state}" for who in stayed if posts[who] != 1]
    for each in answers:
        who = each.who.member_id
        if (await on.store.read(acting(schedules.state, each.who))).on:
            broken.append(f"{who}'s opt-out was undone")
        if not each.on_the_way and any(post.person == who for post in on.slack.posts[each.posts :]):
            broken.append(f"{who} was sent a nudge after the answer")
        if posts[who] > 1:
            broken.append(f"doubled: {who}")
        if posts[who] and rows[who].state == DeliveryState.CANCELLED:
            broken.append(f"{who}'s nudge was sent, and is noted as cancelled")
    counts = {
        "opt-outs": len(answers),
        "cancelled": sum(row.state == DeliveryState.CANCELLED for row in rows.values()),
        "said to be on their way": sum(each.on_the_way for each in answers),
        "sent after the answer": sum("after the answer" in each for each in broken),
    }
    return Result(case.name, counts, broken)
