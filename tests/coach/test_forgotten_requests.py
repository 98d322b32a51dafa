"""A request that is older than the forgetting of its member stores nothing; a newer one starts afresh."""

from datetime import datetime, timedelta

import pytest

from bot.coach import membership
from bot.core.errors import WasForgotten
from bot.core.member import MemberKey
from bot.store import Store, members, retention
from bot.store.schema import tombstone
from tests.coach.members import BERLIN, EMIL, NAMESAKE, NORA, NOW
from tests.store.rows import everything

SECOND = timedelta(seconds=1)


async def forgets(store: Store) -> None:
    await store.write(membership.meet, NORA, BERLIN, NOW)
    await store.write(membership.forget, NORA, NOW + SECOND, NOW)


@pytest.mark.parametrize("asked_at", [NOW - 300 * SECOND, NOW - SECOND])
async def test_a_request_that_is_delivered_again_after_the_forgetting_stores_nothing(
    store: Store, asked_at: datetime
) -> None:
    await forgets(store)
    before = await store.read(everything)
    with pytest.raises(WasForgotten, match="send it again"):
        await store.write(membership.meet, NORA, BERLIN, NOW + 60 * SECOND, asked_at)
    assert await store.read(everything) == before


@pytest.mark.parametrize("asked_at", [NOW, NOW + SECOND])
async def test_a_new_request_starts_afresh_at_once(store: Store, asked_at: datetime) -> None:
    await forgets(store)
    await store.write(membership.meet, NORA, BERLIN, NOW + 2 * SECOND, asked_at)
    assert await store.read(members.is_met, NORA)


@pytest.mark.parametrize("who", [EMIL, NAMESAKE])
async def test_an_old_request_of_another_member_is_answered(store: Store, who: MemberKey) -> None:
    await forgets(store)
    await store.write(membership.meet, who, BERLIN, NOW, NOW)


async def test_a_tombstone_names_nobody_and_is_deleted_after_ten_minutes(store: Store) -> None:
    await forgets(store)
    (row,) = [row for row in await store.read(everything) if row.table == "tombstone"]
    assert NORA.member_id not in repr(row.values)
    assert await store.write(retention.sweep_expired, NOW + 600 * SECOND, tombstone) == 0
    assert await store.write(retention.sweep_expired, NOW + 601 * SECOND, tombstone) == 1
    assert await store.read(everything) == []
