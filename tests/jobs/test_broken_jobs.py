"""A job that breaks on one member or message logs it under a stable name, goes on with the others, and tries again."""

import asyncio
import logging
import sys
import threading
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Connection

from bot.coach import desk, membership
from bot.core.member import MemberKey, Profile
from bot.slack.gateway import WorkspaceGateway
from jobs.deliver import deliver
from jobs.refresh_members import refresh_members
from jobs.settle import settle
from jobs.take_figures import take_figures
from tests.jobs.conftest import Office

ASHA = "U03ASHA"
MISTAKE = RuntimeError("a mistake in the code")


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    ours = [record for record in caplog.records if record.name.startswith(("bot", "jobs"))]
    return [record.message for record in ours if record.levelno >= logging.WARNING]


async def test_a_group_that_can_not_be_sent_stops_no_other_and_is_sent_after_its_lease(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await office.joins()
    services = replace(office.services, pace=replace(office.services.pace, lease=0))  # the lease ends at once

    async def breaks(*_: object) -> None:
        raise MISTAKE

    with monkeypatch.context() as patch:
        patch.setattr(sys.modules[deliver.__module__], "send", breaks)
        await deliver(services, asyncio.Event())
    assert logged(caplog) == ["delivery.broke"]
    await settle(services, asyncio.Event())
    await deliver(office.services, asyncio.Event())
    assert len(office.received()) == 1


async def test_members_of_a_workspace_who_can_not_be_asked_about_stop_no_job(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def breaks(*_: object) -> None:
        raise MISTAKE

    await office.joins()
    office.clock.passes(days=7)
    monkeypatch.setattr(WorkspaceGateway, "profile", breaks)
    await refresh_members(office.services, asyncio.Event())
    assert logged(caplog) == ["members.broke"]


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
    count, others_went_on = desk.count, threading.Event()

    def slow(tx: Connection, workspace_id: str, since: datetime, until: datetime) -> dict[str, dict[str, int]]:
        assert others_went_on.wait(30), "the event loop stood still"
        return count(tx, workspace_id, since, until)

    monkeypatch.setattr(desk, "count", slow)
    asyncio.get_running_loop().call_later(0.01, others_went_on.set)
    assert await rings(office, caplog) == [1]
