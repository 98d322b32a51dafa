"""All promises at once, in one process: workers die and freeze, Slack fails, members change their minds."""

import asyncio
import secrets
import shutil
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from bot.coach import schedules
from bot.core.calendar import Slot
from bot.core.member import Consent, MemberKey, Schedule
from bot.core.outbox import DeliveryState, Kind
from bot.store import schedules as schedule_rows
from bot.store import workspaces
from tests.faults.mutants import MUTANTS, Mutant
from tests.faults.processes import Processes
from tests.faults.stage import Databases
from tests.faults.tally import Case, Result
from tests.faults.world import JOBS, Life, World, deliveries, is_ended, meet

START = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday
SLOT = Slot(weekday=2, minute=9 * 60 + 45)
SPAN, LAST_CHANGE = 5 * 3600, 900  # seconds at most
WORKSPACES, MEMBERS, CHANGES = ("T1", "T2"), 6, 8
FAULTS, DEADLY = 0.25, 0.03
RINGS = ((10.0, JOBS["plan"]), (4.0, JOBS["deliver"]), (10.0, JOBS["settle"]))
SEEDS_A_RUN = 2


async def run(case: Case, _databases: Databases, processes: Processes) -> Result:
    first = case.seed * SEEDS_A_RUN
    found = await processes.call("tests.faults.simulation:some", first, SEEDS_A_RUN, case.mutant)
    return Result(case.name, found["counts"], found["broken"])


def some(first: int, count: int, mutant: str | None) -> dict[str, object]:
    """Run these seeds one after the other."""
    counts: Counter[str] = Counter()
    broken: list[str] = []
    with tempfile.TemporaryDirectory(prefix="roleshift-world-") as folder:
        template = Path(folder) / "template.db"
        migrate(template)
        for seed in range(first, first + count):
            path = Path(folder) / f"{seed}.db"
            shutil.copy(template, path)
            found, wrong = _one(seed, path, MUTANTS[mutant] if mutant else Mutant())
            counts += found
            broken += [f"seed {seed}: {each}" for each in wrong]
            for each in Path(folder).glob(f"{seed}.db*"):
                each.unlink()
    return {"counts": counts, "broken": broken}


def _token(world: World, size: int) -> str:
    return f"{world.draw.getrandbits(size * 8):0{size * 2}x}"


def migrate(path: Path) -> None:
    """Create all tables in a SQLite file."""
    from bot.store import open_store  # noqa: PLC0415 - the worker's module has put a double in its place elsewhere

    async def migrate() -> None:
        store = open_store(f"sqlite:///{path}")
        await store.migrate()
        await store.close()

    asyncio.run(migrate())


def _one(seed: int, path: Path, mutant: Mutant) -> tuple[Counter[str], list[str]]:
    world = World(seed, f"sqlite:///{path}", START, FAULTS, mutant)
    make_deterministic(world)
    world.loop.run(_live(world))
    return world.counts, world.broken


def make_deterministic(world: World) -> None:
    """Draw tokens and ids from the seed too, so that a run can be replayed."""
    secrets.token_hex = lambda nbytes=None: _token(world, nbytes or 16)


