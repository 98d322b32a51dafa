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
