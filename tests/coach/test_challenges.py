"""Running a challenge: stored, posted once, shown, ended once; and what a forgetting leaves of it."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select

from bot.coach import challenges, membership
from bot.coach.challenges import Outdated
from bot.core.challenges import ChallengeState, Sharing, Standing
from bot.core.member import Act
from bot.core.outbox import DeliveryState, Kind
from bot.core.outcomes import Refused, Touches
from bot.store import challenges as challenge_rows
from bot.store import workspaces
from bot.store.member_schema import delivery, entry
from tests.coach.challenge import DRAFT, ID, KENJI, OTHER_ID, WEEK, Challenged, posting_of
from tests.coach.members import EMIL, NAMESAKE, NORA
from tests.coach.weekly import BOTH, DAY, HOUR, TUESDAY

DATABASE = "sqlite"  # unless a test asks for both
NOW, HALF_A_MINUTE = TUESDAY, timedelta(seconds=30)
THREE_SECONDS = timedelta(seconds=3)
LATER = NOW + timedelta(seconds=1)
NO_CHANNEL = Refused("not_in_channel", Touches.CHANNEL)
MINUTE = timedelta(minutes=1)


# Kept and posted.


@BOTH
async def test_posting_a_draft_twice_concurrently_makes_one_delivery_and_one_act(team: Challenged) -> None:
    await team.keeps()
    both = await asyncio.gather(*(team.store.write(challenges.post, NORA, ID, NOW) for _ in range(2)))
    assert both[0] == both[1]
    assert await team.said(Kind.CHALLENGE) == [(DeliveryState.PLANNED, None)]
    assert await team.acts() == [Act.CHALLENGE_POSTED]


async def test_an_old_form_can_not_overwrite_a_posted_challenge(team: Challenged) -> None:
    posted = await team.posts()
    assert "already posted" in await team.refuses(challenges.keep, NORA, replace(DRAFT, title="Too late"))
    assert await team.now(posted) == posted


# The end.


@BOTH
async def test_each_ended_challenge_is_closed_once_and_gets_a_recap_if_it_was_posted(team: Challenged) -> None:
    seen = await team.posts()
    planned = await team.orders(challenge_id=OTHER_ID, starts_at=NOW + DAY, ends_at=seen.ends_at)
    assert await team.store.write(challenges.close_due, seen.ends_at - timedelta.resolution) == 0
    closed = await asyncio.gather(*(team.store.write(challenges.close_due, seen.ends_at) for _ in range(2)))
    assert sum(closed) == 2
    assert {(await team.now(posted)).state for posted in (seen, planned)} == {ChallengeState.CLOSED}
    assert await team.said(Kind.RECAP) == [(DeliveryState.PLANNED, None)]
    assert sorted(await team.said(Kind.CHALLENGE)) == [
        (DeliveryState.CANCELLED, "it is over"),
        (DeliveryState.SENT, None),
    ]


@BOTH
@pytest.mark.parametrize("how", ["close", "cancel"])
async def test_ending_a_challenge_twice_by_hand_ends_it_once(team: Challenged, how: str) -> None:
    await team.posts()
    for later in (NOW + HOUR, NOW + 2 * HOUR):
        ended = await team.store.write(getattr(challenges, how), NORA, ID, later)
        assert ended.ends_at == NOW + HOUR
    assert await team.store.write(challenges.close_due, NOW + WEEK) == 0
    assert len(await team.said(Kind.RECAP)) == (how == "close")
    assert len(await team.acts()) == 2


# Drafts, and forgotten members.


@BOTH
async def test_old_drafts_are_deleted_with_their_entries(team: Challenged) -> None:
    await team.orders()
    await team.joins_in(seen=None)  # from the list, before Slack refused it
    await team.sends(NOW, NO_CHANNEL)
    kept = await team.posts(challenge_id=OTHER_ID)
    await team.joins_in(challenge_id=OTHER_ID)
    assert await team.store.write(challenge_rows.sweep, DRAFT.ends_at) == 0
    assert await team.store.write(challenge_rows.sweep, DRAFT.ends_at + DAY) == 1
    assert await team.store.read(_entries) == [OTHER_ID]
    assert await team.now(kept) == kept


def _entries(tx: Connection) -> list[str]:
    return list(tx.scalars(select(entry.c.challenge_id)))


@BOTH
async def test_a_challenge_goes_on_after_its_organiser_is_forgotten(team: Challenged) -> None:
    posted = await team.posts()
    await team.writes("Mine.", EMIL)
    await team.joins_in(KENJI)
    await team.writes("Noras.", NORA, Sharing.UNNAMED)
    await team.store.write(challenges.pick, NORA, ID, await team.ids(), NOW)
    await team.keeps(challenge_id=OTHER_ID)
    for who in (EMIL, NORA):
        await team.store.write(membership.forget, who, NOW)
    assert await team.store.write(challenge_rows.sweep, NOW) == 1, "a draft goes with its writer"
    assert await team.standing() == Standing(joined=1, done=0)
    assert (await team.now(posted)).started_by is None
    await team.sends(NOW + MINUTE)
    assert await team.said(Kind.LINE) == [(DeliveryState.CANCELLED, "nothing to say any more")]
    await team.store.write(challenges.close_due, posted.ends_at)
    (recap,) = await team.sends(posted.ends_at)
    assert posting_of(recap).lines == ()
    assert await team.store.read(_mentions, "U2") == 0


def _mentions(tx: Connection, member_id: str) -> int:
    about = delivery.c.key.contains(member_id) | (delivery.c.member_id == member_id)
    return tx.execute(select(func.count()).select_from(delivery).where(about)).scalar_one()


# Two workspaces.


@BOTH
async def test_two_workspaces_with_the_same_ids_never_mix(team: Challenged) -> None:
    await team.opens("T2")
    here, there = await team.posts(), await team.posts(NAMESAKE)
    await team.joins_in(NORA)
    await team.has_done_it(NAMESAKE)
    await team.store.write(challenges.cancel, NORA, ID, NOW)
    assert (await team.now(there)).state is ChallengeState.OPEN
    assert (await team.standing(here), await team.standing(there)) == (Standing(1, 0), Standing(1, 1))
    listing = await team.store.read(challenges.listing, NAMESAKE, NOW)
    assert [item.challenge.workspace_id for item in listing.items] == ["T2"]
    await team.store.write(membership.forget, NORA, NOW)
    assert (await team.now(there)).started_by == "U1"
    assert await team.standing(there) == Standing(1, 1)


async def changes(team: Challenged, message: Outdated, at: datetime = LATER) -> None:
    lease = await team.store.write(challenges.claim_update, message.challenge, at)
    assert lease
    await team.store.write(challenges.showed, message, lease, at)


@BOTH
async def test_one_worker_gets_the_lease_and_the_next_change_waits_three_seconds(team: Challenged) -> None:
    await team.posts()
    await team.joins_in()
    (message,) = await team.outdated(LATER)
    lease, *others = [await team.store.write(challenges.claim_update, message.challenge, LATER) for _ in range(3)]
    assert lease
    assert others == [None, None]
    await team.has_done_it()
    assert await team.outdated(LATER + THREE_SECONDS) == []  # the worker that claimed it may still be waiting for Slack
    await team.store.write(challenges.showed, message, lease, LATER)
    assert await team.outdated(LATER + THREE_SECONDS - timedelta.resolution) == []
    assert [news.standing for news in await team.outdated(LATER + THREE_SECONDS)] == [Standing(1, 1)]


@BOTH
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
    assert await team.outdated(after + THREE_SECONDS) == []
    assert len(await team.outdated(after + HALF_A_MINUTE)) == 1


@BOTH
async def test_nothing_is_changed_in_a_paused_or_disconnected_workspace(team: Challenged) -> None:
    await team.opens("T2")
    for who in (NORA, NAMESAKE):
        await team.posts(who)
        await team.joins_in(who)
    here, there = await team.outdated(LATER)
    await team.store.write(workspaces.pause, here.challenge.workspace_id, 600)
    assert await team.outdated(LATER) == [there]
    assert not await team.store.write(challenges.claim_update, here.challenge, LATER)  # it was read before
    assert await team.store.write(challenges.claim_update, there.challenge, LATER)
    await team.store.write(membership.disconnected, "T2", "Ev1", LATER)
    assert await team.outdated(LATER + HALF_A_MINUTE) == []
    await team.store.write(workspaces.connect, "T2", LATER)
    assert [message.challenge.workspace_id for message in await team.outdated(LATER + HALF_A_MINUTE)] == ["T2"]


@BOTH
async def test_a_forgotten_member_is_no_longer_counted(team: Challenged) -> None:
    await team.posts()
    await team.has_done_it()
    (message,) = await team.outdated(LATER)
    await changes(team, message)
    await team.store.write(membership.forget, EMIL, NOW)
    assert [news.standing for news in await team.outdated(LATER + HALF_A_MINUTE)] == [Standing(0, 0)]
