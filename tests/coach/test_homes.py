"""Home tabs without Slack: who may publish one, and which changes make it due."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.coach import admins, challenges, homes, membership, schedules
from bot.coach.home import PLANNED_WITHIN, Home
from bot.coach.home import home as read_home
from bot.coach.messages import Messages
from bot.core.catalog import Catalog
from bot.core.member import Profile
from bot.core.outbox import Kind, NewDelivery
from bot.core.outcomes import Sent
from bot.outbox import deliveries, leases, sending
from bot.store import Store
from bot.store import homes as rows
from bot.store.homes import ClaimedHome
from bot.store.member_schema import home
from bot.store.schema import challenge, workspace
from tests.coach.challenge import DRAFT, ID
from tests.coach.members import BERLIN, DAY, EMIL, NAMESAKE, NORA, NOW

LEASE = 60.0
OTHER = "another process"


@pytest.fixture
async def opened(store: Store) -> Store:
    """Return a store in which Nora, Emil, and Nora's namesake in another workspace opened their Homes."""
    for who in (NORA, EMIL, NAMESAKE):
        await store.write(membership.connect, who.workspace_id, NOW)
        await store.write(membership.meet, who, BERLIN, NOW)
        await store.write(homes.opened, who, None, None, NOW)
    return store


async def claims(store: Store, holder: str = "mine", at: timedelta = DAY * 0) -> list[ClaimedHome]:
    return sorted(await store.write(homes.claim, LEASE, holder, NOW + at, 20), key=lambda each: each.who)


async def publishes_all(store: Store) -> None:
    for claimed in await claims(store):
        await store.write(rows.release, claimed, "shown", "hash", NOW + DAY)


async def test_a_home_is_handed_to_one_process_at_a_time(opened: Store) -> None:
    assert [each.who for each in await claims(opened)] == [NORA, EMIL, NAMESAKE]
    assert await claims(opened, OTHER, DAY) == []
    assert await opened.write(homes.claim_one, LEASE, NORA, OTHER, NOW + DAY) is None


async def test_a_change_during_a_publication_is_published_after_it(opened: Store) -> None:
    nora, *others = await claims(opened)
    await opened.write(rows.changed, NORA, NOW + timedelta(seconds=1))
    for claimed in (nora, *others):
        await opened.write(rows.release, claimed, "shown", "hash", NOW + DAY)
    assert [each.who for each in await claims(opened, at=timedelta(seconds=1))] == [NORA]


async def test_a_home_whose_publisher_died_is_due_after_the_lease_and_the_dead_one_is_ignored(opened: Store) -> None:
    dead, *_ = await opened.write(homes.claim, 0.0, "dead", NOW, 1)
    (again,) = [each for each in await claims(opened) if each.who == dead.who]
    await opened.write(rows.release, dead, "old", "old", NOW + DAY)
    await opened.write(rows.release, again, "new", "new", NOW + DAY)
    await opened.write(rows.release, dead, "old", "old", NOW + DAY)
    (kept,) = [each for each in await claims(opened, at=DAY) if each.who == dead.who]
    assert kept.shown == "new"


async def test_homes_of_a_workspace_that_is_paused_or_gone_are_not_handed_out(opened: Store) -> None:
    await opened.write(membership.hold, NORA.workspace_id, timedelta(minutes=1))
    await opened.write(membership.disconnected, NAMESAKE.workspace_id, "Ev1", NOW)
    assert await claims(opened) == []


async def test_a_limit_of_homes_stops_no_message_and_no_home_elsewhere(opened: Store) -> None:
    nora, *_ = await claims(opened)
    await opened.write(homes.wait, nora, timedelta(minutes=1), NOW)
    key = NewDelivery(
        workspace_id=NORA.workspace_id, key="nudge:U1:2026-W48", kind=Kind.NUDGE, member_id=NORA.member_id,
        due_at=NOW, until=NOW + DAY,
    )  # fmt: skip
    await opened.write(deliveries.put, [key])
    (ready,) = await opened.write(leases.ready, NOW, 10, 0.25)
    assert ready.workspace_id == NORA.workspace_id, "the message goes at once"
    for who in (NORA, NAMESAKE):
        await opened.write(homes.used, who, NOW)
    assert await opened.write(homes.claim_one, LEASE, NORA, OTHER, NOW) is None
    await opened.write(homes_resume, NORA.workspace_id)
    assert await opened.write(homes.claim_one, LEASE, NORA, OTHER, NOW) is not None


def homes_resume(tx: Connection, workspace_id: str) -> None:
    """End the pause of a workspace's Homes, as if its time were over."""
    tx.execute(update(workspace).where(workspace.c.workspace_id == workspace_id).values(homes_paused_until=None))


async def test_a_home_that_nobody_opened_for_30_days_is_left_alone_and_then_deleted(opened: Store) -> None:
    await opened.write(homes.used, EMIL, NOW + DAY)
    later = 30 * DAY + timedelta(seconds=1)
    assert [each.who for each in await claims(opened, at=later)] == [EMIL]
    assert await opened.write(homes.sweep, NOW + later, 500) == 2
    assert not await opened.read(rows.is_kept, NORA)
    assert await opened.read(rows.is_kept, EMIL)


