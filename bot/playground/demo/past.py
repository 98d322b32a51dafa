"""Fill the demo's database with thirteen weeks of projects and learning, and with a year of one member.

So the desk has figures, and six of the people whom a visitor can play have a record and are in the middle of a project.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.__main__ import main as run_bot
from bot.coach import checks, desk, learning, lines, membership, plans, practice, projects, schedules
from bot.coach.act import Act
from bot.coach.messages import Messages
from bot.coach.projects import Offer
from bot.content import library
from bot.core.calendar import DEFAULT_SLOT, Slot, slot_in_week
from bot.core.catalog import Catalog
from bot.core.content_types import Role, Skill
from bot.core.member import MemberKey
from bot.core.outcomes import Sent
from bot.core.practice import Blocker, ReminderWish
from bot.core.team import Team
from bot.outbox import sending
from bot.outbox.sending import Pace
from bot.playground.demo.sample import SAMPLE_TEAMS, WEEKS_WITH_ROLESHIFT, sample
from bot.playground.emulator.clock import real_time
from bot.playground.emulator.people import Person, Roster
from bot.run.settings import Settings, SettingsError, load
from bot.slack.payloads import User
from bot.store import open_store, schedules as schedule_rows, teams, workspaces

ZONE = "Asia/Kolkata"  # of the workspace: that of Asha, who came first
WEEK, DAY, MINUTE = timedelta(weeks=1), timedelta(days=1), timedelta(minutes=1)
CUE = "the stand-up"
WEEKS = 13
BEGAN = max(WEEKS, *WEEKS_WITH_ROLESHIFT.values()) * WEEK  # ago
WORKING_HOURS, SATURDAY = range(9, 17), 5
AT_ONCE = Pace(per_minute=1_000_000)  # messages of the past need no rate limit
FEWEST_SKILLS, MOST_SKILLS = 3, 9
DETOUR = 3  # places by which a skill may be learned later than its path has it

DECLINED = {"U09ROHAN", "U14LEA", "U22AROHA"}
OWN_SLOTS = {"U07TENDAI": Slot(3, 14 * 60), "U12MARTA": Slot(0, 10 * 60), "U17LUCIANA": Slot(4, 11 * 60)}
NOT_THEIR_WORK = {"U06WANJIRU", "U10HARUKA", "U13LUKAS", "U16JOAO", "U20CAMILLE"}
PLANNERS = {"U07TENDAI", "U12MARTA", "U17LUCIANA"}
OFTEN_LACKED = {"test-set": 0.7, "logs": 0.5, "live-feature": 0.4}  # the chance that a member lacks a need
SELDOM_LACKED = 0.25
DOES, IS_BLOCKED = 0.5, 0.45  # the chances of what becomes of a week's tip
PLAYED_DOES, BUSY_DOES, ALWAYS = 0.75, 0.4, 1.0  # of somebody who can be played, and of everybody before a release
ANSWERS_RIGHT = 0.65
RELEASE = 2  # the weeks in which one keeps many from their tips: the one that runs, and the last that is counted
BLOCKERS = (*[Blocker.NO_TIME] * 6, Blocker.UNCLEAR, Blocker.LACKS)


class Deed(Protocol):
    """Something that a member did at a moment."""

    def __call__(self, tx: Connection, *, now: datetime) -> object: ...


async def lay_down(database_url: str, roster: Roster, now: datetime) -> None:
    """Fill the bot's database with the past, using the bot's own use cases. Leave out those who have none.

    Its tips, welcomes and reminders are sent, so that the bot owes nothing when it starts. No other kind is planned.
    """
    catalog, store = library.load(), open_store(database_url)
    await store.migrate()
    await store.write(_live, catalog, roster, now)
    await store.close()


def _live(tx: Connection, catalog: Catalog, roster: Roster, now: datetime) -> None:
    """Do what each member did, in the order of time, and let the worker send what became due in between."""
    workspaces.connect(tx, roster.id, now - BEGAN)
    weeks = {person.id: WEEKS for person in roster.people if not person.switchable} | WEEKS_WITH_ROLESHIFT
    lives = [Life(catalog, roster.id, person, now, weeks[person.id]) for person in roster.people if person.id in weeks]
    acts = [act for life in lives for act in life.acts()]
    acts += [(_monday(now) - week * WEEK, _take_figures) for week in range(WEEKS)]
    for at, act in sorted(acts, key=lambda act_at: act_at[0]):
        _work(tx, catalog, at)
        act(tx, now=at)
    _work(tx, catalog, now)
    for number, (group, channel, lead) in enumerate(SAMPLE_TEAMS, 1):
        team_id = f"{number:016x}"
        teams.save(tx, Team(roster.id, team_id, group.id, group.handle, channel), now)
        teams.set_lead(tx, MemberKey(roster.id, lead), team_id, now)
    teams.read_at(tx, roster.id, now)


def _monday(now: datetime) -> datetime:
    """Return the start of the week that runs: of those before it, the figures are taken."""
    return slot_in_week(now, desk.WEEK_BEGINS, ZONE)


def _take_figures(tx: Connection, now: datetime) -> None:
    for ending in desk.uncounted(tx, now):
        desk.keep_figures(tx, ending, desk.count(tx, ending))


def _work(tx: Connection, catalog: Catalog, until: datetime) -> None:
    """Plan the tips whose slots came until this moment, and send at each slot what is due."""
    while due := schedule_rows.due_by(tx, until):
        at = due[0].due_at
        schedules.plan_due(tx, at)
        _send(tx, catalog, at)


def _send(tx: Connection, catalog: Catalog, at: datetime) -> None:
    token = secrets.token_hex(12)
    claimed = sending.claim(tx, Messages(catalog), AT_ONCE, token, at)
    if claimed:
        sending.begin(tx, Messages(catalog), token, claimed, at, lambda claim: claim)
        ts = f"{at.timestamp():.6f}"
        sent = [(claim, Sent(f"D{claim.delivery.member.member_id[1:]}", ts)) for claim in claimed]
        sending.finish(tx, Messages(catalog), token, sent, at)


@dataclass(frozen=True)
class Life:
    """The past weeks of a member. They depend only on these five."""

    catalog: Catalog
    workspace_id: str
    person: Person
    now: datetime
    weeks: int

    @property
    def who(self) -> MemberKey:
        return MemberKey(self.workspace_id, self.person.id)

    @property
    def _role(self) -> Role:
        return self.catalog.role_named(self.person.title)

    def acts(self) -> Iterator[tuple[datetime, Deed]]:
        """Return what the member does, and when."""
        dice = Random(self.person.id)  # noqa: S311 - no secret
        skills = self._skills(dice)  # before any moment is drawn, so that they are the same whenever this is
        began = self.now - self.weeks * WEEK
        joined = self._moment(dice, began, began + WEEK)
        yield joined, self._join
        yield joined + MINUTE, self._decide
        for skill in skills:
            yield self._moment(dice, joined + 2 * MINUTE, self.now), partial(self._learn, skill=skill)
        has = {need: dice.random() >= OFTEN_LACKED.get(need, SELDOM_LACKED) for need in self.catalog.needs}
        yield joined + 2 * MINUTE, partial(self._says_what_there_is, has=has)
        if self.person.id not in DECLINED:
            yield from self._practising(dice, joined)

    def _practising(self, dice: Random, joined: datetime) -> Iterator[tuple[datetime, Deed]]:
        """Yield what becomes of each week's tip, in the week that its figures count, and the answers to its checks."""
        refuses = self.weeks // 2 if self.person.id in NOT_THEIR_WORK else None  # so many weeks ago
        plans = self.weeks * 2 // 3 if self.person.id in PLANNERS else None
        slot = OWN_SLOTS.get(self.person.id, DEFAULT_SLOT)
        for ago in reversed(range(self.weeks)):
            begins = _monday(self.now) - ago * WEEK
            tip_at = slot_in_week(begins + DAY, slot, self.person.zone)
            at = self._moment(dice, tip_at + MINUTE, begins + WEEK - MINUTE)
            if tip_at < joined + DAY or at + MINUTE > self.now:
                continue
            luck = Random(f"{self.person.id} {ago}")  # noqa: S311 - no secret; the same at whichever moment the demo starts
            outcome, blocker, right = luck.random(), luck.choice(BLOCKERS), luck.random() < ANSWERS_RIGHT
            does, says = PLAYED_DOES if self.person.switchable else DOES, DOES + IS_BLOCKED
            if ago < RELEASE:
                does, says, blocker = BUSY_DOES, ALWAYS, Blocker.NO_TIME
            if ago == refuses:
                yield at, partial(self._say, step=practice.not_my_work)
            elif ago == plans:
                yield at, self._plan
                yield self._workday_after(at), lambda tx, *, now: _send(tx, self.catalog, now)
            elif outcome < does:
                yield at, self._did
            elif outcome < says:
                yield at, partial(self._block, blocker=blocker)
            yield at + MINUTE, partial(self._answer, right=right)

    def _moment(self, dice: Random, since: datetime, until: datetime) -> datetime:
        """Return a moment within the member's working hours."""
        while True:
            at = since + (until - since) * dice.random()
            local = at.astimezone(ZoneInfo(self.person.zone or "UTC"))
            if local.weekday() < SATURDAY and local.hour in WORKING_HOURS:
                return at

    def _skills(self, dice: Random) -> list[Skill]:
        """Return the skills that the member learns: those of their path first, roughly in its order, then others."""
        path = self.catalog.path(self._role)
        beyond = [skill for skill in self.catalog.skills.values() if skill not in path]
        count = dice.randint(FEWEST_SKILLS, MOST_SKILLS) * self.weeks // WEEKS
        along = sorted(path, key=lambda skill: path.index(skill) + DETOUR * dice.random())
        return [*along, *dice.sample(beyond, len(beyond))][:count]

    def _join(self, tx: Connection, now: datetime) -> None:
        profile = User.model_validate(self.person.as_slack(self.workspace_id, now)).profile_in(self.workspace_id)
        membership.meet(tx, self.who, profile, now)
        learning.set_role(self._act(tx, now), self._role)

    def _decide(self, tx: Connection, now: datetime) -> None:
        if self.person.id in DECLINED:
            schedules.decline(self._act(tx, now))
        else:
            schedules.accept(self._act(tx, now), OWN_SLOTS.get(self.person.id), None)
            _send(tx, self.catalog, now)  # the welcome

    def _act(self, tx: Connection, now: datetime) -> Act:
        return Act(tx, self.catalog, self.who, now)

    def _learn(self, tx: Connection, skill: Skill, now: datetime) -> None:
        learning.mark(self._act(tx, now), skill)

    def _says_what_there_is(self, tx: Connection, has: Mapping[str, bool], now: datetime) -> None:
        practice.declare_situation(self._act(tx, now), has)

    def _say(self, tx: Connection, step: Callable[[Act, str, None], object], now: datetime) -> None:
        act = self._act(tx, now)
        if latest := act.read().latest:
            step(act, latest, None)

    def _did(self, tx: Connection, now: datetime) -> None:
        """Do what came last, or the first step of a project that is offered. Who can be played writes a line."""
        act = self._act(tx, now)
        found = projects.here(act)
        if isinstance(found, Offer) and found.projects:
            projects.begin(act, found.projects[0].steps[0].id)
        tip_id = self._open_tip(act)
        practice.did(act, tip_id, None)
        if self.person.switchable:
            lines.write(act, tip_id, None, f"on our team's page since {now.day} {now:%B}")

    def _block(self, tx: Connection, blocker: Blocker, now: datetime) -> None:
        act = self._act(tx, now)
        tip_id = self._open_tip(act)
        needs = self.catalog.lessons[tip_id].tip.needs
        if blocker is Blocker.LACKS and needs:
            practice.lack(act, tip_id, None, needs)
        else:
            why = Blocker.UNCLEAR if blocker is Blocker.LACKS else blocker
            practice.block(act, tip_id, None, why)

    def _open_tip(self, act: Act) -> str:
        """Return the tip that came last, or ask for one if the member said something about that."""
        record = act.read()
        latest = record.latest
        if latest and practice.TipSeen(self.catalog.lessons[latest], record, act.now).last_step is None:
            return latest
        return practice.tip_now(act, None).lesson.tip.id

    def _workday_after(self, at: datetime) -> datetime:
        local = (at + DAY).astimezone(ZoneInfo(self.person.zone or "UTC"))
        while local.weekday() >= SATURDAY:
            local += DAY
        return local

    def _plan(self, tx: Connection, now: datetime) -> None:
        act, later = self._act(tx, now), self._workday_after(now)
        plans.plan(act, self._open_tip(act), None, ReminderWish(later.date(), later.hour * 60, CUE))

    def _answer(self, tx: Connection, right: bool, now: datetime) -> None:  # noqa: FBT001 - it is given by name
        """Answer the checks that came with weekly tips and have no answer yet."""
        act = self._act(tx, now)
        record = act.read()
        for each in [each for those in record.checked.of_skill.values() for each in those if each.answered_at is None]:
            check = self.catalog.quizzes[each.check].check
            chosen = next(place for place, option in enumerate(check.options) if option.right is right)
            answer = checks.ChosenOption(each.check, check.version, each.asking, chosen)
            checks.answer_in_tip(act, record.latest or "", answer)


def main() -> int:
    """Fill the database, then run the bot as `python -m bot run` does. One process does both, to import only once."""
    with contextlib.suppress(SettingsError, library.ContentError):  # the bot reports it
        asyncio.run(lay_down(load(Settings).database_url, sample(), real_time()))
    return run_bot(["run"])


if __name__ == "__main__":
    sys.exit(main())
