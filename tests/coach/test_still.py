"""*Still doing it?*: three weeks after a tip was done, once, in the weekly message, before a check."""

from dataclasses import replace

import pytest

from bot.coach import checks, learning, practice
from bot.coach.checks import Said
from bot.coach.practice import TipSeen
from bot.core.errors import UserError
from bot.core.weekly_questions import Answer, WhyNot, due
from bot.outbox.sending import Claimed
from bot.store import Store
from tests.coach.members import NORA
from tests.coach.weekly import BOTH, DAY, HOUR, TUESDAY, WEEK, Weekly, post_of, tip_of
from tests.made_up import made_up

DATABASE = "sqlite"  # unless a test asks for both
CATALOG = made_up()


@pytest.fixture
async def weekly(store: Store) -> "Doing":
    return await Doing(store, CATALOG).practises()


class Doing(Weekly):
    """Weekly tips, what a member did with them, and the questions about that."""

    async def did(self, message: Claimed, days: int = 1) -> TipSeen:
        at = message.delivery.due_at + days * DAY
        return await self.store.write(practice.did, CATALOG, NORA, tip_of(message), None, at)

    async def says(self, message: Claimed, tip: str, answer: Answer, why: WhyNot | None = None) -> TipSeen:
        said, at = Said(tip, message.delivery.key, answer, why), message.delivery.due_at + HOUR
        return await self.store.write(checks.answer_still, CATALOG, NORA, tip_of(message), said, at)


def asked_in(message: Claimed) -> str | None:
    post = post_of(message)
    assert post.still is None or post.check is None, "one question a week"
    return post.still.tip.id if post.still else None


@BOTH
async def test_each_tip_is_asked_about_once_three_weeks_after_it_was_done_the_older_first(weekly: Doing) -> None:
    done, asked = [], []
    for week in range(8):
        message = await weekly.comes(week)
        asked.append(asked_in(message))
        if week < 3:
            await weekly.did(message)
            done.append(tip_of(message))
    assert asked == [None, None, None, None, *done, None], "the day after the tip, so a day less than three weeks"


@pytest.mark.parametrize("once", [True, False])
def test_what_is_done_once_is_not_asked_about(once: bool) -> None:
    skill = next(iter(CATALOG.skills.values()))
    first, second, *_ = skill.tips
    changed = skill.model_copy(update={"tips": (first.model_copy(update={"once": once}), second)})
    asked = due(replace(CATALOG, skills={skill.slug: changed}), [first.id, second.id], ())
    assert asked is not None
    assert asked.tip.id == (second.id if once else first.id)


async def test_what_is_still_done_makes_its_skill_kept_and_is_in_the_record(weekly: Doing) -> None:
    first = await weekly.comes(0)
    seen = await weekly.did(first)
    skill, tip = seen.lesson.skill, tip_of(first)
    await weekly.store.write(learning.mark_learned, CATALOG, NORA, skill, TUESDAY + DAY)
    for week in range(1, 4):
        await weekly.comes(week)
    message = await weekly.comes(4)
    assert asked_in(message) == tip, "a check on the skill is due, too, and waits"
    for _ in range(2):
        assert (await weekly.says(message, tip, Answer.AGAIN)).history.uses.again(tip) == (
            message.delivery.due_at + HOUR,
        )
    record = await weekly.store.read(learning.record_for, CATALOG, NORA, TUESDAY + 5 * WEEK)
    assert record.done[0].again == (message.delivery.due_at + HOUR,)
    assert [each.name for each in record.kept] == [skill.name]
    for week in range(5, 9):
        later = post_of(await weekly.comes(week))
        assert (later.still, later.check) == (None, None), "a skill in use is asked about no more"
    undone = await weekly.says(message, tip, Answer.UNDONE)
    assert (undone.use, undone.history.kept_at(skill)) == (None, None)
    said = await weekly.says(message, tip, Answer.NO, WhyNot.NO_HELP)
    assert said.use is not None
    assert (said.use.answer, said.use.why) == (Answer.NO, WhyNot.NO_HELP)


async def test_did_it_on_another_day_counts_as_again_and_undo_takes_back_the_last(weekly: Doing) -> None:
    message = await weekly.comes(0)
    tip, day = tip_of(message), message.delivery.due_at
    for days, again in ((1, ()), (1, ()), (3, (3,)), (3, (3,)), (9, (3, 9))):
        assert (await weekly.did(message, days)).history.uses.again(tip) == tuple(day + each * DAY for each in again)
    left = []
    for hours in range(1, 4):
        at = day + 10 * DAY + hours * HOUR
        seen = await weekly.store.write(practice.undo, CATALOG, NORA, tip, None, at)
        left.append((len(seen.history.uses.again(tip)), seen.is_done))
    assert left == [(1, True), (0, True), (0, False)]


async def test_an_answer_about_a_tip_that_was_not_done_is_refused(weekly: Doing) -> None:
    message = await weekly.comes(0)
    with pytest.raises(UserError, match="not yours"):
        await weekly.says(message, tip_of(message), Answer.AGAIN)
