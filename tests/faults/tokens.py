"""Slack's answers about tokens, right and wrong: no workspace that it serves is lost, and one that is gone is deleted.

A history takes 60 days of a clock that is moved: three workspaces are installed, removed, shut, opened and installed
again, single answers and bursts of them are wrong, and workers stand still for a day or for more than a month. The
jobs, the use cases and the database are the real ones.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from bot.coach import installing, learning, membership, schedules
from bot.content import library
from bot.content.library import Library
from bot.core.calendar import DEFAULT_QUIET_HOURS, Slot, week_of, window_end
from bot.core.errors import NothingChanged, NotInstalled
from bot.core.installation import Installation, Sealed
from bot.core.member import MemberKey, Profile
from bot.core.outbox import Delivery, Kind
from bot.core.outcomes import GONE, TOKENS, NotYet, Outcome, Refused, Sent, Token, Touches
from bot.outbox.sending import Pace
from bot.run.clock import Clock
from bot.run.services import Services, build
from bot.slack.events import Reconnection
from bot.slack.gateway import TooMany
from bot.store import installations, open_store
from bot.store import schedules as schedule_rows
from bot.store.member_schema import member, skill_mark
from jobs.deliver import deliver
from jobs.plan_nudges import plan_nudges
from jobs.sweep import sweep
from jobs.tokens import check_tokens
from tests.faults.mutants import MUTANTS
from tests.faults.processes import Processes
from tests.faults.stage import Databases
from tests.faults.tally import Case, Result

START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS, KEPT = 60 * DAY, 30 * DAY
NOTICED = 9 * DAY  # until the next weekly tip shows that an app was removed whose event was lost, and a day more
WRONG, NO_ANSWER = 0.1, 0.05  # chances of each answer
WRONG_ANSWERS = sorted(name for name, means in TOKENS.items() if means in {Token.GONE, Token.UNUSABLE})
SHUT = ("account_inactive", "team_added_to_org", "org_login_required")
FATES = ("served", "served", "shut", "removed", "removed silently", "back", "back silently")
NEVER = START + 10 * DAYS
MEMBERS = 2


@dataclass
class Place:
    """A workspace: when Slack does not serve it, what it answers then, and when its answers are wrong."""

    workspace_id: str
    fate: str
    talks: bool  # whether its members use the bot
    gone_at: datetime = NEVER
    back_at: datetime = NEVER
    answer: str = "account_inactive"
    bursts: list[tuple[datetime, datetime]] = field(default_factory=list)

    @property
    def members(self) -> list[MemberKey]:
        return [MemberKey(self.workspace_id, f"U{number}") for number in range(MEMBERS)]

    def is_served(self, now: datetime) -> bool:
        return not self.gone_at <= now < self.back_at

    def is_served_throughout(self, begin: datetime, end: datetime) -> bool:
        return end <= self.gone_at or begin >= self.back_at

    def is_wrong(self, now: datetime) -> bool:
        return any(begin <= now < end for begin, end in self.bursts)


def _place(draw: random.Random, number: int) -> Place:
    place = Place(f"T{number}", draw.choice(FATES), talks=draw.random() < 0.4)
    days = [7 * draw.randrange(9) + draw.uniform(-0.5, 2) for _ in range(draw.randint(2, 6))]  # when tips are due
    place.bursts = [_span(draw, day, 2, 30) for day in days]
    if place.fate != "served":
        place.gone_at = START + draw.uniform(8, 16) * DAY
    if place.fate == "shut":
        place.answer = draw.choice(SHUT)
        longest = 25 if place.answer in GONE else 40
        place.back_at = place.gone_at + draw.uniform(0.5, longest) * DAY
    elif "back" in place.fate:
        place.back_at = place.gone_at + draw.uniform(0.5, 25) * DAY
    return place


def _span(draw: random.Random, day: float, least: float, most: float) -> tuple[datetime, datetime]:
    begin = START + day * DAY
    return begin, begin + draw.uniform(least, most) * HOUR


class World(Clock):
    """Slack, the clock and the workers of one history; it plays the gateway too."""

    def __init__(self, seed: int, address: str) -> None:
        self.draw, self.at = random.Random(seed), START  # noqa: S311 - a seed must replay
        self.places = {place.workspace_id: place for place in (_place(self.draw, number) for number in range(3))}
        self.store = open_store(address)
        self.dark = [_span(self.draw, self.draw.uniform(5, 50), 5, 30)]
        if self.draw.random() < 0.3:  # and Slack answers wrongly both before and after it
            begin, end = _span(self.draw, 10, 31 * 24, 35 * 24)
            self.dark = [(begin, end)]
            for place in self.places.values():
                place.bursts += [(begin - 12 * HOUR, begin + HOUR), (end - HOUR, end + 20 * HOUR)]
        self.sent: Counter[tuple[MemberKey, str | None]] = Counter()
        self.counts: Counter[str] = Counter()
        self.broken: list[str] = []
        self.known = {place.workspace_id: True for place in self.places.values()}  # whether its rows must be there

    def now(self) -> datetime:
        return self.at

    def breaks(self, what: str) -> None:
        self.broken.append(f"{self.at:%Y-%m-%d %H:%M} {what}")

    def is_dark(self) -> bool:
        return any(begin <= self.at < end for begin, end in self.dark)

    def for_workspace(self, workspace_id: str) -> "Calls":
        return Calls(self, self.places[workspace_id])


class Calls:
    """What the jobs call in one workspace; Slack's answers are right, wrong or missing."""

    def __init__(self, world: World, place: Place) -> None:
        self._world, self._place = world, place

    async def _refusal(self) -> str | None:
        """Return the error that Slack answers a call with. Raise as the gateway does."""
        world, place = self._world, self._place
        if await world.store.read(installations.find, place.workspace_id) is None:
            raise NotInstalled
        chance = world.draw.random()
        if not place.is_served(world.at):
            return place.answer
        if chance < WRONG or (place.is_wrong(world.at) and chance < 0.95):
            world.counts["wrong answers"] += 1
            return world.draw.choice(WRONG_ANSWERS)
        return None

    async def post(self, owed: Delivery, channel: str, *_: Any) -> Outcome:
        world = self._world
        if world.draw.random() < NO_ANSWER:
            return NotYet("unreachable")
        try:
            refusal = await self._refusal()
        except NotInstalled:
            return NotYet("no token")
        if refusal is not None:
            return Refused(refusal, Touches.WORKSPACE)
        if owed.kind is Kind.NUDGE:
            world.sent[owed.member, week_of(world.at, "UTC")] += 1
        return Sent(channel, "1.0")

    async def refuses_token(self) -> str | None:
        self._world.counts["questions"] += 1
        if self._world.draw.random() < NO_ANSWER:
            raise self._world.draw.choice([NothingChanged(), TooMany(timedelta(seconds=90))])
        return await self._refusal()

    async def open_dm(self, member_id: str) -> str | None:
        return None if await self._refusal() else f"D{member_id}"

    async def profile(self, _member_id: str) -> Profile:
        if await self._refusal():
            raise NothingChanged
        return Profile("UTC", coachable=True)


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    async with databases.fresh(case.database) as address:
        found = await processes.call("tests.faults.tokens:run_one", address, case.seed, int(case.about), case.mutant)
    return Result(case.name, found["counts"], found["broken"])


