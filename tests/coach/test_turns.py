"""Workers share the questions to Slack about members: one worker asks about a workspace at a time."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Connection, update

from bot.coach import membership
from bot.coach.membership import Turn
from bot.core.member import MemberKey
from bot.store.schema import workspace
from tests.coach.members import BERLIN, EMIL, NAMESAKE, NORA
from tests.coach.weekly import BOTH, HOUR, TUESDAY, Weekly, one_of

LEASE = 90.0
EARLIER = TUESDAY - HOUR


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    return one_of(request)


async def turns(weekly: Weekly, whom: list[MemberKey], before: datetime = EARLIER) -> list[Turn]:
    return await weekly.store.write(membership.take_turns, whom, before, LEASE)


async def stale(weekly: Weekly, each: int = 6) -> list[MemberKey]:
    return await weekly.store.read(membership.stale, TUESDAY + 2 * HOUR, EARLIER, each, 60)


async def passes(weekly: Weekly, seconds: float) -> None:
    """Let so many seconds pass by the database's clock."""

    def move(tx: Connection) -> None:
        tx.execute(update(workspace).values(next_ask_at=workspace.c.next_ask_at - seconds))

    await weekly.store.write(move)


@BOTH
async def test_one_of_many_workers_gets_a_workspace_and_the_others_leave_it_alone(weekly: Weekly) -> None:
    await weekly.joins()
    found = await asyncio.gather(*(turns(weekly, [NORA]) for _ in range(4)))
    assert [turn.members for each in found for turn in each] == [(NORA,)]
    assert await stale(weekly) == []


@BOTH
async def test_who_was_asked_about_in_the_meantime_is_not_in_the_turn(weekly: Weekly) -> None:
    for who in (NORA, EMIL):
        await weekly.joins(who)
    await weekly.does(membership.see_profile, BERLIN, TUESDAY)
    assert [turn.members for turn in await turns(weekly, [NORA, EMIL])] == [(EMIL,)]


@BOTH
async def test_the_next_turn_comes_when_the_pause_of_the_last_one_is_over(weekly: Weekly) -> None:
    await weekly.joins()
    (turn,) = await turns(weekly, [NORA])
    await weekly.store.write(membership.end_turn, turn, LEASE - 60.0)
    assert (await stale(weekly), await turns(weekly, [NORA])) == ([], [])
    await passes(weekly, 61.0)
    assert await stale(weekly) == [NORA]
    assert len(await turns(weekly, [NORA])) == 1


@BOTH
async def test_a_worker_that_died_keeps_the_turn_until_its_lease_ends(weekly: Weekly) -> None:
    await weekly.joins()
    (late,) = await turns(weekly, [NORA])
    await passes(weekly, LEASE + 1)
    late = replace(late, lease_until=late.lease_until - LEASE - 1)  # `passes` moves what is stored, not the clock
    (taken_over,) = await turns(weekly, [NORA])
    await weekly.store.write(membership.end_turn, late, LEASE + 1)  # it was only slow
    assert await turns(weekly, [NORA]) == []
    await weekly.store.write(membership.end_turn, taken_over, LEASE + 1)
    assert len(await turns(weekly, [NORA])) == 1


async def test_a_busy_workspace_leaves_room_for_the_others(weekly: Weekly) -> None:
    await weekly.opens("T2")
    for number in range(8):
        await weekly.joins(MemberKey("T1", f"U{number}X"))
    await weekly.joins(NAMESAKE)
    found = await stale(weekly)
    assert [who.workspace_id for who in found].count("T1") == 6
    assert NAMESAKE in found


async def test_coach_admins_take_no_more_than_their_workspace_may(weekly: Weekly) -> None:
    await weekly.joins()
    assert await stale(weekly, each=0) == []


async def test_a_member_who_was_forgotten_since_is_not_asked_about(weekly: Weekly) -> None:
    for who in (NORA, EMIL):
        await weekly.joins(who)
    await weekly.store.write(membership.forget, NORA, TUESDAY)
    assert [turn.members for turn in await turns(weekly, [NORA, EMIL])] == [(EMIL,)]
