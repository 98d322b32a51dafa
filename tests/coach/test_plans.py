"""A member plans a tip: one reminder comes, at a decent hour and within the budget, and dies when it is not wanted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.coach import forecast, membership, plans, practice, schedules
from bot.coach.messages import Messages
from bot.coach.posts.tips import TipPost
from bot.core.catalog import Catalog
from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import NotFound, Unknown
from bot.core.plans import CannotPlan, Wish, WishPart
from bot.outbox import sending
from bot.outbox.sending import Claimed
from bot.store import Store
from bot.store.member_schema import delivery
from bot.store.schedules import set_dm
from tests.coach.members import BERLIN, EMIL, NAMESAKE, NORA
from tests.coach.weekly import BOTH, DAY, FAST, HOUR, MONDAY, TOKEN, TUESDAY, WEEK, Weekly, one_of

THURSDAY = TUESDAY + 2 * DAY + HOUR / 2  # 10:00 in Berlin
WISH = Wish(date(2026, 11, 26), 10 * 60, "Thursday's stand-up")
LATER = replace(WISH, day=date(2026, 11, 27))
_IS_REMINDER = delivery.c.kind == "reminder"


class Planner:
    """A member with weekly tips, who plans the first tip of the catalogue."""

    def __init__(self, weekly: Weekly, tip: str) -> None:
        self.weekly, self.tip = weekly, tip

    async def plans(
        self, wish: Wish = WISH, now: datetime = MONDAY, who: MemberKey = NORA, tip: str | None = None
    ) -> plans.Planned:
        store, catalog = self.weekly.store, self.weekly.catalog
        return await store.write(plans.plan, catalog, who, tip or self.tip, None, wish, now)

    async def does(self, verb: Callable[..., Any], now: datetime = MONDAY) -> Any:
        return await self.weekly.store.write(verb, self.weekly.catalog, NORA, self.tip, None, now)

    async def came(self, since: datetime = MONDAY, days: float = 7) -> list[tuple[datetime, Claimed]]:
        """Run the worker every half hour. Return the reminders, and when they came."""
        sent = await self.weekly.lives(since, since + days * DAY, HOUR / 2)
        return [(at, each) for at, each in sent if each.delivery.kind is Kind.REMINDER]

    async def states(self) -> list[tuple[DeliveryState, str | None]]:
        return [(state, reason) for _, state, reason in await self.weekly.rows("reminder")]


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    return one_of(request)


@pytest.fixture
async def planner(store: Store, catalog: Catalog) -> Planner:
    weekly = Weekly(store, catalog)
    await weekly.opens()
    await weekly.joins()
    return Planner(weekly, next(iter(catalog.lessons)))


def cue_of(claimed: Claimed) -> str | None:
    assert isinstance(claimed.content, TipPost)
    assert claimed.content.plan is not None
    return claimed.content.plan.cue


# It comes.


@BOTH
async def test_a_reminder_comes_once_with_the_cue_at_the_planned_moment(planner: Planner) -> None:
    found = await planner.plans()
    assert (found.plan.at, found.moved) == (THURSDAY, False)
    ((at, reminder),) = await planner.came(days=21)
    assert at == THURSDAY
    assert reminder.delivery.tip == planner.tip
    assert cue_of(reminder) == "Thursday's stand-up"


async def test_a_reminder_knows_its_channel_so_that_a_lost_answer_can_be_looked_up(planner: Planner) -> None:
    await planner.weekly.does(set_dm, "D1")
    await planner.plans()
    rows = await planner.weekly.store.read(lambda tx: tx.execute(select(delivery).where(_IS_REMINDER)).all())
    assert [row.channel for row in rows] == ["D1"]


async def test_the_same_moment_and_cue_again_change_nothing(planner: Planner) -> None:
    first = await planner.plans()
    again = await planner.plans()
    assert again.plan == first.plan
    assert await planner.states() == [(DeliveryState.PLANNED, None)]


@BOTH
@pytest.mark.parametrize("wish", [LATER, replace(WISH, cue="lunch")], ids=["another day", "another cue"])
async def test_another_wish_takes_the_place_of_the_first(planner: Planner, wish: Wish) -> None:
    await planner.plans()
    await planner.plans(wish)
    assert len(await planner.states()) == 2
    ((at, reminder),) = await planner.came()
    assert (at.astimezone().date(), cue_of(reminder)) == (wish.day, wish.cue)


async def test_a_moment_in_quiet_hours_moves_to_the_next_decent_one(planner: Planner) -> None:
    found = await planner.plans(replace(WISH, minute=22 * 60))
    friday = THURSDAY + DAY - 2 * HOUR  # 08:00 in Berlin
    assert (found.plan.at, found.moved) == (friday, True)
    assert [at for at, _ in await planner.came()] == [friday]
    assert (await planner.plans(replace(WISH, minute=22 * 60), now=MONDAY)).plan == found.plan


async def test_two_tips_are_planned_side_by_side(planner: Planner, catalog: Catalog) -> None:
    await planner.plans()
    other = list(catalog.lessons)[7]
    await planner.plans(replace(LATER, day=LATER.day + timedelta(days=7)), tip=other)
    found = await planner.weekly.store.read(plans.planned, catalog, NORA, MONDAY)
    assert [item.lesson.tip.id for item in found.items] == [planner.tip, other]
    assert [each.delivery.tip for _, each in await planner.came(days=14)] == [planner.tip, other]


async def test_a_reminder_that_is_late_still_comes_the_next_day_and_no_later(planner: Planner) -> None:
    await planner.plans()
    assert await planner.came(THURSDAY + 2 * DAY, days=10) == []
    assert await planner.states() == [(DeliveryState.MISSED, "window over")]


# It needs the opt-in, and counts.


@pytest.mark.parametrize("who", [EMIL, NORA], ids=["never asked", "said no"])
async def test_without_weekly_tips_no_reminder_can_be_planned(
    planner: Planner, catalog: Catalog, who: MemberKey
) -> None:
    await planner.weekly.does(membership.meet, BERLIN, MONDAY, who=EMIL)
    await planner.weekly.does(schedules.decline, MONDAY)
    with pytest.raises(UserError, match="come only with weekly tips") as caught:
        await planner.plans(who=who)
    assert [step.label for step in caught.value.steps] == ["Start weekly tips"]
    with pytest.raises(UserError, match="come only with weekly tips"):
        await planner.weekly.store.read(plans.to_plan, catalog, who, planner.tip, MONDAY)
    assert await planner.states() == []


async def test_a_week_whose_budget_is_used_is_refused_with_the_next_free_day(
    planner: Planner, catalog: Catalog
) -> None:
    await planner.plans()  # with the weekly tip, that makes two
    with pytest.raises(CannotPlan, match=r"2 messages in that week already.*Monday 30 November") as caught:
        await planner.plans(LATER, tip=list(catalog.lessons)[7])
    assert caught.value.part is WishPart.DAY
    assert (await planner.plans(LATER)).plan.at.date() == LATER.day  # its own earlier reminder does not count


async def test_a_later_week_has_its_own_tip_and_room_for_one_reminder(planner: Planner, catalog: Catalog) -> None:
    first, second = list(catalog.lessons)[7:9]
    in_three_weeks = replace(WISH, day=WISH.day + timedelta(weeks=3))
    await planner.plans(in_three_weeks, tip=first)
    with pytest.raises(CannotPlan, match="2 messages in that week"):
        await planner.plans(in_three_weeks, tip=second)


async def test_where_one_message_a_week_is_allowed_no_reminder_is_promised(store: Store, catalog: Catalog) -> None:
    weekly = Weekly(store, catalog)
    await weekly.opens(dm_budget=1)
    await weekly.joins()
    with pytest.raises(CannotPlan, match="one message a week"):
        await Planner(weekly, next(iter(catalog.lessons))).plans()


async def test_a_moment_in_a_pause_is_refused_and_one_after_it_is_not(planner: Planner) -> None:
    await planner.weekly.does(schedules.pause, MONDAY + 10 * DAY, MONDAY)
    with pytest.raises(CannotPlan, match="paused until Thursday 3 December"):
        await planner.plans()
    after = replace(WISH, day=WISH.day + timedelta(days=14))
    assert (await planner.plans(after)).plan.at == THURSDAY + 14 * DAY


# It dies.


ENDS: dict[str, Callable[[Planner], Any]] = {
    "did it": lambda on: on.does(practice.did),
    "not my work": lambda on: on.does(practice.not_my_work),
    "cancel reminder": lambda on: on.does(plans.unplan),
    "pause": lambda on: on.weekly.does(schedules.pause, MONDAY + DAY, MONDAY),
    "opt-out": lambda on: on.weekly.does(schedules.decline, MONDAY),
    "left": lambda on: on.weekly.does(schedules.leave, "left", MONDAY),
    "forget me": lambda on: on.weekly.does(membership.forget, MONDAY),
}
END = pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)


@BOTH
@END
async def test_what_ends_a_plan_cancels_its_reminder(planner: Planner, catalog: Catalog, end: Any) -> None:
    await planner.plans()
    await end(planner)
    assert await planner.came() == []
    assert [state for state, _ in await planner.states()] in ([DeliveryState.CANCELLED], [])
    assert (await planner.weekly.store.read(plans.planned, catalog, NORA, MONDAY)).items == ()


@BOTH
@pytest.mark.parametrize("end", ["did it", "cancel reminder", "pause"])
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
    (delivery_,) = sending.unsettled(tx, replace(FAST, lease=-1, settling=-1), TOKEN, 1) or [claimed[0].delivery]
    sending.settle(tx, messages, TOKEN, delivery_, NotFound(), now)


async def test_undo_does_not_bring_a_cancelled_reminder_back(planner: Planner) -> None:
    await planner.plans()
    await planner.does(practice.did)
    assert (await planner.does(practice.undo, MONDAY + HOUR)).reminder is None
    assert await planner.came() == []
    await planner.plans(now=MONDAY + 2 * HOUR)
    assert len(await planner.came()) == 1


async def test_a_tip_that_was_answered_can_not_be_planned(planner: Planner, catalog: Catalog) -> None:
    await planner.does(practice.did)
    with pytest.raises(UserError, match="answered this tip already"):
        await planner.plans()
    with pytest.raises(UserError, match="answered this tip already"):
        await planner.weekly.store.read(plans.to_plan, catalog, NORA, planner.tip, MONDAY)


async def test_a_reminder_that_came_is_no_longer_planned(planner: Planner, catalog: Catalog) -> None:
    await planner.plans()
    await planner.came()
    assert (await planner.weekly.store.read(plans.planned, catalog, NORA, THURSDAY)).items == ()
    seen = await planner.weekly.store.read(practice.see, catalog, NORA, planner.tip, None, THURSDAY)
    assert seen.reminder is None


async def test_a_namesake_in_another_workspace_keeps_their_plan(planner: Planner, catalog: Catalog) -> None:
    await planner.weekly.opens("T2")
    await planner.weekly.joins(NAMESAKE)
    await planner.plans(who=NAMESAKE)
    await planner.plans()
    await planner.does(plans.unplan)
    assert len((await planner.weekly.store.read(plans.planned, catalog, NAMESAKE, MONDAY)).items) == 1
    assert [each.delivery.workspace_id for _, each in await planner.came()] == ["T2"]


# What it costs, and what is foretold.


async def test_the_forecast_shows_reminders_with_the_reason_of_their_tip(planner: Planner, catalog: Catalog) -> None:
    await planner.plans()
    coming = await planner.weekly.store.read(forecast.forecast, catalog, MONDAY, MONDAY + WEEK)
    assert [(each.at, each.kind) for each in coming] == [(TUESDAY, Kind.NUDGE), (THURSDAY, Kind.REMINDER)]
    foretold = coming[-1].choice
    ((at, reminder),) = await planner.came()
    assert isinstance(reminder.content, TipPost)
    assert foretold == reminder.content.choice
    assert at == THURSDAY
