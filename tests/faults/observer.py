"""P17: somebody who sees every figure, and knows who uses the bot, settles nothing about fewer than five people.

A history is a workspace over some weeks. People join, leave, come back and forget themselves, and do things at their
own pace; an admin changes a team by one person, deactivates somebody, and presses switches off and on. What the admin
and a lead see after each step is read off the screens and files of the real bot. Each number must be true of its week,
and the judge (judge.py) looks for what all of them tell.
"""

import random
import tempfile
from asyncio import Event
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

import jobs
from bot.coach import challenges, checks, lines, membership, practice
from bot.coach.act import Act
from bot.core.challenges import Challenge
from bot.core.content_types import Skill
from bot.core.member import MemberKey, Profile
from bot.core.practice import Answer, Blocker, Readers
from bot.playground.emulator.people import Person, Room, Roster, UserGroup
from bot.run.app import Bot
from bot.store.member_schema import member
from tests.acting import acting
from tests.driver.standin import StandIn
from tests.faults.judge import FEW, Told, Unnamed, reads, told
from tests.faults.processes import Processes
from tests.faults.seen import ANYTHING, BLOCKED, DID, LACK, PLACES, RIGHT, WRONG, Day, looks, of_lead
from tests.faults.stage import Databases
from tests.faults.tally import Case, Result
from tests.running import bot_in
from tests.slack.talk import Talk, words_of

T, ADMIN, LEAD, GROUP, CHANNEL = "T01", "U0ADMIN", "U0LEAD", "S0GROUP", "C0GENERAL"
AT_HOME = Profile("UTC", coachable=True)
DAY = timedelta(days=1)
MONDAY, TUESDAY, WEDNESDAY = 0, 1, 2
WEEKS = 4
SIZES = (7, 11, 17, 18, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 31)  # of workspaces, beside the admin and the lead
LATE = 3  # people who come later
EDGES = (0, 4, 4, 5, 5, 7, 8, 8, 12, 13, 13, 18)  # counts at the edges of what is rounded alike
LEAST_OF_A_NUMBER = (5, 8, 13, 18, 23)  # the smallest counts that are told as 5, 10 …
NEAR_ALL = (0, 1, 3, 4, 5, 6)  # so many did not
JOBS = ("close_challenges", "plan_leads", "deliver", "update_challenges", "read_teams", "take_figures")
CHALLENGE = "c0ffee0123456789"
REASONS = {Blocker.NO_TIME: "no time", Blocker.UNCLEAR: "unclear how", Blocker.OTHER: "something else"}


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    async with databases.fresh(case.database) as address:
        return await processes.prove(case, "tests.faults.observer:lives", address, case.seed)


async def lives(address: str, seed: int) -> tuple[Counter[str], list[str]]:
    draw = random.Random(seed)  # noqa: S311 - a seed must replay
    people = [f"U{number:02}" for number in range(draw.choice(SIZES) + LATE)]
    others = (Person(who, who, zone="UTC") for who in (LEAD, *people))
    persons = (Person(ADMIN, "Admin", zone="UTC", kind="owner"), *others)
    roster = Roster(T, "Workspace", persons, (Room(CHANNEL, "general", "For all"),))
    with tempfile.TemporaryDirectory(prefix="roleshift-observer-") as folder:
        clock = Path(folder) / "clock"
        settings = {"DATABASE_URL": address, "ROLESHIFT_CLOCK": str(clock)}
        async with StandIn(roster, clock_file=clock) as slack, bot_in(slack, Path(folder), **settings) as bot:
            history = History(slack, bot, draw)
            await history.live(people[LATE:], people[:LATE])
            history.judge()
    return history.counts, history.broken


class Turn(NamedTuple):
    """One run of the jobs: the week that had ended, and who used the bot, each with the number of their lives."""

    week: int
    people: frozenset[str]


