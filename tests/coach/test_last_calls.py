"""A last call goes once to members who joined and have not done it, at a decent hour and within that week's budget."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.coach import challenges, entries, schedules
from bot.coach.forecast import forecast
from bot.core.calendar import Slot
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState, Kind
from bot.core.rhythm import Wish
from tests.coach.challenge import ID, KENJI, OTHER_ID, Challenged
from tests.coach.members import EMIL, NAMESAKE, NORA
from tests.coach.weekly import BOTH, DAY, HOUR, MONDAY, TUESDAY, WEEK

DATABASE = "sqlite"  # unless a test asks for both
TWO_DAYS = timedelta(days=2)
FRIDAY = TUESDAY + 3 * DAY  # 09:30 in Berlin, as TUESDAY is
ASHA = MemberKey("T1", "U4")


@pytest.fixture
async def team(team: Challenged) -> Challenged:
    """Return a workspace in which Emil gets tips on Tuesdays and has joined a challenge."""
    await team.joins(EMIL)
    return team


async def lasts_until(team: Challenged, end: datetime, *people: MemberKey) -> None:
    await team.posts(at=MONDAY, ends_at=end)
    for who in people or (EMIL,):
        await team.joins_in(who, MONDAY)


async def calls(team: Challenged, since: datetime, until: datetime) -> list[tuple[datetime, str]]:
    """Run workers every half hour. Return when which member was called."""
    found, now = [], since
    while now <= until:
        sent = await team.ticks(now)
        found += [
            (now, message.delivery.member.member_id) for message in sent if message.delivery.kind is Kind.LAST_CALL
        ]
        now += HOUR / 2
    return found


async def test_a_member_who_leaves_does_it_or_opts_out_in_time_is_not_called(team: Challenged) -> None:
    for who in (KENJI, ASHA):
        await team.joins(who)
    night = FRIDAY - 12 * HOUR  # 21:30 in Berlin
    await lasts_until(team, night + TWO_DAYS, EMIL, KENJI, ASHA)
    await team.store.write(challenges.call_last, night)
    assert await team.sends(night) == []
    await team.has_done_it(EMIL, night + HOUR)
    await team.store.write(entries.leave, KENJI, ID, night + HOUR)
    await team.store.write(schedules.decline, ASHA, night + HOUR)
    assert await calls(team, night + HOUR, night + TWO_DAYS) == []
    assert {state for state, _ in await team.said(Kind.LAST_CALL)} == {DeliveryState.CANCELLED}


async def test_a_last_call_at_the_weekend_waits_for_monday_and_counts_in_that_week(team: Challenged) -> None:
    saturday = FRIDAY + DAY
    await lasts_until(team, saturday + TWO_DAYS)
    told = await team.store.read(forecast, team.catalog, TUESDAY, saturday + TWO_DAYS)
    ((at, _),) = await calls(team, TUESDAY, saturday + TWO_DAYS)
    assert at == datetime(2026, 11, 30, 7, tzinfo=UTC)
    assert [each.at for each in told if each.kind is Kind.LAST_CALL] == [at]
    assert await team.rows("last-call") == [("2026-W49", DeliveryState.SENT, None)]


@pytest.mark.parametrize(("tip_next_week", "called"), [(False, 1), (True, 0)])
async def test_a_last_call_uses_the_budget_of_the_week_in_which_it_is_sent(
    team: Challenged, tip_next_week: bool, called: int
) -> None:
    await team.opens("T1", dm_budget=1)
    await team.ticks(TUESDAY)  # the only message of this week's budget
    if not tip_next_week:
        await team.does(schedules.accept, Slot(4, 570), None, FRIDAY + WEEK, who=EMIL)  # as if opted in then
    saturday = FRIDAY + DAY
    await lasts_until(team, saturday + TWO_DAYS)
    assert len(await calls(team, saturday, saturday + TWO_DAYS)) == called


async def test_a_tip_that_nothing_planned_for_weeks_goes_before_a_last_call(team: Challenged) -> None:
    await team.opens("T1", dm_budget=1)
    await team.ticks(TUESDAY)
    await team.does(schedules.choose_rhythm, Wish.SECOND, TUESDAY + DAY, who=EMIL)
    again = TUESDAY + 3 * WEEK + HOUR  # nothing ran meanwhile: the tip of the week before comes now
    await lasts_until(team, again + TWO_DAYS)
    await team.store.write(challenges.call_last, again)
    sent = [*await team.sends(again), *await team.ticks(again)]
    assert [each.delivery.kind for each in sent if each.delivery.member_id] == [Kind.NUDGE]
    assert await team.said(Kind.LAST_CALL) == [(DeliveryState.MISSED, "weekly budget used")]


async def test_with_a_budget_of_one_message_only_one_of_two_last_calls_is_sent(team: Challenged) -> None:
    await lasts_until(team, FRIDAY)
    await team.posts(at=MONDAY, ends_at=FRIDAY, challenge_id=OTHER_ID)
    await team.joins_in(EMIL, MONDAY, challenge_id=OTHER_ID)
    assert len(await calls(team, TUESDAY, FRIDAY)) == 1
    assert sorted(await team.said(Kind.LAST_CALL)) == [
        (DeliveryState.MISSED, "weekly budget used"),
        (DeliveryState.SENT, None),
    ]


@BOTH
async def test_members_with_one_id_in_two_workspaces_are_called_for_their_own_challenge(team: Challenged) -> None:
    await team.opens("T2")
    await team.joins(NORA)
    await team.joins(NAMESAKE)
    await lasts_until(team, FRIDAY, NORA)
    await team.posts(NAMESAKE, MONDAY, ends_at=FRIDAY)
    await team.joins_in(NAMESAKE, MONDAY)
    await team.has_done_it(NAMESAKE, MONDAY)
    told = await team.store.read(forecast, team.catalog, TUESDAY, FRIDAY)
    called = [(FRIDAY - TWO_DAYS, "U1")]
    assert [(each.at, each.key.member_id) for each in told if each.kind is Kind.LAST_CALL] == called
    assert await calls(team, TUESDAY, FRIDAY) == called
