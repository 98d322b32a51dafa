"""What the members of the year do with their tips, and what then must hold: budget, reminders, checks and steps."""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from bot.coach import checks, learning, plans, practice, projects
from bot.content import library
from bot.core.calendar import week_of
from bot.core.errors import UserError
from bot.core.member import DM_BUDGET, MemberKey
from bot.core.next_step import MAX_TIMES, place_of
from bot.core.outbox import KINDS, Budget, DeliveryState, Kind, TipSubject
from bot.core.practice import CHECK_AFTER, WEEK, Asked, Blocker, ReminderWish
from bot.store.member_schema import delivery
from tests.acting import act_of
from tests.faults.world import Posted, World

DAY = timedelta(days=1)
LEAST, MOST = 0.5, 5.0  # days between two clicks of a member
RIGHT = 0.6  # chance that an answer is right
TOLERANCE = timedelta(hours=3)  # the clock is set back by two hours now and then
ON_ITS_WAY = timedelta(minutes=5)  # a reminder that was claimed before the click may come still
CLICKS = ("did", "did", "undo", "not my work", "learn", "answer", "answer", "answer", "ask", "plan", "blocked")
T = TypeVar("T")
COUNTED = (DeliveryState.SENT, DeliveryState.UNCONFIRMED)


@dataclass
class Said:
    """One check that a member was asked, as the proof saw it."""

    at: datetime
    due: bool
    right: bool | None = None


