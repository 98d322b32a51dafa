"""From an opt-in to a direct message: the jobs with a Slack that answers, fails or is silent, or that break."""

import asyncio
import logging
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock

import pytest
from sqlalchemy import Connection

from bot.coach import desk, plans, schedules
from bot.coach.desk import Ending
from bot.core.member import MemberKey
from bot.core.practice import ReminderWish
from bot.outbox import sending
from bot.playground.emulator.faults import refuse
from bot.slack.gateway import WorkspaceGateway
from bot.store import workspaces
from bot.store.schedules import DueMember, set_dm
from jobs import __main__ as command, once
from jobs.deliver import deliver
from jobs.plan_nudges import plan_nudges, refresh_members
from jobs.settle import settle
from jobs.teams import take_figures
from tests.acting import acting
from tests.coach.members import BERLIN
from tests.coach.teams import Somebody, settle_in
from tests.jobs.conftest import EMIL, Office

ASHA = "U03ASHA"
WELCOME = "One tip a week. Stop with one click. The first one comes on Tuesday 24 November at 09"
TIP = "Your tip for this week"
BREAKS = AsyncMock(side_effect=RuntimeError("a mistake in the code"))


async def undelivered(office: Office) -> list[str]:
    return [line async for line in command.undelivered(office.services)]


async def test_a_yes_is_welcomed_and_a_tip_comes_the_next_tuesday(office: Office) -> None:
    await office.joins()
    await once(office.services)
    assert office.received() == [WELCOME]
    metadata = office.slack.posts[0].metadata
    assert metadata is not None
    assert metadata["event_type"] == "roleshift_delivery"
    assert EMIL not in str(metadata["event_payload"]), "an opaque id"
    office.clock.passes(days=1)
    await once(office.services)
    await once(office.services)  # a second look changes nothing
    assert office.received() == [WELCOME, TIP]
    assert office.slack.refused == []


@pytest.mark.parametrize("change", [{"deleted": True}, {"kind": "guest"}], ids=str)
async def test_nothing_is_planned_for_a_member_who_left_or_became_a_guest_after_the_opt_in(
    office: Office, change: dict[str, object]
) -> None:
    await office.joins()
    await once(office.services)
    office.slack.workspace.change_person(EMIL, **change)  # and no event came
    office.clock.passes(days=2)
    await once(office.services)
    assert office.received() == [WELCOME]
    assert not (await office.tips()).on


async def test_the_tip_comes_even_if_slack_does_not_answer_about_the_profile(office: Office) -> None:
    await office.joins()
    await once(office.services)
    office.clock.passes(days=2)
    office.slack.faults.add(refuse("users.info", error="internal_error", times=None))
    await once(office.services)
    assert len(office.received()) == 2


async def test_a_refused_member_stops_and_is_listed_with_the_reason(office: Office) -> None:
    await office.joins()
    office.slack.faults.add(refuse("chat.postMessage", error="user_disabled"))
    await once(office.services)
    assert not (await office.tips()).on
    first, last = await undelivered(office)
    assert first == f"2026-11-23 09:00Z  {'/'.join(office.key())}  welcome  refused: user_disabled"
    assert last == "1 not delivered."


@pytest.mark.parametrize("times", [1, None])
async def test_a_known_channel_that_is_gone_is_opened_anew_once_before_the_member_counts_as_gone(
    office: Office, times: int | None
) -> None:
    await office.joins()
    await once(office.services)
    await office.services.store.write(set_dm, office.key(), "D0GONE")
    office.clock.passes(days=1)
    if times is None:
        office.slack.faults.add(refuse("chat.postMessage", error="channel_not_found", times=None))
    await once(office.services)
    assert (await office.tips()).on == (times == 1)
    assert office.received() == [WELCOME, TIP][: 2 if times else 1]


async def test_a_worker_that_is_told_to_stop_plans_and_sends_nothing_more(office: Office) -> None:
    await office.joins()
    office.clock.passes(days=1)
    await office.runs(plan_nudges, deliver, stopped=True)
    assert office.received() == []


async def test_the_forecast_reads_like_a_timetable(office: Office) -> None:
    await office.joins()
    catalog, now = office.services.catalog, office.clock.at
    tip, wish = (
        list(catalog.lessons.values())[-1].tip.id,
        ReminderWish((now + timedelta(days=3)).date(), 10 * 60, "the stand-up"),
    )
    await office.services.store.write(acting(plans.plan, office.key(), now, catalog), tip, None, wish)
    lines = [line async for line in command.plan(office.services, timedelta(days=14))]
    key = "/".join(office.key())
    assert lines[2].startswith(f"Thu 2026-11-26 10:00 Europe/Berlin  {key}  reminder  {tip}  (")
    assert all(line.endswith(")") for line in lines[1:-1]), "each tip has its reason"
    assert lines[0] == f"Mon 2026-11-23 10:00 Europe/Berlin  {key}  welcome  when tips come, and how to stop"
    assert lines[1].startswith(f"Tue 2026-11-24 09:30 Europe/Berlin  {key}  nudge  ")
    assert lines[-1] == "2 nudges in the next 14 days."
    assert office.slack.posts == []


