"""A job that breaks on one member or message logs it under a stable name, goes on with the others, and tries again."""

import asyncio
import logging
import sys
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.coach import membership, team
from bot.core.outbox import DeliveryState, Kind
from bot.outbox import deliveries
from bot.playground.emulator.faults import lose
from bot.slack.gateway import WorkspaceGateway
from bot.store import team as rows
from jobs.deliver import deliver
from jobs.refresh_members import refresh_members
from jobs.settle import settle
from jobs.take_figures import take_figures
from tests.jobs.conftest import EMIL, Office

ASHA = "U03ASHA"
MISTAKE = RuntimeError("a mistake in the code")


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    ours = [record for record in caplog.records if record.name.startswith(("bot", "jobs"))]
    return [record.message for record in ours if record.levelno >= logging.WARNING]


async def test_a_look_up_that_breaks_stops_no_other_and_is_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lost = lose("chat.postMessage")
    lost.times = 2
    office.slack.faults.add(lost)
    for member_id in (EMIL, ASHA):
        await office.joins(member_id)
    await deliver(office.services, asyncio.Event())
    find_post = WorkspaceGateway.find_post
    broken: list[str] = []

    async def breaks_once(slack: WorkspaceGateway, delivery: Any, since: Any) -> Any:
        if not broken:
            broken.append(delivery.id)
            raise MISTAKE
        return await find_post(slack, delivery, since)

    monkeypatch.setattr(WorkspaceGateway, "find_post", breaks_once)
    caplog.clear()
    await settle(office.services, asyncio.Event())
    assert logged(caplog) == ["delivery.unsettled"]
    assert await office.services.store.read(deliveries.count_open) == [(Kind.WELCOME, DeliveryState.UNCONFIRMED, 1)]
    await settle(office.services, asyncio.Event())
    assert await office.services.store.read(deliveries.count_open) == []
    assert [len(office.received(member_id)) for member_id in (EMIL, ASHA)] == [1, 1], "nothing was sent twice"


async def test_a_workspace_that_can_not_be_counted_stops_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    counted: list[str] = []

    def breaks_first(_tx: Connection, workspace_id: str, *_when: object) -> None:
        counted.append(workspace_id)
        if len(counted) == 1:
            raise MISTAKE

    await office.services.store.write(membership.connect, "T2", office.clock.at)
    monkeypatch.setattr(rows, "groups", breaks_first)
    monkeypatch.setattr(team, "keep_figures", lambda *_: True)
    await take_figures(office.services, asyncio.Event())
    assert sorted(counted) == [office.slack.workspace.id, "T2"]
    assert logged(caplog) == ["figures.broke"]


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
