"""The outcomes of a challenge's post: refused, in doubt, posted again, and reported to its writer."""

from datetime import timedelta

from sqlalchemy import Connection, select

from bot.coach import challenges, membership
from bot.core.challenges import Challenge
from bot.core.member import Act
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import CannotLook, Refused, Touches, Unknown
from bot.outbox import sending
from bot.store.member_schema import delivery
from tests.coach.challenge import ID, TS, Challenged, posting_of
from tests.coach.members import NORA
from tests.coach.weekly import BOTH, TUESDAY

DATABASE = "sqlite"  # unless a test asks for both
NOW = TUESDAY
NOTHING = "There is nothing to post again: it is on its way, or its time is over."
NO_CHANNEL = Refused("not_in_channel", Touches.CHANNEL)
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


async def test_no_notice_is_sent_if_the_writer_was_forgotten(team: Challenged) -> None:
    await team.orders()
    await team.store.write(membership.forget, NORA, NOW)
    await team.sends(NOW, NO_CHANNEL)
    assert await team.said(Kind.NOTICE) == []


async def in_doubt(team: Challenged) -> Challenge:
    """Post a challenge whose answer is lost and that can't be looked up."""
    posted = await team.posts(outcome=Unknown("timeout"))
    (doubtful,) = await team.store.write(sending.take_unsettled, sending.Pace(lease=-1, settling=0), "settler", 5)
    await team.store.write(sending.settle, team.messages, "settler", doubtful, CannotLook("missing_scope"), NOW)
    return posted


@BOTH
async def test_a_post_in_doubt_is_repeated_only_by_post_again(team: Challenged) -> None:
    posted = await in_doubt(team)
    assert await team.refuses(challenges.post_again, NORA, f"recap:{ID}", NOW) == NOTHING
    (told,) = await team.sends(NOW)
    assert posting_of(told).in_doubt
    await team.store.write(challenges.post_again, NORA, posted.key, NOW + MINUTE)
    assert await team.refuses(challenges.post_again, NORA, posted.key, NOW + MINUTE) == NOTHING
    await team.sends(NOW + MINUTE)
    assert (await team.now(posted)).ts == TS
    assert "It is already posted." in await team.refuses(challenges.post_again, NORA, posted.key, NOW)
    assert await team.acts() == [Act.CHALLENGE_POSTED_AGAIN, Act.CHALLENGE_POSTED]


async def test_post_again_waits_for_the_settling_time(team: Challenged) -> None:
    posted = await team.posts(outcome=Unknown("timeout"))
    assert await team.refuses(challenges.post_again, NORA, posted.key, NOW) == NOTHING
