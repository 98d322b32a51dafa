"""One process serves two workspaces with the same member ids: nothing of one is seen or felt in the other."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.coach import membership
from bot.core.member import MemberKey
from bot.outbox.sending import Pace
from bot.playground.demo.sample import sample
from bot.playground.emulator.faults import Fault
from bot.run.app import Bot
from bot.slack.installation import OneWorkspace
from bot.slack.services import Services
from bot.store import members, workspaces
from jobs.plan_nudges import refresh_members
from tests.driver.standin import StandIn
from tests.running import bot_in
from tests.slack.talk import Talk

NORTH, SOUTH = "T01NORTHWIND", "T02SOUTHWIND"
NORA, EMIL, ASHA, KENJI, ROOM = "U01NORA", "U02EMIL", "U03ASHA", "U04KENJI", "ai-guild"
LEARN, LEARNED = "/roleshift learn cost spikes", "Done: *Catch cost spikes early*"
PROFILE, EVERYBODY = "users.info", "users.list"


@dataclass(frozen=True)
class Two:
    """Two workspaces and the process that serves both."""

    slack: StandIn
    services: Services

    def talk(self, workspace_id: str, who: str = EMIL) -> Talk:
        return Talk(self.slack.drivers[workspace_id], who, ROOM)

    def limits(self, workspace_id: str, *methods: str) -> Fault:
        """Answer these calls of one workspace with 429 from now on."""
        fault = Fault("limit", methods, seconds=60, times=None, workspace=workspace_id)
        self.slack.faults.add(fault)
        return fault

    def counts(self, workspace_id: str, method: str) -> Fault:
        fault = Fault("delay", (method,), times=None, workspace=workspace_id)
        self.slack.faults.add(fault)
        return fault

    async def say_yes(self) -> None:
        for workspace_id in (NORTH, SOUTH):
            await self.talk(workspace_id).does("/roleshift myrole sre")
            await self.talk(workspace_id).does("/roleshift tips on")


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    """Yield two workspaces; Asha is a member of the first and a guest of the second."""
    people = tuple(replace(person, kind="guest") if person.id == ASHA else person for person in sample().people)
    southwind = replace(sample(), id=SOUTH, name="Southwind", people=people)
    clock = tmp_path / "clock"
    async with (
        StandIn(sample(), southwind, clock_file=clock) as slack,
        bot_in(slack, tmp_path, ROLESHIFT_CLOCK=str(clock)) as bot,
    ):
        yield Two(slack, await connected(bot, slack))
        assert slack.refused == []


async def connected(bot: Bot, slack: StandIn) -> Services:
    """Connect the second workspace to a bot that serves the first one."""
    services = replace(bot.services, pace=Pace(per_minute=600_000, settling=0, asks_per_minute=600_000))
    assert isinstance(services.installations, OneWorkspace)
    assert await services.installations.connect(slack.workspaces[SOUTH].bot_token) == SOUTH
    await services.store.write(workspaces.connect, SOUTH, services.clock.now())
    return services


async def test_the_list_of_everybody_in_one_workspace_says_nothing_about_the_other(two: Two) -> None:
    two.limits(NORTH, PROFILE)
    assert LEARNED in await two.talk(NORTH, ASHA).does(LEARN)  # by the list
    assert "I can coach full members only" in await two.talk(SOUTH, ASHA).does(LEARN)


async def test_a_rate_limit_on_profiles_pauses_one_workspace_alone(two: Two) -> None:
    two.limits(NORTH, PROFILE, EVERYBODY)
    asked, lists = two.counts(SOUTH, PROFILE), two.counts(SOUTH, EVERYBODY)
    for _ in range(2):
        assert "Nothing was changed" in await two.talk(NORTH).does(LEARN)
    assert LEARNED in await two.talk(SOUTH).does(LEARN)
    assert LEARNED in await two.talk(SOUTH, KENJI).does(LEARN)
    assert (asked.struck, lists.struck) == (2, 0)


async def test_a_rate_limit_at_the_refresh_ends_it_for_one_workspace_alone(two: Two) -> None:
    await two.say_yes()
    limited, asked = two.limits(NORTH, PROFILE), two.counts(SOUTH, PROFILE)
    two.slack.clock.advance(timedelta(days=8))  # every answer is old, and a tip is due
    await refresh_members(two.services, asyncio.Event())
    assert (limited.struck, asked.struck) == (1, 1)


async def test_a_workspace_where_slack_does_not_answer_takes_one_turn_at_most(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two.say_yes()
    two.slack.clock.advance(timedelta(days=8))
    monkeypatch.setattr(sys.modules[refresh_members.__module__], "AT_ONCE", 1)
    now = two.services.clock.now()
    (first,) = await two.services.store.read(membership.stale, now, now, 1, 1)
    (other,) = {NORTH, SOUTH} - {first.workspace_id}
    two.slack.faults.add(Fault("refuse", (PROFILE,), error="internal_error", workspace=first.workspace_id, times=None))
    asked = two.counts(other, PROFILE)
    await refresh_members(two.services, asyncio.Event(), 1)
    assert asked.struck == 0
    await refresh_members(two.services, asyncio.Event(), 1)
    assert asked.struck == 1


async def test_a_workspace_without_a_token_is_told_so_and_the_others_go_on(two: Two) -> None:
    two.services.installations.disconnect(SOUTH)
    assert two.services.installations.workspace_ids == (NORTH,)
    assert "I am not installed in this workspace, so" in await two.talk(SOUTH).does(LEARN)
    assert LEARNED in await two.talk(NORTH).does(LEARN)
    assert two.services.people.directory(SOUTH) is not two.services.people.directory(NORTH)
    assert await two.services.store.read(members.is_met, MemberKey(NORTH, EMIL))
    assert not await two.services.store.read(members.is_met, MemberKey(SOUTH, EMIL))
