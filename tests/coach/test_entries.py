"""Taking part in a challenge: once per member, until the end, and without waiting for each other."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection, text

from bot.coach import challenges, entries
from bot.core.catalog import Catalog
from bot.core.challenges import Standing
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import Sent, Unknown
from bot.store import Store, open_store, tips
from tests.coach.challenge import CHANNEL, DRAFT, ID, KENJI, LIVE, OTHER_ID, Challenged, posting_of
from tests.coach.members import EMIL, NORA
from tests.coach.test_forgotten import LOCK, PATIENTLY, waits
from tests.coach.weekly import BOTH, HOUR, TUESDAY

DATABASE = "sqlite"  # unless a test asks for both
SKILL = "ship-in-days"
NOW, THEN = TUESDAY, TUESDAY + HOUR


@pytest.fixture
async def team(store: Store, catalog: Catalog) -> Challenged:
    team = Challenged(store, catalog)
    await team.opens()
    await team.posts(skill=SKILL)
    return team


@BOTH
async def test_four_concurrent_presses_make_one_entry(team: Challenged) -> None:
    await team.meets(EMIL)
    pressed = [team.store.write(entries.did, team.catalog, EMIL, ID, NOW, LIVE) for _ in range(4)]
    assert len({done.entry for done in await asyncio.gather(*pressed)}) == 1
    assert await team.standing() == Standing(1, 1)


async def test_a_challenge_that_is_done_shows_and_grants_what_its_member_has_until_they_take_that_back(
    store: Store, catalog: Catalog
) -> None:
    team, template = Challenged(store, catalog), catalog.challenges["test-set-for-one-prompt"]
    await team.opens()
    await team.posts(template=template.slug)
    await team.has_done_it()
    shown = dict.fromkeys((*template.needs, *template.grants), True)
    assert await store.read(tips.needs_of, EMIL) == shown
    await team.posts(challenge_id=OTHER_ID, template=template.slug)
    await team.joins_in(challenge_id=OTHER_ID)
    for use_case in (entries.undo, entries.leave):  # of the same template, and never done
        await store.write(use_case, EMIL, OTHER_ID, THEN)
        assert await store.read(tips.needs_of, EMIL) == shown
    await store.write(entries.undo, EMIL, ID, THEN)
    assert await store.read(tips.needs_of, EMIL) == {}


# Concurrent presses.


@pytest.fixture
async def beside(migrated_postgres: str) -> Any:
    connection = await asyncpg.connect(migrated_postgres)
    yield connection
    await connection.close()


def then_waits(use_case: Callable[..., Any], *args: Any) -> Callable[[Connection], Any]:
    """Return the use case in a transaction that stays open until another connection releases a lock."""

    def run(tx: Connection) -> Any:
        tx.execute(PATIENTLY)
        found = use_case(tx, *args)
        tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        return found

    return run


async def test_an_end_waits_for_presses_that_are_being_stored_so_the_recap_counts_them(
    migrated_postgres: str, catalog: Catalog, beside: asyncpg.Connection
) -> None:
    store = open_store(migrated_postgres)
    team = Challenged(store, catalog)
    await team.opens()
    posted = await team.posts()
    await team.meets(EMIL)
    await beside.execute("SELECT pg_advisory_lock($1)", LOCK)
    pressing = asyncio.create_task(store.write(then_waits(entries.did, catalog, EMIL, ID, NOW, LIVE)))
    await waits(pressing, beside, 1)
    closing = asyncio.create_task(store.write(challenges.close_due, posted.ends_at))
    await waits(closing, beside, 2)
    await beside.execute("SELECT pg_advisory_unlock($1)", LOCK)
    await asyncio.gather(pressing, closing)
    (recap,) = await team.sends(posted.ends_at)
    assert posting_of(recap).standing == Standing(1, 1)
    await store.close()


async def test_two_concurrent_presses_on_an_unconfirmed_post_do_not_wait_for_each_other(
    migrated_postgres: str, catalog: Catalog, beside: asyncpg.Connection
) -> None:
    store = open_store(migrated_postgres)
    team = Challenged(store, catalog)
    await team.opens()
    posted = await team.posts(outcome=Unknown("timeout"))
    await team.meets(EMIL, KENJI)
    await beside.execute("SELECT pg_advisory_lock($1)", LOCK)

    def looks(tx: Connection) -> None:
        entries.join(tx, EMIL, ID, NOW)  # locks the challenge, as every press does

    pressing = asyncio.create_task(store.write(then_waits(looks)))
    await waits(pressing, beside, 1)
    await store.write(entries.join, KENJI, ID, NOW, LIVE)  # a lock conflict would wait forever here
    await beside.execute("SELECT pg_advisory_unlock($1)", LOCK)
    await pressing
    assert await team.standing() == Standing(2, 0)
    await team.joins_in(NORA)
    assert (await team.now(posted)).ts == LIVE.ts
    await store.close()


async def test_a_press_before_slacks_answer_does_not_wait_for_its_confirmation(
    migrated_postgres: str, catalog: Catalog, beside: asyncpg.Connection
) -> None:
    store = open_store(migrated_postgres)
    team = Challenged(store, catalog)
    await team.opens()
    await team.orders()
    await team.meets(EMIL)
    claimed = await team.claims(NOW)
    await team.begins(claimed, NOW)
    async with beside.transaction():
        await beside.execute("SELECT 1 FROM delivery WHERE kind = 'challenge' FOR UPDATE")  # as its worker does
        await store.write(entries.join, EMIL, ID, NOW, LIVE)
    await team.ends(claimed, Sent(CHANNEL, LIVE.ts), NOW)
    assert await team.said(Kind.CHALLENGE) == [(DeliveryState.SENT, None)]
    assert (await team.now(DRAFT)).ts == LIVE.ts
    await store.close()
