"""Checks over weeks: asked inside the weekly message when they are due, answered once, and what follows from it."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.coach import checks, learning
from bot.coach.checks import Answered, CheckNow, ChosenOption
from bot.coach.practice import TipSeen
from bot.core.calendar import Slot
from bot.core.content_types import Check, Skill
from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.core.next_tip import Reason
from bot.core.outcomes import Sent
from bot.core.practice import Asked, Stage
from bot.outbox.sending import Claimed
from bot.store import Store
from bot.store import practice as rows
from tests.coach.members import EMIL, NORA
from tests.coach.weekly import BOTH, HOUR, MONDAY, TUESDAY, WEEK, Weekly, choice_of, post_of, tip_of
from tests.made_up import made_up

DATABASE = "sqlite"  # unless a test asks for both
CATALOG = made_up()
COSTS = CATALOG.skills["costs"]
WRONG, RIGHT = 0, 1  # the options of the made-up checks


@pytest.fixture
async def weekly(store: Store) -> "Checking":
    """Return Nora's weeks: she has a role, said yes, and learned about costs on Monday."""
    weekly = await Checking(store, CATALOG).practises()
    await store.write(learning.mark_learned, CATALOG, NORA, COSTS, MONDAY)
    return weekly


class Checking(Weekly):
    async def answers(self, message: Claimed, chosen: int, who: MemberKey = NORA, version: str = "") -> TipSeen:
        """Press a button of the check in a message, an hour after it was due."""
        check, at = check_of(message), message.delivery.due_at + HOUR
        assert check is not None
        given = ChosenOption(check.id, version or check.version, message.delivery.key, chosen)
        return await self.store.write(checks.answer_in_tip, self.catalog, who, tip_of(message), given, at)

    async def asked(self) -> list[Asked]:
        history = await self.store.read(rows.history, NORA)
        return [each for asked in history.checked.of_skill.values() for each in asked]

    async def stage(self) -> Stage:
        return (await self.store.read(learning.skill, NORA, COSTS)).stage


def check_of(message: Claimed) -> Check | None:
    check = post_of(message).check
    return check.check if check else None


@BOTH
async def test_checks_come_in_the_weekly_message_after_1_and_4_weeks_until_the_skill_is_kept(weekly: Checking) -> None:
    came, stages = [], []
    for week in range(20):
        message = await weekly.comes(week)
        if check_of(message) is None:
            continue
        seen = await weekly.answers(message, RIGHT)
        assert seen.asked is not None
        came.append((week, check_of(message), seen.history.checked.made_kept(seen.asked)))
        stages.append(await weekly.stage())
    first, second = COSTS.checks
    assert came == [(1, first, False), (4, second, True)]
    assert stages == [Stage.LEARNED, Stage.KEPT]
    assert len(await weekly.rows()) == 20, "a check is part of the weekly message, never one of its own"


@BOTH
async def test_after_a_wrong_answer_the_next_tip_is_of_that_skill_and_the_check_comes_again(weekly: Checking) -> None:
    reasons, came = [], []
    for week in range(5):
        message = await weekly.comes(week)
        choice = choice_of(message)
        reasons.append(choice.reason if choice.lesson.skill is COSTS else None)
        if check_of(message) is not None:
            came.append(week)
            await weekly.answers(message, WRONG if week == 1 else RIGHT)
    assert reasons == [None, None, Reason.CHECK_WENT_WRONG, None, None]
    assert came == [1, 2, 4]


async def test_who_ignores_checks_is_asked_less_and_less(weekly: Checking) -> None:
    came = [week for week in range(30) if check_of(await weekly.comes(week)) is not None]
    assert came == [1, 5, 17, 29]


@BOTH
async def test_the_first_answer_counts_also_of_two_at_once(weekly: Checking) -> None:
    await weekly.comes(0)
    message = await weekly.comes(1)
    at_once = await asyncio.gather(*(weekly.answers(message, chosen) for chosen in (WRONG, RIGHT)))
    again = await weekly.answers(message, RIGHT)
    (stored,) = await weekly.asked()
    assert stored.answered_at is not None
    assert [seen.asked for seen in (*at_once, again)] == [stored] * 3
    assert stored.right is (stored.chosen == RIGHT)


