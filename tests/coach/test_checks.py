"""The one question of a weekly message: a check, *Still doing it?*, or how to go on; and what follows from answers."""

import asyncio
from dataclasses import replace

import pytest

from bot.coach import checks, learning, practice, schedules
from bot.coach.checks import ChosenOption
from bot.coach.forecast import forecast
from bot.coach.posts.tips import TipPost
from bot.coach.practice import TipSeen
from bot.core.calendar import Slot
from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.core.next_tip import due_still
from bot.core.outcomes import Sent
from bot.core.practice import Answer, Asked, Practised, Step, WhyNot
from bot.core.rhythm import SHORT, Wish
from bot.outbox.sending import Claimed
from bot.store import Store, record as record_rows
from tests.acting import acting
from tests.coach.members import EMIL, NORA
from tests.coach.weekly import BOTH, DAY, HOUR, MONDAY, TUESDAY, WEEK, Weekly, post_of, tip_of
from tests.made_up import made_up
from tests.records import record_of

CATALOG = made_up()
COSTS = CATALOG.skills["costs"]
WRONG, RIGHT = 0, 1  # the options of the made-up checks
ASKS, SLOWER = 2, [0, 1, 2, 4, 6, 8]  # weeks in which a tip comes to somebody who never presses anything
NEVER_PRESSES = [*SLOWER, *range(12, 52, 4)]


@pytest.fixture
async def weekly(store: Store) -> "Weeks":
    weeks = Weeks(store, CATALOG)
    await weeks.opens()
    await weeks.joins()
    await weeks.does(learning.set_role, MONDAY, CATALOG.roles["operator"])
    return weeks


@pytest.fixture
async def learner(weekly: "Weeks") -> "Weeks":
    """Return Nora's weeks after she learned about costs on Monday."""
    await weekly.does(learning.mark, MONDAY, COSTS)
    return weekly


class Weeks(Weekly):
    """Nora's weeks: she has a role, said yes, and is asked about what she learned and did."""

    async def answers(self, message: Claimed, chosen: int, who: MemberKey = NORA, version: str = "") -> TipSeen:
        """Press a button of the check in a message, an hour after it was due."""
        quiz, at = post_of(message).check, message.delivery.due_at + HOUR
        assert quiz is not None
        given = ChosenOption(quiz.check.id, version or quiz.check.version, message.delivery.key, chosen)
        return await self.does(checks.answer_in_tip, at, tip_of(message), given, who=who)

    async def asked(self) -> list[Asked]:
        record = await self.store.read(record_rows.read, NORA)
        return [each for asked in record.checked.of_skill.values() for each in asked]

    async def did(self, message: Claimed, days: int = 1) -> TipSeen:
        at = message.delivery.due_at + days * DAY
        return await self.does(practice.did, at, tip_of(message), None)

    async def says(self, message: Claimed, tip: str, answer: Answer, why: WhyNot | None = None) -> TipSeen:
        at, key = message.delivery.due_at + HOUR, message.delivery.key
        return await self.does(checks.answer_still, at, tip_of(message), key, tip, answer, why)


@BOTH
async def test_the_first_answer_counts_also_of_two_at_once(learner: Weeks) -> None:
    await learner.comes(0)
    message = await learner.comes(1)
    at_once = await asyncio.gather(*(learner.answers(message, chosen) for chosen in (WRONG, RIGHT)))
    again = await learner.answers(message, RIGHT)
    (stored,) = await learner.asked()
    assert stored.answered_at is not None
    assert [seen.asked for seen in (*at_once, again)] == [stored] * 3
    assert stored.right is (stored.chosen == RIGHT)


