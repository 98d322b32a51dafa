"""P13 and P17 on teams' projects: members show, take back, leave and are forgotten, while workers die and Slack fails.

Each line is unique. No message may have one whose taking back was answered before its send began, and at the end none
stands in the channel any more. A message names only members with a line in it, and all else that it says is the same
in every history: so it tells nothing about who did not. `team shown` always has what is shown, for the team alone.
"""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection, update

from bot.coach import challenges, membership, projects, team_projects, teams as coach_teams
from bot.content import library
from bot.core.challenges import ChallengeState
from bot.core.errors import UserError
from bot.core.member import MemberKey, Profile
from bot.core.outbox import DeliveryState, Kind
from bot.core.team import Team
from bot.slack.message import Message
from bot.store import challenges as rows, teams, workspaces
from bot.store.schema import challenge
from tests.acting import act_of, acting
from tests.faults.processes import Processes
from tests.faults.stage import Databases, deliveries
from tests.faults.tally import Case, Result
from tests.faults.world import JOBS, World, live_again, worlds

START = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday
CATALOG = library.load()
PROJECT = next(iter(CATALOG.projects.values()))
MINUTES = sum(step.minutes for step in PROJECT.main_steps)
PLACE, CHANNEL, TEAM, ID = "T1", "C1", "0123456789abcdef", "c0ffee0000000000"
LEAD, *MEMBERS = (MemberKey(PLACE, f"U{number}") for number in range(7))
ENDS, LAST_ACT, QUIET, ACTS = 900, 1500, 400, 40  # seconds, and how many acts
FAULTS, DEADLY = 0.25, 0.03
RINGS = tuple((seconds, JOBS[job]) for job, seconds in
              (("deliver", 8.0), ("settle", 20.0), ("close", 10.0), ("update", 5.0), ("leads", 60.0)))  # fmt: skip
SAYS = {  # the channel's messages, besides lines, names and the end
    f"This month: {PROJECT.name}", f"*This month: {PROJECT.name}* · until ", f"_At the end:_ {PROJECT.outcome}",
    "> Why not?", "*Shown so far*", "> ",
    f"Each on their own work, at their own pace. About {MINUTES} minutes in all.",
    f"*This month: {PROJECT.name}* · over", f"Shown this month: {PROJECT.name}", f"*Shown this month: {PROJECT.name}*",
    "*Want to go on:* ", "What was shown here was taken back.",
}  # fmt: skip
MOST = 10  # histories in a run
LINE = re.compile(r"line-\d+-of-U\d")
NAMED = re.compile(r"<@(U\d)>")


async def run(case: Case, _databases: Databases, processes: Processes) -> Result:
    histories = int(case.about.split()[0])
    return await processes.prove(case, "tests.faults.shown:lives", case.seed * MOST, histories, case.mutant)


def lives(first: int, count: int, mutant: str | None) -> tuple[Counter[str], list[str]]:
    """Run these histories one after the other."""
    return worlds(first, count, START, FAULTS, mutant, lambda world: History(world).live())


