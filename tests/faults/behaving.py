"""Six ways in which the members of the year behave, and what then must hold: how often tips come, and what they ask."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.coach import checks, practice
from bot.core.calendar import DEFAULT_QUIET_HOURS, Hours, Slot, slot_in_week, week_of, zone_of
from bot.core.member import MemberKey
from bot.core.next_step import place_of
from bot.core.outbox import DeliveryState
from bot.core.practice import Answer, WhyNot
from bot.core.rhythm import ASKS_AFTER, MONTHLY_AFTER, SHORT
from tests.faults.coached import Coached, about, row_of, tip_in

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
NEAR = timedelta(hours=3)  # a click so near a slot may come before its tip or after it
COUNTED = (DeliveryState.SENT, DeliveryState.UNCONFIRMED)
MOST_TO_SILENT = 18  # messages in a year
STILL_AFTER = timedelta(weeks=3)
Dark = Sequence[tuple[datetime, datetime]]  # times in which nothing is sure
Terms = tuple[Slot, str, Dark]


class Behaviour(StrEnum):
    PRESSES = "presses anything"
    DOES_ALL = "does all"
    DOES_HALF = "does half"
    NEVER = "never clicks"
    MARKS = "does and marks all"
    COMES_BACK = "comes and goes"


class Behaving(Coached):
    """Members who behave in six ways, and a judge of how often their tips come."""

    done: defaultdict[tuple[MemberKey, str], list[datetime]]
    ways: dict[MemberKey, Behaviour]

    def begin(self, members: Sequence[MemberKey]) -> None:
        every = list(Behaviour)
        self.ways = {who: every[number % len(every)] for number, who in enumerate(members)}
        self.done = defaultdict(list)

    async def behaving(self, who: MemberKey) -> None:
        draw = self.world.draw
        match self.ways[who]:
            case Behaviour.NEVER:
                return
            case Behaviour.PRESSES:
                await self.clicking(who)
            case Behaviour.COMES_BACK:
                while True:
                    pressing = asyncio.create_task(self.clicking(who))
                    await asyncio.sleep(draw.uniform(2, 8) * WEEK.total_seconds())
                    pressing.cancel()
                    await asyncio.sleep(draw.uniform(2, 25) * WEEK.total_seconds())
            case _:
                await self._doing(who)

    async def _doing(self, who: MemberKey) -> None:
        """Do each tip once, or every second one, in the week after it came, and answer what its message asks."""
        seen, way = 0, self.ways[who]
        while True:
            await asyncio.sleep(self.world.draw.uniform(0.5, 3) * DAY.total_seconds())
            nudges = self.nudges_to(who)
            if len(nudges) <= seen:
                continue
            seen = len(nudges)
            if way is Behaviour.DOES_HALF and seen % 2:
                continue
            row = await self.world.store.read(row_of, nudges[-1].delivery.key)
            if offered := about(row).choose:
                await self.choose(who, offered[0], row)
                continue
            await self.on_tip(practice.did, who, row)
            self.did.add((who, tip_in(row)))
            self.done[who, tip_in(row)].append(self.world.clock.now())
            if way is Behaviour.MARKS:
                await self.on_tip(practice.learn, who, row)
                self.learned.setdefault((who, self.skill_of(tip_in(row))), self.world.clock.now())
            if (still := about(row).still) is None:
                await self.answer(who, row)
                continue
            chosen = self.world.draw.choice([Answer.AGAIN, Answer.ONCE, Answer.NO])
            why = WhyNot.OTHER if chosen is Answer.NO else None
            await self.write(who, checks.answer_still, tip_in(row), row.key, still, chosen, why)
            self.world.counts[f"said {chosen}"] += 1

    def judge_rhythm(self, rows: Sequence[Any], who: MemberKey, slot: Slot, zone: str, dark: Dark) -> None:
        """Check in which weeks tips came to a member who never changed their terms, and what they asked."""
        nudges = [row for row in rows if row.member_id == who.member_id and row.kind == "nudge"]
        mine = sorted(nudges, key=lambda row: row.due_at)
        sent = [row for row in mine if row.state in COUNTED and row.started_at is not None]
        at, end = mine[0].due_at + WEEK, self.world.clock.now() - WEEK
        while at < end:
            self._judge_week(who, slot_in_week(at, slot, zone), sent, (slot, zone, dark))
            at += WEEK
        for number, row in enumerate(sent):
            self._judge_question(who, row, sent[:number])
        if self.ways[who] is Behaviour.NEVER:
            most = "to who never clicks, at most"
            self.world.counts[most] = max(self.world.counts[most], len(sent))
            if len(sent) > MOST_TO_SILENT:
                self.world.breaks(f"{len(sent)} messages to {who}, who never clicks")

    def _judge_week(self, who: MemberKey, due_at: datetime, sent: Sequence[Any], terms: Terms) -> None:
        slot, zone, dark = terms
        planned = [row.due_at for row in sent if row.due_at < due_at - DAY]
        closes = Hours(slot, DEFAULT_QUIET_HOURS, zone).week_ends(due_at)
        unsure = any(began < closes and due_at < ended for began, ended in dark)
        unsure |= any(due_at - NEAR < at < closes + NEAR for at in self.acts[who])
        if unsure or not planned:
            self.world.counts["weeks in the dark"] += 1
            return
        unanswered = self._unanswered(who, due_at, sent)
        weeks = 1 if unanswered <= ASKS_AFTER else 2 if unanswered < MONTHLY_AFTER else 4
        days = (_monday(due_at, zone) - _monday(max(planned), zone)).days
        expected = days == 0 or days >= 7 * weeks
        count = sum(row.week == week_of(due_at, zone) for row in sent)
        self.world.counts["weeks kept"] += 1
        if count != expected:
            self.world.breaks(f"{who} {self.ways[who]}: {count} in {week_of(due_at, zone)}, not {expected:d}")

    def _judge_question(self, who: MemberKey, row: Any, before: Sequence[Any]) -> None:
        unanswered, asked = self._unanswered(who, row.started_at, before), about(row)
        if any(abs(at - row.started_at) < NEAR for at in self.acts[who]):
            return
        self.world.counts["asked how to go on"] += asked.asks_rhythm
        if asked.asks_rhythm is not (unanswered == ASKS_AFTER and not asked.choose):
            self.world.breaks(f"{row.key} asks {asked!r} after {unanswered} without a click")
        if asked.still is not None:
            self.world.counts["asked whether still done"] += 1
            done = [at for at in self.done[who, asked.still] if at <= row.started_at - STILL_AFTER + NEAR]
            if self.ways[who] in {Behaviour.DOES_ALL, Behaviour.DOES_HALF, Behaviour.MARKS} and not done:
                self.world.breaks(f"{row.key} asks too early: {asked.still}")
        since = [at for at in self.acts[who] if before and before[-1].started_at < at < row.started_at]
        if since and self._unanswered(who, since[0], before) > ASKS_AFTER:
            self.world.counts["first after a gap"] += 1
            is_single = tip_in(row) and place_of(self.catalog, tip_in(row)) is None
            if is_single and self.catalog.lessons[tip_in(row)].tip.minutes > SHORT:
                self.world.breaks(f"{row.key} is long after a gap")

    def _unanswered(self, who: MemberKey, at: datetime, sent: Sequence[Any]) -> int:
        """Return how many tips came since the last click before a moment."""
        last = max((each for each in self.acts[who] if each < at), default=None)
        return sum(row.started_at < at and (last is None or row.started_at > last) for row in sent)


def _monday(at: datetime, zone: str) -> datetime:
    local = at.astimezone(zone_of(zone)).replace(tzinfo=None)
    return datetime(local.year, local.month, local.day) - timedelta(days=local.weekday())  # noqa: DTZ001 - days alone
