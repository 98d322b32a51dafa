"""A refusal of the token is a doubt: Slack is asked before a workspace is disconnected, and before it is deleted."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, select

from bot.coach import installing, membership
from bot.core.outcomes import GONE, REFUSES_THE_TOKEN, TOKENS
from bot.store import Store, doubts, retention, workspaces
from bot.store.retention import LATELY, Retention
from bot.store.schema import workspace
from tests.coach.members import DAY, NOW
from tests.coach.test_installing import grant
from tests.coach.weekly import BOTH

LEASE, HOUR = NOW + timedelta(minutes=1), timedelta(hours=1)
DAYS = Retention().departed
HEARD = partial(doubts.heard, has_app=True)


@pytest.fixture
async def connected(store: Store) -> Store:
    for workspace_id in ("T1", "T2"):
        await store.write(workspaces.connect, workspace_id, NOW)
    return store


async def why(store: Store, workspace_id: str = "T1") -> str | None:
    """Return why nothing is sent to a workspace; None if it is connected."""

    def read(tx: Connection) -> str | None:
        c = workspace.c
        found: str | None = tx.scalars(select(c.disconnected_why).where(c.workspace_id == workspace_id)).one()
        return found

    return await store.read(read)


async def refuses(store: Store, reason: str, now: datetime) -> str | None:
    """Let Slack refuse T1's token when it is asked. Return why the workspace is disconnected."""
    lease = now + timedelta(minutes=1)
    assert list(await store.write(doubts.take, now, lease, 9)) == ["T1"]
    return await store.write(doubts.refused, "T1", lease, reason, now)


