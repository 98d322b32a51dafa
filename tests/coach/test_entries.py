"""Taking part in a challenge: once per member, until the end, and without waiting for each other."""

import asyncio

import pytest
from sqlalchemy import select

from bot.coach import challenges, entries
from bot.core.catalog import Catalog
from bot.core.challenges import Standing
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import Sent, Unknown
from bot.store import Store, tips
from bot.store.member_schema import delivery
from tests.coach.challenge import CHANNEL, DRAFT, ID, KENJI, LIVE, OTHER_ID, Challenged, posting_of
from tests.coach.interleaved import held, interleave
from tests.coach.members import EMIL, NORA
from tests.coach.weekly import BOTH, HOUR, POSTGRES, TUESDAY

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
async def here(store: Store, catalog: Catalog) -> Challenged:
    here = Challenged(store, catalog)
    await here.opens()
    return here


@POSTGRES
async def test_an_end_waits_for_presses_that_are_being_stored_so_the_recap_counts_them(
    here: Challenged, migrated_postgres: str
) -> None:
    posted = await here.posts()
    await here.meets(EMIL)
    await interleave(
        migrated_postgres,
        lambda tx: entries.did(tx, here.catalog, EMIL, ID, NOW, LIVE),
        lambda tx: challenges.close_due(tx, posted.ends_at),
    )
    (recap,) = await here.sends(posted.ends_at)
    assert posting_of(recap).standing == Standing(1, 1)


@POSTGRES
async def test_two_concurrent_presses_on_an_unconfirmed_post_do_not_wait_for_each_other(
    here: Challenged, migrated_postgres: str
) -> None:
    posted = await here.posts(outcome=Unknown("timeout"))
    await here.meets(EMIL, KENJI)
    async with held(migrated_postgres, lambda tx: entries.join(tx, EMIL, ID, NOW)):  # locks the challenge
        await here.store.write(entries.join, KENJI, ID, NOW, LIVE)  # a lock conflict would wait forever here
    assert await here.standing() == Standing(2, 0)
    await here.joins_in(NORA)
    assert (await here.now(posted)).ts == LIVE.ts


@POSTGRES
async def test_a_press_before_slacks_answer_does_not_wait_for_its_confirmation(
    here: Challenged, migrated_postgres: str
) -> None:
    await here.orders()
    await here.meets(EMIL)
    claimed = await here.claims(NOW)
    await here.begins(claimed, NOW)
    of_worker = select(delivery.c.key).where(delivery.c.kind == Kind.CHALLENGE).with_for_update()
    async with held(migrated_postgres, lambda tx: tx.execute(of_worker).all()):
        await here.store.write(entries.join, EMIL, ID, NOW, LIVE)
    await here.ends(claimed, Sent(CHANNEL, LIVE.ts), NOW)
    assert await here.said(Kind.CHALLENGE) == [(DeliveryState.SENT, None)]
    assert (await here.now(DRAFT)).ts == LIVE.ts
