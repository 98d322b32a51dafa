"""Bugs that the proof of challenges found: a seen live message stayed unconfirmed, and a notice came twice."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.coach import challenges, entries, membership
from bot.coach.entries import MessageRef
from bot.coach.messages import Messages
from bot.core.catalog import Catalog
from bot.core.challenges import Challenge
from bot.core.member import MemberKey, Profile
from bot.core.outbox import Delivery, DeliveryState, Kind
from bot.core.outcomes import CannotLook, Refused, Touches, Unknown
from bot.outbox import deliveries, sending
from bot.outbox.sending import Claimed, Pace
from bot.store import Store
from bot.store.member_schema import delivery

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
NORA, EMIL = MemberKey("T1", "U1"), MemberKey("T1", "U2")
ID, KEY = "c0ffee0123456789", "challenge:c0ffee0123456789:1"
LIVE = MessageRef("C1", "1.000")
RULES = Pace(per_minute=60_000, settling=0)
BLIND = CannotLook("missing_scope")
LOST = Unknown("no answer")


def _posts(tx: Connection) -> None:
    membership.connect(tx, "T1", NOW)
    for who in (NORA, EMIL):
        membership.meet(tx, who, Profile("UTC", coachable=True), NOW)
    ends = NOW + timedelta(days=7)
    challenges.keep(tx, NORA, Challenge("T1", ID, "U1", "Flag it", "Change a prompt.", "it is better", "C1", ends))
    challenges.post(tx, NORA, ID, NOW)


@pytest.fixture
async def begun(store: Store, catalog: Catalog) -> Claimed:
    await store.write(_posts)
    (claim,) = await store.write(sending.claim, Messages(catalog), RULES, "sender", NOW)
    await store.write(sending.begin, Messages(catalog), "sender", [claim], NOW, lambda claimed: claimed)
    return claim


def _notices(tx: Connection) -> int:
    return len(tx.execute(select(delivery).where(delivery.c.kind == Kind.NOTICE)).all())


async def _state(store: Store) -> DeliveryState | None:
    return await store.read(deliveries.state_of, "T1", KEY)


async def _settler(store: Store, token: str) -> Delivery:
    (doubtful,) = await store.write(sending.take_unsettled, RULES, token, 10)
    return doubtful


async def test_a_message_that_was_seen_while_its_answer_got_lost_is_sent(
    store: Store, begun: Claimed, catalog: Catalog
) -> None:
    await store.write(entries.join, EMIL, ID, NOW, LIVE)
    await store.write(sending.finish, Messages(catalog), "sender", [(begun, LOST)], NOW)
    assert await _state(store) is DeliveryState.SENT


async def test_a_message_that_was_seen_while_it_was_looked_up_is_sent(
    store: Store, begun: Claimed, catalog: Catalog
) -> None:
    await store.write(sending.finish, Messages(catalog), "sender", [(begun, LOST)], NOW)
    doubtful = await _settler(store, "settler")
    await store.write(entries.join, EMIL, ID, NOW, LIVE)
    assert await store.write(sending.settle, Messages(catalog), "settler", doubtful, BLIND, NOW) is DeliveryState.SENT
    assert (await _state(store), await store.read(_notices)) == (DeliveryState.SENT, 0)


async def test_two_workers_that_look_up_the_same_post_send_one_notice(
    store: Store, begun: Claimed, catalog: Catalog
) -> None:
    """The slow one took longer than the settling time, so the quick one has taken over."""
    await store.write(sending.finish, Messages(catalog), "sender", [(begun, LOST)], NOW)
    slow, quick = await _settler(store, "slow"), await _settler(store, "quick")
    await store.write(sending.settle, Messages(catalog), "quick", quick, BLIND, NOW)
    await store.write(sending.settle, Messages(catalog), "slow", slow, BLIND, NOW + timedelta(seconds=1))
    assert (await _state(store), await store.read(_notices)) == (DeliveryState.UNCONFIRMED, 1)


async def test_a_refusal_known_after_another_worker_took_over_causes_no_notice(
    store: Store, begun: Claimed, catalog: Catalog
) -> None:
    doubtful = await _settler_after_a_crash(store)
    refused = Refused("is_archived", Touches.CHANNEL)
    await store.write(sending.finish, Messages(catalog), "sender", [(begun, refused)], NOW)
    assert await store.read(_notices) == 0
    await store.write(sending.settle, Messages(catalog), "settler", doubtful, BLIND, NOW)
    assert await store.read(_notices) == 1


async def _settler_after_a_crash(store: Store) -> Delivery:
    await store.write(_lease_is_over)
    return await _settler(store, "settler")


def _lease_is_over(tx: Connection) -> None:
    tx.execute(delivery.update().values(lease_until=0.0))
