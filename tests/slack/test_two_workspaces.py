"""One process serves two workspaces with the same member ids: nothing of one is seen or felt in the other."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.coach import membership
from bot.outbox.sending import Pace
from bot.playground.emulator.faults import Fault
from bot.slack.services import Services
from jobs.plan_nudges import refresh_members
from tests.slack.challenge import ASHA, KENJI, NORA
from tests.slack.visitor import NORTH, SOUTH, Many

LEARN, LEARNED = "/roleshift learn cost spikes", "Done: *Catch cost spikes early*"
PROFILE, EVERYBODY = "users.info", "users.list"


@pytest.fixture
async def two(many: Many) -> AsyncIterator[Many]:
    """Yield two workspaces that have the bot; Asha is a member of the first and a guest of the second."""
    for workspace_id in (NORTH, SOUTH):
        many.slack.drivers[workspace_id].workspace.change_person(NORA, kind="member")  # so nothing is stored about her
        await many.install(workspace_id)
    many.slack.drivers[SOUTH].workspace.change_person(ASHA, kind="guest")
    yield many
    assert many.slack.refused == []


@pytest.fixture
def services(two: Many) -> Services:
    """Return what the process serves both with, without a pause."""
    return replace(two.bot.services, pace=Pace(per_minute=600_000, settling=0, asks_per_minute=600_000))


def limits(two: Many, workspace_id: str, *methods: str) -> Fault:
    """Answer these calls of one workspace with 429 from now on."""
    fault = Fault("limit", methods, seconds=60, times=None, workspace=workspace_id)
    two.slack.faults.add(fault)
    return fault


def counts(two: Many, workspace_id: str, method: str) -> Fault:
    fault = Fault("delay", (method,), times=None, workspace=workspace_id)
    two.slack.faults.add(fault)
    return fault


async def say_yes(two: Many) -> None:
    for workspace_id in (NORTH, SOUTH):
        await two.talk(workspace_id).does("/roleshift myrole sre")
        await two.talk(workspace_id).does("/roleshift tips on")
    two.slack.clock.advance(timedelta(days=8))  # every answer is old, and a tip is due


async def test_the_list_of_everybody_in_one_workspace_says_nothing_about_the_other(two: Many) -> None:
    limits(two, NORTH, PROFILE)
    assert LEARNED in await two.talk(NORTH, ASHA).does(LEARN)  # by the list
    assert "I can coach full members only" in await two.talk(SOUTH, ASHA).does(LEARN)


async def test_a_rate_limit_on_profiles_pauses_one_workspace_alone(two: Many) -> None:
    limits(two, NORTH, PROFILE, EVERYBODY)
    asked, lists = counts(two, SOUTH, PROFILE), counts(two, SOUTH, EVERYBODY)
    for _ in range(2):
        assert "Nothing was changed" in await two.talk(NORTH).does(LEARN)
    assert LEARNED in await two.talk(SOUTH).does(LEARN)
    assert LEARNED in await two.talk(SOUTH, KENJI).does(LEARN)
    assert (asked.struck, lists.struck) == (2, 0)


async def test_a_rate_limit_at_the_refresh_ends_it_for_one_workspace_alone(two: Many, services: Services) -> None:
    await say_yes(two)
    limited, asked = limits(two, NORTH, PROFILE), counts(two, SOUTH, PROFILE)
    await refresh_members(services, asyncio.Event())
    assert (limited.struck, asked.struck) == (1, 1)


async def test_a_workspace_where_slack_does_not_answer_takes_one_turn_at_most(
    two: Many, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say_yes(two)
    monkeypatch.setattr(sys.modules[refresh_members.__module__], "AT_ONCE", 1)
    now = services.clock.now()
    (first,) = await services.store.read(membership.stale, now, now, 1, 1)
    (other,) = {NORTH, SOUTH} - {first.workspace_id}
    two.slack.faults.add(Fault("refuse", (PROFILE,), error="internal_error", workspace=first.workspace_id, times=None))
    asked = counts(two, other, PROFILE)
    await refresh_members(services, asyncio.Event(), 1)
    assert asked.struck == 0
    await refresh_members(services, asyncio.Event(), 1)
    assert asked.struck == 1
