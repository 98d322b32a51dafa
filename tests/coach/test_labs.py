"""What is kept of labs."""

from bot.coach import labs, membership
from bot.store import Store
from bot.store import record as record_rows
from tests.acting import acting
from tests.coach.members import BERLIN, DAY, EMIL, NORA, NOW


async def test_the_first_time_that_a_member_solved_a_lab_is_kept(store: Store) -> None:
    for who in (NORA, EMIL):
        await store.write(membership.meet, who, BERLIN, NOW)
    await store.write(acting(labs.solve, NORA, NOW), "cost")
    await store.write(acting(labs.solve, NORA, NOW + DAY), "cost")
    await store.write(acting(labs.solve, NORA, NOW + DAY), "judge")
    assert (await store.read(record_rows.read, NORA)).labs == {"cost": NOW, "judge": NOW + DAY}
    assert (await store.read(record_rows.read, EMIL)).labs == {}
