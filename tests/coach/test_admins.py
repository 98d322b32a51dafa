"""Coach admins and leads: each naming is audited, and each workspace has its own; who is named need not be a member."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.coach import admins, membership, teams
from bot.coach.admins import IntroductionWish
from bot.coach.teams import NewTeam
from bot.core.calendar import QuietHours, Slot
from bot.core.catalog import Policy
from bot.core.member import Acted, AdminAct, FirstDay, MemberKey, Profile, WorkspaceSettings
from bot.store import Store, admins as admin_rows, members, workspaces
from bot.store.admins import is_named
from tests.acting import act_of, acting
from tests.coach.members import BERLIN, DAY, EMIL, NAMESAKE, NORA, NOW
from tests.coach.weekly import BOTH
from tests.store.rows import everything

ASHA = MemberKey("T1", "U3")


@pytest.fixture(autouse=True)
async def met(store: Store) -> None:
    for who in (NORA, EMIL, ASHA, NAMESAKE):
        await store.write(membership.meet, who, BERLIN, NOW)


async def add(store: Store, whom: MemberKey = EMIL, by: MemberKey = NORA) -> Sequence[str]:
    return await store.write(acting(admins.add, by, NOW), whom)


async def acts(store: Store) -> list[Acted]:
    return [acted for _, acted in await store.read(admin_rows.acts, "T1", "", 10)]


@BOTH
async def test_naming_a_member_twice_concurrently_records_one_act(store: Store) -> None:
    await asyncio.gather(*(add(store) for _ in range(3)))
    assert [act.act for act in await acts(store)] == [AdminAct.ADMIN_ADDED]


async def test_each_changed_setting_is_audited_and_no_other(store: Store) -> None:
    chosen = WorkspaceSettings(
        slot=Slot(3, 16 * 60), quiet_hours=QuietHours(quiet_from=23 * 60, quiet_to=11 * 60), dm_budget=4,
        challenge_channel="C2", members_may_challenge=True, figures=False, assistants=False,
    )  # fmt: skip
    assert {*admins.CHOSEN.values(), "zone"} == {each.name for each in fields(WorkspaceSettings)}
    for _ in range(2):
        await store.write(acting(admins.save_settings, NORA, NOW), chosen)
        assert sorted(str(act.subject) for act in await acts(store)) == sorted(admins.CHOSEN)


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


ENDS: dict[str, Change] = {
    "both are taken back": lambda tx: (
        admins.remove(act_of(tx, NORA, NOW), OTTO), teams.add(act_of(tx, NORA, NOW), TEAM._replace(lead=EMIL))
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


@BOTH
@pytest.mark.usefixtures("named")
async def test_while_one_of_two_rights_is_left_the_audit_names_them(store: Store) -> None:
    await store.write(acting(admins.remove, NORA, NOW), OTTO)
    assert await places_of(store, OTTO) == ["audit"] * 3 + ["lead"]


@BOTH
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


@BOTH
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
    await store.write(acting(admins.note, NORA, NOW), AdminAct.FIRST_DAY_DONE)
    assert (await left(), await left("T2")) == (None, FirstDay(*[False] * 4))