def run_one(address: str, seed: int, days: int, mutant: str | None) -> dict[str, object]:
    if mutant:
        MUTANTS[mutant].change()
    return asyncio.run(_live(address, seed, days * DAY))


async def _live(address: str, seed: int, span: timedelta) -> dict[str, object]:
    world = World(seed, address)
    pace = Pace(per_minute=1_000_000, asks_per_minute=1_000_000)
    services = build(Library(library.load()), world.store, world, world, pace)  # type: ignore[arg-type]  # plays the gateway
    heard = Reconnection(world.store, world)
    for place in world.places.values():
        await world.store.write(_settle, place, services, world.draw)
    while world.at < START + span:
        before = world.at
        world.at += world.draw.uniform(1.5, 6) * HOUR
        await _happen(world, before)
        await _members_act(world, heard)
        if not world.is_dark():
            for job in (check_tokens, plan_nudges, deliver, check_tokens, deliver):
                await job(services, asyncio.Event())
                world.at += timedelta(seconds=30)
            if before.date() != world.at.date():
                await sweep(services, asyncio.Event())
        for place in world.places.values():
            await _judge_rows(world, place)
    _judge_weeks(world)
    await world.store.close()
    world.counts["workspaces"] += len(world.places)
    return {"counts": world.counts, "broken": world.broken}


