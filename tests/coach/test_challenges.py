"""Running a challenge: stored, posted once or again, reported to its writer, shown, ended once, and forgotten."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.coach import challenges, membership
from bot.coach.challenges import MessageRef
from bot.coach.messages import arrived
from bot.core.challenges import ChallengeState, Standing
from bot.core.member import AdminAct
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import CannotLook, Refused, Sent, Touches, Unknown
from bot.outbox import deliveries, leases, sending
from bot.store import challenges as challenge_rows
from bot.store.member_schema import delivery, entry, member
from bot.store.schema import challenge
from bot.store.types import rows_of
from tests.acting import acting
from tests.coach.challenge import CHANNEL, DRAFT, ID, KENJI, OTHER_ID, TS, Challenged, posting_of
from tests.coach.interleaved import held
from tests.coach.members import EMIL, NORA
from tests.coach.weekly import BOTH, DAY, HOUR, POSTGRES, TUESDAY, WEEK

NOW, HALF_A_MINUTE = TUESDAY, timedelta(seconds=30)
FIVE_SECONDS = timedelta(seconds=5)
LATER = NOW + timedelta(seconds=1)
NO_CHANNEL = Refused("not_in_channel", Touches.CHANNEL)
MINUTE = timedelta(minutes=1)
NOTHING = "There is nothing to post again: it is on its way, or its time is over."
LOST = Unknown("timeout")


# Kept and posted.


@BOTH
async def test_posting_a_draft_twice_concurrently_makes_one_delivery_and_one_act(team: Challenged) -> None:
    await team.keeps()
    both = await asyncio.gather(*(team.does(challenges.post, NOW, ID) for _ in range(2)))
    assert both[0] == both[1]
    assert await team.said(Kind.CHALLENGE) == [(DeliveryState.PLANNED, None)]
    assert await team.acts() == [AdminAct.CHALLENGE_POSTED]
    assert len((await team.does(challenges.listing, NOW)).items) == 1


async def test_an_old_form_can_not_overwrite_a_posted_challenge(team: Challenged) -> None:
    posted = await team.posts()
    assert "already posted" in await team.refuses(acting(challenges.keep, NORA), replace(DRAFT, title="Too late"))
    assert await team.now(posted) == posted


# The end.


@pytest.mark.parametrize("how", ["close", "cancel"])
async def test_ending_a_challenge_twice_by_hand_ends_it_once(team: Challenged, how: str) -> None:
    await team.posts()
    await team.joins_in()
    for later in (NOW + HOUR, NOW + 2 * HOUR):
        ended = await team.does(getattr(challenges, how), later, ID)
        assert ended.ends_at == NOW + HOUR
    assert await team.store.write(challenges.close_due, NOW + WEEK) == 0
    assert len(await team.said(Kind.RECAP)) == (how == "close")
    assert len(await team.acts()) == 2


async def test_that_nobody_joined_is_told_its_starter_alone_and_not_at_night(team: Challenged) -> None:
    night = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)  # half past eleven in Berlin
    posted = await team.posts(ends_at=night)
    await team.store.write(challenges.close_due, posted.ends_at)
    assert await team.said(Kind.RECAP) == []
    assert await team.sends(posted.ends_at) == []
    (told,) = await team.sends(posted.ends_at + 12 * HOUR)
    assert (told.delivery.kind, told.delivery.member) == (Kind.UNJOINED, NORA)
    assert await team.sends(posted.ends_at + DAY) == []


@POSTGRES
async def test_a_challenge_is_closed_while_its_starter_is_being_forgotten(
    team: Challenged, migrated_postgres: str
) -> None:
    posted = await team.posts()
    theirs = select(member).where(*rows_of(member, NORA)).with_for_update()
    async with held(migrated_postgres, lambda tx: tx.execute(theirs).all()):
        assert await team.store.write(challenges.close_due, posted.ends_at) == 1
    assert await team.said(Kind.UNJOINED) == []


# Drafts, and forgotten members.


async def test_old_drafts_are_deleted_with_their_entries(team: Challenged) -> None:
    await team.orders()
    await team.meets(EMIL)
    await team.does(challenges.join, NOW, ID, None, who=EMIL)  # from the list, before Slack refused it
    await team.sends(NOW, NO_CHANNEL)
    kept = await team.posts(challenge_id=OTHER_ID)
    await team.joins_in(challenge_id=OTHER_ID)
    assert await team.store.write(challenge_rows.sweep, DRAFT.ends_at) == 0
    assert await team.store.write(challenge_rows.sweep, DRAFT.ends_at + DAY) == 1
    assert await team.store.read(lambda tx: tx.scalars(select(entry.c.challenge_id)).all()) == [OTHER_ID]
    assert await team.now(kept) == kept


@BOTH
async def test_a_challenge_goes_on_after_its_organiser_is_forgotten(team: Challenged) -> None:
    posted = await team.posts()
    await team.writes("Mine.", EMIL)
    await team.joins_in(KENJI)
    await team.writes("Noras.", NORA)
    await team.keeps(challenge_id=OTHER_ID)
    (message,) = await team.outdated(LATER)
    lease = await team.store.write(challenges.claim_update, message.challenge, LATER)
    assert lease
    await team.store.write(challenges.showed, message, lease, LATER)
    for who in (EMIL, NORA):
        await team.store.write(membership.forget, who, NOW)
    assert await team.store.read(lambda tx: tx.scalars(select(entry.c.member_id)).all()) == [KENJI.member_id]
    assert await team.outdated(LATER + HALF_A_MINUTE) == [], "nothing changes in the channel"
    assert await team.store.write(challenge_rows.sweep, NOW) == 1, "a draft goes with its writer"
    assert await team.standing() == Standing(joined=3, done=2)
    assert (await team.now(posted)).started_by is None
    await team.sends(NOW + MINUTE)
    await team.store.write(challenges.close_due, posted.ends_at)
    (recap,) = await team.sends(posted.ends_at)
    assert (posting_of(recap).lines, posting_of(recap).standing) == ((), Standing(3, 2))
    about = delivery.c.key.contains("U2") | (delivery.c.member_id == "U2")
    assert await team.store.read(lambda tx: tx.scalars(select(delivery.c.key).where(about)).all()) == []


@BOTH
async def test_one_worker_gets_the_lease_and_the_next_change_waits_five_seconds(team: Challenged) -> None:
    await team.posts()
    await team.joins_in()
    (message,) = await team.outdated(LATER)
    lease, *others = [await team.store.write(challenges.claim_update, message.challenge, LATER) for _ in range(3)]
    assert lease
    assert others == [None, None]
    await team.has_done_it()
    assert await team.outdated(LATER + FIVE_SECONDS) == []  # the worker that claimed it may still be waiting for Slack
    await team.store.write(challenges.showed, message, lease, LATER)
    assert await team.outdated(LATER + FIVE_SECONDS - timedelta.resolution) == []
    assert [news.standing for news in await team.outdated(LATER + FIVE_SECONDS)] == [Standing(1, 1)]


async def test_a_worker_whose_lease_ran_out_does_not_shorten_the_next_one(team: Challenged) -> None:
    await team.posts()
    await team.joins_in()
    (message,) = await team.outdated(LATER)
    slow = await team.store.write(challenges.claim_update, message.challenge, LATER)
    after = LATER + HALF_A_MINUTE
    assert slow
    assert await team.store.write(challenges.claim_update, message.challenge, after)
    await team.has_done_it()
    await team.store.write(challenges.showed, message, slow, after)
    assert await team.outdated(after + FIVE_SECONDS) == []
    assert len(await team.outdated(after + HALF_A_MINUTE)) == 1


# The outcomes of its post.


async def test_only_an_unseen_challenge_returns_to_draft_and_only_for_its_last_posting(team: Challenged) -> None:
    running = await team.orders()
    for posting, state in ((2, ChallengeState.OPEN), (1, ChallengeState.DRAFT)):
        await team.store.write(challenge_rows.back_to_draft, running, posting)
        assert (await team.now(running)).state is state
    seen = await team.posts()
    assert seen.key == f"challenge:{ID}:2"
    await team.store.write(challenge_rows.back_to_draft, seen, 2)
    assert await team.now(seen) == seen


def test_a_draft_keeps_every_column_of_the_form() -> None:
    assert {column.name for column in challenge_rows.WRITTEN} == set(challenge.c.keys()) - {
        "workspace_id", "challenge_id", "started_by", "state", "postings", "ts", "shown", "update_after",
        "joined_before", "done_before", "recap_ts", "revision",
    }  # fmt: skip


async def can_not_be_looked_up(team: Challenged, meanwhile: Callable[[], Awaitable[object]] | None = None) -> None:
    (doubtful,) = await team.store.write(leases.take_unsettled, "settler", 0.0, 5)
    if meanwhile is not None:
        await meanwhile()
    await team.store.write(sending.settle, team.messages, "settler", doubtful, CannotLook("missing_scope"), NOW)


@pytest.mark.parametrize("seen", ["while it was sent", "while it was looked up"])
async def test_a_message_that_was_seen_while_its_answer_got_lost_is_sent(team: Challenged, seen: str) -> None:
    await team.orders()
    claimed = await team.claims(NOW)
    await team.begins(claimed, NOW)
    if seen == "while it was sent":
        await team.joins_in()
    await team.ends(claimed, LOST, NOW)
    if seen == "while it was looked up":
        await can_not_be_looked_up(team, team.joins_in)
    assert await team.said(Kind.CHALLENGE) == [(DeliveryState.SENT, None)]
    assert await team.said(Kind.NOTICE) == []


async def test_a_challenge_that_ends_during_its_post_is_shown_as_ended(team: Challenged) -> None:
    await team.orders()
    claimed = await team.claims(NOW)
    await team.begins(claimed, NOW)
    await team.does(challenges.close, NOW, ID)
    await team.ends(claimed, Sent(CHANNEL, TS), NOW)
    assert [message.challenge.state for message in await team.outdated(LATER)] == [ChallengeState.CLOSED]


async def test_a_post_in_doubt_is_repeated_only_by_post_again_once_it_was_looked_up(team: Challenged) -> None:
    posted = await team.posts(outcome=LOST)
    assert await team.refuses(acting(challenges.post_again, NORA, NOW), posted.key) == NOTHING
    await can_not_be_looked_up(team)
    assert await team.refuses(acting(challenges.post_again, NORA, NOW), f"recap:{ID}") == NOTHING
    (told,) = await team.sends(NOW)
    assert posting_of(told).in_doubt
    await team.does(challenges.post_again, NOW + MINUTE, posted.key)
    assert await team.refuses(acting(challenges.post_again, NORA, NOW + MINUTE), posted.key) == NOTHING
    await team.sends(NOW + MINUTE)
    assert (await team.now(posted)).ts == TS
    assert "It is posted." in await team.refuses(acting(challenges.post_again, NORA, NOW), posted.key)
    assert await team.acts() == [AdminAct.CHALLENGE_POSTED_AGAIN, AdminAct.CHALLENGE_POSTED]


@BOTH
async def test_a_post_left_in_doubt_is_kept_up_to_date_once_any_of_its_buttons_was_pressed(team: Challenged) -> None:
    posted = await team.posts(outcome=LOST)
    await can_not_be_looked_up(team)
    await team.meets(KENJI)
    await team.does(challenges.join, NOW, ID, MessageRef("C9", "9.000001"), who=KENJI)
    assert (await team.now(posted)).ts is None, "a press on another message confirms nothing"
    found = await team.store.read(deliveries.find, "T1", posted.key)
    assert found is not None
    await team.store.write(arrived, team.messages, NORA, found.delivery, Sent(CHANNEL, TS), NOW)
    assert await team.said(Kind.CHALLENGE) == [(DeliveryState.SENT, None)]
    assert (await team.now(posted)).ts == TS
    assert await team.sends(NOW) == [], "the notice has nothing to say any more"