@BOTH
async def test_an_answer_before_the_confirmation_is_kept_when_that_comes(learner: Weeks) -> None:
    await learner.comes(0)
    now = TUESDAY + WEEK
    await learner.plans(now)
    (message,) = await learner.claims(now)
    await learner.begins([message], now)
    assert await learner.asked() == []
    seen = await learner.answers(message, RIGHT)
    await learner.ends([message], Sent("D1", "1.000001"), now + 2 * HOUR)
    assert [seen.asked] == await learner.asked()
    assert seen.asked is not None
    assert (seen.asked.right, seen.asked.at) == (True, now)


async def test_a_check_that_changed_since_is_asked_anew_and_nothing_is_stored(learner: Weeks) -> None:
    await learner.comes(0)
    message = await learner.comes(1)
    seen = await learner.answers(message, RIGHT, version="0000")
    assert seen.asked is not None
    assert (seen.asked.answered_at, seen.asked.right) == (None, None)
    assert len((await learner.answers(message, RIGHT)).record.checked.passed("costs")) == 1


async def test_another_member_can_not_answer_a_check(learner: Weeks) -> None:
    await learner.joins(EMIL, Slot(weekday=4, minute=600))
    await learner.comes(0)
    message = await learner.comes(1)
    with pytest.raises(UserError, match="a message that is not yours"):
        await learner.answers(message, RIGHT, EMIL)
    assert [each.answered_at for each in await learner.asked()] == [None]


async def test_a_question_that_is_due_counts_and_does_not_come_again_in_the_weekly_message(learner: Weeks) -> None:
    await learner.comes(0)
    store, at = learner.store, MONDAY + WEEK
    quiz, asked, learned_at = await store.write(acting(checks.ask, NORA, at, CATALOG), None)
    assert (quiz.skill, asked.due, learned_at) == (COSTS, True, MONDAY)
    given = ChosenOption(quiz.check.id, quiz.check.version, asked.asking, RIGHT)
    await store.write(acting(checks.answer, NORA, at + HOUR, CATALOG), given)
    quiz, asked, _ = await store.write(acting(checks.ask, NORA, at + 2 * HOUR, CATALOG), None)
    assert (quiz.check, asked.due) == (COSTS.checks[1], False)
    assert post_of(await learner.comes(1)).check is None
    assert [each.due for each in await learner.asked()] == [True, False]


async def test_a_skill_without_checks_says_so(learner: Weeks) -> None:
    bare = COSTS.model_copy(update={"checks": ()})
    with pytest.raises(UserError, match="There is no question about \\*costs\\* yet"):
        await learner.does(checks.ask, MONDAY, bare)


# *Still doing it?*: three weeks after a tip was done, once, in the weekly message, before a check.


def asked_in(message: Claimed) -> str | None:
    post = post_of(message)
    assert post.still is None or post.check is None, "one question a week"
    return post.still.tip.id if post.still else None


async def test_each_tip_is_asked_about_once_after_three_weeks_in_one_message_of_three_the_older_first(
    weekly: Weeks,
) -> None:
    done, asked = [], []
    for week in range(13):
        message = await weekly.comes(week)
        asked.append(asked_in(message))
        if week < 3:
            await weekly.did(message)
            done.append(tip_of(message))
    none, (first, second, third) = [None, None], done
    assert asked[:4] == [*none, *none], "the day after the tip, so a day less than three weeks"
    assert asked[4:] == [first, *none, second, *none, third, *none]


@pytest.mark.parametrize("once", [True, False])
def test_what_is_done_once_is_not_asked_about(once: bool) -> None:
    skill = next(iter(CATALOG.skills.values()))
    first, second, *_ = skill.tips
    changed = skill.model_copy(update={"tips": (first.model_copy(update={"once": once}), second)})
    done = [Practised(tip.id, Step.DONE, MONDAY + number * DAY) for number, tip in enumerate((first, second))]
    catalog = replace(CATALOG, skills={skill.slug: changed})
    asked = due_still(catalog, record_of(steps=done), MONDAY + 4 * WEEK)
    assert asked is not None
    assert asked.tip.id == (second.id if once else first.id)


