"""Old data is deleted after its days, in batches, and nothing else with it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.coach import membership
from bot.store import Store, retention, workspaces
from bot.store.member_schema import delivery, member
from bot.store.retention import Retention, erase_workspace
from bot.store.schema import installation
from bot.store.types import rows_of
from tests.coach.members import BERLIN, DAY, EMIL, GUEST, NAMESAKE, NORA, NOW, Life
from tests.coach.weekly import BOTH
from tests.store.rows import everything, fill_all

RULES = Retention()
GRACE = RULES.departed
MOST = 10
SKILL = "cost-spikes"
SECOND = timedelta(seconds=1)


async def sweeps_members(store: Store, now: datetime, most: int = MOST) -> int:
    return await store.write(retention.sweep_members, RULES, now, most)


async def sweeps_workspaces(store: Store, now: datetime) -> int:
    total = 0
    while gone := await store.write(retention.sweep_workspaces, RULES, now):
        total += gone
    return total


# Members who left.


@pytest.fixture
async def gone(nora: Life) -> Life:
    """Return a member with a role and a skill, after two events that say they were deactivated."""
    await nora.takes("devops-engineer")
    await nora.learns(SKILL)
    await nora.store.write(membership.changed, NORA, GUEST, "Ev1", NOW)
    await nora.store.write(membership.see_profile, NORA, GUEST, NOW + DAY)  # another word of it, by users.info
    return nora


@BOTH
async def test_a_member_who_left_is_forgotten_after_the_days_of_grace_and_no_sooner(gone: Life) -> None:
    emil, namesake = (Life(gone.store, gone.catalog, who) for who in (EMIL, NAMESAKE))
    for stays in (emil, namesake):
        await stays.meets()
        await stays.learns(SKILL)
    left_at = select(member.c.left_at).where(*rows_of(member, NORA))
    assert await gone.store.read(lambda tx: tx.scalar(left_at)) == NOW, "the first word of it counts"
    assert await sweeps_members(gone.store, NOW + GRACE) == 0
    assert await sweeps_members(gone.store, NOW + GRACE + SECOND) == 1
    left = await gone.store.read(everything)
    assert {(row.workspace_id, row.member_id) for row in left if row.member_id} == {EMIL, NAMESAKE}
    assert set(await emil.has_learned()) == set(await namesake.has_learned()) == {SKILL}


@pytest.mark.parametrize("back", ["by an event", "by a word of their own"])
async def test_a_member_who_comes_back_in_time_keeps_everything(gone: Life, back: str) -> None:
    if back == "by an event":
        await gone.store.write(membership.changed, NORA, BERLIN, "Ev2", NOW + GRACE)
    else:
        await gone.meets(NOW + GRACE)
    assert await sweeps_members(gone.store, NOW + 2 * GRACE) == 0
    assert await gone.role() == "devops-engineer"
    assert set(await gone.has_learned()) == {SKILL}


async def test_a_member_who_leaves_again_has_all_days_again(gone: Life) -> None:
    await gone.store.write(membership.see_profile, NORA, BERLIN, NOW + 20 * DAY)
    await gone.store.write(membership.see_profile, NORA, GUEST, NOW + 25 * DAY)
    assert await sweeps_members(gone.store, NOW + GRACE + DAY) == 0
    assert await sweeps_members(gone.store, NOW + 25 * DAY + GRACE + SECOND) == 1


async def test_members_who_left_go_a_batch_at_a_time(store: Store) -> None:
    rows = [{"workspace_id": f"T{number % 2}", "member_id": f"U{number}"} for number in range(5)]
    await store.write(lambda tx: tx.execute(insert(member), [{**row, "met_at": NOW, "left_at": NOW} for row in rows]))
    assert [await sweeps_members(store, NOW + 2 * GRACE, 2) for _ in range(4)] == [2, 2, 1, 0]


# Workspaces that removed the app.


@BOTH
async def test_a_workspace_that_removed_the_app_goes_whole_and_alone(store: Store) -> None:
    await store.write(fill_all)
    await store.write(workspaces.connect, "T1", NOW)
    await store.write(workspaces.connect, "T2", NOW)
    await store.write(lambda tx: tx.execute(update(installation).values(token=None)))
    await store.write(workspaces.disconnect, "T1", workspaces.REMOVED, NOW)
    before = await store.read(everything)
    assert await sweeps_workspaces(store, NOW + GRACE) == 0
    assert await sweeps_workspaces(store, NOW + GRACE + SECOND) == sum(row.workspace_id == "T1" for row in before)
    assert await store.read(everything) == [row for row in before if row.workspace_id != "T1"]


@pytest.mark.parametrize("why", [workspaces.NOT_INSTALLED, workspaces.ANOTHER_TOKEN])
async def test_a_workspace_that_only_cannot_be_sent_to_is_kept(store: Store, why: str) -> None:
    await store.write(workspaces.connect, "T1", NOW)
    await store.write(workspaces.disconnect, "T1", why, NOW)
    assert await sweeps_workspaces(store, NOW + 2 * GRACE) == 0


async def test_a_second_event_does_not_postpone_the_deletion_of_a_removed_workspace(store: Store) -> None:
    await store.write(workspaces.connect, "T1", NOW)
    await store.write(membership.disconnected, "T1", "Ev1", NOW)
    await store.write(membership.disconnected, "T1", "Ev2", NOW + GRACE)
    assert await sweeps_workspaces(store, NOW + GRACE + SECOND) > 0


@BOTH
async def test_a_workspace_is_erased_in_batches(store: Store) -> None:
    people = range(2 * retention.MAX_MEMBERS + 1)
    rows = [{"workspace_id": "T1", "member_id": f"U{number}", "met_at": NOW} for number in people]
    await store.write(lambda tx: tx.execute(insert(member), rows))
    await store.write(workspaces.connect, "T1", NOW)
    batches = []
    while gone := await store.write(erase_workspace, "T1"):
        batches.append(dict(gone))
    sizes = (retention.MAX_MEMBERS, retention.MAX_MEMBERS, 1)
    assert batches == [*({"member": size} for size in sizes), {"workspace": 1}]
    assert await store.read(everything) == []


# Records of messages and of what admins did.


def ended(tx: Connection, *moments: tuple[datetime | None, datetime]) -> None:
    tx.execute(update(member).values(left_at=None))
    for number, (at, window_ends_at) in enumerate(moments):
        values = {"workspace_id": f"T{1 + number % 2}", "key": str(number), "id": str(number), "kind": "challenge"}
        times = {"due_at": NOW, "try_at": NOW, "window_ends_at": window_ends_at, "ended_at": at}
        tx.execute(insert(delivery), {**values, **times, "state": "sent", "attempts": 0})


@BOTH
async def test_deliveries_go_ninety_days_after_their_end_in_all_workspaces(store: Store) -> None:
    end = NOW + RULES.deliveries + SECOND
    await store.write(ended, (NOW, NOW), (NOW, NOW), (NOW + 2 * SECOND, NOW), (None, NOW), (NOW, end + DAY))
    assert await store.write(retention.sweep_old, delivery, end - RULES.deliveries, end, 1) == 1, "a batch is bounded"
    assert await store.write(retention.sweep_old, delivery, end - RULES.deliveries, end, MOST) == 1
    left = await store.read(lambda tx: set(tx.scalars(select(delivery.c.key))))
    assert left == {"2", "3", "4"}, "too young; not ended; its key still keeps it from being sent twice"
