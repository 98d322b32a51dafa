"""A member plans a tip: one reminder comes, at a decent hour and within the budget, and dies when it is not wanted."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.coach import membership, plans, practice, schedules
from bot.coach.act import Act
from bot.core.catalog import Catalog
from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import NotFound, Unknown
from bot.core.practice import CannotPlan, ReminderWish
from bot.core.rhythm import Wish
from bot.outbox import leases, sending
from bot.outbox.sending import Claimed
from bot.store import Store
from bot.store.schedules import set_dm
from tests.coach.members import BERLIN, EMIL, NORA
from tests.coach.weekly import BOTH, DAY, HOUR, MONDAY, TOKEN, TUESDAY, Weekly, post_of

THURSDAY = TUESDAY + 2 * DAY + HOUR / 2  # 10:00 in Berlin
WISH = ReminderWish(date(2026, 11, 26), 10 * 60, "Thursday's stand-up")


class Planner(Weekly):
    """A member with weekly tips, who plans the first tip of the catalogue."""

    @property
    def tip(self) -> str:
        return next(iter(self.catalog.lessons))

    async def plans_tip(
        self, wish: ReminderWish = WISH, now: datetime = MONDAY, who: MemberKey = NORA, tip: str | None = None
    ) -> practice.TipSeen:
        return await self.does(plans.plan, now, tip or self.tip, None, wish, who=who)

    async def says(self, use_case: Callable[..., Any], now: datetime = MONDAY) -> Any:
        return await self.does(use_case, now, self.tip, None)

    async def came(self, since: datetime = MONDAY, days: float = 4) -> list[tuple[datetime, Claimed]]:
        """Run the worker every six hours. Return the reminders, and when they came."""
        sent = await self.lives(since, since + days * DAY, 6 * HOUR)
        return [(at, each) for at, each in sent if each.delivery.kind is Kind.REMINDER]

    async def states(self) -> list[tuple[DeliveryState, str | None]]:
        return [(state, reason) for _, state, reason in await self.rows("reminder")]


@pytest.fixture
async def planner(store: Store, catalog: Catalog) -> Planner:
    planner = Planner(store, catalog)
    await planner.opens()
    await planner.joins()
    return planner


# It comes.


@BOTH
async def test_a_reminder_comes_once_with_the_cue_at_the_planned_moment(planner: Planner) -> None:
    await planner.store.write(set_dm, NORA, "D1")
    found = await planner.plans_tip()
    assert (found.record.plans[planner.tip].at, found.moved) == (THURSDAY, False)
    ((at, reminder),) = await planner.came(days=10)
    assert at == THURSDAY
    assert (reminder.delivery.tip, reminder.delivery.channel) == (planner.tip, "D1"), "a lost answer can be looked up"
    plan = post_of(reminder).plan
    assert plan is not None
    assert plan.cue == "Thursday's stand-up"


async def test_a_reminder_that_is_late_still_comes_the_next_day_and_no_later(planner: Planner) -> None:
    await planner.plans_tip()
    assert await planner.came(THURSDAY + 2 * DAY, days=10) == []
    assert await planner.states() == [(DeliveryState.MISSED, "window over")]


# It needs the opt-in, and counts.


@pytest.mark.parametrize("who", [EMIL, NORA], ids=["never asked", "said no"])
async def test_without_weekly_tips_no_reminder_can_be_planned(planner: Planner, who: MemberKey) -> None:
    await planner.store.write(membership.meet, EMIL, BERLIN, MONDAY)
    await planner.does(schedules.decline, MONDAY)
    with pytest.raises(UserError, match="come only with weekly tips") as caught:
        await planner.plans_tip(who=who)
    assert [step.label for step in caught.value.steps] == ["Start weekly tips"]
    with pytest.raises(UserError, match="come only with weekly tips"):
        await planner.does(plans.to_plan, MONDAY, planner.tip, who=who)
    assert await planner.states() == []


async def test_where_one_message_a_week_is_allowed_no_reminder_is_promised(planner: Planner) -> None:
    await planner.opens(dm_budget=1)
    with pytest.raises(CannotPlan, match="one message a week"):
        await planner.plans_tip()


async def test_a_week_without_a_tip_has_room_for_a_reminder(planner: Planner) -> None:
    await planner.opens(dm_budget=1)
    await planner.does(schedules.choose_rhythm, MONDAY, Wish.SECOND)
    await planner.ticks(TUESDAY)
    refused = {}
    for weeks, tip in zip(range(4), planner.catalog.lessons, strict=False):
        try:
            await planner.plans_tip(WISH._replace(day=WISH.day + timedelta(weeks=weeks)), TUESDAY, tip=tip)
        except CannotPlan as error:
            refused[weeks] = str(error)
    assert refused.keys() == {0, 2}
    assert refused[2].startswith("You get one message in that week already")


async def test_a_moment_in_a_pause_is_refused_and_one_after_it_is_not(planner: Planner) -> None:
    await planner.does(schedules.pause, MONDAY, MONDAY + 10 * DAY)
    with pytest.raises(CannotPlan, match="paused until Thursday 3 December"):
        await planner.plans_tip()
    after = WISH._replace(day=WISH.day + timedelta(days=14))
    assert (await planner.plans_tip(after)).record.plans[planner.tip].at == THURSDAY + 14 * DAY


# It dies.


ENDS: dict[str, Callable[[Planner], Any]] = {
    "did it": lambda on: on.says(practice.did),
    "not my work": lambda on: on.says(practice.not_my_work),
    "cancel reminder": lambda on: on.says(plans.unplan),
    "pause": lambda on: on.does(schedules.pause, MONDAY, MONDAY + DAY),
    "opt-out": lambda on: on.does(schedules.decline, MONDAY),
    "left": lambda on: on.store.write(schedules.leave, NORA, "left", MONDAY),
    "forget me": lambda on: on.store.write(membership.forget, NORA, MONDAY),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_what_ends_a_plan_cancels_its_reminder(planner: Planner, end: Any) -> None:
    await planner.plans_tip()
    await end(planner)
    assert await planner.came(THURSDAY - HOUR, days=0.25) == []
    assert [state for state, _ in await planner.states()] in ([DeliveryState.CANCELLED], [])
    assert plans.agenda(planner.catalog, await planner.does(Act.read, MONDAY), MONDAY).items == ()


@BOTH
@pytest.mark.parametrize("end", ["did it", "pause"])
async def test_a_reminder_whose_plan_ended_since_the_claim_is_not_sent(planner: Planner, end: str) -> None:
    await planner.plans_tip()
    await planner.ticks(TUESDAY)
    claimed = await planner.claims(THURSDAY)
    assert [each.delivery.kind for each in claimed] == [Kind.REMINDER]
    await ENDS[end](planner)
    assert await planner.begins(claimed, THURSDAY) == []


async def test_a_lost_reminder_is_not_sent_again_after_did_it(planner: Planner) -> None:
    await planner.plans_tip()
    await planner.ticks(TUESDAY)
    claimed = await planner.claims(THURSDAY)
    await planner.begins(claimed, THURSDAY)
    await planner.ends(claimed, Unknown("timeout"), THURSDAY)
    await planner.says(practice.did, THURSDAY)
    (doubtful,) = await planner.store.write(leases.take_unsettled, TOKEN, -1, 1)
    await planner.store.write(sending.settle, planner.messages, TOKEN, doubtful, NotFound(), THURSDAY)
    assert await planner.came(THURSDAY, days=1) == []
    assert await planner.states() == [(DeliveryState.CANCELLED, "plan ended")]


async def test_undo_does_not_bring_a_cancelled_reminder_back(planner: Planner) -> None:
    await planner.plans_tip()
    await planner.says(practice.did)
    assert (await planner.says(practice.undo, MONDAY + HOUR)).reminder is None
    assert await planner.came() == []
    await planner.plans_tip(now=MONDAY + 2 * HOUR)
    assert len(await planner.came()) == 1
