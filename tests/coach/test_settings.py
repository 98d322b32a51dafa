"""What admins choose for all members: each change is in the audit, and holds for what is sent from then on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.coach import admins, membership
from bot.core.calendar import QuietHours, Slot
from bot.core.catalog import Catalog
from bot.core.member import AdminAct, MemberKey, WorkspaceSettings
from bot.store import Store
from bot.store import admins as admin_rows
from tests.coach.members import BERLIN, NOW
from tests.coach.weekly import MONDAY, Weekly

ADMIN = MemberKey("T1", "U7")
NIGHT_OWLS = WorkspaceSettings(
    slot=Slot(3, 16 * 60),
    quiet_hours=QuietHours(quiet_from=23 * 60, quiet_to=11 * 60),
    dm_budget=4,
    challenge_channel="C2",
    members_may_challenge=True,
    figures=False,
)


@pytest.fixture
async def weekly(store: Store, catalog: Catalog) -> Weekly:
    weekly = Weekly(store, catalog)
    await weekly.opens(zone="Asia/Kolkata")
    await weekly.opens("T2")
    await store.write(membership.meet, ADMIN, BERLIN, NOW)
    return weekly


async def save(weekly: Weekly, chosen: WorkspaceSettings = NIGHT_OWLS) -> WorkspaceSettings:
    return await weekly.does(admins.save_settings, NOW, chosen, who=ADMIN)


async def changed(weekly: Weekly) -> list[str | None]:
    acts = await weekly.store.read(admin_rows.acts, "T1", "", 20)
    return [acted.subject for _, acted in acts if acted.act is AdminAct.SETTINGS_CHANGED]


async def test_each_changed_setting_is_audited_and_no_other(weekly: Weekly) -> None:
    await save(weekly)
    before = await changed(weekly)
    assert sorted(map(str, before)) == sorted(admins.CHOSEN)
    await save(weekly)
    assert await changed(weekly) == before


async def test_quiet_hours_apply_to_late_messages(weekly: Weekly) -> None:
    await save(weekly, replace(NIGHT_OWLS, slot=Slot(1, 9 * 60 + 30)))
    await weekly.joins()
    late = MONDAY + timedelta(days=1, hours=1)  # Tuesday, eleven in Berlin: the slot's own hour is over
    sent = await weekly.lives(late - timedelta(minutes=20), late + timedelta(hours=3), timedelta(minutes=10))
    assert [at for at, _ in sent] == [late]