async def test_members_of_a_busy_workspace_do_not_keep_another_waiting(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six members are due in one workspace, and a seventh in another, whose id comes last. Two fit a transaction."""
    job = sys.modules[plan_nudges.__module__]
    monkeypatch.setattr(job, "ON_THE_LOOP", 2)
    busy = [MemberKey("T1BUSY", f"U{number}") for number in range(6)]
    for who in (*busy, MemberKey("T2QUIET", "U1")):
        await office.services.store.write(workspaces.connect, who.workspace_id, office.clock.at)
        await office.opts_in(who, BERLIN)
    office.clock.passes(days=8)
    turns: list[list[str]] = []
    plan_due = schedules.plan_due

    def planned(tx: Connection, *args: Any) -> Sequence[DueMember]:
        due = plan_due(tx, *args)
        turns.append([each.key.workspace_id for each in due])
        return due

    monkeypatch.setattr(schedules, "plan_due", planned)
    monkeypatch.setattr(job, "refresh_members", AsyncMock())
    await office.runs(plan_nudges)
    assert turns[:3] == [["T1BUSY"] * 2, ["T2QUIET"], ["T1BUSY"] * 2]
    assert sorted(who for turn in turns for who in turn) == ["T1BUSY"] * 6 + ["T2QUIET"]


async def test_a_worker_claims_no_more_than_it_can_send(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workspaces have a welcome each; a claim takes one, and one may be under way."""
    for who in (office.key(), MemberKey("T2OTHER", "U1")):
        await office.services.store.write(workspaces.connect, who.workspace_id, office.clock.at)
        await office.opts_in(who, BERLIN)
    seen: list[str] = []

    async def send(_services: object, _turns: object, _token: str, _group: object) -> None:
        seen.append("begins")
        await asyncio.sleep(0.05)  # the loop turns often meanwhile
        seen.append("ends")

    job = sys.modules[deliver.__module__]
    monkeypatch.setattr(job, "MAX_AT_ONCE", 1)
    monkeypatch.setattr(job, "send", send)
    monkeypatch.setattr(sending, "MAX_WORKSPACES", 1)
    await office.runs(deliver)
    assert seen == ["begins", "ends"] * 2


# A job that breaks on one member or message logs it under a stable name, goes on with the others, and tries again.


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    ours = [record for record in caplog.records if record.name.startswith(("bot", "jobs"))]
    return [record.message for record in ours if record.levelno >= logging.WARNING]


async def test_a_group_that_can_not_be_sent_stops_no_other_and_is_sent_after_its_lease(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await office.joins()
    services = replace(office.services, pace=replace(office.services.pace, lease=0))  # the lease ends at once

    with monkeypatch.context() as patch:
        patch.setattr(sys.modules[deliver.__module__], "send", BREAKS)
        await deliver(services, asyncio.Event())
    assert logged(caplog) == ["delivery.broke"]
    await settle(services, asyncio.Event())
    await office.runs(deliver)
    assert len(office.received()) == 1


async def test_members_of_a_workspace_who_can_not_be_asked_about_stop_no_job(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await office.joins()
    office.clock.passes(days=7)
    monkeypatch.setattr(WorkspaceGateway, "profile", BREAKS)
    await office.runs(refresh_members)
    assert logged(caplog) == ["members.broke"]


async def test_nobody_waits_while_a_large_workspace_is_counted(
    office: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, here = office.clock.at - timedelta(days=7), office.key("U1").workspace_id
    await office.services.store.write(settle_in, [Somebody(done=["a"])] * 20, here, 100, at)
    count, others_went_on = desk.count, threading.Event()

    def slow(tx: Connection, ending: Ending) -> dict[str, int]:
        assert others_went_on.wait(30), "the event loop stood still"
        return count(tx, ending)

    monkeypatch.setattr(desk, "count", slow)
    asyncio.get_running_loop().call_later(0.01, others_went_on.set)
    with caplog.at_level("INFO", "jobs"):
        await office.runs(take_figures)
    taken = [record.__dict__["workspaces"] for record in caplog.records if record.message == "figures.taken"]
    assert taken == [1]