@dataclass
class History:
    """What is shown, by member, and what was taken back: when that was answered."""

    world: World
    shown: dict[MemberKey, str] = field(default_factory=dict)
    gone: dict[str, datetime] = field(default_factory=dict)
    inside: set[MemberKey] = field(default_factory=lambda: {LEAD, *MEMBERS})
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def live(self) -> None:
        world = self.world
        world.begins = self._judge
        await world.store.write(_seed, world.clock.now())
        tasks = [asyncio.create_task(live_again(world, DEADLY, RINGS)) for _ in range(world.draw.randint(1, 2))]
        await asyncio.gather(*(self._act(number) for number in range(ACTS)))
        world.faults = 0.0  # Slack works again
        await asyncio.sleep(LAST_ACT + QUIET - world.loop.time())
        posted = await world.store.read(rows.find, PLACE, ID)
        sent = {row.ts: row.kind for row in await world.store.read(deliveries) if row.state == DeliveryState.SENT}
        for (channel, ts), message in world.shown.items():
            lines, shown = set(LINE.findall(_words(message))), set(self.shown.values())
            if channel == CHANNEL and ts in sent and (left := lines - shown):
                world.breaks(f"still there at the end: {left}")
            if sent.get(ts) == Kind.RECAP and lines != shown:
                world.breaks("the recap lacks what is shown")
        world.counts["ended with a recap"] += bool(posted and posted.recap_ts)
        if posted is None or posted.state is ChallengeState.OPEN:
            world.breaks("not closed")
        for task in (*tasks, *world.late):
            task.cancel()
        await world.store.close()

    def _judge(self, channel: str, message: Message) -> None:
        """Check a message whose send begins now."""
        words, now = _words(message), self.world.clock.now()
        lines = LINE.findall(words)
        self.world.counts["messages with lines"] += bool(lines)
        if late := [line for line in lines if line in self.gone and self.gone[line] < now]:
            self.world.breaks(f"sent after it was taken back: {late}")
        shows = (
            {line.rpartition("-")[2] for line in lines} if channel == CHANNEL else {who.member_id for who in self.shown}
        )
        if others := set(NAMED.findall(words)) - shows:
            self.world.breaks(f"tells of {others}, who showed nothing")
        if channel == CHANNEL:
            bare = {re.sub(r"<!date.*>|(<@U\d>(, | and |: )?)+", "", LINE.sub("", part)) for part in words.splitlines()}
            if more := bare - SAYS:
                self.world.breaks(f"a message tells more: {more}")

    async def _act(self, number: int) -> None:
        world = self.world
        await asyncio.sleep(world.draw.uniform(0, LAST_ACT))
        who = world.draw.choice(MEMBERS)
        act = world.draw.choice(("show", "show", "show", "take back", "take back", "forget", "leave", "join"))
        async with self.turn:
            world.counts[act] += 1
            match act:
                case "show":
                    await self._show(who, f"line-{number}-of-{who.member_id}")
                case "take back":
                    if await world.write(acting(team_projects.take_back, who, world.clock.now()), ID):
                        self._ends(who)
                case "forget":
                    now = world.clock.now()
                    await world.write(membership.forget, who, now)
                    self._ends(who)
                    self.inside.discard(who)
                    await world.write(_come_back, who, now)
                case "leave":
                    await world.write(teams.move, PLACE, None, [who.member_id])
                    self.inside.discard(who)
                case "join" if who not in self.inside:
                    await world.write(teams.move, PLACE, TEAM, [who.member_id])
                    self.inside.add(who)
            await self._looks()

    async def _show(self, who: MemberKey, line: str) -> None:
        now = self.world.clock.now()
        try:
            show = partial(team_projects.show, challenge_id=ID, line=line, goes_on=self.world.draw.random() < 0.5)
            await self.world.write(acting(show, who, now, CATALOG))
        except UserError:
            self.world.counts["refused"] += 1
            its = await self.world.store.read(rows.find, PLACE, ID)
            if who in self.inside and its and its.is_on(now):
                self.world.breaks(f"{who.member_id} could not show anything")
            return
        if who not in self.inside:
            self.world.breaks(f"{who.member_id} left the team, and showed it something")
        self._ends(who)
        self.shown[who] = line

    def _ends(self, who: MemberKey) -> None:
        if line := self.shown.pop(who, None):
            self.gone[line] = self.world.clock.now()

    async def _looks(self) -> None:
        """Check that `team shown` has what is shown, for the team and its lead, and their own for others."""
        reader = self.world.draw.choice([LEAD, *MEMBERS])
        found = await self.world.store.read(acting(team_projects.shown, reader, self.world.clock.now()))
        lines = {seen.entry.line for seen in found.items if seen.entry}
        of = self.shown.values() if reader in self.inside else [self.shown[reader]] if reader in self.shown else []
        if lines != set(of):
            self.world.breaks(f"{reader.member_id} sees {lines}, not {set(of)}")


def _words(message: Message) -> str:
    return "\n".join([message.text, *(block["text"]["text"] for block in message.blocks if "text" in block)])


def _seed(tx: Connection, now: datetime) -> None:
    workspaces.connect(tx, PLACE, now)
    teams.save(tx, Team(PLACE, TEAM, "S1", "ml", CHANNEL), now)
    for who in (LEAD, *MEMBERS):
        _come_back(tx, who, now)
    teams.move(tx, PLACE, TEAM, [who.member_id for who in (LEAD, *MEMBERS)])
    teams.set_lead(tx, LEAD, TEAM, now)
    coach_teams.decide(act_of(tx, LEAD, now - timedelta(days=40)), yes=True)
    team_projects.pick(act_of(tx, LEAD, now, CATALOG), ID, TEAM, PROJECT, "Why not?")
    challenges.post(act_of(tx, LEAD, now, CATALOG), ID)
    tx.execute(update(challenge).values(ends_at=now + timedelta(seconds=ENDS)))


def _come_back(tx: Connection, who: MemberKey, now: datetime) -> None:
    """Let a member be met, and have done a step."""
    membership.meet(tx, who, Profile("UTC", coachable=True), now)
    projects.had(act_of(tx, who, now, CATALOG), PROJECT.steps[0].id, None, "")