@BOTH
async def test_an_answer_before_the_confirmation_is_kept_when_that_comes(weekly: Checking) -> None:
    await weekly.comes(0)
    now = TUESDAY + WEEK
    await weekly.plans(now)
    (message,) = await weekly.claims(now)
    await weekly.begins([message], now)
    assert await weekly.asked() == []
    seen = await weekly.answers(message, RIGHT)
    await weekly.ends([message], Sent("D1", "1.000001"), now + 2 * HOUR)
    assert [seen.asked] == await weekly.asked()
    assert seen.asked is not None
    assert (seen.asked.right, seen.asked.at) == (True, now)


async def test_a_check_that_changed_since_is_asked_anew_and_nothing_is_stored(weekly: Checking) -> None:
    await weekly.comes(0)
    message = await weekly.comes(1)
    seen = await weekly.answers(message, RIGHT, version="0000")
    assert seen.asked is not None
    assert (seen.asked.answered_at, seen.asked.right) == (None, None)
    assert (await weekly.answers(message, RIGHT)).history.checked.passed("costs") == 1


async def test_a_check_that_was_removed_can_not_be_answered_and_its_tip_stays(weekly: Checking) -> None:
    await weekly.comes(0)
    message = await weekly.comes(1)
    weekly.catalog = replace(CATALOG, skills={**CATALOG.skills, "costs": COSTS.model_copy(update={"checks": ()})})
    seen = await weekly.answers(message, RIGHT)
    assert seen.asked is not None
    assert seen.asked.answered_at is None
    assert seen.lesson.tip.id == tip_of(message)


async def test_another_member_can_not_answer_a_check(weekly: Checking) -> None:
    await weekly.joins(EMIL, Slot(weekday=4, minute=600))
    await weekly.comes(0)
    message = await weekly.comes(1)
    with pytest.raises(UserError, match="a message that is not yours"):
        await weekly.answers(message, RIGHT, EMIL)
    assert [each.answered_at for each in await weekly.asked()] == [None]


class Asking:
    def __init__(self, weekly: Checking, at: datetime) -> None:
        self.weekly, self.at = weekly, at

    async def wants(self, skill: Skill | None = None) -> CheckNow:
        self.at += timedelta(minutes=1)
        return await self.weekly.store.write(checks.ask, CATALOG, NORA, skill, self.at)

    async def answers(self, question: CheckNow, chosen: int, who: MemberKey = NORA) -> Answered:
        check = question.quiz.check
        given = ChosenOption(check.id, check.version, question.asked.asking, chosen)
        return await self.weekly.store.write(checks.answer, CATALOG, who, given, self.at + HOUR)


async def test_a_question_that_is_due_counts_and_does_not_come_again_in_the_weekly_message(weekly: Checking) -> None:
    await weekly.comes(0)
    asking = Asking(weekly, MONDAY + WEEK)
    question = await asking.wants()
    assert (question.quiz.skill, question.asked.due, question.learned_at) == (COSTS, True, MONDAY)
    await asking.answers(question, RIGHT)
    again = await asking.wants()
    assert (again.quiz.check, again.asked.due) == (COSTS.checks[1], False)
    assert check_of(await weekly.comes(1)) is None
    assert [each.due for each in await weekly.asked()] == [True, False]


async def test_who_has_practised_nothing_is_told_to_do_a_tip_and_a_skill_without_checks_says_so(
    weekly: Checking,
) -> None:
    await weekly.joins(EMIL)
    with pytest.raises(UserError, match="You have not practised a skill yet"):
        await weekly.store.write(checks.ask, CATALOG, EMIL, None, MONDAY)
    bare = COSTS.model_copy(update={"checks": ()})
    with pytest.raises(UserError, match="There is no question about \\*costs\\* yet"):
        await weekly.store.write(checks.ask, CATALOG, EMIL, bare, MONDAY)
