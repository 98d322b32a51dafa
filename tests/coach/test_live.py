"""One worker updates a live message when it is out of date, and never while the workspace is paused."""

from datetime import datetime, timedelta

import pytest

from bot.coach import challenges, entries, membership
from bot.coach.challenges import Outdated
from bot.core.challenges import ChallengeState, Standing
from bot.core.outcomes import Unknown
from bot.store import pauses
from tests.coach.challenge import ID, Challenged
from tests.coach.members import EMIL, NAMESAKE, NORA
from tests.coach.weekly import BOTH, DAY, TUESDAY, one_of

NOW, HALF_A_MINUTE = TUESDAY, timedelta(seconds=30)
THREE_SECONDS = timedelta(seconds=3)
LATER = NOW + timedelta(seconds=1)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    return one_of(request)


async def changes(team: Challenged, message: Outdated, at: datetime = LATER) -> None:
    await team.store.write(challenges.claim_update, message.challenge, at)
    await team.store.write(challenges.showed, message, at)


@BOTH
async def test_an_up_to_date_live_message_is_not_changed(team: Challenged) -> None:
    await team.posts()
    assert await team.outdated(LATER) == []
    await team.joins_in()
    (message,) = await team.outdated(LATER)
    assert message.standing == Standing(1, 0)
    await changes(team, message)
    assert await team.outdated(LATER + DAY / 4) == []


@BOTH
async def test_one_worker_gets_the_lease_and_the_next_change_waits_three_seconds(team: Challenged) -> None:
    await team.posts()
    await team.joins_in()
    (message,) = await team.outdated(LATER)
    assert [await team.store.write(challenges.claim_update, message.challenge, LATER) for _ in range(3)] == [
        True,
        False,
        False,
    ]
    await team.has_done_it()
    assert await team.outdated(LATER + THREE_SECONDS) == []  # the worker that claimed it may still be waiting for Slack
    await team.store.write(challenges.showed, message, LATER)
    assert await team.outdated(LATER + THREE_SECONDS - timedelta.resolution) == []
    assert [news.standing for news in await team.outdated(LATER + THREE_SECONDS)] == [Standing(1, 1)]


@BOTH
async def test_the_first_five_changes_may_follow_after_three_seconds_and_later_ones_after_thirty(
    team: Challenged,
) -> None:
    await team.posts()
    at, pauses = LATER, []
    for number in range(7):
        await (team.joins_in() if number % 2 == 0 else team.store.write(entries.leave, EMIL, ID, at))
        (message,) = await team.outdated(at)
        await changes(team, message, at)
        await (team.store.write(entries.leave, EMIL, ID, at) if number % 2 == 0 else team.joins_in())
        waits = [pause for pause in (THREE_SECONDS, HALF_A_MINUTE) if await team.outdated(at + pause)]
        pauses.append(waits[0])
        at += waits[0]
        await (team.joins_in() if number % 2 == 0 else team.store.write(entries.leave, EMIL, ID, at))
    assert pauses == [THREE_SECONDS] * 4 + [HALF_A_MINUTE] * 3


async def test_an_ended_challenge_is_updated_only_after_it_is_closed(team: Challenged) -> None:
    posted = await team.posts()
    await team.joins_in()
    assert await team.outdated(posted.ends_at - timedelta.resolution) != []
    assert await team.outdated(posted.ends_at) == []
    await team.store.write(challenges.close_due, posted.ends_at)
    (message,) = await team.outdated(posted.ends_at)
    assert message.challenge.state is ChallengeState.CLOSED


async def test_an_unconfirmed_change_is_repeated_after_thirty_seconds(team: Challenged) -> None:
    await team.posts()
    await team.joins_in()
    (message,) = await team.outdated(LATER)
    await team.store.write(challenges.claim_update, message.challenge, LATER)
    assert await team.outdated(LATER + HALF_A_MINUTE) == [message]


@BOTH
async def test_nothing_is_changed_in_a_paused_or_disconnected_workspace(team: Challenged) -> None:
    await team.opens("T2")
    for who in (NORA, NAMESAKE):
        await team.posts(who)
        await team.joins_in(who)
    here, there = await team.outdated(LATER)
    await team.store.write(pauses.pause, here.challenge.workspace_id, 600)
    assert await team.outdated(LATER) == [there]
    assert not await team.store.write(challenges.claim_update, here.challenge, LATER)  # it was read before
    assert await team.store.write(challenges.claim_update, there.challenge, LATER)
    await team.store.write(membership.disconnected, "T2", "Ev1", LATER)
    assert await team.outdated(LATER + HALF_A_MINUTE) == []
    await team.store.write(membership.connect, "T2", LATER)
    assert [message.challenge.workspace_id for message in await team.outdated(LATER + HALF_A_MINUTE)] == ["T2"]


@BOTH
@pytest.mark.parametrize("how", ["close", "cancel"])
async def test_an_ended_challenge_is_updated_one_last_time(team: Challenged, how: str) -> None:
    await team.posts()
    await team.store.write(getattr(challenges, how), NORA, ID, LATER)
    (last,) = await team.outdated(LATER)
    await changes(team, last)
    await team.store.write(membership.forget, NORA, NOW)
    assert await team.outdated(LATER + 90 * DAY) == []


async def test_an_unconfirmed_live_message_is_not_changed(team: Challenged) -> None:
    await team.posts(outcome=Unknown("timeout"))
    await team.joins_in(seen=None)
    assert await team.outdated(NOW + DAY) == []


@BOTH
async def test_a_forgotten_member_is_no_longer_counted(team: Challenged) -> None:
    await team.posts()
    await team.has_done_it()
    (message,) = await team.outdated(LATER)
    await changes(team, message)
    await team.store.write(membership.forget, EMIL, NOW)
    assert [news.standing for news in await team.outdated(LATER + HALF_A_MINUTE)] == [Standing(0, 0)]
