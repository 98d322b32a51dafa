"""What a member lacks keeps tips away, through the planner and the sender, on both kinds of database."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.coach import learning, practice, tips
from bot.core.member import MemberKey
from bot.outbox.sending import Claimed
from bot.store import Store
from bot.store import record as record_rows
from tests import real_content
from tests.acting import acting
from tests.coach.members import NORA
from tests.coach.weekly import HOUR, TUESDAY, WEEK, Weekly, tip_of

WEEKS = 32
ROLE = "frontend-engineer"  # whose first single tips need a live feature


@pytest.fixture
async def weekly(store: Store) -> Weekly:
    """Return a workspace whose members get single tips."""
    weekly = Weekly(store, replace(real_content.load(), projects={}))
    await weekly.opens()
    return weekly


async def joins(weekly: Weekly, who: MemberKey) -> None:
    await weekly.joins(who)
    await weekly.store.write(acting(learning.set_role, who, TUESDAY, weekly.catalog), weekly.catalog.roles[ROLE])


def needs_of(weekly: Weekly, claimed: Claimed) -> tuple[str, ...]:
    return weekly.catalog.lessons[tip_of(claimed)].tip.needs


async def test_no_weekly_tip_needs_what_its_member_lacks(weekly: Weekly) -> None:
    lacks = {MemberKey("T1", f"U{number}"): need for number, need in enumerate(weekly.catalog.needs, 1)}
    everything = MemberKey("T1", "U99")
    for who in (*lacks, everything):
        await joins(weekly, who)
        has = {need: need != lacks.get(who) for need in weekly.catalog.needs}
        await weekly.store.write(acting(tips.declare_situation, who, TUESDAY, weekly.catalog), has)
    came: dict[str, list[tuple[str, ...]]] = {}
    for week in range(WEEKS):
        for claimed in await weekly.tips(TUESDAY + week * WEEK + HOUR):
            came.setdefault(claimed.delivery.member.member_id, []).append(needs_of(weekly, claimed))
    assert {len(tips) for tips in came.values()} == {11}, "who answers none gets fewer"
    for who, need in lacks.items():
        assert not any(need in needs for needs in came[who.member_id]), need
    assert set(came["U99"]) > {()}, "tips with needs come to the one who has everything"


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


async def lack(weekly: Weekly, tip: str, needs: tuple[str, ...], now: datetime) -> tips.Blocked:
    return await weekly.store.write(acting(tips.lack, NORA, now, weekly.catalog), tip, None, needs)


async def test_undo_leaves_what_the_member_said_in_the_form_since_then(weekly: Weekly) -> None:
    await joins(weekly, NORA)
    tip = next(lesson.tip for lesson in weekly.catalog.lessons.values() if len(lesson.tip.needs) == 1)
    await lack(weekly, tip.id, tip.needs, TUESDAY + HOUR)
    await weekly.store.write(
        acting(tips.declare_situation, NORA, TUESDAY + 2 * HOUR, weekly.catalog), {tip.needs[0]: True}
    )
    await weekly.store.write(acting(practice.undo, NORA, TUESDAY + 3 * HOUR, weekly.catalog), tip.id, None)
    assert (await weekly.store.read(record_rows.read, NORA)).needs == {tip.needs[0]: True}


async def test_who_lacks_everything_gets_a_tip_that_needs_nothing(weekly: Weekly) -> None:
    await joins(weekly, NORA)
    nothing = dict.fromkeys(weekly.catalog.needs, False)
    await weekly.store.write(acting(tips.declare_situation, NORA, TUESDAY, weekly.catalog), nothing)
    tip = next(lesson.tip for lesson in weekly.catalog.lessons.values() if lesson.tip.needs)
    found = await lack(weekly, tip.id, tip.needs, TUESDAY + HOUR)
    assert found.instead is not None
    assert found.instead.lesson.tip.needs == ()


async def test_a_tip_that_is_done_shows_what_its_member_has_until_they_take_that_back(weekly: Weekly) -> None:
    tip = next(lesson.tip for lesson in weekly.catalog.lessons.values() if len(lesson.tip.needs) == 1)
    await joins(weekly, NORA)
    await lack(weekly, tip.id, tip.needs, TUESDAY)
    await weekly.store.write(acting(practice.did, NORA, TUESDAY + HOUR, weekly.catalog), tip.id, None)
    assert (await weekly.store.read(record_rows.read, NORA)).needs == {tip.needs[0]: True}
    await weekly.store.write(acting(practice.undo, NORA, TUESDAY + 2 * HOUR, weekly.catalog), tip.id, None)
    assert (await weekly.store.read(record_rows.read, NORA)).needs == {tip.needs[0]: False}
