"""The desk's figures are stored once a week, even if nobody looks at the desk."""

import asyncio
import threading
from datetime import datetime

import pytest
from sqlalchemy import Connection

from bot.coach import membership, team
from bot.core.member import MemberKey, Profile
from jobs.take_figures import take_figures
from tests.jobs.conftest import Office


async def meets(office: Office, count: int) -> None:
    for number in range(count):
        who = MemberKey(office.slack.workspace.id, f"U9{number}")
        await office.services.store.write(membership.meet, who, Profile("UTC", coachable=True), office.clock.at)


async def rings(office: Office, caplog: pytest.LogCaptureFixture) -> list[int]:
    caplog.clear()
    with caplog.at_level("INFO", "jobs"):
        await take_figures(office.services, asyncio.Event())
    return [record.__dict__["workspaces"] for record in caplog.records if record.message == "figures.taken"]


async def test_they_are_taken_once_a_week(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    await meets(office, 5)
    assert await rings(office, caplog) == [1]
    assert await rings(office, caplog) == []
    office.clock.passes(days=6)
    assert await rings(office, caplog) == []
    office.clock.passes(days=1)
    assert await rings(office, caplog) == [1]
    here = office.slack.workspace.id
    found = await office.services.store.read(team.desk, office.services.catalog, here, office.clock.at)
    assert found.taken_at == office.clock.at


async def test_nobody_waits_while_a_large_workspace_is_counted(
    office: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    await meets(office, 5)
    count, others_went_on = team.count, threading.Event()

    def slow(tx: Connection, workspace_id: str, since: datetime, until: datetime) -> dict[str, dict[str, int]]:
        assert others_went_on.wait(30), "the event loop stood still"
        return count(tx, workspace_id, since, until)

    monkeypatch.setattr(team, "count", slow)
    asyncio.get_running_loop().call_later(0.01, others_went_on.set)
    assert await rings(office, caplog) == [1]


async def test_nothing_is_taken_of_fewer_than_five_or_of_a_workspace_that_is_gone(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await meets(office, 4)
    assert await rings(office, caplog) == []
    await meets(office, 5)
    await office.services.store.write(membership.disconnected, office.slack.workspace.id, "Ev1", office.clock.at)
    assert await rings(office, caplog) == []
