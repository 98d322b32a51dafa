"""A simulated world in one process: the real jobs and use cases on a SQLite file, with a virtual clock and Slack."""

import asyncio
import random
import secrets
import selectors
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, event, select

from bot.clock import Clock
from bot.content import library
from bot.content.library import Library
from bot.core.member import MemberKey, Profile
from bot.core.outbox import Delivery, DeliveryState, Kind
from bot.core.outcomes import CannotLook, Finding, NotFound, NotYet, Outcome, Refused, Sent, Touches, Unknown
from bot.slack.message import Message
from bot.slack.services import Services, build
from bot.store.member_schema import delivery
from bot.store.sqlite import SqliteStore
from bot.store.types import T, Ts
from jobs.challenges import close_challenges, update_challenges
from jobs.deliver import deliver
from jobs.plan_nudges import plan_nudges
from jobs.settle import settle
from jobs.teams import plan_leads
from tests.faults.mutants import MUTANTS, Mutant
from tests.running import migrated

UNIX_EPOCH = 2440587.5  # as a Julian day
DAY = 86400.0  # seconds

_load = cache(library.load)  # a worker that dies and starts reads the same again
FATES = ("lost", "late", "never", "limited", "unreachable", "unreadable")
LATEST = 80  # seconds that Slack may take to show a post; the settling time is 90
MAX_FROZEN = 200  # seconds that a worker may stand still between two steps
NEVER_SENT = {DeliveryState.PLANNED, DeliveryState.CANCELLED, DeliveryState.MISSED, DeliveryState.REFUSED}
UNSENT = (*(NEVER_SENT - {DeliveryState.MISSED}), DeliveryState.SENDING, DeliveryState.UNCONFIRMED)


class _Selector(selectors.SelectSelector):
    """Never waits: the loop's clock is moved on instead."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everybody waits for something that will never happen"
            self.passed += max(timeout, 0)
        return ready


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose clock stands still while code runs."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)
        self._clock_resolution = 1e-6  # after half a year a float can't tell nanoseconds apart, and time stood still
        self.set_exception_handler(lambda *_: None)  # the tasks of the dead are never awaited

    def time(self) -> float:
        return self._virtual.passed

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return self.run_until_complete(coroutine)
        finally:
            self.close()


class VirtualClock(Clock):
    """The machine's clock as the program and the database see it; `jump` is how somebody set it."""

    def __init__(self, start: datetime, loop: Loop) -> None:
        self._start, self._loop = start, loop
        self.jump = timedelta()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._loop.time()) + self.jump


def store_at(address: str, clock: Clock) -> SqliteStore:
    """Return a store on a SQLite file, with the virtual clock as the database's clock."""
    store = SqliteStore(address)

    def prepare(driver: Any, _record: object) -> None:
        driver.create_function("julianday", 1, lambda _: UNIX_EPOCH + clock.now().timestamp() / DAY)
        driver.execute("PRAGMA synchronous=OFF")  # faster; these tests crash no machine

    event.listen(store.engine, "connect", prepare)
    store.read_aside = store.read  # type: ignore[method-assign]  # virtual time would not wait for a thread
    return store