async def test_what_is_still_done_makes_its_skill_kept_and_is_in_the_record(weekly: Weeks) -> None:
    first = await weekly.comes(0)
    seen = await weekly.did(first)
    skill, tip = seen.lesson.skill, tip_of(first)
    await weekly.does(learning.mark, TUESDAY + DAY, skill)
    for week in range(1, 5):
        await weekly.comes(week)
    message = await weekly.comes(5)
    assert asked_in(message) == tip, "a check on the skill is due, too, and waits"
    for _ in range(2):
        assert (await weekly.says(message, tip, Answer.AGAIN)).record.uses.again(tip) == (
            message.delivery.due_at + HOUR,
        )
    record = await weekly.does(learning.achievements, TUESDAY + 6 * WEEK)
    assert record.done[0].again == (message.delivery.due_at + HOUR,)
    assert [each.name for each in record.kept] == [skill.name]
    for week in range(6, 10):
        later = post_of(await weekly.comes(week))
        assert (later.still, later.check) == (None, None), "a skill in use is asked about no more"
    undone = await weekly.says(message, tip, Answer.UNDONE)
    assert (undone.use, undone.record.kept_at(CATALOG, skill)) == (None, None)
    said = await weekly.says(message, tip, Answer.NO, WhyNot.NO_HELP)
    assert said.use is not None
    assert (said.use.answer, said.use.why) == (Answer.NO, WhyNot.NO_HELP)


@BOTH
async def test_did_it_on_another_day_counts_as_again_and_undo_takes_back_the_last(weekly: Weeks) -> None:
    message = await weekly.comes(0)
    tip, day = tip_of(message), message.delivery.due_at
    for days, again in ((1, ()), (1, ()), (3, (3,)), (3, (3,)), (9, (3, 9))):
        assert (await weekly.did(message, days)).record.uses.again(tip) == tuple(day + each * DAY for each in again)
    left = []
    for hours in range(1, 4):
        at = day + 10 * DAY + hours * HOUR
        seen = await weekly.does(practice.undo, at, tip, None)
        left.append((len(seen.record.uses.again(tip)), seen.is_done))
    assert left == [(1, True), (0, True), (0, False)]


async def test_an_answer_about_a_tip_that_was_not_done_is_refused(weekly: Weeks) -> None:
    message = await weekly.comes(0)
    with pytest.raises(UserError, match="not yours"):
        await weekly.says(message, tip_of(message), Answer.AGAIN)


# How often tips come: less and less while a member presses nothing, as they chose, and once they are back.


async def came(weekly: Weekly, *weeks: int) -> dict[int, TipPost]:
    return {week: post_of(sent) for week in weeks for sent in await weekly.tips(TUESDAY + week * WEEK)}


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
    assert [each.brings for each in ahead] == [post.choice for post in found.values()]
    assert len({post.choice.lesson for post in found.values()}) == len(found), "no tip comes twice"


CHOSEN = {0: Wish.SECOND, 6: Wish.WEEKLY, 12: Wish.SHORT, 14: Wish.WEEKLY, 15: Wish.PAUSE}  # the day after that tip


async def test_tips_come_as_chosen_until_that_is_changed(weekly: Weekly) -> None:
    found: dict[int, TipPost] = {}
    told = []
    for week in range(22):
        found |= await came(weekly, week)
        await weekly.presses()
        if week in CHOSEN:
            tips = await weekly.does(schedules.choose_rhythm, TUESDAY + week * WEEK + DAY, CHOSEN[week])
            told.append(tips.schedule.comes_at and (tips.schedule.comes_at - TUESDAY + DAY) // WEEK)
    assert list(found) == [0, 2, 4, *range(6, 16), 20, 21]
    assert told == [2, 7, 13, 15, 20]
    assert [week for week, post in found.items() if post.choice.lesson.tip.minutes > SHORT] == [15, 21]
    assert [week for week, post in found.items() if post.is_back] == [20]
