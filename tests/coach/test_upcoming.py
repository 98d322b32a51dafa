"""What is due next: slots, planned messages, and starts, last calls and ends of challenges."""

import pytest

from bot.coach import forecast, membership, schedules
from bot.core.calendar import Slot
from tests.coach.challenge import Challenged
from tests.coach.members import EMIL, NORA
from tests.coach.weekly import BOTH, DAY, HOUR, MONDAY, TUESDAY, WEEK, one_of

pytestmark = BOTH
TWO_DAYS = 2 * DAY


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    return one_of(request)


async def test_nothing_is_due_while_nobody_opted_in(team: Challenged) -> None:
    await team.meets(NORA)
    assert await team.store.read(forecast.next_due, MONDAY) is None


async def test_the_next_slot_is_found_for_all_members_or_for_some(team: Challenged) -> None:
    await team.joins(NORA)
    await team.joins(EMIL, Slot(4, 9 * 60 + 30))
    friday = TUESDAY + 3 * DAY
    assert await team.store.read(forecast.next_due, MONDAY) == TUESDAY
    assert await team.store.read(forecast.next_due, TUESDAY) == friday
    assert await team.store.read(forecast.next_due, MONDAY, [EMIL.member_id]) == friday
    assert await team.store.read(forecast.next_due, MONDAY, []) is None


async def test_a_message_that_is_put_off_is_due_when_it_is_tried_again(team: Challenged) -> None:
    await team.joins(NORA)
    late = TUESDAY + 13 * HOUR  # 22:30 in Berlin
    await team.plans(late)
    assert await team.claims(late) == []
    morning = await team.store.read(forecast.next_due, late)
    assert morning is not None
    assert TUESDAY + 20 * HOUR < morning <= TUESDAY + DAY
    assert len(await team.claims(morning)) == 1


async def test_a_challenge_is_due_at_its_start_its_last_call_and_its_end(team: Challenged) -> None:
    end = MONDAY + WEEK
    await team.orders(at=MONDAY, starts_at=TUESDAY, ends_at=end)
    assert await team.store.read(forecast.next_due, MONDAY, []) == TUESDAY
    await team.sends(TUESDAY)
    assert await team.store.read(forecast.next_due, TUESDAY, []) == end - TWO_DAYS
    assert await team.store.read(forecast.next_due, end - TWO_DAYS, []) == end
    assert await team.store.read(forecast.next_due, end, []) is None


async def test_nothing_is_due_in_a_disconnected_workspace(team: Challenged) -> None:
    await team.joins(NORA)
    await team.store.write(membership.disconnected, "T1", "Ev1", MONDAY)
    assert await team.store.read(forecast.next_due, MONDAY) is None


async def test_the_slot_after_a_pause_is_the_next(team: Challenged) -> None:
    await team.joins(NORA)
    await team.does(schedules.pause, MONDAY + WEEK, MONDAY)
    assert await team.store.read(forecast.next_due, MONDAY) == TUESDAY + WEEK
