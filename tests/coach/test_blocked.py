"""What a member lacks keeps tips away, through the planner and the sender."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.coach import learning, practice
from bot.core.member import MemberKey
from bot.outbox.sending import Claimed
from bot.store import Store
from bot.store import record as record_rows
from tests import real_content
from tests.coach.members import NORA
from tests.coach.weekly import HOUR, TUESDAY, WEEK, Weekly, tip_of

WEEKS = 12
ROLE = "frontend-engineer"  # whose first single tips need a live feature


@pytest.fixture
async def weekly(store: Store) -> Weekly:
    """Return a workspace whose members get single tips."""
    weekly = Weekly(store, replace(real_content.load(), projects={}))
    await weekly.opens()
    return weekly


async def joins(weekly: Weekly, who: MemberKey) -> None:
    await weekly.joins(who)
    await weekly.does(learning.set_role, TUESDAY, weekly.catalog.roles[ROLE], who=who)


def needs_of(weekly: Weekly, claimed: Claimed) -> tuple[str, ...]:
    return weekly.catalog.lessons[tip_of(claimed)].tip.needs


async def test_after_a_block_for_lack_of_something_no_tip_that_needs_it_comes(weekly: Weekly) -> None:
    await joins(weekly, NORA)
    lacked: set[str] = set()
    for week in range(WEEKS):
        now = TUESDAY + week * WEEK + HOUR
        for claimed in await weekly.tips(now):
            assert lacked.isdisjoint(needs_of(weekly, claimed))
            if needs := needs_of(weekly, claimed):
                found = await lack(weekly, tip_of(claimed), needs, now + HOUR)
                lacked |= set(needs)
                assert found.instead is not None
                assert lacked.isdisjoint(found.instead.lesson.tip.needs)
    assert lacked


async def lack(weekly: Weekly, tip: str, needs: tuple[str, ...], now: datetime) -> practice.Blocked:
    return await weekly.does(practice.lack, now, tip, None, needs)


async def test_undo_leaves_what_the_member_said_in_the_form_since_then(weekly: Weekly) -> None:
    await joins(weekly, NORA)
    tip = next(lesson.tip for lesson in weekly.catalog.lessons.values() if len(lesson.tip.needs) == 1)
    await lack(weekly, tip.id, tip.needs, TUESDAY + HOUR)
    await weekly.does(practice.declare_situation, TUESDAY + 2 * HOUR, {tip.needs[0]: True})
    await weekly.does(practice.undo, TUESDAY + 3 * HOUR, tip.id, None)
    assert (await weekly.store.read(record_rows.read, NORA)).needs == {tip.needs[0]: True}


async def test_a_tip_that_is_done_shows_what_its_member_has_until_they_take_that_back(weekly: Weekly) -> None:
    tip = next(lesson.tip for lesson in weekly.catalog.lessons.values() if len(lesson.tip.needs) == 1)
    await joins(weekly, NORA)
    await lack(weekly, tip.id, tip.needs, TUESDAY)
    await weekly.does(practice.did, TUESDAY + HOUR, tip.id, None)
    assert (await weekly.store.read(record_rows.read, NORA)).needs == {tip.needs[0]: True}
    await weekly.does(practice.undo, TUESDAY + 2 * HOUR, tip.id, None)
    assert (await weekly.store.read(record_rows.read, NORA)).needs == {tip.needs[0]: False}
