"""Tips are counted for a whole batch at once, on both databases."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from bot.core.member import MemberKey
from bot.store import Store, members, tips

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
LATER = datetime(2026, 12, 2, 9, tzinfo=UTC)
NORA, EMIL = MemberKey("T1", "U1"), MemberKey("T1", "U2")


def _given(tx: Connection) -> dict[str, dict[str, int]]:
    for who in (NORA, EMIL):
        members.meet(tx, who, None, NOW)
    tips.give(tx, [(NORA, "first"), (EMIL, "first")], NOW)
    tips.give(tx, [(NORA, "second"), (NORA, "first"), (NORA, "first"), (EMIL, "second")], LATER)
    found = tips.given(tx, "T1", [NORA.member_id, EMIL.member_id])
    assert found[NORA.member_id].at == {"second": LATER, "first": LATER}
    assert found[EMIL.member_id].at == {"first": NOW, "second": LATER}
    return {member_id: given.times for member_id, given in found.items()}


async def test_a_tip_that_is_given_twice_in_a_batch_counts_twice(store: Store) -> None:
    assert await store.write(_given) == {"U1": {"second": 1, "first": 3}, "U2": {"first": 1, "second": 1}}
