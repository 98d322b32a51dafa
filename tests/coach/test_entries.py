"""Taking part in a challenge: once per member, until the end; and no message says what was taken back."""

import asyncio
from functools import partial

import pytest
from sqlalchemy import Connection, select

from bot.coach import challenges, membership
from bot.coach.messages import Messages
from bot.core.challenges import Standing
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import Refused, Sent, Touches, Unknown
from bot.outbox import sending
from bot.outbox.sending import Claimed
from bot.store import record as record_rows
from bot.store.member_schema import delivery, member
from tests.acting import act_of, acting
from tests.coach.challenge import CHANNEL, DRAFT, ID, KENJI, LIVE, OTHER_ID, Challenged, posting_of
from tests.coach.interleaved import held, interleave
from tests.coach.members import EMIL, NORA
from tests.coach.weekly import BOTH, HOUR, POSTGRES, TOKEN, TUESDAY
from tests.store.rows import everything

SKILL = "ship-in-days"
NOW, THEN = TUESDAY, TUESDAY + HOUR


@BOTH
async def test_four_concurrent_presses_make_one_entry(team: Challenged) -> None:
    await team.posts(skill=SKILL)
    await team.meets(EMIL)
    pressed = [team.does(challenges.did, NOW, ID, LIVE, who=EMIL) for _ in range(4)]
    assert len({done.entry for done in await asyncio.gather(*pressed)}) == 1
    assert await team.standing() == Standing(1, 1)


async def test_a_challenge_that_is_done_shows_and_grants_what_its_member_has_until_they_take_that_back(
    team: Challenged,
) -> None:
    store, template = team.store, team.catalog.challenges["test-set-for-one-prompt"]
    await team.posts(template=template.slug)
    await team.has_done_it()
    shown = dict.fromkeys((*template.needs, *template.grants), True)
    assert (await store.read(record_rows.read, EMIL)).needs == shown
    await team.posts(challenge_id=OTHER_ID, template=template.slug)
    await team.joins_in(challenge_id=OTHER_ID)
    for leaves in (False, True):  # of the same template, and never done
        await store.write(acting(partial(challenges.take_back, leaves=leaves), EMIL, THEN), OTHER_ID)
        assert (await store.read(record_rows.read, EMIL)).needs == shown
    await store.write(acting(partial(challenges.take_back, leaves=False), EMIL, THEN), ID)
    assert (await store.read(record_rows.read, EMIL)).needs == {}


# Concurrent presses.


@POSTGRES
async def test_an_end_waits_for_presses_that_are_being_stored_so_the_recap_counts_them(
    team: Challenged, migrated_postgres: str
) -> None:
    posted = await team.posts()
    await team.meets(EMIL)
    await interleave(
        migrated_postgres,
        lambda tx: challenges.did(act_of(tx, EMIL, NOW, team.catalog), ID, LIVE),
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
    async with held(migrated_postgres, lambda tx: challenges.join(act_of(tx, EMIL, NOW), ID)):  # locks the challenge
        await team.does(challenges.join, NOW, ID, LIVE, who=KENJI)  # a lock conflict would wait forever here
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
        await team.does(challenges.join, NOW, ID, LIVE, who=EMIL)
    await team.ends(claimed, Sent(CHANNEL, LIVE.ts), NOW)
    assert await team.said(Kind.CHALLENGE) == [(DeliveryState.SENT, None)]
    assert (await team.now(DRAFT)).ts == LIVE.ts


# What was taken back.


@BOTH
async def test_a_recap_does_not_quote_a_member_forgotten_after_the_claim(team: Challenged) -> None:
    await team.posts()
    for who in (EMIL, KENJI):
        await team.writes(f"By {who.member_id}.", who)
    await team.does(challenges.close, NOW, ID)
    claimed = await team.claims(NOW)
    await team.store.write(membership.forget, EMIL, NOW)
    (message,) = await team.begins(claimed, NOW)
    assert [entry.who for entry in posting_of(message).lines] == [KENJI]


@BOTH
async def test_a_refusal_after_its_organiser_was_forgotten_notifies_nobody(team: Challenged) -> None:
    await team.orders()
    claimed = await team.claims(NOW)
    await team.begins(claimed, NOW)
    await team.store.write(membership.forget, NORA, NOW)
    await team.ends(claimed, Refused("not_in_channel", Touches.CHANNEL), NOW)
    assert await team.said(Kind.NOTICE) == []


async def begun_nudge(team: Challenged) -> Claimed:
    await team.opens()
    await team.joins(EMIL)
    await team.plans(NOW)
    (message,) = await team.claims(NOW)
    await team.begins([message], NOW)
    return message


def confirmed(tx: Connection, messages: Messages, message: Claimed, *, settled: bool) -> None:
    if settled:
        sending.settle(tx, messages, TOKEN, message.delivery, Sent("D1", "1.0"), NOW)
    else:
        sending.finish(tx, messages, TOKEN, [(message, Sent("D1", "1.0"))], NOW)


SETTLED = pytest.mark.parametrize("settled", [False, True], ids=["confirmed", "found later"])


@POSTGRES
@SETTLED
async def test_a_nudge_that_is_confirmed_while_its_member_is_forgotten_brings_no_row_back(
    team: Challenged, migrated_postgres: str, *, settled: bool
) -> None:
    message = await begun_nudge(team)
    forgotten, _ = await interleave(
        migrated_postgres,
        lambda tx: membership.forget(tx, EMIL, NOW),
        lambda tx: confirmed(tx, team.messages, message, settled=settled),
    )
    assert forgotten
    left = await team.store.read(everything)
    assert [row.table for row in left if EMIL.member_id in str(row.values)] == []


@POSTGRES
@SETTLED
async def test_a_confirmation_waits_for_its_member_before_it_locks_the_delivery(
    team: Challenged, migrated_postgres: str, *, settled: bool
) -> None:
    """*Forget me* locks the member first, too. In another order, each would wait for the other."""
    message = await begun_nudge(team)
    await interleave(
        migrated_postgres,
        lambda tx: tx.execute(select(member).with_for_update()).all(),
        lambda tx: confirmed(tx, team.messages, message, settled=settled),
        meanwhile="SELECT FROM delivery FOR UPDATE NOWAIT",
    )
