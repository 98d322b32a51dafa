"""Meeting members, following what Slack says about them, and forgetting them."""

import asyncio

from sqlalchemy import select

from bot.coach import membership
from bot.core.catalog import Catalog
from bot.core.member import Profile
from bot.store import Store, members, retention, workspaces
from bot.store.schema import event_seen
from tests.coach.interleaved import held
from tests.coach.members import BERLIN, DAY, EMIL, NORA, NOW, Life
from tests.coach.weekly import BOTH, POSTGRES

KOLKATA, WITHOUT_ZONE = Profile("Asia/Kolkata", coachable=True), Profile(None, coachable=True)


@BOTH
async def test_a_member_is_met_once_however_often(store: Store, catalog: Catalog) -> None:
    nora = Life(store, catalog, NORA)
    assert not await nora.is_met()
    await asyncio.gather(*(nora.meets() for _ in range(4)))
    assert await nora.is_met()
    await nora.takes("devops-engineer")
    await nora.meets(NOW + DAY)
    assert await nora.role() == "devops-engineer"


async def test_a_workspace_reads_the_desk_in_the_zone_of_the_first_member_with_one(store: Store) -> None:
    await store.write(workspaces.connect, "T1", NOW)
    zones = []
    for who, profile in ((NORA, WITHOUT_ZONE), (EMIL, KOLKATA), (NORA, BERLIN)):
        await store.write(membership.meet, who, profile, NOW)
        zones.append((await store.read(workspaces.settings, "T1")).zone)
    assert zones == [None, "Asia/Kolkata", "Asia/Kolkata"]


@POSTGRES
async def test_a_member_without_a_zone_does_not_wait_for_who_holds_the_workspace(
    store: Store, migrated_postgres: str
) -> None:
    await store.write(workspaces.connect, "T1", NOW)
    async with held(migrated_postgres, lambda tx: workspaces.lock(tx, "T1")):
        await store.write(membership.meet, NORA, WITHOUT_ZONE, NOW)
    assert await store.read(members.is_met, NORA)


async def test_nothing_is_kept_about_somebody_who_changed_and_was_never_met(store: Store) -> None:
    await store.write(membership.changed, NORA, KOLKATA, "Ev1", NOW)
    assert not await store.read(members.is_met, NORA)


async def test_event_ids_are_deleted_once_slack_will_not_deliver_them_again(store: Store) -> None:
    for number, at in enumerate([NOW, NOW + DAY, NOW + 2 * DAY]):
        await store.write(membership.disconnected, "T1", f"Ev{number}", at)
    assert await store.write(retention.sweep_old, event_seen, NOW + DAY, NOW, 5) == 1
    assert await store.read(lambda tx: set(tx.scalars(select(event_seen.c.event_id)))) == {"Ev1", "Ev2"}
