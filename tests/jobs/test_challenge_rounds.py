"""The jobs close challenges, plan recaps, and update live messages, with any number of workers."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, select

from bot.coach import challenges, entries, membership
from bot.coach.entries import Taken
from bot.core.member import Profile
from bot.core.outbox import DeliveryState, Kind
from bot.playground.emulator.faults import delay
from bot.store.member_schema import delivery
from jobs import once
from jobs.challenges import update_challenges
from tests.acting import acting
from tests.coach.challenge import DRAFT, ID
from tests.jobs.conftest import EMIL, Office

NORA, ASHA = "U01NORA", "U03ASHA"
CHANNEL, DAY = "C02PLATFORM", timedelta(days=1)


async def meets(office: Office, *people: str) -> None:
    for who in people:
        profile = Profile(office.slack.workspace.person(who).zone, coachable=True)
        await office.services.store.write(membership.meet, office.key(who), profile, office.clock.at)


async def begins(office: Office) -> None:
    """Post a challenge of four days, which Emil joins."""
    await meets(office, NORA)
    nora = office.key(NORA)
    draft = replace(DRAFT, workspace_id=nora.workspace_id, started_by=NORA, channel=CHANNEL)
    await office.services.store.write(acting(challenges.keep, nora), replace(draft, ends_at=office.clock.at + 4 * DAY))
    await office.services.store.write(acting(challenges.post, nora, office.clock.at), ID)
    await once(office.services)
    await joins_in(office)


async def joins_in(office: Office, who: str = EMIL) -> Taken:
    await meets(office, who)
    return await office.services.store.write(acting(entries.join, office.key(who), office.clock.at), ID)


def said(office: Office, method: str = "chat.postMessage") -> list[str]:
    return [
        post.text.partition(":")[0] for post in office.slack.posts if (post.channel, post.method) == (CHANNEL, method)
    ]


async def test_four_workers_at_once_close_and_post_each_once(office: Office) -> None:
    await office.joins()
    await begins(office)
    for hours in (0, 97):
        office.clock.passes(hours=hours)
        await asyncio.gather(*(once(office.services) for _ in range(4)))
    assert said(office) == ["Team challenge", "Recap"]
    recaps = select(delivery.c.state).where(delivery.c.kind == Kind.RECAP)
    assert await office.services.store.read(Connection.scalar, recaps) == DeliveryState.SENT


async def test_a_click_in_the_middle_of_a_change_is_told_by_the_next(office: Office) -> None:
    await begins(office)
    office.slack.faults.add(delay("chat.update", seconds=0.05))
    changing = asyncio.create_task(office.runs(update_challenges))
    await joins_in(office, ASHA)
    await changing
    office.clock.passes(seconds=30)
    await office.runs(update_challenges)
    assert "2 are in." in str(office.slack.posts[-1].blocks)


async def test_a_worker_that_is_told_to_stop_changes_nothing_more(office: Office) -> None:
    await begins(office)
    await office.runs(update_challenges, stopped=True)
    assert said(office, "chat.update") == []
