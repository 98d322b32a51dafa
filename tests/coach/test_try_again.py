"""*Try again*: a refused tip comes once to members who still opt in; an unconfirmed one is not repeated."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Connection, select, update

from bot.coach import desk, membership, schedules
from bot.core.errors import NotMet
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState
from bot.core.outcomes import CannotLook, Refused, Touches, Unknown
from bot.outbox import deliveries, leases, sending
from bot.store import admins
from bot.store.member_schema import delivery
from tests.coach.interleaved import interleave
from tests.coach.members import BERLIN, EMIL, NAMESAKE, NORA
from tests.coach.weekly import DAY, FAST, HOUR, POSTGRES, TOKEN, TUESDAY, WEEK, Weekly

ADMIN = MemberKey("T1", "U7")
REFUSAL = Refused("messages_tab_disabled", Touches.OPERATOR)
FRIDAY_EVENING = TUESDAY + 3 * DAY + 12 * HOUR  # the last decent hour of the week is over


@pytest.fixture
async def weekly(weekly: Weekly) -> Weekly:
    await weekly.store.write(membership.meet, ADMIN, BERLIN, TUESDAY)
    return weekly


async def refused(weekly: Weekly, *who: MemberKey) -> None:
    for member in who or (NORA,):
        await weekly.joins(member)
    await weekly.plans(TUESDAY)
    await weekly.sends(TUESDAY, REFUSAL)


async def tries_again(weekly: Weekly, at: datetime = TUESDAY + HOUR) -> int | None:
    return await weekly.store.write(desk.try_again, ADMIN, at)


async def state_of(weekly: Weekly) -> list[DeliveryState]:
    return [state for _, state, _ in await weekly.rows()]


async def test_a_refused_tip_that_is_tried_again_comes_once(weekly: Weekly) -> None:
    await refused(weekly)
    assert await weekly.ticks(TUESDAY + HOUR) == []
    await tries_again(weekly)
    assert await weekly.rows() == [("2026-W48", DeliveryState.PLANNED, None)]
    assert len(await weekly.ticks(TUESDAY + HOUR)) == 1
    await tries_again(weekly)
    assert await weekly.lives(TUESDAY + 2 * HOUR, FRIDAY_EVENING, 6 * HOUR) == []
    assert await state_of(weekly) == [DeliveryState.SENT]


@pytest.mark.parametrize("at", [FRIDAY_EVENING, TUESDAY + WEEK])
async def test_nothing_is_tried_again_once_the_week_is_over(weekly: Weekly, at: datetime) -> None:
    await refused(weekly)
    await tries_again(weekly, at)
    assert await state_of(weekly) == [DeliveryState.REFUSED]


async def test_a_member_who_opted_out_or_paused_is_not_tried_again(weekly: Weekly) -> None:
    await refused(weekly, NORA, EMIL)
    await weekly.does(schedules.decline, TUESDAY)
    await weekly.does(schedules.pause, TUESDAY + WEEK, TUESDAY, who=EMIL)
    await tries_again(weekly)
    assert await state_of(weekly) == [DeliveryState.REFUSED, DeliveryState.REFUSED]


async def test_an_unconfirmed_post_is_not_tried_again(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.plans(TUESDAY)
    await weekly.sends(TUESDAY, Unknown("timeout"))
    await tries_again(weekly)
    assert await state_of(weekly) == [DeliveryState.UNCONFIRMED]
    (doubtful,) = await weekly.store.write(leases.take_unsettled, "settler", 0.0, 5)
    await weekly.store.write(sending.settle, weekly.messages, "settler", doubtful, CannotLook("missing_scope"), TUESDAY)
    await tries_again(weekly)
    assert await weekly.ticks(TUESDAY + HOUR) == []
    assert await state_of(weekly) == [DeliveryState.UNCONFIRMED]


async def test_only_nudges_of_this_workspace_are_tried_again(weekly: Weekly) -> None:
    await weekly.opens("T2")
    await refused(weekly, NORA, NAMESAKE)
    await weekly.store.write(turned_into_a_reminder, NORA)
    await tries_again(weekly)
    states = await weekly.store.read(lambda tx: set(tx.scalars(select(delivery.c.state))))
    assert DeliveryState.PLANNED not in states


def turned_into_a_reminder(tx: Connection, who: MemberKey) -> None:
    this = (delivery.c.workspace_id == who.workspace_id, delivery.c.kind == "nudge")
    tx.execute(update(delivery).where(*this).values(kind="reminder"))


async def test_the_number_of_second_tries_is_shown_from_five_on(weekly: Weekly) -> None:
    await refused(weekly, *(MemberKey("T1", f"U9{number}") for number in range(8)))
    assert await tries_again(weekly) == 10
    assert await tries_again(weekly) is None
    assert len(await weekly.ticks(TUESDAY + HOUR)) == 8


async def test_a_forgotten_admin_tries_nothing_again(weekly: Weekly) -> None:
    await refused(weekly)
    await weekly.store.write(membership.forget, ADMIN, TUESDAY)
    with pytest.raises(NotMet):
        await tries_again(weekly)
    assert await state_of(weekly) == [DeliveryState.REFUSED]
    assert await weekly.store.read(admins.acts, "T1", "", 1) == []


@POSTGRES
@pytest.mark.parametrize("is_first", [True, False], ids=["the pause", "the try"])
async def test_a_concurrent_pause_wins_in_either_order(
    weekly: Weekly, migrated_postgres: str, *, is_first: bool
) -> None:
    await refused(weekly)
    acts: list[Callable[[Connection], object]] = [
        lambda tx: schedules.pause(tx, NORA, TUESDAY + WEEK, TUESDAY),
        lambda tx: desk.try_again(tx, ADMIN, TUESDAY + HOUR),
    ]
    await interleave(migrated_postgres, *(acts if is_first else reversed(acts)))
    assert set(await state_of(weekly)) <= {DeliveryState.REFUSED, DeliveryState.CANCELLED}
    assert await weekly.ticks(TUESDAY + HOUR) == []


@POSTGRES
async def test_a_second_try_at_once_leaves_alone_a_tip_that_has_begun(weekly: Weekly, migrated_postgres: str) -> None:
    at = TUESDAY + HOUR
    await refused(weekly)

    def begins(tx: Connection) -> int:
        planned = deliveries.retry_weekly(tx, "T1", at)
        claimed = sending.claim(tx, weekly.messages, FAST, TOKEN, at)
        sending.begin(tx, weekly.messages, TOKEN, claimed, at, lambda each: each)
        return planned

    assert await interleave(migrated_postgres, begins, lambda tx: deliveries.retry_weekly(tx, "T1", at)) == (1, 0)
    assert await state_of(weekly) == [DeliveryState.SENDING]
