"""A member plans a tip: one reminder comes, at a decent hour and within the budget, and dies when it is not wanted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.coach import membership, plans, practice, schedules
from bot.coach.messages import Messages
from bot.coach.posts.tips import TipPost
from bot.core.catalog import Catalog
from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import NotFound, Unknown
from bot.core.practice import CannotPlan, ReminderWish
from bot.core.rhythm import Wish
from bot.outbox import leases, sending
from bot.outbox.sending import Claimed
from bot.store.schedules import set_dm
from tests.acting import acting
from tests.coach.members import BERLIN, EMIL, NORA
from tests.coach.weekly import BOTH, DAY, HOUR, MONDAY, TOKEN, TUESDAY, Weekly

THURSDAY = TUESDAY + 2 * DAY + HOUR / 2  # 10:00 in Berlin
WISH = ReminderWish(date(2026, 11, 26), 10 * 60, "Thursday's stand-up")


class Planner:
    """A member with weekly tips, who plans the first tip of the catalogue."""

    def __init__(self, weekly: Weekly, tip: str) -> None:
        self.weekly, self.tip = weekly, tip

    async def plans(
        self, wish: ReminderWish = WISH, now: datetime = MONDAY, who: MemberKey = NORA, tip: str | None = None
    ) -> plans.Planned:
        store, catalog = self.weekly.store, self.weekly.catalog
        return await store.write(acting(plans.plan, who, now, catalog), tip or self.tip, None, wish)

    async def does(self, use_case: Callable[..., Any], now: datetime = MONDAY) -> Any:
        return await self.weekly.store.write(acting(use_case, NORA, now, self.weekly.catalog), self.tip, None)

    async def came(self, since: datetime = MONDAY, days: float = 4) -> list[tuple[datetime, Claimed]]:
        """Run the worker every six hours. Return the reminders, and when they came."""
        sent = await self.weekly.lives(since, since + days * DAY, 6 * HOUR)
        return [(at, each) for at, each in sent if each.delivery.kind is Kind.REMINDER]

    async def states(self) -> list[tuple[DeliveryState, str | None]]:
        return [(state, reason) for _, state, reason in await self.weekly.rows("reminder")]


@pytest.fixture
async def planner(weekly: Weekly, catalog: Catalog) -> Planner:
    await weekly.joins()
    return Planner(weekly, next(iter(catalog.lessons)))


def cue_of(claimed: Claimed) -> str | None:
    assert isinstance(claimed.content, TipPost)
    assert claimed.content.plan is not None
    return claimed.content.plan.cue


# It comes.


@BOTH
async def test_a_reminder_comes_once_with_the_cue_at_the_planned_moment(planner: Planner) -> None:
    await planner.weekly.store.write(set_dm, NORA, "D1")
    found = await planner.plans()
    assert (found.plan.at, found.moved) == (THURSDAY, False)
    ((at, reminder),) = await planner.came(days=10)
    assert at == THURSDAY
    assert (reminder.delivery.tip, reminder.delivery.channel) == (planner.tip, "D1"), "a lost answer can be looked up"
    assert cue_of(reminder) == "Thursday's stand-up"


async def test_a_reminder_that_is_late_still_comes_the_next_day_and_no_later(planner: Planner) -> None:
    await planner.plans()
    assert await planner.came(THURSDAY + 2 * DAY, days=10) == []
    assert await planner.states() == [(DeliveryState.MISSED, "window over")]


# It needs the opt-in, and counts.


@pytest.mark.parametrize("who", [EMIL, NORA], ids=["never asked", "said no"])
async def test_without_weekly_tips_no_reminder_can_be_planned(
    planner: Planner, catalog: Catalog, who: MemberKey
) -> None:
    await planner.weekly.store.write(membership.meet, EMIL, BERLIN, MONDAY)
    await planner.weekly.does(schedules.decline, MONDAY)
    with pytest.raises(UserError, match="come only with weekly tips") as caught:
        await planner.plans(who=who)
    assert [step.label for step in caught.value.steps] == ["Start weekly tips"]
    with pytest.raises(UserError, match="come only with weekly tips"):
        await planner.weekly.store.read(acting(plans.to_plan, who, MONDAY, catalog), planner.tip)
    assert await planner.states() == []


async def test_where_one_message_a_week_is_allowed_no_reminder_is_promised(planner: Planner) -> None:
    await planner.weekly.opens(dm_budget=1)
    with pytest.raises(CannotPlan, match="one message a week"):
        await planner.plans()


async def test_a_week_without_a_tip_has_room_for_a_reminder(planner: Planner, catalog: Catalog) -> None:
    await planner.weekly.opens(dm_budget=1)
    await planner.weekly.does(schedules.choose_rhythm, MONDAY, Wish.SECOND)
    await planner.weekly.ticks(TUESDAY)
    refused = {}
    for weeks, tip in zip(range(4), catalog.lessons, strict=False):
        try:
            await planner.plans(replace(WISH, day=WISH.day + timedelta(weeks=weeks)), TUESDAY, tip=tip)
        except CannotPlan as error:
            refused[weeks] = str(error)
    assert refused.keys() == {0, 2}
    assert refused[2].startswith("You get one message in that week already")


async def test_a_moment_in_a_pause_is_refused_and_one_after_it_is_not(planner: Planner) -> None:
    await planner.weekly.does(schedules.pause, MONDAY, MONDAY + 10 * DAY)
    with pytest.raises(CannotPlan, match="paused until Thursday 3 December"):
        await planner.plans()
    after = replace(WISH, day=WISH.day + timedelta(days=14))
    assert (await planner.plans(after)).plan.at == THURSDAY + 14 * DAY


# It dies.


ENDS: dict[str, Callable[[Planner], Any]] = {
    "did it": lambda on: on.does(practice.did),
    "not my work": lambda on: on.does(practice.not_my_work),
    "cancel reminder": lambda on: on.does(plans.unplan),
    "pause": lambda on: on.weekly.does(schedules.pause, MONDAY, MONDAY + DAY),
    "opt-out": lambda on: on.weekly.does(schedules.decline, MONDAY),
    "left": lambda on: on.weekly.store.write(schedules.leave, NORA, "left", MONDAY),
    "forget me": lambda on: on.weekly.store.write(membership.forget, NORA, MONDAY),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_what_ends_a_plan_cancels_its_reminder(planner: Planner, catalog: Catalog, end: Any) -> None:
    await planner.plans()
    await end(planner)
    assert await planner.came(THURSDAY - HOUR, days=0.25) == []
    assert [state for state, _ in await planner.states()] in ([DeliveryState.CANCELLED], [])
    assert (await planner.weekly.store.read(acting(plans.planned, NORA, MONDAY, catalog))).items == ()


@BOTH
@pytest.mark.parametrize("end", ["did it", "pause"])
async def test_a_reminder_whose_plan_ended_since_the_claim_is_not_sent(planner: Planner, end: str) -> None:
    await planner.plans()
    await planner.weekly.ticks(TUESDAY)
    claimed = await planner.weekly.claims(THURSDAY)
    assert [each.delivery.kind for each in claimed] == [Kind.REMINDER]
    await ENDS[end](planner)
    assert await planner.weekly.begins(claimed, THURSDAY) == set()


async def test_a_lost_reminder_is_not_sent_again_after_did_it(planner: Planner) -> None:
    await planner.plans()
    await planner.weekly.ticks(TUESDAY)
    claimed = await planner.weekly.claims(THURSDAY)
    await planner.weekly.begins(claimed, THURSDAY)
    await planner.weekly.ends(claimed, Unknown("timeout"), THURSDAY)
    await planner.does(practice.did, THURSDAY)
    await planner.weekly.store.write(settled, planner.weekly.messages, claimed, THURSDAY)
    assert await planner.came(THURSDAY, days=1) == []
    assert await planner.states() == [(DeliveryState.CANCELLED, "plan ended")]


def settled(tx: Connection, messages: Messages, claimed: list[Claimed], now: datetime) -> None:
    """Find out that the post never arrived."""
    (delivery_,) = leases.take_unsettled(tx, TOKEN, -1, 1) or [claimed[0].delivery]
    sending.settle(tx, messages, TOKEN, delivery_, NotFound(), now)


async def test_undo_does_not_bring_a_cancelled_reminder_back(planner: Planner) -> None:
    await planner.plans()
    await planner.does(practice.did)
    assert (await planner.does(practice.undo, MONDAY + HOUR)).reminder is None
    assert await planner.came() == []
    await planner.plans(now=MONDAY + 2 * HOUR)
    assert len(await planner.came()) == 1
