"""Deliveries on each kind of database: unique, claimed, given back, cancelled for one member and nobody else."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Connection, insert, select, update

from bot.core.member import Consent, MemberKey
from bot.core.outbox import Copy, Delivery, DeliveryState, DrawnSubject, Kind, NewDelivery, TipSubject
from bot.outbox import deliveries, leases
from bot.store import Store, record as record_rows, schedules, workspaces
from bot.store.member_schema import delivery, schedule
from bot.store.schema import workspace
from bot.store.types import database_now
from tests.store.rows import EMIL, NAMESAKE, NORA, NOW, know

DAY = timedelta(days=1)
LEASE, WORKER = 60.0, "w"


@pytest.fixture(autouse=True)
async def everybody(store: Store) -> None:
    """Store two workspaces with members who opted in."""

    def join(tx: Connection) -> None:
        for workspace_id in ("T1", "T2"):
            tx.execute(insert(workspace), {"workspace_id": workspace_id, "met_at": NOW})
        know(tx, NORA, EMIL, NAMESAKE)
        for who in (NORA, EMIL, NAMESAKE):
            slot = {"weekday": 1, "minute": 570, "zone": "Europe/Berlin", "zone_is_own": False, "next_due_at": NOW}
            tx.execute(insert(schedule), {**who._asdict(), **slot, "consent": Consent.YES.value})

    await store.write(join)


def owed_to(who: MemberKey, week: str = "2026-W48", **more: Any) -> NewDelivery:
    key = f"nudge:{who.member_id}:{week}"
    moment: dict[str, Any] = {"due_at": NOW, "until": NOW + DAY}
    return NewDelivery(**{"copies": [Copy(*who, key)], "kind": Kind.NUDGE, "week": week, **moment, **more})


async def plans(store: Store, *rows: NewDelivery) -> None:
    await store.write(deliveries.put, *rows)


async def takes(store: Store, workspace_id: str = "T1", now: datetime = NOW, token: str = WORKER) -> list[Delivery]:
    return await store.write(leases.take, workspace_id, now, 10, token, LEASE)


def changed(tx: Connection, column: Any, value: object, *where: ColumnElement[bool]) -> None:
    tx.execute(update(column.table).values({column: value}).where(*where))


async def states(store: Store) -> dict[str, DeliveryState]:
    columns = (delivery.c.workspace_id, delivery.c.key, delivery.c.state)
    rows = await store.read(lambda tx: tx.execute(select(*columns)).all())
    return {f"{row.workspace_id}/{row.key.split(':')[1]}": DeliveryState(row.state) for row in rows}


async def test_putting_a_known_key_changes_nothing(store: Store) -> None:
    await plans(store, owed_to(NORA))
    await takes(store)
    await plans(store, owed_to(NORA, due_at=NOW + DAY), owed_to(EMIL))
    assert await states(store) == {"T1/U1": DeliveryState.SENDING, "T1/U2": DeliveryState.PLANNED}


async def test_a_claim_takes_what_is_due_in_its_workspace_and_whose_window_is_open(store: Store) -> None:
    later, over = owed_to(EMIL, try_at=NOW + DAY / 2), owed_to(NORA, "2026-W47", until=NOW)
    await plans(store, owed_to(NORA), later, over, owed_to(NAMESAKE))
    assert [each.key for each in await takes(store)] == ["nudge:U1:2026-W48"]
    assert await takes(store) == []
    assert [each.workspace_id for each in await takes(store, "T2")] == ["T2"]


async def test_what_was_not_started_is_given_back_and_what_was_is_not(store: Store) -> None:
    await plans(store, owed_to(NORA), owed_to(EMIL))
    taken = await takes(store)
    begun = [each for each in taken if each.member_id == "U1"]
    assert await store.write(leases.begin, "w", begun, NOW) == {begun[0].id}
    assert await store.write(leases.release, "w") == 1
    assert await states(store) == {"T1/U1": DeliveryState.SENDING, "T1/U2": DeliveryState.PLANNED}


async def test_an_opt_out_cancels_deliveries_to_that_member_only(store: Store) -> None:
    await plans(store, owed_to(NORA), owed_to(EMIL), owed_to(NAMESAKE))
    assert not await store.write(deliveries.cancel_all, NORA, "tips off", NOW)
    assert await states(store) == {
        "T1/U1": DeliveryState.CANCELLED,
        "T1/U2": DeliveryState.PLANNED,
        "T2/U1": DeliveryState.PLANNED,
    }


async def test_deliveries_with_the_same_key_in_two_workspaces_begin_and_are_confirmed_apart(store: Store) -> None:
    """One claim may take both: they have the same token."""
    await plans(store, owed_to(NORA), owed_to(NAMESAKE))
    (mine,), (other,) = await takes(store, "T1"), await takes(store, "T2")
    assert mine.key == other.key
    assert await store.write(leases.begin, WORKER, [mine], NOW) == {mine.id}
    assert await store.write(leases.confirm, WORKER, [(mine, "D1", "1.0")], NOW) == {mine.id}
    assert await states(store) == {"T1/U1": DeliveryState.SENT, "T2/U1": DeliveryState.SENDING}
    assert await store.write(leases.begin, WORKER, [other], NOW) == {other.id}


async def test_what_says_something_else_now_is_claimed_anew_and_what_has_begun_stays(store: Store) -> None:
    for week in ("2026-W48", "2026-W49"):
        await plans(store, owed_to(NORA, week, kind=Kind.ANSWER, subject=DrawnSubject(text="Coach admins: <@U2>")))
    begun, claimed = sorted(await takes(store), key=lambda each: each.key)
    await store.write(leases.begin, WORKER, [begun], NOW)
    await store.write(deliveries.reword, "T1", Kind.ANSWER, "U2", DrawnSubject(text="Ask again."))
    assert await store.write(leases.begin, WORKER, [claimed], NOW) == set()
    (anew,) = await takes(store)
    assert anew.key == claimed.key
    assert anew.subject == DrawnSubject(text="Ask again.")


async def test_only_the_worker_that_claimed_it_puts_it_off_which_is_no_failed_try(store: Store) -> None:
    await plans(store, owed_to(NORA))
    (claimed,) = await takes(store, token="mine")
    await store.write(leases.put_off, "other", claimed, NOW)
    assert await takes(store) == []
    await store.write(leases.put_off, "mine", claimed, NOW + DAY / 2)
    assert await takes(store) == []
    (again,) = await takes(store, now=NOW + DAY / 2)
    assert again.attempts == 0
    await store.write(deliveries.cancel_all, NORA, "paused", NOW)
    await store.write(leases.put_off, WORKER, again, NOW + DAY / 2)
    assert await states(store) == {"T1/U1": DeliveryState.CANCELLED}


async def test_what_is_put_off_beyond_its_window_is_missed_at_its_end(store: Store) -> None:
    await plans(store, owed_to(NORA), owed_to(EMIL))
    mine, other = await takes(store)
    await store.write(leases.put_off, WORKER, mine, NOW + 3 * DAY)
    await store.write(leases.again, WORKER, other, "unreachable", NOW + 3 * DAY)
    assert await takes(store, now=NOW + DAY) == []
    assert await store.write(leases.expire, NOW + DAY, 10) == [Kind.NUDGE] * 2


async def test_what_is_too_late_is_missed_a_few_at_a_time(store: Store) -> None:
    await plans(store, owed_to(NORA), owed_to(EMIL), owed_to(NAMESAKE))
    missed = [len(await store.write(leases.expire, NOW + DAY, 2)) for _ in range(3)]
    assert missed == [2, 1, 0]


async def test_only_what_failed_is_planned_again(store: Store) -> None:
    await plans(store, owed_to(NORA), owed_to(EMIL))
    await store.write(deliveries.cancel_all, NORA, "tips off", NOW)
    assert not await store.write(deliveries.retry, "T1", "nudge:U1:2026-W48", NOW)
    (claimed,) = await takes(store)
    await store.write(leases.end, WORKER, claimed, DeliveryState.REFUSED, "gone", NOW)
    assert [await store.write(deliveries.retry, "T1", claimed.key, NOW) for _ in range(2)] == [True, False]


async def test_what_needs_no_consent_waits_while_its_workspace_is_paused(store: Store) -> None:
    await plans(store, owed_to(EMIL, kind=Kind.ANSWER, subject=DrawnSubject(text="Hi")))
    await store.write(changed, schedule.c.consent, Consent.NO.value)
    claimed = await takes(store)
    await store.write(workspaces.pause, "T1", 60.0)
    assert await store.write(leases.begin, WORKER, claimed, NOW) == set()
    assert await states(store) == {"T1/U2": DeliveryState.PLANNED}


async def test_members_are_planned_from_a_place_on(store: Store) -> None:
    first, second, third = await store.write(schedules.claim_due, NOW, 10, (), None)
    assert [each.key for each in (first, second, third)] == [NORA, EMIL, NAMESAKE]
    assert await store.write(schedules.claim_due, NOW, 10, (), first) == [second, third]
    assert await store.write(schedules.claim_due, NOW, 10, ("T1",), first) == [third]
    assert await store.write(schedules.claim_due, NOW, 10, (), third) == []


async def test_what_waits_is_what_may_still_come_in_connected_workspaces(store: Store) -> None:
    over = owed_to(EMIL, until=NOW)
    await plans(store, owed_to(NORA), over, owed_to(NAMESAKE))
    await store.write(changed, workspace.c.disconnected_at, NOW, workspace.c.workspace_id == "T2")
    assert [each.delivery.member for each in await store.read(deliveries.waiting, NOW)] == [NORA]


@pytest.mark.parametrize(("column", "until"), [("disconnected_at", NOW), ("paused_until", database_now() + 60)])
async def test_a_doubt_about_a_workspace_that_nobody_can_ask_waits(store: Store, column: str, until: object) -> None:
    await plans(store, owed_to(NORA))
    (claimed,) = await takes(store)
    await store.write(leases.begin, WORKER, [claimed], NOW)
    await store.write(leases.lost, WORKER, claimed, "no answer")
    await store.write(changed, workspace.c[column], until)
    assert await store.write(leases.take_unsettled, "other", 0.0, 5) == []
    await store.write(changed, workspace.c[column], None)
    assert [found.key for found in await store.write(leases.take_unsettled, "other", 0.0, 5)] == [claimed.key]


async def test_of_all_doubts_the_one_that_waits_longest_is_looked_up_first(store: Store) -> None:
    """Else a workspace whose look-ups fail would keep those of others waiting until their windows are over."""
    await plans(store, owed_to(NORA), owed_to(EMIL), owed_to(NAMESAKE))
    for number, each in enumerate([*await takes(store), *await takes(store, "T2")]):
        await store.write(leases.begin, WORKER, [each], NOW)
        await store.write(changed, delivery.c.lease_until, -number, delivery.c.id == each.id)
    looked_up = [await store.write(leases.take_unsettled, "settler", 0.0, 1) for _ in range(3)]
    assert [each.member for (each,) in looked_up] == [NAMESAKE, EMIL, NORA]


async def test_a_pause_is_never_shortened(store: Store) -> None:
    await plans(store, owed_to(NORA))
    for seconds in (600.0, 1.0):
        await store.write(workspaces.pause, "T1", seconds)
    await store.write(changed, workspace.c.paused_until, workspace.c.paused_until - 60)  # a minute passes
    assert await store.write(leases.ready, NOW, 5, 0.25) == []


async def test_a_record_is_that_of_the_member_in_their_own_workspace(store: Store) -> None:
    await store.write(changed, schedule.c.consent, Consent.NO.value, schedule.c.member_id == EMIL.member_id)
    found = await store.read(record_rows.load, "T1", ["U1", "U2", "U9"])
    consents = {member_id: record.weekly.consent for member_id, record in found.items()}
    assert consents == {"U1": Consent.YES, "U2": Consent.NO, "U9": Consent.UNASKED}


@pytest.mark.parametrize("ends", ["cancelled", "missed"])
async def test_what_says_words_loses_them_when_it_ends_unsent_and_a_tip_stays_known(store: Store, ends: str) -> None:
    tip, words = TipSubject(tip="price-one"), DrawnSubject(text="You are an SRE.")
    about = {"2026-W48": (Kind.NUDGE, tip), "2026-W49": (Kind.ANSWER, words)}
    rows = [owed_to(NORA, week, kind=kind, subject=subject) for week, (kind, subject) in about.items()]
    await plans(store, *rows)
    if ends == "missed":
        await store.write(leases.expire, NOW + DAY, 10)
    else:
        await store.write(deliveries.cancel_all, NORA, "tips off", NOW)
    ended = await store.read(deliveries.find_all, "T1", [copy.key for row in rows for copy in row.copies])
    assert {each.state.value for each in ended.values()} == {ends}
    assert [each.delivery.subject for _, each in sorted(ended.items())] == [tip, None]
