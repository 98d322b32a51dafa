"""All promises at once, in one process: workers die and freeze, a double of Slack fails, members change their minds."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.coach import membership, schedules
from bot.core.calendar import Slot
from bot.core.member import Consent, MemberKey, Profile, Schedule
from bot.core.outbox import DeliveryState, Kind
from bot.store import schedules as schedule_rows, workspaces
from tests.acting import acting
from tests.faults.processes import Processes
from tests.faults.stage import Databases, deliveries, is_ended
from tests.faults.tally import Case, Result
from tests.faults.world import JOBS, NEVER_SENT, World, live_again, worlds

START = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday
SLOT = Slot(weekday=2, minute=9 * 60 + 45)
SPAN, LAST_CHANGE = 5 * 3600, 900  # seconds at most
WORKSPACES, MEMBERS, CHANGES = ("T1", "T2"), 6, 8
FAULTS, DEADLY = 0.25, 0.03
RINGS = ((10.0, JOBS["plan"]), (4.0, JOBS["deliver"]), (10.0, JOBS["settle"]))
SEEDS_A_RUN = 2


async def run(case: Case, _databases: Databases, processes: Processes) -> Result:
    first = case.seed * SEEDS_A_RUN
    return await processes.prove(case, "tests.faults.simulation:lives", first, SEEDS_A_RUN, case.mutant)


def lives(first: int, count: int, mutant: str | None) -> tuple[Counter[str], list[str]]:
    """Run these seeds one after the other."""
    return worlds(first, count, START, FAULTS, mutant, _live)


async def _live(world: World) -> None:
    members = [MemberKey(place, f"U{number}") for place in WORKSPACES for number in range(MEMBERS)]
    await world.store.write(_seed, world, members)
    if world.draw.random() < 0.3:
        world.blind.add(WORKSPACES[1])
    lives = [asyncio.create_task(live_again(world, DEADLY, RINGS)) for _ in range(world.draw.randint(1, 3))]
    changed: set[MemberKey] = set()
    changes = [asyncio.create_task(_change(world, members, changed)) for _ in range(CHANGES)]
    for _ in range(SPAN // 20):
        await asyncio.sleep(20)
        rows = await world.store.read(deliveries)
        nudged = {MemberKey(row.workspace_id, row.member_id) for row in rows if row.kind == Kind.NUDGE}
        if world.loop.time() > LAST_CHANGE and set(members) - changed <= nudged and all(map(is_ended, rows)):
            break
    _judge(world, rows, members, changed)
    for task in (*lives, *changes, *world.late):
        task.cancel()
    await world.store.close()


def _seed(tx: Connection, world: World, members: list[MemberKey]) -> None:
    now = world.clock.now()
    for place in WORKSPACES:
        workspaces.connect(tx, place, now)
    for who in members:
        # A fresh profile, so that no job asks Slack again today.
        membership.meet(tx, who, Profile("UTC", coachable=True), now)
        due_at = now - timedelta(minutes=15) + timedelta(seconds=world.draw.choice([0, world.draw.uniform(0, 1200)]))
        schedule_rows.save(tx, who, Schedule(Consent.YES, SLOT, "UTC", zone_is_own=False, next_due_at=due_at), now)
        if world.draw.random() < 0.5:
            schedule_rows.set_dm(tx, who, f"D{who.workspace_id}{who.member_id}")


async def _change(world: World, members: list[MemberKey], changed: set[MemberKey]) -> None:
    """Let a member do something at a random moment, in a process that does not die."""
    await asyncio.sleep(world.draw.uniform(0, LAST_CHANGE))
    who, now = world.draw.choice(members), world.clock.now()
    changed.add(who)
    match world.draw.choice(["no", "no, yes", "later", "pause", "pause, resume", "move"]):
        case "no":
            await _say_no(world, who)
        case "no, yes":
            await _say_no(world, who)
            await asyncio.sleep(world.draw.uniform(0, 300))
            world.silenced.discard(who)
            await world.write(acting(schedules.accept, who, world.clock.now()), None, None)
        case "later":
            minute = now.hour * 60 + now.minute + world.draw.randint(1, 90)
            await world.write(acting(schedules.accept, who, now), Slot(2, minute), None)
            world.silenced.discard(who)
        case "move":
            await world.write(schedules.follow_zone, who, world.draw.choice(["Europe/Berlin", "Asia/Tokyo"]), now)
        case pause:
            await world.write(acting(schedules.pause, who, now), now + timedelta(minutes=world.draw.randint(5, 90)))
            if pause != "pause":
                await asyncio.sleep(world.draw.uniform(0, 300))
                await world.write(acting(schedules.resume, who, world.clock.now()))


async def _say_no(world: World, who: MemberKey) -> None:
    said = await world.write(acting(schedules.decline, who, world.clock.now()))
    if not said.on_the_way:
        world.silenced.add(who)


def _judge(world: World, rows: list[Any], members: list[MemberKey], changed: set[MemberKey]) -> None:
    posts = Counter(each.delivery.id for each in world.posts)
    sent = Counter(each.delivery.member for each in world.posts if each.delivery.kind is Kind.NUDGE)
    world.counts["nudges"] += sent.total()
    for row in rows:
        key, state, posted = row.key, row.state, posts[row.id]
        if not is_ended(row) and not key.startswith("welcome") and row.window_ends_at > world.clock.now():
            world.breaks(f"left: {key} is {state}")
        if state == DeliveryState.SENT and posted != 1:
            world.breaks(f"sent, and Slack has {posted}: {key}")
        if state in NEVER_SENT and posted:
            world.breaks(f"{state}, and Slack has {posted}: {key}")
        if state not in {DeliveryState.SENT, DeliveryState.PLANNED} and not row.reason:
            world.breaks(f"ended without a reason: {key} {state}")
    told = {MemberKey(row.workspace_id, row.member_id) for row in rows if row.state == DeliveryState.UNCONFIRMED}
    for who in set(members) - changed - told:
        if sent[who] != 1:
            world.breaks(f"{who} got {sent[who]}")