class World:
    """Slack, the clock, the database, and what went wrong; everything is drawn from one seed."""

    def __init__(self, seed: int, start: datetime, faults: float, mutant: str | None) -> None:
        self.draw = random.Random(seed)  # noqa: S311 - a seed must replay
        self.loop = Loop()
        self.clock = VirtualClock(start, self.loop)
        self.faults, self.mutant = faults, MUTANTS[mutant] if mutant else Mutant()
        self.posts: list[Posted] = []
        self.channels: dict[str, list[Posted]] = {}
        self.counts: Counter[str] = Counter()
        self.broken: list[str] = []
        self.silenced: set[MemberKey] = set()  # said no, and were not told that one is on its way
        self.blind: set[str] = set()  # workspaces without the scope to look
        self.zones: dict[MemberKey, str] = {}
        self.late: set[asyncio.Task[None]] = set()
        self.begins: Callable[[str, Message], None] = lambda *_: None  # called with a channel and what is said there
        self.shown: dict[tuple[str, str], Message] = {}  # what Slack shows, by channel and ts

    def run(self, life: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Let this happen on a new database, in virtual time. Tokens and ids are drawn from the seed too."""

        def token_hex(nbytes: int | None = None) -> str:
            return f"{self.draw.getrandbits((nbytes or 16) * 8):0{(nbytes or 16) * 2}x}"

        with (
            tempfile.TemporaryDirectory(prefix="roleshift-world-") as folder,
            patch.object(secrets, "token_hex", token_hex),
        ):
            path = Path(folder) / "world.db"
            path.write_bytes(migrated())
            self.store = store_at(f"sqlite:///{path}", self.clock)
            self.loop.run(life())

    def goes_wrong(self) -> bool:
        return self.draw.random() < self.faults

    def breaks(self, what: str) -> None:
        """Note a broken promise with its time."""
        self.broken.append(f"{self.clock.now():%Y-%m-%d %H:%M:%S} {what}")

    def record(self, owed: Delivery, channel: str, message: Message) -> str:
        posted = Posted(self.clock.now(), owed, f"{len(self.posts) + 1}.000")
        self.posts.append(posted)
        self.shown[channel, posted.ts] = message
        self.channels.setdefault(channel, []).append(posted)
        nudges = [each.delivery for each in self.channels[channel] if each.delivery.kind is Kind.NUDGE]
        if owed.kind is Kind.NUDGE and sum((each.member, each.week) == (owed.member, owed.week) for each in nudges) > 1:
            self.breaks(f"doubled: {owed.member} in {owed.week}")
        return posted.ts

    async def write(self, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """Run a transaction, and check every invariant after it."""
        result: T = await self.mutant.write(self.store, use_case, *args)
        self.counts["steps"] += 1
        if result not in ([], 0):  # a look that found nothing changed nothing
            await self.store.read(self._check)
        return result

    def _check(self, tx: Connection) -> None:
        """Check that what was posted is stored as sent or in doubt, and that what is being sent has a lease."""
        posted = {each.delivery.id for each in self.posts[-50:]}
        for row in tx.execute(select(delivery).where(delivery.c.state.in_(UNSENT))):
            if row.id in posted and row.state in NEVER_SENT:
                self.breaks(f"posted, and {row.state} ({row.reason}): {row.key}")
            if row.state == DeliveryState.SENDING and (row.claim_token is None or row.lease_until is None):
                self.breaks(f"sent by nobody: {row.key}")


Happening = Callable[[World], Coroutine[Any, Any, None]]


def worlds(
    first: int, count: int, start: datetime, faults: float, mutant: str | None, life: Happening
) -> tuple[Counter[str], list[str]]:
    """Let this happen in worlds of these seeds, one after the other. Return what was counted, and what was broken."""
    counts, broken = Counter[str](histories=count), list[str]()
    for seed in range(first, first + count):
        world = World(seed, start, faults, mutant)
        world.run(partial(life, world))
        counts += world.counts
        broken += [f"seed {seed}: {each}" for each in world.broken]
    return counts, broken


async def live_again(world: World, deadly: float, rings: tuple[tuple[float, Any], ...]) -> None:
    """Start a worker each time that the one before has died."""
    while True:
        await Life(world, deadly).live(rings)
        await asyncio.sleep(world.draw.uniform(1, 30))


@dataclass(frozen=True)
class Posted:
    """What Slack shows, and since when."""

    at: datetime
    delivery: Delivery
    ts: str


@dataclass
class Life:
    """One worker: its store and gateway, and how it comes to an end."""

    world: World
    deadly: float  # chance that a step is its last
    dead: bool = False
    died: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.read, self.embedded = self.world.store.read, self.world.store.embedded

    async def live(self, rings: tuple[tuple[float, Any], ...]) -> None:
        """Run the jobs until the worker dies."""
        services = build(Library(_load()), self, self, self.world.clock)  # type: ignore[arg-type]  # plays both parts
        tasks = [asyncio.create_task(self._ring(services, seconds, job)) for seconds, job in rings]
        await self.died.wait()
        self.world.late.update(tasks)  # kept alive but never run again, like the memory of a dead process

    async def _ring(self, services: Services, seconds: float, job: Any) -> None:
        while not self.dead:
            try:
                await job(services, asyncio.Event())
            except Exception as error:  # noqa: BLE001 - the bell rings again, too, but here nothing may fail
                self.world.breaks(f"a job failed: {error!r}")
            await asyncio.sleep(seconds)

    async def write(self, use_case: Callable[..., T], *args: Any) -> T:
        """Run a use case. The worker may stand still before it, and die before or after it."""
        world = self.world
        await self._step()
        if world.goes_wrong() and world.draw.random() < 0.1:
            world.counts["freezes"] += 1
            await asyncio.sleep(world.draw.uniform(0, MAX_FROZEN))
            await self._step()
        result = await world.write(use_case, *args)
        await self._step()
        return result

    async def _step(self) -> None:
        if not self.dead and self.world.draw.random() < self.deadly:
            self.dead = True
            self.world.counts["deaths"] += 1
            self.died.set()
        if self.dead:
            await asyncio.get_running_loop().create_future()

    def for_workspace(self, workspace_id: str) -> "Calls":
        """Open the direct messages with a member, as the gateway does."""
        return Calls(self, workspace_id)

    async def post(self, owed: Delivery, channel: str, message: Message, _thread: str | None = None) -> Outcome:
        """Post a delivery, as the gateway does. A quarter of all posts fail in some way."""
        world = self.world
        if owed.member_id and owed.member in world.silenced:
            world.breaks(f"sent after the no was answered: {owed.key}")
        world.counts["posts tried"] += 1
        world.begins(channel, message)
        await asyncio.sleep(world.draw.uniform(0.01, 0.4))
        fate = world.draw.choice(FATES) if world.goes_wrong() else ""
        outcome = self._fate(fate, owed, channel, message)
        await asyncio.sleep(10 if fate == "late" else world.draw.uniform(0.01, 0.4))
        return outcome

    async def change(self, channel: str, ts: str, message: Message) -> Outcome:
        """Change a message, as the gateway does. It may fail, too, with or without effect."""
        world = self.world
        world.counts["changes"] += 1
        world.begins(channel, message)
        await asyncio.sleep(world.draw.uniform(0.01, 0.4))
        fate = world.draw.choice(("lost", "never", "limited")) if world.goes_wrong() else ""
        if fate in {"", "lost"}:
            world.shown[channel, ts] = message
        if fate == "limited":
            return NotYet("ratelimited", timedelta(seconds=world.draw.randint(1, 30)))
        return Unknown("TimeoutError") if fate else Sent(channel, ts)

    def _fate(self, fate: str, owed: Delivery, channel: str, message: Message) -> Outcome:
        world = self.world
        world.counts["faults"] += bool(fate)
        match fate:
            case "never":
                return Unknown("TimeoutError")
            case "limited":
                return NotYet("ratelimited", timedelta(seconds=world.draw.randint(1, 30)))
            case "unreachable":
                return NotYet("unreachable")
            case "unreadable":
                return Refused("invalid_blocks", Touches.CONTENT)
            case "late":
                task = asyncio.create_task(self._later(owed, channel, message))
                world.late.add(task)
                return Unknown("TimeoutError")
        ts = world.record(owed, channel, message)
        return Unknown("ServerDisconnectedError") if fate == "lost" else Sent(channel, ts)

    async def _later(self, owed: Delivery, channel: str, message: Message) -> None:
        await asyncio.sleep(self.world.draw.uniform(0, LATEST))
        self.world.record(owed, channel, message)

    async def find_post(self, owed: Delivery, _since: datetime) -> Finding:
        """Look up a post, as the gateway does. This may fail too."""
        world = self.world
        await asyncio.sleep(world.draw.uniform(0.01, 0.4))
        if world.goes_wrong():
            raise TimeoutError
        if owed.channel is None or owed.member_id is None or owed.workspace_id in world.blind:
            return CannotLook("no way to look: missing_scope")
        found = [each for each in world.channels.get(owed.channel, []) if each.delivery.id == owed.id]
        return Sent(owed.channel, found[0].ts) if found else NotFound()


class Calls:
    """The calls of Slack's Web API for one workspace."""

    def __init__(self, life: Life, workspace_id: str) -> None:
        self.post, self.find_post, self.change = life.post, life.find_post, life.change
        self._world, self._workspace_id = life.world, workspace_id

    async def open_dm(self, member_id: str) -> str | None:
        return f"D{self._workspace_id}{member_id}"

    async def profile(self, member_id: str) -> Profile:
        return Profile(self._world.zones.get(MemberKey(self._workspace_id, member_id), "UTC"), coachable=True)


JOBS = {
    "plan": plan_nudges, "deliver": deliver, "settle": settle, "close": close_challenges, "update": update_challenges,
    "leads": plan_leads,
}  # fmt: skip
