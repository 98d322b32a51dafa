"""Planning: one nudge a week however late the worker is, none at night, and only for members who should get one."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from bot.coach import membership
from bot.coach.forecast import forecast
from bot.coach.membership import Turn
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState
from bot.store import workspaces
from bot.store.schema import workspace
from tests.coach.members import BERLIN, EMIL, NAMESAKE, NORA
from tests.coach.weekly import BOTH, DAY, HOUR, MONDAY, TUESDAY, WEEK, Weekly

MORNING = TUESDAY + DAY - timedelta(minutes=90)  # Wednesday at eight
NIGHT = MORNING - 10 * HOUR


async def test_a_worker_that_was_down_for_weeks_sends_one_nudge_and_records_the_rest_as_missed(weekly: Weekly) -> None:
    await weekly.joins()
    woken = TUESDAY + 3 * WEEK + HOUR
    sent = await weekly.lives(woken, woken + 5 * DAY, 12 * HOUR)
    assert [at for at, _ in sent] == [woken]
    assert await weekly.rows() == [
        ("2026-W48", DeliveryState.MISSED, "nothing ran that week"),
        ("2026-W51", DeliveryState.SENT, None),
    ]


@pytest.mark.parametrize(
    ("woken", "sent"),
    [
        (NIGHT, MORNING),
        (TUESDAY + 2 * HOUR, TUESDAY + 2 * HOUR),
        (TUESDAY + 4 * DAY, None),  # on Saturday the week is over
    ],
)
async def test_a_late_tip_waits_for_the_next_decent_hour_as_the_forecast_says(
    weekly: Weekly, woken: datetime, sent: datetime | None
) -> None:
    await weekly.joins()
    told = await weekly.store.read(forecast, weekly.catalog, woken, woken + 2 * DAY)
    assert [item.at for item in told] == ([sent] if sent else [])
    found = await weekly.lives(woken, woken + 2 * DAY, 5 * HOUR)
    assert [at for at, _ in found] == ([sent] if sent else [])
    if sent is None:
        assert await weekly.rows() == [("2026-W48", DeliveryState.MISSED, "window over")]


async def test_the_quiet_hours_of_a_workspace_apply_to_late_messages(weekly: Weekly) -> None:
    await weekly.opens(quiet_from=23 * 60, quiet_to=11 * 60)
    await weekly.joins()
    eleven, minutes = MONDAY + DAY + HOUR, timedelta(minutes=10)  # in Berlin: the slot's own hour is over
    sent = await weekly.lives(eleven - 2 * minutes, eleven + 3 * HOUR, minutes)
    assert [at for at, _ in sent] == [eleven]


async def test_a_tip_that_was_planned_while_the_clock_was_ahead_waits_for_its_hour(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.plans(TUESDAY + HOUR)  # the clock is an hour ahead; then it is set back, and nothing was sent
    sent = await weekly.lives(TUESDAY, TUESDAY + DAY)
    assert [at for at, _ in sent] == [TUESDAY + HOUR]
    assert await weekly.rows() == [("2026-W48", DeliveryState.SENT, None)]


@BOTH
async def test_many_planners_at_once_plan_each_member_once(weekly: Weekly) -> None:
    for number in range(20):
        await weekly.joins(MemberKey("T1", f"U{number}"))
    await asyncio.gather(*(weekly.plans(TUESDAY) for _ in range(4)))
    assert [state for _, state, _ in await weekly.rows()] == [DeliveryState.PLANNED] * 20


@BOTH
async def test_nothing_is_planned_while_a_workspace_has_removed_the_app(weekly: Weekly) -> None:
    await weekly.opens("T2")
    await weekly.joins()
    await weekly.joins(NAMESAKE)
    await weekly.store.write(membership.disconnected, "T1", "Ev1", MONDAY)
    assert [message.delivery.workspace_id for message in await weekly.ticks(TUESDAY)] == ["T2"]
    await weekly.opens()
    assert [message.delivery.workspace_id for message in await weekly.ticks(TUESDAY + HOUR)] == ["T1"]


@BOTH
async def test_no_profile_is_refreshed_that_is_fresh_or_whose_workspace_is_paused(weekly: Weekly) -> None:
    await weekly.opens("T2")
    for who in (NORA, EMIL, NAMESAKE):
        await weekly.joins(who)
    assert sorted(await stale(weekly)) == [NORA, EMIL, NAMESAKE]
    await weekly.store.write(membership.see_profile, NORA, BERLIN, TUESDAY)
    await weekly.store.write(workspaces.pause, "T2", 30)
    assert await stale(weekly) == [EMIL]


LEASE = 90.0
EARLIER = TUESDAY - HOUR


async def turns(weekly: Weekly, whom: list[MemberKey], before: datetime = EARLIER) -> list[Turn]:
    return await weekly.store.write(membership.take_turns, whom, before, LEASE)


async def ends(weekly: Weekly, turn: Turn, early: float) -> None:
    until = turn.lease_until
    await weekly.store.write(workspaces.end_asking, turn.workspace_id, until, until - early)


async def stale(weekly: Weekly, each: int = 6) -> list[MemberKey]:
    return await weekly.store.read(membership.stale, TUESDAY + 2 * HOUR, EARLIER, each, 60)


async def passes(weekly: Weekly, seconds: float) -> None:
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
async def test_who_was_asked_about_or_forgotten_in_the_meantime_is_not_in_the_turn(weekly: Weekly) -> None:
    everybody = [NORA, EMIL, MemberKey("T1", "U3")]
    for who in everybody:
        await weekly.joins(who)
    await weekly.store.write(membership.see_profile, NORA, BERLIN, TUESDAY)
    await weekly.store.write(membership.forget, everybody[2], TUESDAY)
    assert [turn.members for turn in await turns(weekly, everybody)] == [(EMIL,)]


@BOTH
async def test_the_next_turn_comes_when_the_pause_of_the_last_one_is_over(weekly: Weekly) -> None:
    await weekly.joins()
    (turn,) = await turns(weekly, [NORA])
    await ends(weekly, turn, LEASE - 60.0)
    assert (await stale(weekly), await turns(weekly, [NORA])) == ([], [])
    await passes(weekly, 61.0)
    assert await stale(weekly) == [NORA]
    assert len(await turns(weekly, [NORA])) == 1


@BOTH
async def test_a_worker_that_died_keeps_the_turn_until_its_lease_ends(weekly: Weekly) -> None:
    await weekly.joins()
    (late,) = await turns(weekly, [NORA])
    await passes(weekly, LEASE + 1)
    late = late._replace(lease_until=late.lease_until - LEASE - 1)  # `passes` moves what is stored, not the clock
    (taken_over,) = await turns(weekly, [NORA])
    await ends(weekly, late, LEASE + 1)  # it was only slow
    assert await turns(weekly, [NORA]) == []
    await ends(weekly, taken_over, LEASE + 1)
    assert len(await turns(weekly, [NORA])) == 1
