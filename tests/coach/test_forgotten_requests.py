"""A request that is older than the forgetting of its member stores nothing; a newer one starts afresh."""

from contextlib import nullcontext
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


@pytest.fixture(autouse=True)
async def forgotten(store: Store) -> None:
    await store.write(membership.meet, NORA, BERLIN, NOW)
    await store.write(membership.forget, NORA, NOW + SECOND, NOW)


@pytest.mark.parametrize(
    ("who", "asked_at", "is_answered"),
    [
        (NORA, NOW - 300 * SECOND, False),
        (NORA, NOW - SECOND, False),
        (NORA, NOW, True),
        (NORA, NOW + SECOND, True),
        (EMIL, NOW - SECOND, True),
        (NAMESAKE, NOW - SECOND, True),
    ],
)
async def test_only_what_a_member_asked_before_they_were_forgotten_is_refused_and_stores_nothing(
    store: Store, who: MemberKey, asked_at: datetime, *, is_answered: bool
) -> None:
    before = await store.read(everything)
    with nullcontext() if is_answered else pytest.raises(WasForgotten, match="send it again"):
        await store.write(membership.meet, who, BERLIN, NOW + 60 * SECOND, asked_at)
    assert await store.read(members.is_met, who) is is_answered
    assert is_answered or await store.read(everything) == before


async def test_a_tombstone_names_nobody_and_is_deleted_after_ten_minutes(store: Store) -> None:
    (row,) = [row for row in await store.read(everything) if row.table == "tombstone"]
    assert NORA.member_id not in repr(row.values)
    assert await store.write(retention.sweep_expired, NOW + 600 * SECOND, tombstone) == 0
    assert await store.write(retention.sweep_expired, NOW + 601 * SECOND, tombstone) == 1
    assert await store.read(everything) == []
