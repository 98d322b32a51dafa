"""Taking part in a challenge: once per member, until the end, and without waiting for each other."""

import asyncio

from sqlalchemy import select

from bot.coach import challenges, entries
from bot.core.challenges import Standing
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import Sent, Unknown
from bot.store import tips
from bot.store.member_schema import delivery
from tests.coach.challenge import CHANNEL, DRAFT, ID, KENJI, LIVE, OTHER_ID, Challenged, posting_of
from tests.coach.interleaved import held, interleave
from tests.coach.members import EMIL, NORA
from tests.coach.weekly import BOTH, HOUR, POSTGRES, TUESDAY

DATABASE = "sqlite"  # unless a test asks for both
SKILL = "ship-in-days"
NOW, THEN = TUESDAY, TUESDAY + HOUR


@BOTH
async def test_four_concurrent_presses_make_one_entry(team: Challenged) -> None:
    await team.posts(skill=SKILL)
    await team.meets(EMIL)
    pressed = [team.store.write(entries.did, team.catalog, EMIL, ID, NOW, LIVE) for _ in range(4)]
    assert len({done.entry for done in await asyncio.gather(*pressed)}) == 1
    assert await team.standing() == Standing(1, 1)


async def test_a_challenge_that_is_done_shows_and_grants_what_its_member_has_until_they_take_that_back(
    team: Challenged,
) -> None:
    store, template = team.store, team.catalog.challenges["test-set-for-one-prompt"]
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


@POSTGRES
async def test_an_end_waits_for_presses_that_are_being_stored_so_the_recap_counts_them(
    team: Challenged, migrated_postgres: str
) -> None:
    posted = await team.posts()
    await team.meets(EMIL)
    await interleave(
        migrated_postgres,
        lambda tx: entries.did(tx, team.catalog, EMIL, ID, NOW, LIVE),
        lambda tx: challenges.close_due(tx, posted.ends_at),
    )
    (recap,) = await team.sends(posted.ends_at)
    assert posting_of(recap).standing == Standing(1, 1)


@POSTGRES
async def test_two_concurrent_presses_on_an_unconfirmed_post_do_not_wait_for_each_other(
    team: Challenged, migrated_postgres: str
) -> None:
    posted = await team.posts(outcome=Unknown("timeout"))
    await team.meets(EMIL, KENJI)
    async with held(migrated_postgres, lambda tx: entries.join(tx, EMIL, ID, NOW)):  # locks the challenge
        await team.store.write(entries.join, KENJI, ID, NOW, LIVE)  # a lock conflict would wait forever here
    assert await team.standing() == Standing(2, 0)
    await team.joins_in(NORA)
    assert (await team.now(posted)).ts == LIVE.ts


@POSTGRES
async def test_a_press_before_slacks_answer_does_not_wait_for_its_confirmation(
    team: Challenged, migrated_postgres: str
) -> None:
    await team.orders()
    await team.meets(EMIL)
    claimed = await team.claims(NOW)
    await team.begins(claimed, NOW)
    of_worker = select(delivery.c.key).where(delivery.c.kind == Kind.CHALLENGE).with_for_update()
    async with held(migrated_postgres, lambda tx: tx.execute(of_worker).all()):
        await team.store.write(entries.join, EMIL, ID, NOW, LIVE)
    await team.ends(claimed, Sent(CHANNEL, LIVE.ts), NOW)
    assert await team.said(Kind.CHALLENGE) == [(DeliveryState.SENT, None)]
    assert (await team.now(DRAFT)).ts == LIVE.ts
