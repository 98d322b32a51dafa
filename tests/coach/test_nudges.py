"""*Another one* and *Not my work*, the buttons of a weekly tip that change what comes."""

from datetime import timedelta

import pytest

from bot.coach import practice, tips
from bot.core.calendar import Slot
from bot.core.errors import UserError
from bot.core.nudges import Choice
from bot.core.outcomes import Unknown
from bot.outbox.sending import Claimed
from tests.coach.members import EMIL, NORA
from tests.coach.weekly import BOTH, DAY, HOUR, TUESDAY, WEEK, Weekly, choice_of, one_of

KEY = "nudge:U1:2026-W48"


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    return one_of(request)


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


async def one_more(weekly: Weekly, key: str = KEY) -> tips.Another:
    return await weekly.store.write(tips.another, weekly.catalog, NORA, key, TUESDAY + HOUR)


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
async def test_the_buttons_of_somebody_elses_nudge_do_nothing(weekly: Weekly) -> None:
    await nudged(weekly)
    await weekly.joins(EMIL)
    with pytest.raises(UserError, match="not yours"):
        await one_more(weekly, "nudge:U2:2026-W48")
    with pytest.raises(UserError, match="not yours"):
        await one_more(weekly, "welcome:U1:20261123T090000")


@BOTH
async def test_what_is_not_my_work_makes_its_skill_wait(weekly: Weekly) -> None:
    sent = await nudged(weekly)
    skill = choice(sent).lesson.skill
    await weekly.store.write(practice.not_my_work, weekly.catalog, NORA, tip_of(sent), None, TUESDAY)
    learner = await weekly.store.read(tips.learners, weekly.catalog, "T1", ["U1"])
    assert learner["U1"].not_my_work == {tip_of(sent)}
    (following,) = await weekly.ticks(TUESDAY + WEEK)
    assert choice(following).lesson.skill is not skill


@BOTH
async def test_not_my_work_is_stored_even_for_an_unconfirmed_tip(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.plans(TUESDAY)
    (sent,) = await weekly.sends(TUESDAY, Unknown("timeout"))
    await weekly.store.write(practice.not_my_work, weekly.catalog, NORA, tip_of(sent), None, TUESDAY)
    learner = await weekly.store.read(tips.learners, weekly.catalog, "T1", ["U1"])
    assert learner["U1"].not_my_work == {tip_of(sent)}
    assert sum(learner["U1"].given.values()) == 0