def _settle(tx: Connection, place: Place, services: Services, draw: random.Random) -> None:
    """Install the app in a workspace whose members took a role, learned a skill and said yes to tips."""
    _install(tx, place.workspace_id, START)
    for who in place.members:
        membership.meet(tx, who, Profile("UTC", coachable=True), START)
        schedules.accept(tx, who, Slot(draw.randrange(2), draw.randrange(9 * 60, 12 * 60)), "UTC", START)
        learning.mark_learned(tx, services.catalog, who, next(iter(services.catalog.skills.values())), START)


def _install(tx: Connection, workspace_id: str, at: datetime) -> None:
    granted = Installation(workspace_id, at, "UBOT", frozenset(), Sealed("k1", "token", None), None, "U0")
    installing.install(tx, granted, at)


async def _happen(world: World, before: datetime) -> None:
    """Tell the bot what happened in Slack since then, unless the event gets lost."""
    for place in world.places.values():
        if before < place.gone_at <= world.at and place.fate in {"removed", "back"}:
            event = f"Ev{place.workspace_id}"
            await world.store.write(membership.disconnected, place.workspace_id, event, world.at, place.gone_at)
        if before < place.back_at <= world.at and "back" in place.fate:
            await world.store.write(_install, place.workspace_id, place.back_at)


async def _members_act(world: World, heard: Reconnection) -> None:
    """Let nobody be silent, as tips would come less often. In some workspaces, members use the bot itself."""
    for place in world.places.values():
        for who in place.members:
            await world.store.write(schedule_rows.heard, who)
        if place.talks and place.is_served(world.at) and world.draw.random() < 0.1:
            world.counts["requests"] += 1
            await heard.note(place.workspace_id)


async def _judge_rows(world: World, place: Place) -> None:
    """Check that nothing is lost of a workspace that Slack serves, and all of one that is gone for its days."""
    now = world.at
    there = await world.store.read(_rows, place.workspace_id)
    is_due = now > place.gone_at + KEPT + (NOTICED if "silently" in place.fate else DAY)
    if place.back_at == NEVER and now > place.gone_at + KEPT:
        dark = any(begin < now and end + KEPT + NOTICED > place.gone_at for begin, end in world.dark)
        if there and is_due and not dark and world.known[place.workspace_id]:
            world.breaks(f"{place.workspace_id} ({place.fate}) was not deleted")
            world.known[place.workspace_id] = False
        if not there and world.known[place.workspace_id]:
            world.counts["deleted"] += 1
            world.known[place.workspace_id] = False
    elif there != 2 * MEMBERS and world.known[place.workspace_id]:
        world.breaks(f"{place.workspace_id} ({place.fate}) lost rows: {there} are left")
        world.known[place.workspace_id] = False


def _rows(tx: Connection, workspace_id: str) -> int:
    counts = [select(func.count()).where(table.c.workspace_id == workspace_id) for table in (member, skill_mark)]
    return sum(tx.execute(each).scalar_one() for each in counts)


def _judge_weeks(world: World) -> None:
    """Check that each member got one tip in each week in which Slack served the workspace and workers ran."""
    for place in world.places.values():
        for who in place.members:
            at = START + 7 * DAY
            while at + 7 * DAY < world.at:
                monday, count = at, world.sent[who, week_of(at, "UTC")]
                closes = window_end(monday, Slot(0, 0), DEFAULT_QUIET_HOURS, "UTC")
                at += 7 * DAY
                dark = any(begin < closes and monday - DAY < end for begin, end in world.dark)
                if count > 1:
                    world.breaks(f"{who} got {count} in the week of {monday:%d %B}")
                if place.is_served_throughout(monday - DAY, closes) and not dark:
                    world.counts["weeks"] += 1
                    if not count:
                        world.breaks(f"{who} ({place.fate}) lost the week of {monday:%d %B}")
