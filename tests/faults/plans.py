"""P1, P4: reminders that members plan, move and give up at random moments; workers are killed and answers get lost.

Each plan that a member keeps brings exactly one reminder. A plan that ended brings none, unless it had begun before.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from bot.coach import plans, practice
from bot.content import library
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState, Kind
from bot.core.practice import ReminderWish
from bot.store import open_store
from bot.store.member_schema import delivery, member
from bot.store.schema import workspace
from tests.acting import act_of, acting
from tests.faults.kills import live_and_die, lose_some
from tests.faults.processes import Processes
from tests.faults.stage import Databases, Plan, Stage, id_of, patiently, stage
from tests.faults.tally import Case, Result

MEMBERS, MOVING, ACTING = 12, 6, 8
LOST = 0.1  # of all answers
ACTING_FOR = 1.5  # seconds, in which most reminders go out
BEFORE = timedelta(minutes=40)  # when the members planned: before the moment for which they planned
ACTS = ("did", "unplan", "move")


class Ended(NamedTuple):
    """A plan that a member ended. `started_at`: when its reminder had begun by then, as text; None if it had not."""

    who: str
    plan_id: str
    started_at: str | None


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    """Let members plan, then move, do or give up what they planned, while workers are killed."""
    draw = random.Random(case.name)  # noqa: S311 - a seed must replay
    async with stage(Plan(case, MEMBERS, draw.choice([600, 1200, 2400])), databases, processes) as on:
        lost = lose_some(on, LOST)
        ids = [who.member_id for who in on.members]
        about = (on.settings["DATABASE_URL"], on.members[0].workspace_id, ids, on.slack.clock().isoformat(), case.seed)
        kept, ended = await processes.call("tests.faults.plans:plan_all", *about, mutant=case.mutant)
        async with asyncio.TaskGroup() as group:
            group.create_task(live_and_die(on, draw, (2, 5), (0.1, 1.0)))
            acted = group.create_task(processes.call("tests.faults.plans:act", *about, kept, mutant=case.mutant))
        kept, more = acted.result()
        await on.ended()
        result = await _judged(case, on, kept, [Ended(*each) for each in (*ended, *more)])
        result.counts["lost answers"] = sum(fault.struck for fault in lost)
        return result


async def _judged(case: Case, on: Stage, kept: dict[str, str], ended: Sequence[Ended]) -> Result:
    deliveries, broken = await on.over()
    rows = {row.key: row for row in deliveries}
    posts = Counter(map(id_of, on.slack.posts))
    doubled = [row.key for row in rows.values() if posts[row.id] > 1]
    broken += [f"doubled: {key} came {posts[rows[key].id]} times" for key in doubled]
    lost = 0
    for who, plan_id in kept.items():
        row = rows.get(f"reminder:{who}:{plan_id}")
        came = row is not None and posts[row.id] > 0
        lost += not came
        if row is None or not came or row.state != DeliveryState.SENT:
            broken.append(f"lost: the reminder of {who} is {row and (row.state, row.reason)}, and came: {came}")
    for each in ended:  # whose reminder may come only if it had begun before
        row = rows.get(f"reminder:{each.who}:{each.plan_id}")
        if row is None:
            broken.append(f"gone: the row of the reminder that {each.who} ended")
        elif posts[row.id] and each.started_at is None:
            broken.append(f"sent after its end: the reminder of {each.who}")
        elif row.started_at is not None and row.started_at.isoformat() != each.started_at:
            broken.append(f"begun again after its end: the reminder of {each.who}")
    reminders = sum(posts[row.id] for row in rows.values() if row.kind == Kind.REMINDER)
    counts = {"reminders": reminders, "plans kept": len(kept), "plans ended": len(ended), "kills": on.kills}
    return Result(case.name, counts | {"doubled": len(doubled), "lost": lost}, broken)


# What follows runs in a process of its own, as the bot does, with the mutant's change.

Told = tuple[dict[str, str], list[Ended]]  # the plan that each member keeps, and those that ended
CATALOG = library.load()
TIP = next(iter(CATALOG.lessons))


async def plan_all(address: str, workspace_id: str, ids: list[str], now: str, seed: int) -> Told:
    """Let all members plan a tip, and some of them change the time before anything is sent."""
    draw = random.Random(seed)  # noqa: S311 - a seed must replay
    kept: dict[str, str] = {}
    ended: list[Ended] = []
    moving = set(draw.sample(ids, MOVING))
    store, at = open_store(address), datetime.fromisoformat(now)
    widened = update(workspace).where(workspace.c.workspace_id == workspace_id).values(dm_budget=5)
    await store.write(lambda tx: tx.execute(widened))
    for who in (MemberKey(workspace_id, member_id) for member_id in ids):
        for _ in range(2 if who.member_id in moving else 1):
            if who.member_id in kept:
                ended.append(Ended(who.member_id, kept[who.member_id], None))
            planned = await store.write(acting(plans.plan, who, at - BEFORE, CATALOG), TIP, None, _wish(draw, at))
            kept[who.member_id] = planned.record.plans[TIP].plan_id
    await store.close()
    return kept, ended


async def act(address: str, workspace_id: str, ids: list[str], now: str, seed: int, kept: dict[str, str]) -> Told:
    """Let some members do, give up or move what they planned, each at a random moment."""
    draw = random.Random(-seed)  # noqa: S311 - a seed must replay
    ended: list[Ended] = []
    store, at, began = open_store(address), datetime.fromisoformat(now), time.monotonic()

    async def does(member_id: str, what: str, wish: ReminderWish, after: float) -> None:
        await asyncio.sleep(after)
        moment = at + timedelta(seconds=time.monotonic() - began)
        who, plan_id = MemberKey(workspace_id, member_id), kept[member_id]
        started_at, new = await patiently(store, _do, who, plan_id, what, wish, (at - BEFORE, moment))
        if new == plan_id:
            return  # it was moved to the same moment
        ended.append(Ended(member_id, plan_id, started_at))
        del kept[member_id]
        if new is not None:
            kept[member_id] = new

    acts = [
        (each, draw.choice(ACTS), _wish(draw, at), draw.uniform(0, ACTING_FOR)) for each in draw.sample(ids, ACTING)
    ]
    await asyncio.gather(*(does(*each) for each in acts))
    await store.close()
    return kept, ended


def _do(
    tx: Connection, who: MemberKey, plan_id: str, what: str, wish: ReminderWish, times: tuple[datetime, datetime]
) -> tuple[str | None, str | None]:
    """Do it, and return when the reminder had begun by then, and the id of the new plan, if any.

    The reminder is locked first, so that nothing begins between the look and the act. `times`: when a new plan is
    made, and when the member acts.
    """
    tx.execute(select(member).where(member.c.member_id == who.member_id).with_for_update(read=True, key_share=True))
    own = delivery.c.key == f"reminder:{who.member_id}:{plan_id}"
    begun = tx.execute(select(delivery.c.started_at).where(own).with_for_update()).scalar_one_or_none()
    earlier, now = (act_of(tx, who, at, CATALOG) for at in times)
    new = None
    if what == "did":
        practice.did(now, TIP, None)
    elif what == "unplan":
        plans.unplan(now, TIP, None)
    else:
        new = plans.plan(earlier, TIP, None, wish).record.plans[TIP].plan_id
    return begun and begun.isoformat(), new


def _wish(draw: random.Random, now: datetime) -> ReminderWish:
    at = now - timedelta(minutes=draw.randint(1, 25))
    return ReminderWish(at.date(), at.hour * 60 + at.minute, f"meeting {draw.randint(1, 99)}")
