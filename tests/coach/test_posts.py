"""The outcomes of a challenge's post: refused, in doubt, posted again, and reported to its writer."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.coach import challenges, membership
from bot.core.challenges import Challenge, ChallengeState
from bot.core.member import Act
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import CannotLook, NotYet, Refused, Touches, Unknown
from bot.outbox import sending
from bot.store.member_schema import delivery
from tests.coach.challenge import ID, LIVE, TS, Challenged, posting_of
from tests.coach.members import NORA
from tests.coach.weekly import BOTH, HOUR, TUESDAY, one_of

NOW = TUESDAY
NOTHING = "There is nothing to post again: it is on its way, or its time is over."
NO_CHANNEL = Refused("not_in_channel", Touches.CHANNEL)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    return one_of(request)


@BOTH
async def test_a_refused_challenge_becomes_a_draft_again_and_its_writer_is_notified(team: Challenged) -> None:
    draft = await team.posts(outcome=NO_CHANNEL)
    assert (draft.state, draft.starts_at, draft.calls_last) == (ChallengeState.DRAFT, None, True)
    (told,) = await team.sends(NOW)
    assert told.delivery.kind is Kind.NOTICE
    assert told.delivery.member == NORA
    assert not posting_of(told).in_doubt
    assert await team.sends(NOW + HOUR) == []


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


async def test_a_notice_is_not_sent_once_the_challenge_was_posted_again(team: Challenged) -> None:
    await team.posts(outcome=NO_CHANNEL)
    await team.store.write(challenges.post, NORA, ID, NOW)  # through the form, before the notice had gone
    await team.sends(NOW)
    assert await team.said(Kind.NOTICE) == [(DeliveryState.CANCELLED, "nothing to say any more")]


async def test_a_notice_needs_no_consent_to_weekly_tips(team: Challenged) -> None:
    await team.posts(outcome=NO_CHANNEL)
    await team.sends(NOW)
    assert await team.said(Kind.NOTICE) == [(DeliveryState.SENT, None)]


async def test_no_notice_is_sent_if_the_writer_was_forgotten(team: Challenged) -> None:
    await team.orders()
    await team.store.write(membership.forget, NORA, NOW)
    await team.sends(NOW, NO_CHANNEL)
    assert await team.said(Kind.NOTICE) == []


async def in_doubt(team: Challenged) -> Challenge:
    """Post a challenge whose answer is lost and that can't be looked up."""
    posted = await team.posts(outcome=Unknown("timeout"))
    (doubtful,) = await team.store.write(sending.unsettled, sending.Pace(lease=-1, settling=0), "settler", 5)
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


async def test_a_post_in_doubt_is_not_repeated_after_the_challenge_ended(team: Challenged) -> None:
    posted = await in_doubt(team)
    await team.store.write(challenges.close, NORA, ID, NOW)
    assert await team.refuses(challenges.post_again, NORA, posted.key, NOW) == NOTHING


async def test_a_post_that_a_member_has_seen_is_not_repeated(team: Challenged) -> None:
    posted = await in_doubt(team)
    await team.sends(NOW)
    await team.store.write(challenges.post_again, NORA, posted.key, NOW)
    await team.joins_in()
    assert await team.sends(NOW) == []
    assert (await team.now(posted)).ts == LIVE.ts


async def test_a_post_that_certainly_failed_is_retried_without_a_notice(team: Challenged) -> None:
    await team.posts(outcome=NotYet("unreachable"))
    await team.sends(NOW + MINUTE)
    assert await team.said(Kind.CHALLENGE) == [(DeliveryState.SENT, None)]
    assert await team.said(Kind.NOTICE) == []
