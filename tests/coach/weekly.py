"""Helpers for tests of weekly tips without Slack: opt-in, planner and sender, on a clock that the test sets."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.coach import challenges, membership, schedules, teams
from bot.coach.act import Act
from bot.coach.messages import Messages
from bot.coach.posts.tips import TipPost
from bot.core.calendar import Slot
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState
from bot.core.outcomes import Outcome, Sent
from bot.outbox import sending
from bot.outbox.sending import Claimed, Pace
from bot.store import Store, record as record_rows, workspaces
from bot.store.member_schema import delivery
from bot.store.schema import workspace
from bot.store.types import T, Ts
from tests.acting import acting
from tests.coach.members import BERLIN, NORA

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 10:00 in Berlin
TUESDAY = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)  # 09:30 in Berlin: when tips come unless chosen otherwise
WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)
FAST = Pace(per_minute=600_000)
TOKEN = "worker"

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)  # where the databases may differ
POSTGRES = pytest.mark.parametrize("database", ["postgres"], indirect=True)
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is slow, and does not differ


def post_of(claimed: Claimed) -> TipPost:
    assert isinstance(claimed.content, TipPost)
    return claimed.content


def tip_of(claimed: Claimed) -> str:
    return post_of(claimed).choice.lesson.tip.id


class Weekly:
    """A workspace whose members get weekly tips."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self.store, self.catalog = store, catalog

    @property
    def messages(self) -> Messages:
        """Return the messages of the content as it is now: a test may change it."""
        return Messages(self.catalog)

    async def opens(self, workspace_id: str = "T1", **settings: Any) -> None:
        await self.store.write(workspaces.connect, workspace_id, MONDAY)
        if settings:
            chosen = update(workspace).where(workspace.c.workspace_id == workspace_id).values(**settings)
            await self.store.write(lambda tx: tx.execute(chosen))

    async def joins(self, who: MemberKey = NORA, slot: Slot | None = None, at: datetime = MONDAY) -> schedules.Tips:
        await self.store.write(membership.meet, who, BERLIN, at)
        tips = await self.store.write(acting(schedules.accept, who, at), slot, None)
        await self.sends(at)
        return tips

    async def does(self, use_case: Callable[[Act, *Ts], T], now: datetime, *args: *Ts, who: MemberKey = NORA) -> T:
        return await self.store.write(acting(use_case, who, now, self.catalog), *args)

    async def presses(self, who: MemberKey = NORA) -> None:
        """Press something that stores nothing else."""
        await self.store.write(record_rows.heard, who)

    async def plans(self, now: datetime) -> int:
        return len(await self.store.write(schedules.plan_due, now))

    async def claims(self, now: datetime, pace: Pace = FAST, token: str = TOKEN) -> list[Claimed]:
        return await self.store.write(sending.claim, self.messages, pace, token, now)

    async def begins(self, claimed: list[Claimed], now: datetime, token: str = TOKEN) -> list[Claimed]:
        """Return those that begin, with what they say then."""
        begun = list[Claimed]()
        for here in _by_workspace(claimed):
            drawn = await self.store.write(sending.begin, self.messages, token, here, now, lambda claimed: claimed)
            begun += drawn.values()
        return begun

    async def ends(self, claimed: list[Claimed], outcome: Outcome, now: datetime, token: str = TOKEN) -> None:
        for here in _by_workspace(claimed):
            await self.store.write(sending.finish, self.messages, token, [(message, outcome) for message in here], now)

    async def sends(self, now: datetime, outcome: Outcome | None = None) -> list[Claimed]:
        """Claim, begin and finish deliveries that are due. Return those that began."""
        claimed = await self.claims(now)
        if not claimed:
            return []
        begun = await self.begins(claimed, now)
        if begun:
            await self.ends(begun, outcome or Sent("D1", "1.000001"), now)
        return begun

    async def ticks(self, now: datetime, outcome: Outcome | None = None) -> list[Claimed]:
        """Do what the jobs do at this moment: end, plan and send."""
        await self.store.write(sending.expire, FAST, now)
        await self.plans(now)
        for job in (challenges.close_due, teams.plan_messages):
            await self.store.write(job, now)
        return await self.sends(now, outcome)

    async def tips(self, now: datetime) -> list[Claimed]:
        """Return the tips among what the jobs send at this moment."""
        return [each for each in await self.ticks(now) if isinstance(each.content, TipPost)]

    async def comes(self, week: int) -> Claimed:
        """Return the tip of a week, counted from the first one, after its member pressed something."""
        (sent,) = await self.tips(TUESDAY + week * WEEK)
        await self.presses()
        return sent

    async def lives(self, since: datetime, until: datetime, step: timedelta = HOUR) -> list[tuple[datetime, Claimed]]:
        """Run the worker at every step until then. Return what it sent, and when."""
        sent, now = [], since
        while now <= until:
            sent += [(now, message) for message in await self.ticks(now)]
            now += step
        return sent

    async def due(self, who: MemberKey = NORA) -> datetime | None:
        return (await self.store.read(acting(schedules.state, who))).schedule.next_due_at

    async def rows(self, kind: str = "nudge") -> list[tuple[str, DeliveryState, str | None]]:
        """Return the week, the state and its reason of each delivery of a kind."""
        found = select(delivery.c.week, delivery.c.state, delivery.c.reason).where(delivery.c.kind == kind)
        rows = await self.store.read(lambda tx: tx.execute(found.order_by(delivery.c.week, delivery.c.key)).all())
        return [(week, DeliveryState(state), reason) for week, state, reason in rows]


def _by_workspace(claimed: list[Claimed]) -> list[list[Claimed]]:
    workspaces = dict.fromkeys(message.delivery.workspace_id for message in claimed)
    return [[message for message in claimed if message.delivery.workspace_id == each] for each in workspaces]
