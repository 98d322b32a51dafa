"""Coach admins: each is named and removed once, each change is audited, and each workspace has its own."""

import asyncio
from datetime import timedelta

import pytest

from bot.coach import admins, membership
from bot.core.errors import NotMet
from bot.core.member import Act, Acted, CoachAdmin, MemberKey, Profile
from bot.store import Store, workspaces
from bot.store import admins as admin_rows
from bot.store.admins import is_named
from tests.coach.members import BERLIN, DAY, EMIL, NAMESAKE, NORA, NOW

ASHA = MemberKey("T1", "U3")


@pytest.fixture(autouse=True)
async def met(store: Store) -> None:
    for who in (NORA, EMIL, ASHA, NAMESAKE):
        await store.write(membership.meet, who, BERLIN, NOW)


async def add(store: Store, whom: MemberKey = EMIL, by: MemberKey = NORA) -> list[CoachAdmin]:
    return await store.write(admins.add, by, whom, NOW)


async def acts(store: Store) -> list[Acted]:
    return [acted for _, acted in await store.read(admin_rows.acts, "T1", "", 10)]


async def test_naming_a_member_twice_concurrently_records_one_act(store: Store) -> None:
    await asyncio.gather(*(add(store) for _ in range(3)))
    assert [act.act for act in await acts(store)] == [Act.ADMIN_ADDED]


async def test_an_admin_of_one_workspace_is_no_admin_in_another(store: Store) -> None:
    await add(store, ASHA)
    await add(store, NORA)
    assert not await store.read(is_named, NAMESAKE)
    assert await store.read(admin_rows.named, "T2") == []


async def test_a_forgotten_admin_loses_the_right_and_their_acts_no_longer_name_them(store: Store) -> None:
    await add(store)
    await add(store, ASHA, by=EMIL)
    await store.write(membership.forget, EMIL, NOW)
    assert await store.read(admin_rows.named, "T1") == [CoachAdmin("U3", None, NOW)]
    assert {(act.admin_id, act.on_member) for act in await acts(store)} == {(None, "U3"), ("U1", None)}


async def test_the_profile_of_a_coach_admin_without_tips_is_refreshed_once_a_day(store: Store) -> None:
    await store.write(workspaces.connect, "T1", NOW)
    await add(store)

    async def stale(hours: int) -> list[MemberKey]:
        now = NOW + timedelta(hours=hours)
        return await store.read(membership.stale, now, now - DAY, 9, 9)

    assert await stale(24) == []
    assert await stale(25) == [EMIL]
    await store.write(membership.see_profile, EMIL, BERLIN, NOW + timedelta(hours=25))
    assert await stale(26) == []
    await store.write(membership.see_profile, EMIL, Profile(None, coachable=False), NOW)
    assert not await store.read(is_named, EMIL)
    await store.write(membership.meet, EMIL, BERLIN, NOW + 2 * DAY)
    assert not await store.read(is_named, EMIL)
    assert {act.act for act in await acts(store)} == {Act.ADMIN_ADDED, Act.ADMIN_LOST}


@pytest.mark.parametrize("gone", [NORA, EMIL])
async def test_naming_stores_nothing_if_either_member_is_unknown(store: Store, gone: MemberKey) -> None:
    await store.write(membership.forget, gone, NOW)
    with pytest.raises(NotMet):
        await add(store)
    assert await store.read(admin_rows.named, "T1") == []