class History:
    def __init__(self, slack: StandIn, bot: Bot, draw: random.Random) -> None:
        self.slack, self.services, self.draw = slack, bot.services, draw
        self.store, self.catalog = bot.services.store, bot.services.catalog
        self.counts: Counter[str] = Counter(histories=1)
        self.broken: list[str] = []
        self.admin, self.lead = Talk(slack, ADMIN), Talk(slack, LEAD)
        self.here: list[str] = []  # they use the bot
        self.away: list[str] = []
        self.lives_of: Counter[str] = Counter()  # who comes back after *forget me* is somebody else to the bot
        self.week = 0
        self.done: defaultdict[tuple[int, str], set[str]] = defaultdict(set)  # who did what in which week
        every = sorted({lesson.tip.id for lesson in self.catalog.lessons.values()})
        self.fresh = {who: draw.sample(every, 40) for who in slack.workspace.people}  # tips
        self.skill = draw.choice([skill for skill in self.catalog.skills.values() if skill.checks])
        self.need = draw.choice(list(self.catalog.needs.values()))
        blocked, about_skill = (BLOCKED + why for why in REASONS.values()), self.skill.name.casefold()
        self.facts = (DID, *blocked, LACK + self.need.name.casefold(), RIGHT + about_skill, WRONG + about_skill)
        self.did: defaultdict[str, list[str]] = defaultdict(list)  # the tips of each person
        self.joined: set[str] = set()  # the challenge
        self.turn = Turn(0, frozenset())  # the last one
        self.taken: dict[Day, Turn] = {}  # when the figures were taken that are seen now
        self.told: dict[Day, dict[str, int | None]] = {}  # what they are
        # By the week and the fact: who was counted, its number, and the largest of all that were told with it.
        self.sights: defaultdict[tuple[int, str], dict[frozenset[str], tuple[int | None, int]]] = defaultdict(dict)
        self.messages = 0  # to the lead, that were read
        self.day: Day | None = None  # of the figures that were seen last

    async def live(self, first: Sequence[str], later: Sequence[str]) -> None:
        """Let some weeks pass. `later`: who may come later."""
        await self._until(TUESDAY)
        self.away = list(later)
        await self._meet(first)
        self.slack.workspace.groups = {GROUP: UserGroup(GROUP, "group", "Group", tuple(first))}
        self.slack.workspace.channels[CHANNEL].members.add(self.slack.workspace.bot_user)
        await self.admin.does("/roleshift myrole sre")
        await self.admin.does("/roleshift team add @group in #general lead @u0lead")
        await self.lead.does("/roleshift lead on")
        for self.week in range(1, WEEKS + 1):
            await self._until(WEDNESDAY)
            if self.week == 1:
                await self._challenge()
                await self._share_lines()
            await self._deeds()
            await self._people_change(0.3)
            await self._until(MONDAY)
            await self._people_change(0.2)
            if self.draw.random() < 0.2:
                self.slack.clock.advance(self.draw.randint(1, 3) * DAY)  # no worker ran
            await self._jobs()
            await self._look("export", *(place for place in PLACES if self.draw.random() < 0.5))
            if self.day is not None and self.draw.random() < 0.5:
                for _ in range(self.draw.randint(1, 3)):
                    await self._attack()

    async def _until(self, weekday: int) -> None:
        """Move the clock to ten o'clock on the next such day."""
        now = self.slack.clock()
        then = (now + ((weekday - now.weekday() - 1) % 7 + 1) * DAY).replace(hour=10, minute=0, second=0)
        self.slack.clock.advance(then - now)

    # What people do.

    async def _deeds(self) -> None:
        """Draw how many do each thing, and let them do it."""
        active = self._some(self.here, (14, 15, 15, 16, 17, 18))
        await self._do(active, ANYTHING, practice.not_my_work, self._tip, None)
        still = self._some(who for who in active if self.did[who])
        answer = self.draw.choice((Answer.AGAIN, Answer.AGAIN, Answer.NO))
        await self._do(still, DID if answer is Answer.AGAIN else ANYTHING, partial(self._still, answer))
        await self._do(self._some(active), DID, practice.did, self._new_tip, None)
        why = self.draw.choice(list(REASONS))
        await self._do(self._some(active), BLOCKED + REASONS[why], practice.block, self._tip, None, why)
        need, name = self.need.slug, self.skill.name.casefold()
        await self._do(self._some(active), LACK + self.need.name.casefold(), practice.declare_situation, {need: False})
        for what, right in ((RIGHT, True), (WRONG, False)):
            await self._do(self._some(active), what + name, partial(_answer, self.skill, right))

    def _some(self, whom: Iterable[str], edges: Sequence[int] = EDGES) -> list[str]:
        people = sorted(whom)
        near_all = len(people) - self.draw.choice(NEAR_ALL)
        count = self.draw.choice((self.draw.choice(edges), self.draw.choice(edges), near_all))
        return self.draw.sample(people, min(max(count, 0), len(people)))

    def _tip(self, who: str) -> str:
        return self.fresh[who].pop()

    def _new_tip(self, who: str) -> str:
        self.did[who].append(self._tip(who))
        return self.did[who][-1]

    def _still(self, answer: Answer, act: Act) -> None:
        """Let somebody answer whether they still do a tip, as a weekly message asks."""
        tip = self.did[act.who.member_id][-1]
        checks.answer_still(act, tip, f"nudge:{act.who.member_id}:{self.week}", tip, answer, None)

    async def _challenge(self) -> None:
        """Start a challenge that ends in the next week. Few take part, or nobody."""
        ends_at = self.services.clock.now() + 8 * DAY
        draft = Challenge(T, CHALLENGE, LEAD, "Flag it", "Change a prompt.", "it is better", CHANNEL, ends_at)
        await self._acts(LEAD, challenges.keep, draft)
        await self._acts(LEAD, challenges.post, CHALLENGE)
        await self._jobs()
        players = self.draw.sample(self.here, self.draw.choice((0, 0, 1, 2, 4)))
        for who in players:
            await self._acts(who, challenges.join, CHALLENGE)
        self.joined.update(map(self._life, players))
        self.done[self.week, ANYTHING] |= self.joined

    async def _do(self, people: Sequence[str], fact: str, use_case: Callable[..., Any], *args: Any) -> None:
        """Let each of these people do the same."""
        now = self.services.clock.now()

        def act(tx: Connection) -> None:
            for who in people:
                given = (arg(who) if callable(arg) else arg for arg in args)
                use_case(Act(tx, self.catalog, MemberKey(T, who), now), *given)

        await self.store.write(act)
        for what in (fact, ANYTHING):
            self.done[self.week, what].update(map(self._life, people))

    async def _acts(self, who: str, use_case: Callable[..., Any], *args: Any) -> Any:
        """Return what a use case returns for somebody now."""
        act = acting(use_case, MemberKey(T, who), self.services.clock.now(), self.catalog)
        return await self.store.write(act, *args)

    def _life(self, who: str) -> str:
        return f"{who}/{self.lives_of[who]}"

    async def _share_lines(self) -> None:
        """Let people share what came of a tip, some without their name, and let the others read it."""
        tip = self._tip(ADMIN)
        for left in self.fresh.values():
            if tip in left:
                left.remove(tip)
        authors = self._some(self.here, (5, 6, 7))
        await self._do(authors, DID, practice.did, tip, None)
        named: set[str] = set()
        for who in authors:
            _, may = await self._acts(who, lines.to_write, tip)
            how = Readers.UNNAMED if Readers.UNNAMED in may and self.draw.random() < 0.7 else Readers.NAMED
            named.update([who] if how is Readers.NAMED else [])
            await self._acts(who, lines.write, tip, None, "It was faster.", how)
        for who in {*self.here, ADMIN, LEAD} - set(authors):
            _, shared = await self._acts(who, lines.one_done, tip)
            if any(line.author is None for line in shared):
                self.counts["unnamed lines read"] += 1
                others, what = frozenset({*self.here, ADMIN, LEAD} - named - {who}), ("shared no line", "shared one")
                self.broken += [f"lines: {each}" for each in told(what, [others], Unnamed(len(named)))]

    # Who is there.

    async def _meet(self, people: Sequence[str]) -> None:
        for who in people:
            await self.store.write(membership.meet, MemberKey(T, who), AT_HOME, self.services.clock.now())
        self.here += people

    async def _people_change(self, chance: float) -> None:
        for change in (self._joins, self._leaves, self._forgets, self._moves):
            if self.draw.random() < chance and len(self.here) > FEW:
                await change()

    async def _joins(self) -> None:
        """Let somebody come, or come back."""
        if self.away:
            who = self.away.pop(self.draw.randrange(len(self.away)))
            await self.slack.change_person(who, deleted=False)
            await self._meet([who])

    async def _leaves(self, who: str = "") -> None:
        who = self._one(who)
        await self.slack.change_person(who, deleted=True)
        self.away.append(who)

    async def _forgets(self, who: str = "") -> None:
        who = self._one(who)
        await self.store.write(membership.forget, MemberKey(T, who), self.services.clock.now())
        self.lives_of[who] += 1
        self.did[who].clear()
        self.away.append(who)

    async def _moves(self) -> None:
        """Let somebody leave the team, or come into it."""
        group = self.slack.workspace.groups[GROUP]
        people = set(group.people) ^ {self.draw.choice(self.here)}
        self.slack.workspace.change_group(GROUP, people=tuple(sorted(people)))

    def _one(self, who: str) -> str:
        """Return this person or anybody, who is not here any more."""
        gone = who or self.draw.choice(self.here)
        self.here.remove(gone)
        return gone

    # What is seen.

    async def _attack(self) -> None:
        """Let an admin switch the figures off and on, with one person less or more between, two minutes later."""
        await self._switch(on=False)
        await self._look()
        changes = (self._leaves, self._leaves, self._forgets, self._moves) if len(self.here) > FEW else ()
        change = self.draw.choice((self._joins, *changes))
        # Who leaves or is forgotten is somebody without whom a number would be smaller, if there is one.
        did = [[who for who in self.here if self._life(who) in self.done[self.week, fact]] for fact in self.facts]
        at_edges = [those for those in did if len(those) in LEAST_OF_A_NUMBER]
        who = self.draw.choice(self.draw.choice(at_edges) if at_edges else self.here)
        await (change(who) if change in {self._leaves, self._forgets} else change())
        await self._switch(on=True)
        self.slack.clock.advance(timedelta(minutes=2))
        await self._jobs()
        await self._look("export")
        self.counts["switched off and on"] += 1

    async def _switch(self, *, on: bool) -> None:
        await self.admin.does("/roleshift team")
        await self.admin.does("[Settings]")
        await self.slack.save(ADMIN, {"figures": [] if on else ["none"]})

    async def _jobs(self) -> None:
        for name, _, job in jobs.JOBS:
            if name in JOBS:
                await job(self.services, Event())
        now = self.slack.clock()
        monday = (now - now.weekday() * DAY).replace(hour=0, minute=0, second=0, microsecond=0)
        c = member.c  # who uses the bot since before this week
        known = select(c.member_id).where(c.workspace_id == T, c.profile_at.is_not(None), c.met_at < monday)
        people = await self.store.read(lambda tx: tx.scalars(known).all())
        self.turn = Turn(self.week, frozenset(map(self._life, people)))

    async def _look(self, *places: str) -> None:
        """Read every place, and note what was seen."""
        seen = await looks(self.slack, self.admin, *places)
        day = seen.last
        if places:
            seen += of_lead(await self.lead.does("/roleshift team"), day)
            posts = self.slack.said(self.slack.workspace.dm(LEAD).id)
            for post in posts[self.messages :]:
                seen += of_lead(words_of(post), self.day)  # it was sent before the new figures were taken
            self.messages, self.day = len(posts), day
        self.counts["numbers read"] += len(seen.figures)
        self.broken += seen.unknown
        if day is None:
            self.taken.clear()  # what comes after that was taken anew
            self.told.clear()
        for figure in seen.figures:
            known = self.told.setdefault(figure.day, {})
            if figure.day not in self.taken or known.get(figure.fact, figure.number) != figure.number:
                self.taken[figure.day] = self.turn
            known[figure.fact] = figure.number
        if "export" in places:
            self._note()

    def _note(self) -> None:
        """Note what is told now of each fact, also by no number, and check that it is true."""
        for day, turn in self.taken.items():
            numbers, active = self.told[day], len(self.done[turn.week, ANYTHING] & turn.people)
            most = max(number or 0 for number in numbers.values())
            for fact in self.facts:
                number, did = numbers.get(fact), len(self.done[turn.week, fact] & turn.people)
                self.sights[turn.week, fact][turn.people] = number, most
                if not reads(number, did, active, len(turn.people)):
                    self.broken.append(f"untrue: in week {turn.week}, {did} of {active} {fact}, told as {number}")

    def judge(self) -> None:
        """Check that the public count does not fall with who is forgotten; look for what all figures tell."""
        said, count = "\n".join(words_of(post) for post in self.slack.said(CHANNEL)), len(self.joined)
        expected = {0: "It is over.", 1: "The one who joined"}.get(count, f"of the {count} who joined")
        if expected not in said or ("Recap" in said) is not bool(count):
            self.broken.append(f"{count} joined, and the channel reads {said}")
        for (week, fact), numbers in self.sights.items():
            self.counts["figures judged"] += len(numbers)
            what = "did nothing", "did something else", fact
            self.broken += [f"week {week}: {each}" for each in told(what, [*numbers], Told(fact, (*numbers.values(),)))]


def _answer(skill: Skill, right: bool, act: Act) -> None:
    """Ask somebody a question about a skill, and let them answer it right or wrong."""
    quiz, asked, _ = checks.ask(act, skill)
    chosen = next(number for number, option in enumerate(quiz.check.options) if option.right is right)
    checks.answer(act, checks.ChosenOption(quiz.check.id, quiz.check.version, asked.asking, chosen))
