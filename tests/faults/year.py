"""P1, P8: a year of a hundred members in all zones, who behave in six ways; pauses, moves, outages, wrong clocks."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import Connection, func, select

from bot.coach import membership, schedules
from bot.core.calendar import DEFAULT_QUIET_HOURS, Hours, Slot, next_slot
from bot.core.member import Consent, MemberKey, Profile, Schedule
from bot.core.outbox import DeliveryState, Kind
from bot.slack.services import Services
from bot.store import schedules as schedule_rows, workspaces
from bot.store.member_schema import delivery, schedule
from tests.acting import acting
from tests.faults.behaving import Behaving
from tests.faults.processes import Processes
from tests.faults.stage import Databases, deliveries, is_ended
from tests.faults.tally import Case, Result
from tests.faults.world import JOBS, Life, World, worlds

START = datetime(2026, 1, 1, 0, 0, tzinfo=UTC)
DAY, HOUR = 86400, 3600  # seconds
MEMBERS, STEADY = 100, 60
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
MIN_ROUND, MAX_ROUND = 20.0, 3600.0  # seconds between two rounds of work
FAULTS = 0.02
LATEST = 23 * 60  # minute of the day: a slot at 23:59 of the last decent day leaves a minute, and no time to try again
LAST_MINUTE = 1430  # of steady members' slots: 23:59 leaves one minute of the day, and a worker may stand still longer
OUTAGES, JUMPS = 5, (timedelta(hours=-2), timedelta(hours=2), timedelta(days=8))
SLACK = timedelta(minutes=5)  # a post may take so long from its claim on


async def work(services: Services, stopping: asyncio.Event) -> None:
    """Do what `--once` does, then wait until something may be due, to skip rounds that would find nothing."""
    for job in JOBS.values():
        await job(services, stopping)
    open_ = delivery.c.state.in_([DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.UNCONFIRMED])
    first = (select(func.min(schedule.c.next_due_at)), select(func.min(delivery.c.try_at)).where(open_))
    due = await services.store.read(lambda tx: [tx.scalar(each) for each in first])
    then = min((at for at in due if at is not None), default=None)
    pause = (then - services.clock.now()).total_seconds() if then else MAX_ROUND
    await asyncio.sleep(min(max(pause, MIN_ROUND), MAX_ROUND))


async def run(case: Case, _databases: Databases, processes: Processes) -> Result:
    days = int(case.about.split()[0])
    return await processes.prove(case, "tests.faults.year:lives", case.seed, days, case.mutant)


def lives(seed: int, days: int, mutant: str | None) -> tuple[Counter[str], list[str]]:
    return worlds(seed, 1, START, FAULTS, mutant, lambda world: Year(world).live(days))


class Year:
    """The first members never change their terms; the others pause, stop, come back, choose anew and move."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.members = [MemberKey("T1", f"U{number:03}") for number in range(MEMBERS)]
        self.terms: dict[MemberKey, list[tuple[Slot, str]]] = {}
        self.dark: list[tuple[datetime, datetime]] = []
        self.coached = Behaving(world)
        self.coached.begin(self.members)

    async def live(self, days: int) -> None:
        """Run the year from the first round to the judgement."""
        await self.world.store.write(self._seed)
        tasks = [asyncio.create_task(each) for each in (self._working(), self._jumping())]
        tasks += [asyncio.create_task(self._changing(who)) for who in self.members[STEADY:]]
        tasks += [asyncio.create_task(self.coached.behaving(who)) for who in self.members]
        await asyncio.sleep(days * DAY)
        self._judge(await self.world.store.read(deliveries))
        for task in (*tasks, *self.world.late):
            task.cancel()
        await self.world.store.close()

    def _seed(self, tx: Connection) -> None:
        draw, now = self.world.draw, self.world.clock.now()
        workspaces.connect(tx, "T1", now)
        for number, who in enumerate(self.members):
            zone, slot = ZONES[number * len(ZONES) // MEMBERS], Slot(draw.randrange(7), draw.randrange(LAST_MINUTE))
            self.terms[who], self.world.zones[who] = [(slot, zone)], zone
            membership.meet(tx, who, Profile(zone, coachable=True), now)
            due_at = next_slot(now, slot, zone)
            schedule_rows.save(tx, who, Schedule(Consent.YES, slot, zone, next_due_at=due_at), now)
        self.coached.seed(tx, self.members, now)

    async def _working(self) -> None:
        """Run a worker with five outages, from three hours to nine days."""
        draw, clock = self.world.draw, self.world.clock
        for _ in range(OUTAGES + 1):
            life = Life(self.world, 0.0)
            living = asyncio.create_task(life.live(((MIN_ROUND, work),)))
            await asyncio.sleep(draw.uniform(20, 60) * DAY)
            life.dead = True
            life.died.set()
            await living
            began = clock.now()
            await asyncio.sleep(draw.choice([3 * HOUR, DAY, 9 * DAY]))
            self.dark.append((began, clock.now()))
        await Life(self.world, 0.0).live(((MIN_ROUND, work),))

    async def _jumping(self) -> None:
        for jump in (*JUMPS, *JUMPS):
            await asyncio.sleep(self.world.draw.uniform(20, 55) * DAY)
            before = self.world.clock.now()
            self.world.clock.jump += jump
            after = self.world.clock.now()
            self.dark.append((min(before, after) - timedelta(hours=1), max(before, after) + timedelta(hours=3)))

    async def _changing(self, who: MemberKey) -> None:
        draw, world = self.world.draw, self.world
        while True:
            await asyncio.sleep(draw.uniform(3, 40) * DAY)
            now, weeks = world.clock.now(), draw.uniform(0.2, 3) * 7 * DAY
            match draw.choice(["pause", "no", "slot", "move"]):
                case "pause":
                    await world.write(acting(schedules.pause, who, now), now + timedelta(seconds=weeks))
                case "no":
                    await world.write(acting(schedules.decline, who, now))
                    await asyncio.sleep(weeks)
                    await world.write(acting(schedules.accept, who, world.clock.now()), None, None)
                case "slot":
                    slot = Slot(draw.randrange(7), draw.randrange(LATEST))
                    self.terms[who].append((slot, self.terms[who][-1][1]))
                    await world.write(acting(schedules.accept, who, now), slot, None)
                case _:
                    world.zones[who] = zone = draw.choice(ZONES)  # Slack is asked the next time a tip comes near
                    self.terms[who].append((self.terms[who][-1][0], zone))

    def _judge(self, rows: list[Any]) -> None:
        world = self.world
        nudges = [each for each in world.posts if each.delivery.kind is Kind.NUDGE]
        world.counts.update({"nudges": len(nudges), "members": MEMBERS, "times in the dark": len(self.dark)})
        for each in nudges:
            hours = [Hours(slot, DEFAULT_QUIET_HOURS, zone) for slot, zone in self.terms[each.delivery.member]]
            if not any(own.decent(at) == at for own in hours for at in (each.at, each.at - SLACK)):
                world.breaks(f"at night: {each.delivery.member} at {each.at}, {self.terms[each.delivery.member]}")
        had = Counter((each.delivery.member, each.delivery.week) for each in nudges)
        world.broken += [f"{who} got {count} in {week}" for (who, week), count in had.items() if count > 1]
        for who in self.members[:STEADY]:
            ((slot, zone),) = self.terms[who]
            self.coached.judge_rhythm(rows, who, slot, zone, self.dark)
        self.coached.judge(rows, {who: self.terms[who][0][1] for who in self.members[:STEADY]})
        now = world.clock.now()
        for row in rows:
            if not is_ended(row) and row.window_ends_at < now - timedelta(days=1):
                world.breaks(f"left: {row.key} is {row.state}")