async def refuses_for(store: Store, reason: str, start: datetime, span: timedelta) -> datetime:
    """Let Slack refuse the token every second day for so long. Return when it was asked last."""
    asked = [start + number * DAY for number in range(0, span // DAY + 1, 2)]
    for now in asked:
        await refuses(store, reason, now)
    return asked[-1]


async def is_deleted(store: Store, now: datetime) -> bool:
    return await store.write(retention.sweep_workspaces, Retention(), now) > 0


@BOTH
async def test_a_refusal_has_slack_asked_once_and_disconnects_nothing(connected: Store) -> None:
    for reason in ("account_inactive", "token_revoked"):
        await connected.write(installing.doubt, "T1", reason, NOW)
    assert await why(connected) is None
    assert list(await connected.write(doubts.take, NOW, LEASE, 9)) == ["T1"]
    assert await connected.write(doubts.take, NOW, LEASE, 9) == [], "another worker asks"
    assert await connected.write(doubts.refused, "T1", LEASE - HOUR, "token_revoked", NOW) is None, "its lease is over"
    assert await connected.write(doubts.accepted, "T1", LEASE)
    assert await connected.write(doubts.take, NOW + DAY, LEASE + DAY, 9) == []


async def test_a_workspace_whose_token_slack_refuses_is_asked_about_ever_later(connected: Store) -> None:
    await connected.write(installing.doubt, "T1", "token_revoked", NOW)
    assert await refuses(connected, "token_revoked", NOW) == "token_revoked"
    assert await why(connected) == "token_revoked"
    assert await why(connected, "T2") is None
    now = NOW
    for seconds in (30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600):
        now += timedelta(seconds=seconds)
        assert await connected.write(doubts.take, now - timedelta(seconds=1), LEASE, 9) == []
        await refuses(connected, "token_revoked", now)


async def test_a_clock_that_is_set_back_does_not_stop_the_questions(connected: Store) -> None:
    await connected.write(installing.doubt, "T1", "token_revoked", NOW + 8 * DAY)
    assert await connected.write(doubts.take, NOW, LEASE, 9) == ["T1"]


async def test_an_answer_about_a_token_that_was_replaced_meanwhile_counts_for_nothing(connected: Store) -> None:
    await connected.write(installing.doubt, "T1", "token_revoked", NOW)
    await connected.write(doubts.take, NOW, LEASE, 9)
    await connected.write(installing.install, grant("T1", 1), NOW)
    assert await connected.write(doubts.refused, "T1", LEASE, "token_revoked", NOW) is None
    assert await why(connected) is None


@BOTH
async def test_a_request_connects_a_workspace_again_and_has_slack_asked_at_once(connected: Store) -> None:
    await connected.write(installing.doubt, "T1", "account_inactive", NOW)
    await refuses(connected, "account_inactive", NOW)
    assert await connected.read(doubts.is_silent, "T1")
    assert not await connected.read(doubts.is_silent, "T2")
    soon = NOW + timedelta(seconds=1)  # before it would be asked again
    await connected.write(HEARD, "T1", soon)
    await connected.write(HEARD, "T2", soon)
    assert await why(connected) is None
    assert await connected.read(doubts.count_heard, soon) == 0
    await refuses(connected, "account_inactive", soon)
    assert await why(connected) == "account_inactive"
    assert await connected.read(doubts.count_heard, soon) == 1, "an operator should look"
    assert await connected.read(doubts.count_heard, NOW + 2 * DAY) == 0


@BOTH
async def test_a_workspace_that_another_token_disconnects_is_not_asked_about_any_more(connected: Store) -> None:
    await connected.write(installing.doubt, "T1", "account_inactive", NOW)
    await connected.write(membership.connect_alone, "T2", NOW)
    assert await connected.read(doubts.disconnected) == {}, "Slack did not refuse it"
    assert await connected.write(doubts.take, NOW, LEASE, 9) == []


async def test_a_request_does_not_connect_a_workspace_that_removed_the_app(connected: Store) -> None:
    await connected.write(membership.disconnected, "T1", "Ev1", NOW)
    await connected.write(HEARD, "T1", NOW)  # another process deleted the token meanwhile
    await connected.write(installing.doubt, "T1", "account_inactive", NOW)
    assert await why(connected) == "removed"
    assert await connected.write(doubts.take, NOW, LEASE, 9) == []


async def test_a_removed_workspace_in_which_somebody_asks_is_counted_and_keeps_its_data(connected: Store) -> None:
    await connected.write(membership.disconnected, "T1", "Ev1", NOW)
    asked_at = NOW + 20 * DAY
    await connected.write(partial(doubts.heard, has_app=False), "T1", asked_at)
    assert await connected.read(doubts.count_heard, asked_at) == 1, "an operator should look"
    assert not await is_deleted(connected, asked_at + DAYS)
    await connected.write(membership.disconnected, "T1", "Ev2", NOW + 21 * DAY)
    assert not await is_deleted(connected, NOW + 21 * DAY + DAYS), "another removal begins the days anew"
    assert await is_deleted(connected, NOW + 21 * DAY + DAYS + timedelta(seconds=1))


async def test_what_comes_right_after_a_removal_was_under_way_before_it(connected: Store) -> None:
    await connected.write(membership.disconnected, "T1", "Ev1", NOW)
    at = NOW + doubts.SENT_AGAIN
    await connected.write(partial(doubts.heard, has_app=False), "T1", at)
    assert await connected.read(doubts.count_heard, at) == 0
    await connected.write(partial(doubts.heard, has_app=False), "T1", at + timedelta(seconds=1))
    assert await connected.read(doubts.count_heard, at) == 1


# What is deleted.


@pytest.mark.parametrize("reason", sorted(REFUSES_THE_TOKEN))
async def test_only_a_workspace_that_is_gone_is_deleted(connected: Store, reason: str) -> None:
    await connected.write(installing.doubt, "T1", reason, NOW)
    last = await refuses_for(connected, reason, NOW, DAYS)
    assert not await is_deleted(connected, last)
    assert await is_deleted(connected, last + HOUR) == (reason in GONE)


async def test_nothing_is_deleted_before_slack_is_asked_again_and_again(connected: Store) -> None:
    await connected.write(installing.doubt, "T1", "account_inactive", NOW)
    await refuses(connected, "account_inactive", NOW)  # then no worker ran for long
    last = await refuses_for(connected, "account_inactive", NOW + 2 * DAYS, DAYS)
    assert not await is_deleted(connected, last), "the days began anew"
    late = last + LATELY + timedelta(seconds=1)
    assert not await is_deleted(connected, late), "it was not asked lately"
    await refuses(connected, "account_inactive", late)
    assert await is_deleted(connected, late)


async def test_the_days_begin_anew_after_a_request_or_another_answer(connected: Store) -> None:
    await connected.write(installing.doubt, "T1", "account_inactive", NOW)
    last = await refuses_for(connected, "account_inactive", NOW, DAYS - DAY)
    await connected.write(HEARD, "T1", last + HOUR)
    again = await refuses_for(connected, "account_inactive", last + HOUR, DAYS - DAY)
    assert not await is_deleted(connected, again + HOUR)
    await refuses(connected, "invalid_auth", again + HOUR)
    later = await refuses_for(connected, "account_inactive", again + 2 * HOUR, DAYS - DAY)
    assert not await is_deleted(connected, later + HOUR)


async def test_a_removal_counts_from_the_first_refusal(connected: Store) -> None:
    await connected.write(installing.doubt, "T1", "account_inactive", NOW)
    await refuses(connected, "account_inactive", NOW)
    await connected.write(membership.disconnected, "T1", "Ev1", NOW + DAY)
    assert not await is_deleted(connected, NOW + DAYS)
    assert await is_deleted(connected, NOW + DAYS + timedelta(seconds=1))


# Answers that are not about the token.


async def test_a_missing_scope_pauses_a_workspace_and_raises_no_doubt(connected: Store) -> None:
    for reason in TOKENS.keys() - REFUSES_THE_TOKEN:
        await connected.write(installing.doubt, "T1", reason, NOW)
    assert not await connected.read(doubts.is_silent, "T1")
    paused = await connected.read(
        lambda tx: tx.scalars(select(workspace.c.workspace_id).where(workspaces.IS_PAUSED)).all()
    )
    assert paused == ["T1"]
