"""The outcomes of a challenge's post: refused, in doubt, posted again, and reported to its writer."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update

from bot.coach import challenges
from bot.coach.messages import arrived
from bot.core.challenges import Challenge
from bot.core.member import Act
from bot.core.outbox import Delivery, DeliveryState, Kind
from bot.core.outcomes import CannotLook, Refused, Sent, Touches, Unknown
from bot.outbox import deliveries, leases, sending
from bot.outbox.sending import Claimed
from bot.store.member_schema import delivery
from tests.coach.challenge import CHANNEL, ID, TS, Challenged, posting_of
from tests.coach.members import NORA
from tests.coach.weekly import BOTH, TUESDAY

DATABASE = "sqlite"  # unless a test asks for both
NOW = TUESDAY
NOTHING = "There is nothing to post again: it is on its way, or its time is over."
NO_CHANNEL = Refused("not_in_channel", Touches.CHANNEL)
LOST = Unknown("timeout")
MINUTE = timedelta(minutes=1)


async def test_a_stale_refusal_does_not_undo_a_later_try(team: Challenged) -> None:
    await team.posts(outcome=NO_CHANNEL)
    await team.sends(NOW)
    again = await team.store.write(challenges.post_again, NORA, f"challenge:{ID}:1", NOW)
    assert again.key == f"challenge:{ID}:2"
    old = (await team.store.read(_delivery, f"challenge:{ID}:1"))[0]
    assert old is DeliveryState.REFUSED
    assert await team.refuses(challenges.post_again, NORA, f"challenge:{ID}:1", NOW) == NOTHING
    await team.sends(NOW)
    assert (await team.now(again)).ts == "1.000001"


def _delivery(tx: Connection, key: str) -> tuple[DeliveryState, str | None]:
    row = tx.execute(select(delivery.c.state, delivery.c.ts).where(delivery.c.key == key)).one()
    return DeliveryState(row.state), row.ts


async def takes(team: Challenged, worker: str = "settler") -> Delivery:
    """Let a worker take the only post in doubt, to look it up."""
    (doubtful,) = await team.store.write(leases.take_unsettled, worker, 0.0, 5)
    return doubtful


async def can_not_look(team: Challenged, doubtful: Delivery, worker: str = "settler", now: datetime = NOW) -> None:
    await team.store.write(sending.settle, team.messages, worker, doubtful, CannotLook("missing_scope"), now)


async def in_doubt(team: Challenged) -> Challenge:
    """Post a challenge whose answer is lost and that can't be looked up."""
    posted = await team.posts(outcome=LOST)
    await can_not_look(team, await takes(team))
    return posted


@BOTH
@pytest.mark.parametrize("seen", ["while it was sent", "while it was looked up"])
async def test_a_message_that_was_seen_while_its_answer_got_lost_is_sent(team: Challenged, seen: str) -> None:
    claimed = await begins(team)
    if seen == "while it was sent":
        await team.joins_in()
    await team.ends(claimed, LOST, NOW)
    if seen == "while it was looked up":
        doubtful = await takes(team)
        await team.joins_in()
        await can_not_look(team, doubtful)
    assert await team.said(Kind.CHALLENGE) == [(DeliveryState.SENT, None)]
    assert await team.said(Kind.NOTICE) == []


async def begins(team: Challenged) -> list[Claimed]:
    await team.orders()
    claimed = await team.claims(NOW)
    await team.begins(claimed, NOW)
    return claimed


@BOTH
async def test_two_workers_that_look_up_the_same_post_send_one_notice(team: Challenged) -> None:
    """The slow one took longer than the settling time, so the quick one has taken over."""
    await team.posts(outcome=LOST)
    slow, quick = await takes(team, "slow"), await takes(team, "quick")
    await can_not_look(team, quick, "quick")
    await can_not_look(team, slow, "slow", NOW + MINUTE)
    assert await team.said(Kind.CHALLENGE) == [(DeliveryState.UNCONFIRMED, "missing_scope")]
    assert len(await team.said(Kind.NOTICE)) == 1


@BOTH
async def test_a_refusal_known_after_another_worker_took_over_causes_no_notice(team: Challenged) -> None:
    claimed = await begins(team)
    await team.store.write(lambda tx: tx.execute(update(delivery).values(lease_until=0.0)))
    doubtful = await takes(team)
    await team.ends(claimed, NO_CHANNEL, NOW)
    assert await team.said(Kind.NOTICE) == []
    await can_not_look(team, doubtful)
    assert len(await team.said(Kind.NOTICE)) == 1


@BOTH
async def test_a_post_in_doubt_is_repeated_only_by_post_again_once_it_was_looked_up(team: Challenged) -> None:
    posted = await team.posts(outcome=LOST)
    assert await team.refuses(challenges.post_again, NORA, posted.key, NOW) == NOTHING
    await can_not_look(team, await takes(team))
    assert await team.refuses(challenges.post_again, NORA, f"recap:{ID}", NOW) == NOTHING
    (told,) = await team.sends(NOW)
    assert posting_of(told).in_doubt
    await team.store.write(challenges.post_again, NORA, posted.key, NOW + MINUTE)
    assert await team.refuses(challenges.post_again, NORA, posted.key, NOW + MINUTE) == NOTHING
    await team.sends(NOW + MINUTE)
    assert (await team.now(posted)).ts == TS
    assert "It is already posted." in await team.refuses(challenges.post_again, NORA, posted.key, NOW)
    assert await team.acts() == [Act.CHALLENGE_POSTED_AGAIN, Act.CHALLENGE_POSTED]


@BOTH
async def test_a_post_left_in_doubt_is_kept_up_to_date_once_any_of_its_buttons_was_pressed(team: Challenged) -> None:
    posted = await in_doubt(team)
    found = await team.store.read(deliveries.find, "T1", posted.key)
    assert found is not None
    await team.store.write(arrived, team.messages, NORA, found.delivery, Sent(CHANNEL, TS), NOW)
    assert await team.store.read(_delivery, posted.key) == (DeliveryState.SENT, TS)
    assert (await team.now(posted)).ts == TS
    assert await team.sends(NOW) == [], "the notice has nothing to say any more"
