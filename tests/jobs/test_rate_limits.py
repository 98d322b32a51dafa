"""No call before Retry-After is over, whichever call got the 429; a message that can't be opened yet waits."""

from datetime import timedelta

import pytest

from bot.core.outbox import Delivery, DeliveryState, Kind
from bot.outbox import deliveries, leases
from bot.playground.emulator.faults import Fault, drop, limit, lose, refuse
from jobs import JOBS
from jobs.deliver import deliver
from jobs.plan_nudges import plan_nudges
from jobs.settle import AT_ONCE, GIVE_UP, settle
from tests.jobs.conftest import EMIL, Office

ASHA, NORA = "U03ASHA", "U01NORA"
ALLOWED = 50  # look-ups a minute


async def waiting(office: Office) -> list[tuple[DeliveryState, int]]:
    return [(state, count) for _, state, count in await office.services.store.read(deliveries.count_open)]


async def doubtful(office: Office) -> list[Delivery]:
    return await office.services.store.write(leases.take_unsettled, "token", office.services.pace.settling, AT_ONCE)


async def test_look_ups_that_fail_go_on_until_the_window_is_over(office: Office) -> None:
    """However long the worker stood still, or the workspace was disconnected, one failure decides nothing."""
    await office.joins()
    await office.runs(deliver)
    office.clock.passes(days=1)
    await office.runs(plan_nudges)
    office.slack.faults.add(lose("chat.postMessage"), refuse("conversations.history", error="internal_error", times=2))
    await office.runs(deliver)
    (tip,) = await doubtful(office)
    assert tip.window_ends_at > office.clock.at + GIVE_UP
    office.clock.at = tip.window_ends_at - timedelta(seconds=1)
    await office.runs(settle)
    assert await doubtful(office) == [tip]
    office.clock.passes(seconds=1)
    await office.runs(settle)
    assert await doubtful(office) == []


async def test_a_429_of_a_look_up_pauses_the_workspace(office: Office) -> None:
    lost = lose("chat.postMessage")
    lost.times = 2
    office.slack.faults.add(lost, limit("conversations.history", seconds=30))
    await office.joins(EMIL, ASHA)
    await office.runs(deliver)
    for _ in range(3):
        await office.runs(settle)
    await office.joins(NORA)
    await office.runs(deliver)
    assert office.slack.limits.early == []
    assert office.received(NORA) == []
    assert sorted(await waiting(office)) == [(DeliveryState.PLANNED, 1), (DeliveryState.UNCONFIRMED, 2)]


def test_a_worker_looks_up_no_more_than_slack_allows() -> None:
    (seconds,) = [seconds for name, seconds, _ in JOBS if name == "settle"]
    assert AT_ONCE * 60 / seconds <= ALLOWED


async def test_a_429_at_opening_direct_messages_pauses_the_workspace(office: Office) -> None:
    office.slack.faults.add(limit("conversations.open", seconds=30))
    await office.joins(EMIL, ASHA)
    for _ in range(3):
        await office.runs(deliver)
    assert office.slack.limits.early == []
    assert office.slack.posts == []
    assert await waiting(office) == [(DeliveryState.PLANNED, 2)]


@pytest.mark.parametrize("fault", [drop("conversations.open"), lose("conversations.open")], ids=["drop", "lose"])
async def test_nothing_is_posted_before_its_channel_is_known_so_a_lost_answer_is_found(
    office: Office, fault: Fault
) -> None:
    office.slack.faults.add(fault)
    await office.joins()
    await office.runs(deliver)
    assert office.received() == []
    assert await office.services.store.read(deliveries.count_open) == [(Kind.WELCOME, DeliveryState.PLANNED, 1)]
    office.clock.passes(minutes=1)
    office.slack.faults.add(lose("chat.postMessage"))
    await office.runs(deliver)
    await office.runs(settle)
    assert len(office.received()) == 1
    assert await waiting(office) == []
    assert await office.services.store.read(deliveries.undelivered) == []
