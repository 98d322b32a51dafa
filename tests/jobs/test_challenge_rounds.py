"""The jobs close challenges, plan last calls and recaps, and update live messages, with any number of workers."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.coach import challenges, entries, membership
from bot.coach.entries import Taken
from bot.core.challenges import Challenge, ChallengeState
from bot.core.member import MemberKey, Profile
from bot.core.outbox import DeliveryState, Kind
from bot.playground.emulator.faults import delay, drop, limit, lose, refuse
from bot.store import challenges as rows
from bot.store.member_schema import delivery
from jobs import once, reports
from jobs.challenges import close_challenges, update_challenges
from jobs.deliver import deliver
from jobs.sweep import sweep
from jobs.tokens import check_tokens
from tests.coach.challenge import DRAFT, ID, OTHER_ID
from tests.jobs.conftest import EMIL, Office

NORA, ASHA = "U01NORA", "U03ASHA"
CHANNEL, DAY = "C02PLATFORM", timedelta(days=1)


def never() -> asyncio.Event:
    return asyncio.Event()


async def meets(office: Office, *people: str) -> None:
    for who in people:
        profile = Profile(office.slack.workspace.person(who).zone, coachable=True)
        await office.services.store.write(membership.meet, office.key(who), profile, office.clock.at)


async def posts(office: Office, days: int = 4) -> Challenge:
    await meets(office, NORA)
    nora = office.key(NORA)
    draft = replace(DRAFT, workspace_id=nora.workspace_id, started_by=NORA, channel=CHANNEL)
    await office.services.store.write(challenges.keep, nora, replace(draft, ends_at=office.clock.at + days * DAY))
    await office.services.store.write(challenges.post, nora, ID, office.clock.at)
    await once(office.services)
    return await now(office)


async def now(office: Office) -> Challenge:
    found = await office.services.store.read(rows.find, office.slack.workspace.id, ID)
    assert found is not None
    return found


async def joins_in(office: Office, who: str = EMIL) -> Taken:
    await meets(office, who)
    return await office.services.store.write(entries.join, office.key(who), ID, office.clock.at)


async def has_done_it(office: Office, who: str = EMIL) -> Taken:
    await meets(office, who)
    return await office.services.store.write(entries.did, office.services.catalog, office.key(who), ID, office.clock.at)


def said(office: Office, method: str = "chat.postMessage") -> list[str]:
    """Return the first words of what was posted or changed in the channel."""
    return [
        post.text.partition(":")[0] for post in office.slack.posts if (post.channel, post.method) == (CHANNEL, method)
    ]


# Closing.


async def test_at_its_end_it_is_closed_its_recap_posted_and_its_message_changed(office: Office) -> None:
    await posts(office)
    await has_done_it(office)
    office.clock.passes(days=4)
    await once(office.services)
    assert (await now(office)).state is ChallengeState.CLOSED
    assert said(office) == ["Team challenge", "Recap"]
    assert office.slack.posts[-1].method == "chat.update"
    assert "(closed)" in office.slack.posts[-1].text


async def test_before_its_end_nothing_is_closed_and_nothing_said_in_the_log(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await posts(office)
    caplog.clear()
    with caplog.at_level(logging.INFO, "jobs"):
        office.clock.passes(hours=1)
        await close_challenges(office.services, never())
    assert (await now(office)).state is ChallengeState.OPEN
    assert caplog.messages == []


async def test_a_worker_that_slept_through_the_end_closes_it_late_and_once(office: Office) -> None:
    await posts(office)
    await has_done_it(office)
    office.clock.passes(days=30)
    for _ in range(3):
        await once(office.services)
    assert said(office) == ["Team challenge", "Recap"]


def _states(tx: Connection, kind: Kind) -> list[str]:
    return list(tx.scalars(select(delivery.c.state).where(delivery.c.kind == kind)))


async def test_four_workers_at_once_close_call_and_post_each_once(office: Office) -> None:
    await office.joins()
    await posts(office)
    await joins_in(office)
    for hours in (0, 49, 48):
        office.clock.passes(hours=hours)
        await asyncio.gather(*(once(office.services) for _ in range(4)))
    assert said(office) == ["Team challenge", "Recap"]
    assert office.received().count("Still open for you") == 1
    for kind in (Kind.RECAP, Kind.LAST_CALL):
        states = await office.services.store.read(_states, kind)
        assert states == [DeliveryState.SENT], kind


async def test_what_was_closed_and_called_is_counted_in_the_log(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.joins()
    await posts(office)
    await joins_in(office)
    with caplog.at_level(logging.INFO, "jobs"):
        for _ in range(2):
            office.clock.passes(days=2)
            await close_challenges(office.services, never())
    assert caplog.messages == ["challenges.called", "challenges.closed"]


async def test_the_forecast_tells_of_last_calls_and_notices_too(office: Office) -> None:
    for who in (NORA, EMIL):
        await office.joins(who)
    await posts(office)
    await joins_in(office)
    office.clock.passes(hours=58)  # at night
    await close_challenges(office.services, never())
    then_waits = replace(limit("chat.postMessage", seconds=60), skip=1)
    office.slack.faults.add(refuse("chat.postMessage", error="is_archived"), then_waits)
    await office.services.store.write(
        challenges.keep, office.key(NORA), replace(await now(office), challenge_id=OTHER_ID)
    )
    await office.services.store.write(challenges.post, office.key(NORA), OTHER_ID, office.clock.at)
    await deliver(office.services, never())
    lines = [
        line.partition(f"/{who}  ")[2] async for line in reports.plan(office.services, DAY) for who in (NORA, EMIL)
    ]
    assert "last-call  a challenge that they joined and have not done" in lines
    assert "notice  a challenge that could not be posted, and the fix" in lines


async def test_drafts_of_last_week_are_swept(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    await meets(office, NORA)
    nora = office.key(NORA)
    ends_at = office.clock.at + DAY
    await office.services.store.write(
        challenges.keep, nora, replace(DRAFT, workspace_id=nora.workspace_id, started_by=NORA, ends_at=ends_at)
    )
    with caplog.at_level(logging.INFO, "jobs"):
        for days in (7, 2):
            office.clock.passes(days=days)
            await sweep(office.services, never())
    assert caplog.messages == ["drafts.swept"]


# The live message.


async def test_it_is_changed_where_something_is_different_and_left_alone_where_not(office: Office) -> None:
    await posts(office)
    await update_challenges(office.services, never())
    assert said(office, "chat.update") == []
    await joins_in(office)
    for _ in range(3):
        await update_challenges(office.services, never())
    assert said(office, "chat.update") == ["Team challenge"]


async def test_four_workers_at_once_change_it_once(office: Office) -> None:
    await posts(office)
    await joins_in(office)
    office.slack.faults.add(delay("chat.update", seconds=0.05, times=None))
    await asyncio.gather(*(update_challenges(office.services, never()) for _ in range(4)))
    assert len(said(office, "chat.update")) == 1


async def test_a_click_in_the_middle_of_a_change_is_told_by_the_next(office: Office) -> None:
    await posts(office)
    await joins_in(office)
    office.slack.faults.add(delay("chat.update", seconds=0.05))
    changing = asyncio.create_task(update_challenges(office.services, never()))
    await joins_in(office, ASHA)
    await changing
    office.clock.passes(seconds=30)
    await update_challenges(office.services, never())
    assert "2 are in." in str(office.slack.posts[-1].blocks)


async def test_a_worker_that_is_told_to_stop_changes_nothing_more(office: Office) -> None:
    await posts(office)
    await joins_in(office)
    stopping = never()
    stopping.set()
    await update_challenges(office.services, stopping)
    assert said(office, "chat.update") == []


@pytest.mark.parametrize("fault", [lose("chat.update"), drop("chat.update")], ids=["lost", "dropped"])
async def test_where_the_answer_is_lost_it_is_changed_again_and_says_the_same(office: Office, fault: object) -> None:
    await posts(office)
    await joins_in(office)
    office.slack.faults.add(fault)  # type: ignore[arg-type]  # one of the two
    for _ in range(4):
        await update_challenges(office.services, never())
        office.clock.passes(seconds=30)
    assert "1 is in." in str(office.slack.posts[-1].blocks)
    assert len(said(office, "chat.update")) <= 2


async def test_a_429_pauses_every_change_and_post_of_the_workspace(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await posts(office)
    await joins_in(office)
    office.slack.faults.add(limit("chat.update", seconds=30))
    for _ in range(3):
        await update_challenges(office.services, never())
        office.clock.passes(minutes=1)
    assert office.slack.limits.early == []
    assert said(office, "chat.update") == []
    assert caplog.messages.count("challenge.not_updated") == 1
    await office.services.store.write(challenges.close, office.key(NORA), ID, office.clock.at)
    await deliver(office.services, never())
    assert said(office) == ["Team challenge"]


async def test_a_dead_token_disconnects_the_workspace_and_loses_no_change(office: Office) -> None:
    await posts(office)
    await joins_in(office)
    dead = refuse("chat.update", error="token_revoked", times=None)
    office.slack.faults.add(dead, refuse("auth.test", error="token_revoked", times=None))
    for _ in range(3):
        await update_challenges(office.services, never())
        await check_tokens(office.services, never())
        office.clock.passes(minutes=1)
    assert dead.struck == 1
    assert said(office, "chat.update") == []
    office.slack.faults.clear()
    office.clock.passes(minutes=10)
    await check_tokens(office.services, never())
    await update_challenges(office.services, never())
    assert said(office, "chat.update") == ["Team challenge"]


async def test_a_message_that_is_gone_is_asked_for_once(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    posted = await posts(office)
    assert posted.ts is not None
    office.slack.workspace.remove(office.slack.workspace.find(CHANNEL, posted.ts))
    await joins_in(office)
    office.clock.passes(minutes=1)  # a day less is left from now on
    for _ in range(3):
        await update_challenges(office.services, never())
        office.clock.passes(minutes=1)
    assert [refusal.error for refusal in office.slack.refused] == ["message_not_found"]
    assert caplog.messages.count("challenge.not_updated") == 1


async def test_another_workspaces_challenge_of_the_same_id_is_not_touched(office: Office) -> None:
    await posts(office)
    elsewhere = MemberKey("T2", NORA)
    store = office.services.store
    await store.write(membership.meet, elsewhere, Profile("UTC", coachable=True), office.clock.at)
    ends_at = office.clock.at + 9 * DAY
    draft = replace(DRAFT, workspace_id="T2", started_by=NORA, ends_at=ends_at)
    await store.write(challenges.keep, elsewhere, draft)
    await store.write(challenges.post, elsewhere, ID, office.clock.at)
    office.clock.passes(days=4)
    await once(office.services)
    there = await store.read(rows.find, "T2", ID)
    assert there is not None
    assert there.state is ChallengeState.OPEN
