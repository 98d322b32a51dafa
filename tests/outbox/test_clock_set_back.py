"""A clock that was set back delays nothing by the length of its jump: times too far ahead are ignored or renewed."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.coach import challenges
from bot.core.challenges import ChallengeState
from bot.core.outbox import Copy, DeliveryState, Kind, NewDelivery
from bot.outbox import deliveries, leases
from bot.outbox.leases import SLOT_HORIZON
from bot.store import Store, workspaces
from bot.store.challenges import live as live_messages
from bot.store.member_schema import delivery
from bot.store.schema import challenge, workspace
from bot.store.types import MAX_PAUSE, database_now
from tests.store.rows import NOW

GAP, LEASE, SETTLING, DAY = 60.0, 60.0, 90.0, 86_400.0  # seconds
CHALLENGE = "0123456789abcdef"


@pytest.fixture(autouse=True)
async def recap(store: Store) -> None:
    def put(tx: Connection) -> None:
        tx.execute(insert(workspace), {"workspace_id": "T1", "met_at": NOW})
        until = NOW + timedelta(days=1)
        key = f"recap:{CHALLENGE}"
        new = NewDelivery(copies=[Copy("T1", None, key, "C1")], kind=Kind.RECAP, due_at=NOW, until=until)
        deliveries.put(tx, new)

    await store.write(put)


def ahead(tx: Connection, column: Any, seconds: float) -> None:
    tx.execute(update(column.table).values({column: database_now() + seconds}))


async def may_send(store: Store) -> list[str]:
    return [workspace_id for workspace_id, *_ in await store.write(leases.ready, NOW, 5, GAP)]


@pytest.mark.parametrize(
    ("seconds", "sends"), [(0.5, ["T1"]), (GAP, []), (2 * SLOT_HORIZON + GAP + 1, ["T1"]), (DAY, ["T1"])]
)
async def test_a_send_time_further_ahead_than_any_claim_sets_it_is_ignored(
    store: Store, seconds: float, sends: list[str]
) -> None:
    await store.write(ahead, workspace.c.next_send_at, seconds)
    assert await may_send(store) == sends


async def test_a_send_time_that_is_ignored_delays_no_claimed_post(store: Store) -> None:
    await store.write(ahead, workspace.c.next_send_at, DAY)
    ((_, next_send_at, db_now),) = await store.write(leases.ready, NOW, 5, GAP)
    assert next_send_at < db_now


@pytest.mark.parametrize(("seconds", "sends"), [(-1.0, ["T1"]), (MAX_PAUSE - 60, []), (DAY, ["T1"])])
async def test_a_pause_longer_than_any_is_ignored(store: Store, seconds: float, sends: list[str]) -> None:
    await store.write(ahead, workspace.c.paused_until, seconds)
    assert await may_send(store) == sends
    taken = await store.write(leases.take, "T1", NOW, 5, "token", LEASE)
    assert len(await store.write(leases.begin, "token", taken, NOW)) == len(sends)


async def test_a_pause_that_slack_asks_for_is_an_hour_at_most(store: Store) -> None:
    await store.write(workspaces.pause, "T1", DAY)
    assert await may_send(store) == []
    left = await store.read(lambda tx: tx.scalar(select(workspace.c.paused_until - database_now())))
    assert left == pytest.approx(MAX_PAUSE, abs=60)


async def test_a_new_pause_replaces_one_from_before_the_jump(store: Store) -> None:
    await store.write(ahead, workspace.c.paused_until, DAY)
    await store.write(workspaces.pause, "T1", 60.0)
    assert await may_send(store) == []


async def test_a_claim_from_before_the_jump_is_given_back_if_it_was_not_started(store: Store) -> None:
    await store.write(leases.take, "T1", NOW, 5, "token", LEASE)
    assert await store.write(leases.release_abandoned, LEASE) == 0, "its lease is as long as any"
    await store.write(ahead, delivery.c.lease_until, DAY)
    assert await store.write(leases.release_abandoned, LEASE) == 1
    assert len(await store.write(leases.take, "T1", NOW, 5, "other", LEASE)) == 1


@pytest.mark.parametrize("lost", [False, True])
async def test_a_post_from_before_the_jump_is_looked_up_after_a_new_lease_and_not_before(
    store: Store, lost: bool
) -> None:
    taken = await store.write(leases.take, "T1", NOW, 5, "token", LEASE)
    await store.write(leases.begin, "token", taken, NOW)
    if lost:
        await store.write(leases.lost, "token", taken[0], "timeout")
    await store.write(ahead, delivery.c.lease_until, DAY)
    assert await store.write(leases.release_abandoned, LEASE) == 0, "it may be on its way"
    assert await store.write(leases.take_unsettled, "settler", SETTLING, 5) == []
    passed = update(delivery).values(lease_until=delivery.c.lease_until - LEASE - SETTLING)
    await store.write(lambda tx: tx.execute(passed))
    found = await store.write(leases.take_unsettled, "settler", SETTLING, 5)
    assert [each.id for each in found] == [taken[0].id]


async def test_a_worker_may_confirm_its_post_after_the_jump(store: Store) -> None:
    taken = await store.write(leases.take, "T1", NOW, 5, "token", LEASE)
    await store.write(leases.begin, "token", taken, NOW)
    await store.write(ahead, delivery.c.lease_until, DAY)
    await store.write(leases.release_abandoned, LEASE)
    assert await store.write(leases.confirm, "token", [(taken[0], "C1", "1.0")], NOW) == {taken[0].id}
    found = await store.read(deliveries.find, "T1", taken[0].key)
    assert found is not None
    assert found.state is DeliveryState.SENT


@pytest.mark.parametrize(
    ("wait", "changes"), [(timedelta(0), True), (challenges.LEASE, False), (timedelta(days=1), True)]
)
async def test_a_live_message_waits_no_longer_than_any_change_is_put_off(
    store: Store, wait: timedelta, changes: bool
) -> None:
    texts = {"title": "T", "task": "T", "done_when": "D", "channel": "C1", "ts": "1.0", "state": ChallengeState.OPEN}
    moments = {"ends_at": NOW + timedelta(days=7), "update_after": NOW + wait}
    live = {"workspace_id": "T1", "challenge_id": CHALLENGE, **texts, **moments, "postings": 1}
    await store.write(lambda tx: tx.execute(insert(challenge), live))
    found = await store.read(live_messages, NOW, NOW + challenges.MAX_PAUSE)
    assert bool(found) == changes
    for each in found:
        assert await store.write(challenges.claim_update, each.challenge, NOW)
        assert not await store.write(challenges.claim_update, each.challenge, NOW), "another worker has the lease"