async def _live(world: World) -> None:
    members = [MemberKey(place, f"U{number}") for place in WORKSPACES for number in range(MEMBERS)]
    await world.store.write(_seed, world, members)
    if world.draw.random() < 0.3:
        world.blind.add(WORKSPACES[1])
    lives = [asyncio.create_task(_lives(world)) for _ in range(world.draw.randint(1, 3))]
    changed: set[MemberKey] = set()
    changes = [asyncio.create_task(_change(world, members, changed)) for _ in range(CHANGES)]
    for _ in range(SPAN // 20):
        await asyncio.sleep(20)
        if world.loop.time() > LAST_CHANGE and await _all_ended(world, members, changed):
            break
    rows = await world.store.read(deliveries)
    _judge(world, rows, members, changed)
    for task in (*lives, *changes, *world.late):
        task.cancel()
    await world.store.close()


def _seed(tx: Connection, world: World, members: list[MemberKey]) -> None:
    now = world.clock.now()
    for place in WORKSPACES:
        workspaces.connect(tx, place, now)
    for who in members:
        meet(tx, who, "UTC", now)
        due_at = now - timedelta(minutes=15) + timedelta(seconds=world.draw.choice([0, world.draw.uniform(0, 1200)]))
        schedule_rows.save(tx, who, Schedule(Consent.YES, SLOT, "UTC", zone_is_own=False, next_due_at=due_at), now)
        if world.draw.random() < 0.5:
            schedule_rows.set_dm(tx, who, f"D{who.workspace_id}{who.member_id}")


async def _lives(world: World) -> None:
    while True:
        await Life(world, DEADLY).live(RINGS)
        await asyncio.sleep(world.draw.uniform(1, 30))


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
            await world.write(schedules.accept, who, None, None, world.clock.now())
        case "later":
            minute = now.hour * 60 + now.minute + world.draw.randint(1, 90)
            await world.write(schedules.accept, who, Slot(2, minute), None, now)
            world.silenced.discard(who)
        case "move":
            await world.write(schedules.follow_zone, who, world.draw.choice(["Europe/Berlin", "Asia/Tokyo"]), now)
        case pause:
            await world.write(schedules.pause, who, now + timedelta(minutes=world.draw.randint(5, 90)), now)
            if pause != "pause":
                await asyncio.sleep(world.draw.uniform(0, 300))
                await world.write(schedules.resume, who, world.clock.now())


async def _say_no(world: World, who: MemberKey) -> None:
    said = await world.write(schedules.decline, who, world.clock.now())
    if not said.on_the_way:
        world.silenced.add(who)


async def _all_ended(world: World, members: list[MemberKey], changed: set[MemberKey]) -> bool:
    rows = await world.store.read(deliveries)
    nudged = {MemberKey(row.workspace_id, row.member_id) for row in rows if row.kind == Kind.NUDGE}
    return set(members) - changed <= nudged and all(is_ended(row) for row in rows)


def _judge(world: World, rows: list[object], members: list[MemberKey], changed: set[MemberKey]) -> None:
    posts = Counter(each.delivery.id for each in world.posts)
    world.counts["nudges"] += sum(each.delivery.kind is Kind.NUDGE for each in world.posts)
    world.counts["seeds"] += 1
    sent = Counter(each.delivery.member for each in world.posts if each.delivery.kind is Kind.NUDGE)
    for row in rows:
        _judge_row(world, row, posts[row.id])  # type: ignore[attr-defined]  # a row of the table
    told = {MemberKey(row.workspace_id, row.member_id) for row in rows if row.state == DeliveryState.UNCONFIRMED}  # type: ignore[attr-defined]
    for who in set(members) - changed - told:
        if sent[who] != 1:
            world.breaks(f"{who} got {sent[who]}")


def _judge_row(world: World, row: object, posted: int) -> None:
    key, state = row.key, row.state  # type: ignore[attr-defined]
    if not is_ended(row) and not key.startswith("welcome") and row.window_ends_at > world.clock.now():  # type: ignore[attr-defined]
        world.breaks(f"left: {key} is {state}")
    if state == DeliveryState.SENT and posted != 1:
        world.breaks(f"sent, and Slack has {posted}: {key}")
    if (
        state in {DeliveryState.CANCELLED, DeliveryState.MISSED, DeliveryState.REFUSED, DeliveryState.PLANNED}
        and posted
    ):
        world.breaks(f"{state}, and Slack has {posted}: {key}")
    if state not in {DeliveryState.SENT, DeliveryState.PLANNED} and not row.reason:  # type: ignore[attr-defined]
        world.breaks(f"ended without a reason: {key} {state}")
