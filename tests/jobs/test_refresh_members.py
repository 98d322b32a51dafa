"""Workers ask Slack about each member once, and no faster than Slack allows, however many workers there are."""

import asyncio
from dataclasses import replace

import pytest

from bot.outbox.sending import Pace
from bot.playground.emulator.faults import Fault, refuse
from jobs.refresh_members import refresh_members
from tests.jobs.conftest import EMIL, Office

NORA, ASHA, PROFILE = "U01NORA", "U03ASHA", "users.info"


@pytest.fixture
async def asked(office: Office) -> Fault:
    """Let three members join, and count the questions about them from the time when their tips are near."""
    for member_id in (NORA, EMIL, ASHA):
        await office.joins(member_id)
    office.clock.passes(days=2)
    counted = Fault("delay", (PROFILE,), times=None)
    office.slack.faults.add(counted)
    return counted


async def refresh(office: Office, workers: int = 1) -> None:
    """Let so many workers look at the same time."""
    await asyncio.gather(*(refresh_members(office.services, asyncio.Event()) for _ in range(workers)))


async def test_two_workers_ask_about_each_member_once(office: Office, asked: Fault) -> None:
    await refresh(office, workers=2)
    assert asked.struck == 3


async def test_all_workers_together_ask_no_faster_than_slack_allows(office: Office, asked: Fault) -> None:
    office.services = replace(office.services, pace=Pace(asks_per_minute=2))  # three take longer than any test
    await refresh(office)
    office.clock.passes(days=2)  # all answers are old again, but hardly any time passed for Slack
    await refresh(office, workers=2)
    assert asked.struck == 3


async def test_a_worker_that_is_stopped_asks_nobody_and_leaves_the_work_to_others(office: Office, asked: Fault) -> None:
    stopping = asyncio.Event()
    stopping.set()
    await refresh_members(office.services, stopping)
    assert asked.struck == 0
    await refresh(office)
    assert asked.struck == 3


async def test_a_workspace_where_slack_does_not_answer_is_left_alone_for_a_while(office: Office, asked: Fault) -> None:
    office.slack.faults.add(refuse(PROFILE, error="internal_error", times=None))
    for _ in range(3):
        await refresh(office)
    assert asked.struck == 1
