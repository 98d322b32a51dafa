"""Bugs that the proofs found: two tasks of a worker could start one post, and a delivery never ended."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, update

from bot.coach import membership, schedules
from bot.coach.messages import Messages
from bot.core.calendar import Slot
from bot.core.catalog import Catalog
from bot.core.member import Consent, MemberKey, Profile, Schedule
from bot.core.outbox import DeliveryState
from bot.core.outcomes import NotFound
from bot.outbox import deliveries, sending
from bot.outbox.sending import Claimed, Pace
from bot.store import Store
from bot.store import schedules as schedule_rows
from bot.store.member_schema import delivery

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
SLOT = Slot(weekday=2, minute=9 * 60 + 30)
EMIL = MemberKey("T1", "U1")
KEY = "nudge:U1:2026-W48"
RULES = Pace(per_minute=60_000, settling=0)


def _emil_is_due(tx: Connection) -> None:
    membership.connect(tx, EMIL.workspace_id, NOW)
    membership.meet(tx, EMIL, Profile("UTC", coachable=True), NOW)
    due_at = NOW - timedelta(minutes=30)
    schedule_rows.save(tx, EMIL, Schedule(Consent.YES, SLOT, "UTC", next_due_at=due_at), NOW)
    schedules.plan_due(tx, NOW)


def _lease_is_over(tx: Connection) -> None:
    tx.execute(update(delivery).values(lease_until=0.0))
    sending.expire(tx, RULES, NOW)


def as_it_is(claim: Claimed) -> Claimed:
    return claim


async def _claimed(store: Store, catalog: Catalog, token: str) -> list[Claimed]:
    return await store.write(sending.claim, Messages(catalog), RULES, token, NOW)


async def test_a_worker_that_slept_beyond_its_lease_starts_a_post_once(store: Store, catalog: Catalog) -> None:
    """The machine sleeps between claim and post. Afterwards the same worker claims the same delivery again."""
    await store.write(_emil_is_due)
    (before,) = await _claimed(store, catalog, "token")
    await store.write(_lease_is_over)
    (after,) = await _claimed(store, catalog, "token")
    first = await store.write(sending.begin, Messages(catalog), "token", [before], NOW, as_it_is)
    second = await store.write(sending.begin, Messages(catalog), "token", [after], NOW, as_it_is)
    assert (len(first), len(second)) == (1, 0)


async def test_an_opt_out_between_claim_and_post_cancels_the_delivery(store: Store, catalog: Catalog) -> None:
    """Planned again, the delivery would be claimed and refused until its window is over."""
    await store.write(_emil_is_due)
    (claim,) = await _claimed(store, catalog, "token")
    await store.write(schedule_rows.stop, EMIL)
    assert await store.write(sending.begin, Messages(catalog), "token", [claim], NOW, as_it_is) == {}
    assert await store.read(deliveries.state_of, EMIL.workspace_id, KEY) is DeliveryState.CANCELLED


async def test_an_opt_out_after_a_lost_answer_says_that_a_tip_may_still_come(store: Store, catalog: Catalog) -> None:
    await store.write(_emil_is_due)
    (claim,) = await _claimed(store, catalog, "token")
    await store.write(sending.begin, Messages(catalog), "token", [claim], NOW, as_it_is)
    await store.write(_lease_is_over)
    (doubtful,) = await store.write(sending.take_unsettled, RULES, "settler", 10)
    assert (await store.write(schedules.decline, EMIL, NOW)).on_the_way
    await store.write(sending.settle, Messages(catalog), "settler", doubtful, NotFound(), NOW)
    assert await _claimed(store, catalog, "another") == []
    assert await store.read(deliveries.state_of, EMIL.workspace_id, KEY) is DeliveryState.CANCELLED
