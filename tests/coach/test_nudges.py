"""The buttons of a nudge: *Another one*, *Not useful*, *Remind me tomorrow*. Each promises only what will happen."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.coach import learning, nudges, schedules, tips
from bot.coach.sending import Claimed
from bot.core.calendar import Slot
from bot.core.catalog import Catalog
from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.core.nudges import Choice
from bot.core.outbox import DeliveryState, Kind, Unknown
from bot.store import Store
from bot.store.tables import tip_given
from tests.coach.members import EMIL, NORA
from tests.coach.weekly import BOTH, DAY, HOUR, TUESDAY, WEEK, Weekly, choice_of, one_of

KEY = "nudge:U1:2026-W48"
FRIDAY = Slot(4, 9 * 60 + 30)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    return one_of(request)


@pytest.fixture
async def weekly(store: Store, catalog: Catalog) -> Weekly:
    weekly = Weekly(store, catalog)
    await weekly.opens()
    return weekly


async def nudged(weekly: Weekly, slot: Slot | None = None) -> Claimed:
    """Send Nora the tip of the week."""
    await weekly.joins(slot=slot)
    (sent,) = await weekly.ticks(TUESDAY + (3 * DAY if slot else timedelta(0)))
    return sent


def choice(claimed: Claimed) -> Choice:
    found = choice_of(claimed)
    assert found is not None
    return found


def tip_of(claimed: Claimed) -> str:
    return choice(claimed).lesson.tip.id


def verdicts(tx: Connection) -> list[str]:
    return list(tx.scalars(select(tip_given.c.verdict).where(tip_given.c.verdict.is_not(None))))


async def reminds(weekly: Weekly, at: object = TUESDAY, key: str = KEY, who: MemberKey = NORA) -> nudges.Reminder:
    return await weekly.does(nudges.remind_tomorrow, key, at, who=who)  # type: ignore[arg-type]  # a moment


async def one_more(weekly: Weekly, key: str = KEY) -> nudges.Another:
    return await weekly.store.write(nudges.another, weekly.catalog, NORA, key, TUESDAY + HOUR)


@BOTH
async def test_another_tip_differs_from_the_nudge_and_stays_the_same_when_asked_again(weekly: Weekly) -> None:
    sent = await nudged(weekly)
    first, again = await one_more(weekly), await one_more(weekly)
    assert (first.new, again.new) == (True, False)
    assert first.choice.lesson == again.choice.lesson
    assert first.choice.lesson.tip.id != tip_of(sent)
    assert tip_of((await weekly.ticks(TUESDAY + WEEK))[0]) not in {tip_of(sent), first.choice.lesson.tip.id}


async def test_another_tip_differs_from_a_nudge_whose_answer_was_lost(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.plans(TUESDAY)
    (sent,) = await weekly.sends(TUESDAY, Unknown("timeout"))
    assert (await one_more(weekly)).choice.lesson.tip.id != tip_of(sent)


@BOTH
async def test_remind_me_tomorrow_brings_the_same_tip_once_more_at_the_usual_time(weekly: Weekly) -> None:
    sent = await nudged(weekly)
    assert (await reminds(weekly, TUESDAY + 3 * HOUR)).at == TUESDAY + DAY
    assert (await reminds(weekly, TUESDAY + 4 * HOUR)).at == TUESDAY + DAY  # asked twice, comes once
    came = await weekly.lives(TUESDAY + 4 * HOUR - timedelta(hours=4), TUESDAY + 3 * DAY, DAY)
    assert [(at, message.delivery.kind, tip_of(message)) for at, message in came] == [
        (TUESDAY + DAY, Kind.REMINDER, tip_of(sent))
    ]


async def test_a_reminder_does_not_count_the_tip_as_given_again(weekly: Weekly) -> None:
    sent = await nudged(weekly)
    await reminds(weekly)
    await weekly.ticks(TUESDAY + DAY)
    learner = await weekly.store.read(tips.learners, weekly.catalog, "T1", ["U1"])
    assert learner["U1"].given == {tip_of(sent): 1}


async def test_a_tip_is_brought_back_once_only(weekly: Weekly) -> None:
    await nudged(weekly)
    await reminds(weekly)
    await weekly.ticks(TUESDAY + DAY)
    with pytest.raises(UserError, match="only once"):
        await reminds(weekly, TUESDAY + DAY + HOUR)


async def test_a_reminder_that_was_called_off_is_not_promised_again(weekly: Weekly) -> None:
    await nudged(weekly)
    await reminds(weekly)
    await weekly.does(schedules.pause, TUESDAY + WEEK, TUESDAY)
    await weekly.does(schedules.resume, TUESDAY + HOUR)
    with pytest.raises(UserError, match="only once"):
        await reminds(weekly, TUESDAY + 2 * HOUR)
    assert await weekly.lives(TUESDAY, TUESDAY + 2 * DAY, DAY) == []


async def test_no_reminder_is_promised_for_tomorrow_at_the_end_of_the_week(weekly: Weekly) -> None:
    await nudged(weekly, FRIDAY)
    with pytest.raises(UserError, match="This week is over by then"):
        await reminds(weekly, TUESDAY + 3 * DAY + HOUR)
    assert await weekly.rows("reminder") == []


async def test_a_member_who_opted_out_is_not_promised_a_reminder(weekly: Weekly) -> None:
    await nudged(weekly)
    await weekly.does(schedules.decline, TUESDAY + HOUR)
    with pytest.raises(UserError, match="Weekly tips are off"):
        await reminds(weekly, TUESDAY + 2 * HOUR)


async def test_a_workspace_that_allows_one_message_a_week_allows_no_reminder(weekly: Weekly) -> None:
    await weekly.opens(dm_budget=1)
    await nudged(weekly)
    with pytest.raises(UserError, match="You have had all your messages for this week"):
        await reminds(weekly)


async def test_last_weeks_reminder_fits_beside_this_weeks_tip_but_a_second_one_does_not(weekly: Weekly) -> None:
    await nudged(weekly)
    monday = TUESDAY + WEEK - DAY
    assert (await reminds(weekly, monday)).at == TUESDAY + WEEK
    assert len(await weekly.ticks(TUESDAY + WEEK)) == 2
    with pytest.raises(UserError, match="You have had all your messages for this week"):
        await reminds(weekly, TUESDAY + WEEK, "nudge:U1:2026-W49")


async def test_with_a_budget_of_one_the_planned_nudge_comes_before_a_reminder(weekly: Weekly) -> None:
    await nudged(weekly)
    await reminds(weekly, TUESDAY + 4 * HOUR)
    await weekly.opens(dm_budget=1)  # an admin changed it in the meantime
    assert await weekly.ticks(TUESDAY + DAY) == []
    assert await weekly.rows("reminder") == [("2026-W48", DeliveryState.MISSED, "weekly budget used")]


async def test_a_planned_nudge_keeps_its_place_in_the_budget(weekly: Weekly) -> None:
    await nudged(weekly, FRIDAY)
    monday = TUESDAY + WEEK - DAY
    await weekly.opens(dm_budget=1)
    with pytest.raises(UserError, match="You have had all your messages for this week"):
        await reminds(weekly, monday)
    await weekly.opens(dm_budget=2)
    assert (await reminds(weekly, monday)).at == TUESDAY + WEEK


@BOTH
async def test_the_buttons_of_somebody_elses_nudge_do_nothing(weekly: Weekly) -> None:
    await nudged(weekly)
    await weekly.joins(EMIL)
    with pytest.raises(UserError, match="not yours"):
        await reminds(weekly, who=EMIL)
    with pytest.raises(UserError, match="not yours"):
        await one_more(weekly, "nudge:U2:2026-W48")
    with pytest.raises(UserError, match="not yours"):
        await one_more(weekly, "welcome:U1:20261123T090000")


@BOTH
async def test_what_was_not_useful_makes_its_skill_wait(weekly: Weekly) -> None:
    sent = await nudged(weekly)
    skill = choice(sent).lesson.skill
    await weekly.store.write(nudges.not_useful, weekly.catalog, NORA, tip_of(sent), TUESDAY)
    learner = await weekly.store.read(tips.learners, weekly.catalog, "T1", ["U1"])
    assert learner["U1"].not_my_work == {tip_of(sent)}
    (following,) = await weekly.ticks(TUESDAY + WEEK)
    assert choice(following).lesson.skill is not skill


@BOTH
async def test_not_useful_is_stored_even_for_an_unconfirmed_tip(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.plans(TUESDAY)
    (sent,) = await weekly.sends(TUESDAY, Unknown("timeout"))
    await weekly.store.write(nudges.not_useful, weekly.catalog, NORA, tip_of(sent), TUESDAY)
    learner = await weekly.store.read(tips.learners, weekly.catalog, "T1", ["U1"])
    assert learner["U1"].not_my_work == {tip_of(sent)}
    assert sum(learner["U1"].given.values()) == 0


@BOTH
async def test_the_last_verdict_on_a_tip_counts(weekly: Weekly) -> None:
    sent = await nudged(weekly)
    for verb in (nudges.useful, nudges.not_useful, nudges.useful, nudges.useful):
        await weekly.store.write(verb, weekly.catalog, NORA, tip_of(sent), TUESDAY)
    assert await weekly.store.read(verdicts) == ["useful"]
    learner = await weekly.store.read(tips.learners, weekly.catalog, "T1", ["U1"])
    assert learner["U1"].not_my_work == set()


@pytest.mark.parametrize("verb", [nudges.useful, nudges.not_useful])
async def test_a_tip_that_is_gone_can_not_be_judged(weekly: Weekly, verb: Callable[..., object]) -> None:
    await weekly.joins()
    with pytest.raises(UserError, match="no longer there"):
        await weekly.store.write(verb, weekly.catalog, NORA, "a-tip-of-last-year", TUESDAY)


async def test_a_skill_that_was_learned_brings_no_more_tips(weekly: Weekly) -> None:
    sent = await nudged(weekly)
    skill = choice(sent).lesson.skill
    await weekly.store.write(learning.mark_learned, weekly.catalog, NORA, skill, TUESDAY)
    came = await weekly.lives(TUESDAY + WEEK, TUESDAY + 8 * WEEK, WEEK)
    assert skill not in [choice(message).lesson.skill for _, message in came]


async def test_no_tip_comes_twice_in_forty_weeks(weekly: Weekly) -> None:
    await weekly.joins()
    came = [tip_of(message) for _, message in await weekly.lives(TUESDAY, TUESDAY + 39 * WEEK, WEEK)]
    assert len(set(came)) == len(came) == 40
