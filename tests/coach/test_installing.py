"""Installations and removals come in any order, twice and late; what happened last counts."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.coach import installing, membership
from bot.core.installation import Installation, Sealed
from bot.core.member import MemberKey, Profile
from bot.store import Store, admins, doubts, installations, retention
from bot.store.member_schema import delivery
from bot.store.retention import Retention
from bot.store.schema import workspace
from tests.coach.members import DAY, NOW
from tests.coach.weekly import BOTH

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def grant(workspace_id: str, minute: int, expires_at: datetime | None = None) -> Installation:
    """Return what Slack grants at this minute. The minute stands in the token."""
    sealed = Sealed("k1", f"token-{minute}", None if expires_at is None else f"refresh-{minute}")
    return Installation(workspace_id, NOW + minute * MINUTE, "UBOT", frozenset({"commands"}), sealed, expires_at, "U1")


async def test_a_refresh_that_ends_after_a_removal_stores_nothing(store: Store) -> None:
    await store.write(installing.install, grant("T1", 0, NOW + HOUR), NOW)
    await store.write(installations.claim_refresh, "T1", NOW + 2 * HOUR, "claim", 60.0)
    await store.write(membership.disconnected, "T1", "Ev1", NOW + MINUTE, NOW + MINUTE)
    assert not await store.write(installing.refreshed, "T1", "claim", Sealed("k1", "new", "r"), NOW + 12 * HOUR, NOW)
    assert await store.read(installations.find, "T1") is None


@pytest.mark.parametrize(("reason", "kept"), [("token_revoked", True), ("account_inactive", False)])
async def test_a_workspace_that_lost_its_refresh_token_keeps_its_data_unless_the_app_is_gone(
    store: Store, reason: str, *, kept: bool
) -> None:
    await store.write(installing.install, grant("T1", 0, NOW + HOUR), NOW)
    await store.write(installations.claim_refresh, "T1", NOW + 2 * HOUR, "claim", 60.0)
    await store.write(installing.refresh_refused, "T1", "claim", "https://bot.example/slack/install", NOW)
    assert len(await store.read(installations.lost)) == 1
    await _refused(store, reason, NOW + 2 * MINUTE)
    assert await connected_ones(store) == []
    gone = await store.write(retention.sweep_workspaces, Retention(departed=timedelta(0)), NOW + HOUR)
    assert (gone == 0) == kept


async def _refused(store: Store, reason: str, now: datetime) -> None:
    """Let Slack refuse the token of T1, and do so again when it is asked."""
    await store.write(doubts.doubt, "T1", now)
    await store.write(doubts.take, now, now + MINUTE, 1)
    asked = await store.read(installations.of, "T1")
    assert asked is not None
    why = await store.write(installations.answered, asked, reason, now)
    assert why is not None
    assert await store.write(doubts.refused, "T1", now + MINUTE, why, now)


@BOTH
async def test_those_who_installed_the_app_and_admins_are_asked_to_install_it_anew(store: Store) -> None:
    await store.write(installing.install, grant("T1", 0, NOW + HOUR), NOW)
    for member_id in ("U2", "U3", "U4"):  # U1, who installed it, never used it
        await store.write(membership.meet, MemberKey("T1", member_id), Profile("UTC", coachable=True), NOW)
    await store.write(admins.add, MemberKey("T1", "U2"), MemberKey("T1", "U1"), NOW)
    await store.write(installations.claim_refresh, "T1", NOW + 2 * HOUR, "other", 60.0)
    await store.write(installing.refresh_refused, "T1", "claim", "https://bot.example/slack/install", NOW)
    assert await _asked(store) == [], "its lease is over"
    await store.write(installing.refresh_refused, "T1", "other", "https://bot.example/slack/install", NOW)
    assert await _asked(store) == ["U1", "U2"]
    (lost,) = await store.read(installations.lost)
    assert (lost.workspace_id, lost.expires_at, lost.installed_by) == ("T1", NOW + HOUR, "U1")
    await store.write(membership.forget, MemberKey("T1", "U1"), NOW)
    assert await _asked(store) == ["U2"], "they can be forgotten, as every member"


async def _asked(store: Store) -> list[str]:
    asked = select(delivery.c.member_id, delivery.c.subject).order_by(delivery.c.member_id)
    rows = await store.read(lambda tx: tx.execute(asked).all())
    assert all('"https://bot.example/slack/install"' in row.subject for row in rows)
    return [row.member_id for row in rows]


@BOTH
async def test_a_change_of_the_mode_connects_those_that_have_a_token(store: Store) -> None:
    await store.write(installing.install, grant("T1", 0), NOW)
    await store.write(installing.install, grant("T2", 0), NOW)
    await store.write(membership.connect_alone, "T3", NOW)  # with SLACK_BOT_TOKEN
    assert await connected_ones(store) == ["T3"]
    await store.write(installing.connect_installed, NOW)
    assert await connected_ones(store) == ["T1", "T2"]
    await store.write(membership.disconnected, "T2", "Ev1", NOW + DAY, NOW + DAY)
    await store.write(installing.connect_installed, NOW + DAY)
    assert await connected_ones(store) == ["T1"], "a removal is no change of the mode"


async def connected_ones(store: Store) -> list[str]:
    connected = select(workspace.c.workspace_id).where(workspace.c.disconnected_at.is_(None))
    return sorted(await store.read(lambda tx: tx.scalars(connected).all()))


@BOTH
async def test_of_many_at_once_one_uses_a_link(store: Store) -> None:
    uses = await asyncio.gather(*(store.write(installations.use_state, "state", NOW) for _ in range(4)))
    assert sorted(uses) == [False, False, False, True]
