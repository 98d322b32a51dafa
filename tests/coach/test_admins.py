"""Coach admins and leads: each naming is audited, and each workspace has its own; who is named need not be a member."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.coach import admins, membership, teams
from bot.coach.admins import IntroductionWish
from bot.coach.teams import NewTeam
from bot.core.catalog import Policy
from bot.core.errors import UserError
from bot.core.member import Acted, AdminAct, CoachAdmin, FirstDay, MemberKey, Profile, WorkspaceSettings
from bot.store import Store, members, workspaces
from bot.store import admins as admin_rows
from bot.store import teams as team_rows
from bot.store.admins import is_named
from bot.store.retention import erase_workspace
from tests.acting import act_of, acting
from tests.coach.members import BERLIN, DAY, EMIL, NAMESAKE, NORA, NOW
from tests.store.rows import everything

ASHA = MemberKey("T1", "U3")


@pytest.fixture(autouse=True)
async def met(store: Store) -> None:
    for who in (NORA, EMIL, ASHA, NAMESAKE):
        await store.write(membership.meet, who, BERLIN, NOW)


async def add(store: Store, whom: MemberKey = EMIL, by: MemberKey = NORA) -> list[CoachAdmin]:
    return await store.write(acting(admins.add, by, NOW), whom)


async def acts(store: Store) -> list[Acted]:
    return [acted for _, acted in await store.read(admin_rows.acts, "T1", "", 10)]


async def test_naming_a_member_twice_concurrently_records_one_act(store: Store) -> None:
    await asyncio.gather(*(add(store) for _ in range(3)))
    assert [act.act for act in await acts(store)] == [AdminAct.ADMIN_ADDED]


async def test_an_admin_of_one_workspace_is_no_admin_in_another(store: Store) -> None:
    await add(store, ASHA)
    await add(store, NORA)
    assert not await store.read(is_named, NAMESAKE)
    assert await store.read(admin_rows.named, "T2") == []


async def test_a_forgotten_admin_loses_the_right_and_their_acts_no_longer_name_them(store: Store) -> None:
    await add(store)
    await add(store, ASHA, by=EMIL)
    await store.write(membership.forget, EMIL, NOW)
    assert await store.read(admin_rows.named, "T1") == [CoachAdmin("U3", None, NOW)]
    assert {(act.admin_id, act.on_member) for act in await acts(store)} == {(None, "U3"), ("U1", None)}


async def test_the_profile_of_a_coach_admin_without_tips_is_refreshed_once_a_day(store: Store) -> None:
    await store.write(workspaces.connect, "T1", NOW)
    await add(store)

    async def stale(hours: int) -> list[MemberKey]:
        now = NOW + timedelta(hours=hours)
        return await store.read(membership.stale, now, now - DAY, 9, 9)

    assert await stale(24) == []
    assert await stale(25) == [EMIL]
    await store.write(membership.see_profile, EMIL, BERLIN, NOW + timedelta(hours=25))
    assert await stale(26) == []
    await store.write(membership.see_profile, EMIL, Profile(None, coachable=False), NOW)
    assert not await store.read(is_named, EMIL)
    await store.write(membership.meet, EMIL, BERLIN, NOW + 2 * DAY)
    assert not await store.read(is_named, EMIL)
    assert {act.act for act in await acts(store)} == {AdminAct.ADMIN_ADDED, AdminAct.ADMIN_LOST}


# Somebody who never used the bot is stored as what they were named, and in the audit's line about that.

OTTO, LENA = MemberKey("T1", "U77OTTO"), MemberKey("T1", "U78LENA")
TEAM = NewTeam("S1", "Ops", "C1", OTTO)
Change = Callable[[Connection], object]


async def places_of(store: Store, who: MemberKey) -> list[str]:
    return sorted(row.table for row in await store.read(everything) if who.member_id in row.values)


@pytest.fixture
async def named(store: Store) -> None:
    """Name somebody who never used the bot as a coach admin and as a lead."""
    await store.write(workspaces.connect, "T1", NOW)
    await add(store, OTTO)
    await store.write(acting(teams.add, NORA, NOW), TEAM)


@pytest.mark.usefixtures("named")
async def test_naming_somebody_who_never_used_the_bot_stores_no_member(store: Store) -> None:
    assert await places_of(store, OTTO) == ["audit", "audit", "coach_admin", "lead"]
    assert await store.read(is_named, OTTO)
    assert [lead.who for lead in (await store.read(team_rows.leads_of, "T1")).values()] == [OTTO]
    await store.write(membership.see_profile, OTTO, BERLIN, NOW)
    (team,) = await store.read(team_rows.of_workspace, "T1")
    await store.write(team_rows.move, "T1", team.team_id, [OTTO.member_id])
    assert await store.write(teams.plan_messages, NOW + 99 * DAY) == 0
    assert await places_of(store, OTTO) == ["audit", "audit", "coach_admin", "lead"]


ENDS: dict[str, Change] = {
    "both are taken back": lambda tx: (
        admins.remove(act_of(tx, NORA, NOW), OTTO), teams.add(act_of(tx, NORA, NOW), replace(TEAM, lead=EMIL))
    ),
    "the team goes": lambda tx: (admins.remove(act_of(tx, NORA, NOW), OTTO), teams.remove(act_of(tx, NORA, NOW), "S1")),
    "they left": lambda tx: membership.see_profile(tx, OTTO, Profile(None, coachable=False), NOW),
    "they are a guest": lambda tx: membership.see_profile(tx, OTTO, Profile(None, coachable=True, is_guest=True), NOW),
    "Slack told that they left": lambda tx: membership.changed(tx, OTTO, Profile(None, coachable=False), "Ev1", NOW),
    "forget me": lambda tx: membership.forget(tx, OTTO, NOW),
    "the operator forgets them": lambda tx: members.forget(tx, "T1", [OTTO.member_id]),
}  # fmt: skip


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("end", ENDS)
async def test_once_they_are_named_no_more_nothing_is_left_of_them(store: Store, end: str) -> None:
    await store.write(ENDS[end])
    assert await places_of(store, OTTO) == []
    assert [act.act for act in await acts(store)].count(AdminAct.ADMIN_ADDED) == 1, "the act itself stays"
    await add(store, OTTO)
    assert await store.read(is_named, OTTO), "they may be named again"


@pytest.mark.usefixtures("named")
async def test_while_one_of_two_rights_is_left_the_audit_names_them(store: Store) -> None:
    await store.write(acting(admins.remove, NORA, NOW), OTTO)
    assert await places_of(store, OTTO) == ["audit"] * 3 + ["lead"]


async def test_what_a_member_was_named_as_stays_in_the_audit(store: Store) -> None:
    await add(store)
    await store.write(acting(admins.remove, NORA, NOW), EMIL)
    assert [act.on_member for act in await acts(store)] == ["U2", "U2"]


@pytest.mark.usefixtures("named")
async def test_slack_is_asked_once_a_day_about_those_who_were_named(store: Store) -> None:
    async def stale(hours: int) -> list[MemberKey]:
        now = NOW + timedelta(hours=hours)
        found = await store.read(membership.stale, now, now - DAY, 9, 9)
        assert await store.read(members.still_stale, found, now - DAY) == set(found)
        return found

    await store.write(acting(teams.add, NORA, NOW + timedelta(hours=1)), NewTeam("S2", "Data", "C2", LENA))
    assert await stale(24) == []
    assert await stale(25) == [OTTO], "once, although they were named twice"
    await store.write(membership.see_profile, OTTO, BERLIN, NOW + timedelta(hours=25))
    assert await stale(26) == [LENA]
    await store.write(workspaces.disconnect, "T1", workspaces.REMOVED, NOW)
    assert await stale(26) == []


@pytest.mark.usefixtures("named")
async def test_the_end_of_a_workspace_ends_what_people_were_named_as(store: Store) -> None:
    while await store.write(erase_workspace, "T1"):
        pass
    assert {row.workspace_id for row in await store.read(everything)} == {"T2"}


async def test_a_naming_that_was_asked_before_a_forget_me_names_nobody(store: Store) -> None:
    await store.write(membership.forget, EMIL, NOW)
    asked_at = NOW - timedelta(seconds=1)
    for use_case in (
        acting(lambda act: admins.add(act, EMIL, asked_at), NORA, NOW),
        acting(lambda act: teams.add(act, NewTeam("S1", "O", "C1", EMIL, asked_at)), NORA, NOW),
    ):
        with pytest.raises(UserError, match="They asked me just now to forget them"):
            await store.write(use_case)
    assert await places_of(store, EMIL) == []


async def test_the_first_day_lasts_ninety_days_or_until_an_admin_is_done_with_it(store: Store) -> None:
    for workspace_id in ("T1", "T2"):
        await store.write(workspaces.connect, workspace_id, NOW)

    async def left(workspace_id: str = "T1", days: int = 1) -> FirstDay | None:
        return await store.read(admins.first_day, workspace_id, NOW + days * DAY)

    assert await left() == FirstDay(introduced=False, teams=False, quiet_hours=False, tools=False)
    assert (await left(days=89), await left(days=90)) == (await left(), None)
    await store.write(acting(admins.save_settings, NORA, NOW), WorkspaceSettings())
    await store.write(acting(teams.add, NORA, NOW), NewTeam("S1", "apps", "C1", None))
    await store.write(acting(admins.announce, NORA, NOW), IntroductionWish("0" * 16, "C1"))
    assert await left() == FirstDay(introduced=True, teams=True, quiet_hours=True, tools=False)
    assert await store.read(admins.first_day, "T1", NOW, Policy()) is None, "all is done"
    await store.write(acting(admins.end_first_day, NORA, NOW))
    assert (await left(), await left("T2")) == (None, FirstDay(*[False] * 4))