class Coached:
    """Members who press the buttons of the tips that came, and a judge who knows what they pressed."""

    def __init__(self, world: World) -> None:
        self.world, self.catalog = world, library.load()
        self.learned: dict[tuple[MemberKey, str], datetime] = {}
        self.asked: defaultdict[tuple[MemberKey, str], list[Said]] = defaultdict(list)
        self.answers: dict[tuple[MemberKey, str], Said] = {}  # by the message in which the check was asked
        self.open: defaultdict[tuple[MemberKey, str], list[tuple[datetime, bool]]] = defaultdict(list)
        self.acts: defaultdict[MemberKey, list[datetime]] = defaultdict(list)  # when each pressed something
        self.did: set[tuple[MemberKey, str]] = set()  # at any time, even if it was taken back
        self.chose = Counter[tuple[MemberKey, str]]()  # projects, how often

    def seed(self, tx: Connection, members: Sequence[MemberKey], now: datetime) -> None:
        """Give the members roles in turn; some have none."""
        every = [None, *self.catalog.roles.values()]
        for number, who in enumerate(members):
            if (role := every[number % len(every)]) is not None:
                learning.set_role(act_of(tx, who, now, self.catalog), role)

    async def clicking(self, who: MemberKey) -> None:
        while True:
            await asyncio.sleep(self.world.draw.uniform(LEAST, MOST) * DAY.total_seconds())
            if nudges := self.nudges_to(who):
                with contextlib.suppress(UserError):  # what can't be planned or asked is refused
                    await self._press(who, await self.world.store.read(row_of, nudges[-1].delivery.key))

    def nudges_to(self, who: MemberKey) -> list[Posted]:
        mine = (post for post in self.world.posts if post.delivery.member_id == who.member_id)
        return [post for post in mine if post.delivery.kind is Kind.NUDGE]

    async def _press(self, who: MemberKey, row: Any) -> None:
        if offered := about(row).choose:
            await self.choose(who, self.world.draw.choice(offered), row)
            return
        what, key = self.world.draw.choice(CLICKS), (who, tip_in(row))
        self.world.counts[f"pressed {what}"] += 1
        match what:
            case "did":
                await self.on_tip(practice.did, who, row)
                self.did.add(key)
                self.open[key].append((self.world.clock.now(), False))
            case "undo":
                await self.on_tip(practice.undo, who, row)
            case "not my work":
                await self.on_tip(practice.not_my_work, who, row)
                self.open[key].append((self.world.clock.now(), False))
            case "learn":
                await self.on_tip(practice.learn, who, row)
                self.learned.setdefault((who, self.skill_of(tip_in(row))), self.world.clock.now())
            case "answer":
                await self.answer(who, row)
            case "ask":
                await self._ask(who)
            case "blocked":
                why = self.world.draw.choice((Blocker.NO_TIME, Blocker.UNCLEAR, Blocker.OTHER))
                await self.write(who, practice.block, tip_in(row), row.key, why)
            case _:
                now, draw = self.world.clock.now(), self.world.draw
                wish = ReminderWish((now + draw.randint(0, 9) * DAY).date(), draw.randrange(24 * 60), "the stand-up")
                await self.write(who, plans.plan, tip_in(row), row.key, wish)
                self.open[key].append((now, True))

    async def choose(self, who: MemberKey, project: str, row: Any) -> None:
        self.world.counts["chose a project"] += 1
        self.chose[who, project] += 1
        await self.write(who, projects.begin, self.catalog.projects[project].steps[0].id, row.key)

    async def on_tip(self, use_case: Callable[..., Any], who: MemberKey, row: Any) -> None:
        await self.write(who, use_case, tip_in(row), row.key)

    async def write(self, who: MemberKey, use_case: Callable[..., T], *args: Any) -> T:
        """Do something for a member, and note when they pressed it."""
        now = self.world.clock.now()

        def press(tx: Connection) -> T:
            return use_case(act_of(tx, who, now, self.catalog), *args)

        result = await self.world.store.write(press)
        self.acts[who].append(now)
        return result

    async def answer(self, who: MemberKey, row: Any) -> None:
        """Answer the check in a weekly message, if it has one and none was asked since."""
        skill, check = about(row).check or ("", "")
        others = [each for each in self.asked[who, skill] if each is not self.answers.get((who, row.key))]
        if check not in self.catalog.quizzes or any(each.at > row.started_at for each in others):
            return
        given = checks.ChosenOption(check, self.catalog.quizzes[check].check.version, row.key, self._chosen(check))
        seen = await self.write(who, checks.answer_in_tip, tip_in(row), given)
        self._note(who, row.key, seen.asked)

    async def _ask(self, who: MemberKey) -> None:
        quiz, asked, _ = await self.write(who, checks.ask, None)
        said = Said(asked.at, asked.due)
        self.asked[who, asked.skill].append(said)
        self.answers[who, asked.asking] = said
        if self.world.draw.random() < 0.7:
            name, version = quiz.check.id, quiz.check.version
            given = checks.ChosenOption(name, version, asked.asking, self._chosen(name))
            found = await self.write(who, checks.answer, given)
            self._note(who, asked.asking, found.asked)

    def _note(self, who: MemberKey, asking: str, asked: Asked | None) -> None:
        """Note the first answer to a check. A later press may not change it."""
        if asked is None or asked.right is None:
            self.world.breaks(f"an answer was lost: {who} {asking}")
            return
        said = self.answers.get((who, asking))
        if said is None:
            said = self.answers[who, asking] = Said(asked.at, due=True)
            self.asked[who, asked.skill].append(said)
        if said.right is not None and said.right is not asked.right:
            self.world.breaks(f"an answer changed: {who} {asking}")
        said.right = asked.right

    def _chosen(self, check: str) -> int:
        right = self.world.draw.random() < RIGHT
        options = self.catalog.quizzes[check].check.options
        return next(number for number, option in enumerate(options) if option.right is right)

    def skill_of(self, tip: str) -> str:
        return self.catalog.lessons[tip].skill.slug

    def judge(self, rows: Sequence[Any], zones: dict[MemberKey, str]) -> None:
        """Note what was broken. `zones`: of the members who never moved, for whom a week is clear."""
        by_key = {row.key: row for row in rows}
        posts: defaultdict[MemberKey, list[Posted]] = defaultdict(list)
        for post in self.world.posts:
            posts[post.delivery.member].append(post)
        for who, mine in posts.items():
            counted = [post for post in mine if KINDS[post.delivery.kind].budget is not Budget.FREE]
            weeks = Counter(week_of(post.at, zones[who]) for post in counted if who in zones)
            for week, number in weeks.items():
                if number > DM_BUDGET:
                    self.world.breaks(f"{number} messages in {week}: {who}")
            self._judge_reminders(who, mine, by_key)
            self._judge_checks(who, mine, by_key)
            tips = [row for row in rows if row.member_id == who.member_id and row.kind == Kind.NUDGE]
            self._judge_tips(who, [row for row in tips if row.state in COUNTED and row.subject is not None])

    def _judge_reminders(self, who: MemberKey, mine: Sequence[Posted], by_key: dict[str, Any]) -> None:
        reminders = [post for post in mine if post.delivery.kind is Kind.REMINDER]
        self.world.counts["reminders"] += len(reminders)
        for key, number in Counter(post.delivery.key for post in reminders).items():
            if number > 1:
                self.world.breaks(f"reminded {number} times: {key}")
        for post in reminders:
            opened = self.open[who, tip_in(by_key[post.delivery.key])]
            steps = [is_open for at, is_open in opened if at < post.at - ON_ITS_WAY]
            if steps and not steps[-1]:
                self.world.breaks(f"reminded of a tip that was answered: {post.delivery.key}")

    def _judge_checks(self, who: MemberKey, mine: Sequence[Posted], by_key: dict[str, Any]) -> None:
        """Check that no check came before its time, by what this proof saw being answered and asked."""
        last: dict[str, datetime] = {}
        for post in mine:
            row = by_key[post.delivery.key]
            skill, check = (about(row).check if row.kind == Kind.NUDGE else None) or ("", "")
            if not check:
                continue
            self.world.counts["checks"] += 1
            at = post.at + TOLERANCE
            before = [each for each in self.asked[who, skill] if each.at < post.at]
            passed = sum(each.due and bool(each.right) for each in before)  # all answered before the next was asked
            learned_at = self.learned.get((who, skill))
            if learned_at is None or passed >= len(CHECK_AFTER) or at < learned_at + CHECK_AFTER[passed]:
                self.world.breaks(f"a check too early: {who} {skill}, learned {learned_at}, {passed} passed")
            asked_at = [*(each.at for each in before), *([last[skill]] if skill in last else [])]
            if any(at < each + WEEK for each in asked_at):
                self.world.breaks(f"two checks within a week: {who} {skill}")
            last[skill] = post.at

    def _judge_tips(self, who: MemberKey, rows: Sequence[Any]) -> None:
        """Check how often each tip came, and that no step came before the one before it was done."""
        tips = [tip_in(row) for row in rows if tip_in(row)]
        for tip, count in Counter(tips).items():
            place = place_of(self.catalog, tip)
            if count > (1 if place is None else MAX_TIMES + self.chose[who, place.project.slug]):
                self.world.breaks(f"{tip} came {count} times: {who}")
            self.world.counts["steps of projects" if place else "single tips"] += count
            if place is not None and place.number > 1:
                before = place.project.main_steps[place.number - 2].id
                if (who, before) not in self.did:
                    self.world.breaks(f"{tip} came, but {before} was never done: {who}")


def about(row: Any) -> TipSubject:
    return TipSubject.model_validate_json(row.subject)


def tip_in(row: Any) -> str:
    return about(row).tip or ""


def row_of(tx: Connection, key: str) -> Any:
    """Return the delivery with this idempotency key; the proof has one workspace."""
    return tx.execute(select(delivery).where(delivery.c.key == key)).one()
