"""How often tips come: less and less while a member presses nothing, as they chose, and once they are back."""

import pytest

from bot.coach import learning, schedules
from bot.coach.forecast import forecast
from bot.coach.posts.tips import TipPost
from bot.core.rhythm import SHORT, Wish
from bot.store import Store
from tests.coach.members import NORA
from tests.coach.weekly import BOTH, DAY, MONDAY, TUESDAY, WEEK, Weekly, post_of
from tests.made_up import made_up

DATABASE = "sqlite"  # unless a test asks for both
CATALOG = made_up()
ASKS, SLOWER = 3, [0, 1, 2, 3, 5, 7, 9]  # weeks in which a tip comes to somebody who never presses anything
NEVER_PRESSES = [*SLOWER, *range(13, 52, 4)]


@pytest.fixture
async def weekly(store: Store) -> Weekly:
    return await Weekly(store, CATALOG).practises()


async def came(weekly: Weekly, *weeks: int) -> dict[int, TipPost]:
    return {week: post_of(sent) for week in weeks for sent in await weekly.tips(TUESDAY + week * WEEK)}


@BOTH
async def test_who_never_presses_anything_is_asked_once_and_gets_fewer_tips_as_the_forecast_says(
    weekly: Weekly,
) -> None:
    year = TUESDAY + 51 * WEEK + DAY
    ahead = await weekly.store.read(forecast, CATALOG, MONDAY, year)
    found = await came(weekly, *range(52))
    assert list(found) == NEVER_PRESSES
    assert len(found) <= 20
    assert [week for week, post in found.items() if post.asks_rhythm] == [ASKS]
    assert not any(post.is_back for post in found.values())
    assert [(each.at - TUESDAY + DAY) // WEEK for each in ahead] == NEVER_PRESSES
    assert [each.asks_rhythm for each in ahead] == [week == ASKS for week in NEVER_PRESSES]
    assert [each.choice for each in ahead] == [post.choice for post in found.values()]


@pytest.mark.parametrize(("presses", "back"), [(2, False), (3, True), (8, True), (15, True)])
async def test_any_click_restores_the_week_and_the_first_tip_after_a_gap_is_short(
    weekly: Weekly, presses: int, back: bool
) -> None:
    await came(weekly, *range(presses + 1))
    await weekly.presses()
    found = await came(weekly, *range(presses + 1, presses + 5))
    assert list(found) == list(range(presses + 1, presses + 5))
    assert [post.is_back for post in found.values()] == [back, False, False, False]
    assert [post.asks_rhythm for post in found.values()] == [False, False, False, True]
    if back:
        assert found[presses + 1].choice.lesson.tip.minutes <= 15


async def test_a_role_that_is_chosen_counts_as_an_answer(weekly: Weekly) -> None:
    await came(weekly, *range(ASKS))
    await weekly.store.write(learning.set_role, CATALOG, NORA, CATALOG.roles["operator"], TUESDAY)
    assert (await weekly.store.read(schedules.state, NORA)).schedule.rhythm.unanswered == 0


CHOSEN = {0: Wish.SECOND, 6: Wish.WEEKLY, 12: Wish.SHORT, 14: Wish.WEEKLY, 15: Wish.PAUSE}  # the day after that tip


async def test_tips_come_as_chosen_until_that_is_changed(weekly: Weekly) -> None:
    found: dict[int, TipPost] = {}
    told = []
    for week in range(22):
        found |= await came(weekly, week)
        await weekly.presses()
        if week in CHOSEN:
            tips = await weekly.does(schedules.choose_rhythm, CHOSEN[week], TUESDAY + week * WEEK + DAY)
            told.append(tips.schedule.comes_at and (tips.schedule.comes_at - TUESDAY + DAY) // WEEK)
    assert list(found) == [0, 2, 4, *range(6, 16), 20, 21]
    assert told == [2, 7, 13, 15, 20]
    assert [week for week, post in found.items() if post.choice.lesson.tip.minutes > SHORT] == [15, 21]
    assert [week for week, post in found.items() if post.is_back] == [20]