async def test_a_click_of_a_member_whose_row_is_gone_brings_it_back(opened: Store) -> None:
    await opened.write(membership.forget, NORA, NOW)
    assert not await opened.read(rows.is_kept, NORA)
    await opened.write(membership.meet, NORA, BERLIN, NOW + DAY)
    await opened.write(homes.used, NORA, NOW + DAY)
    assert NORA in [each.who for each in await claims(opened, at=DAY)]


def delivered(tx: Connection, catalog: Catalog) -> None:
    """Send Nora the welcome that her yes has planned."""
    (claimed,) = sending.claim(tx, Messages(catalog), sending.Pace(), "t", NOW)
    sending.begin(tx, Messages(catalog), "t", [claimed], NOW, lambda claim: claim)
    sending.finish(tx, Messages(catalog), "t", [(claimed, Sent("D1", "1.1"))], NOW)


def ended_by_time(tx: Connection, _catalog: Catalog) -> None:
    tx.execute(update(challenge).values(ends_at=NOW))
    assert challenges.close_due(tx, NOW) == 1


MOVED = Profile("Asia/Tokyo", coachable=True)
Change = Callable[[Connection, Catalog], Any]
CHANGES: dict[str, Change] = {
    "a message arrived": delivered,
    "Slack says that they moved": lambda tx, _: membership.changed(tx, NORA, MOVED, "Ev1", NOW),
}
CHANGES_FOR_ALL: dict[str, Change] = {
    "a challenge is posted": lambda tx, _: challenges.post(tx, EMIL, ID, NOW),
    "a challenge is closed": lambda tx, _: (challenges.post(tx, EMIL, ID, NOW), challenges.close(tx, EMIL, ID, NOW)),
    "a challenge is cancelled": lambda tx, _: (
        challenges.post(tx, EMIL, ID, NOW),
        challenges.cancel(tx, EMIL, ID, NOW),
    ),
    "a challenge ended": ended_by_time,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_what_others_do_to_a_member_makes_their_home_due(opened: Store, catalog: Catalog, change: Change) -> None:
    await opened.write(has_consent)
    await publishes_all(opened)
    await opened.write(change, catalog)
    assert [each.who for each in await claims(opened)] == [NORA]


@pytest.mark.parametrize("change", CHANGES_FOR_ALL.values(), ids=CHANGES_FOR_ALL)
async def test_what_a_challenge_does_makes_all_homes_of_its_workspace_due_and_no_others(
    opened: Store, catalog: Catalog, change: Change
) -> None:
    await opened.write(challenges.keep, EMIL, replace(DRAFT, started_by=EMIL.member_id))
    if change is ended_by_time:
        await opened.write(challenges.post, EMIL, ID, NOW)
    await publishes_all(opened)
    await opened.write(change, catalog)
    assert [each.who for each in await claims(opened)] == [NORA, EMIL]


async def test_a_home_is_looked_at_again_when_time_alone_changes_it(opened: Store, catalog: Catalog) -> None:
    midnight = datetime(2026, 11, 24, 23, tzinfo=UTC)  # in Berlin
    assert (await opened.read(home_of, catalog)).changes_at == midnight
    await opened.write(has_consent)
    schedule = (await opened.read(home_of, catalog)).schedule
    assert schedule is not None
    due_at = schedule.next_due_at
    assert due_at is not None
    just_before = due_at - timedelta(minutes=1)
    assert (await opened.read(home_of, catalog, just_before)).changes_at == due_at + PLANNED_WITHIN
    await opened.write(schedules.pause, NORA, NOW + timedelta(hours=2), NOW)
    assert (await opened.read(home_of, catalog)).changes_at == NOW + timedelta(hours=2)
    await opened.write(challenges.keep, EMIL, replace(DRAFT, started_by="U2", starts_at=NOW + timedelta(hours=1)))
    await opened.write(challenges.post, EMIL, ID, NOW)
    assert (await opened.read(home_of, catalog)).changes_at == NOW + timedelta(hours=1)


def home_of(tx: Connection, catalog: Catalog, now: datetime = NOW) -> Home:
    return read_home(tx, catalog, NORA, now)


async def test_new_content_makes_all_homes_due(opened: Store) -> None:
    await publishes_all(opened)
    assert await opened.write(rows.everywhere_changed, NOW, rows.FIRST, 2) == EMIL, "the last of the first two"
    assert [each.who for each in await claims(opened)] == [NORA, EMIL]
    assert await opened.write(rows.everywhere_changed, NOW, EMIL, 2) == NAMESAKE
    assert [each.who for each in await claims(opened)] == [NAMESAKE]
    assert await opened.write(rows.everywhere_changed, NOW, NAMESAKE, 2) is None


async def test_the_desk_is_on_the_home_of_admins_of_both_kinds_until_they_are_none(opened: Store) -> None:
    admin, member = Profile(None, coachable=True, is_admin=True), Profile(None, coachable=True)
    assert await opened.write(homes.see_profile, NORA, admin, NOW)
    assert not await opened.write(homes.see_profile, NORA, admin, NOW), "nothing changed"
    await opened.write(admins.add, NORA, EMIL, NOW)
    assert await opened.write(homes.see_profile, EMIL, member, NOW)
    await opened.write(membership.changed, NORA, member, "Ev2", NOW)
    is_admin = dict(await opened.read(lambda tx: tx.execute(select(home.c.member_id, home.c.is_admin)).all()))
    assert is_admin == {"U1": False, "U2": True}


def has_consent(tx: Connection) -> None:
    """Let Nora say yes to weekly tips."""
    schedules.accept(tx, NORA, None, None, NOW)
