"""Fixtures: a workspace with every kind of person, and the bot."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.playground.demo.sample import sample
from bot.playground.emulator.people import Person
from bot.run.app import Bot
from jobs import teams
from tests.driver.standin import StandIn
from tests.running import bot_for_many, bot_in
from tests.slack.assistant import Served, served_in
from tests.slack.challenge import Team
from tests.slack.life import Life, living
from tests.slack.posting import Sender, sender_to
from tests.slack.talk import Talk, Talks
from tests.slack.visitor import SOUTH, Installed, Many
from tests.slack.writer import Writer

OUTSIDER = Person("U09MALLORY", "Mallory Outside", zone="Europe/Paris", kind="stranger")


@pytest.fixture
def more_people() -> tuple[Person, ...]:
    """Return people whom a file needs in the workspace, beside those of the sample."""
    return ()


@pytest.fixture
async def slack(more_people: tuple[Person, ...]) -> AsyncIterator[StandIn]:
    """Yield the sample workspace with a stranger. Check at the end that Slack refused nothing that the bot sent."""
    sampled = sample()
    people = replace(sampled, people=(*sampled.people, OUTSIDER, *more_people))
    async with StandIn(people, retry_after=(0.0, 0.0, 0.0)) as stand_in:
        stand_in.workspace.channels["C03AIGUILD"].members.add(OUTSIDER.id)
        yield stand_in
        assert stand_in.refused == [], f"Slack refused: {stand_in.refused}"


@pytest.fixture
async def installed(tmp_path: Path) -> AsyncIterator[Installed]:
    async with Installed.in_folder(tmp_path) as found:
        yield found


@pytest.fixture
async def bot(slack: StandIn, tmp_path: Path) -> AsyncIterator[Bot]:
    async with bot_in(slack, tmp_path) as running:
        yield running


@pytest.fixture
def talk(slack: StandIn, bot: Bot) -> Talks:  # noqa: ARG001 - nobody answers without the bot
    """Return `talk(who, where)`, which begins a conversation; by default in the bot's direct messages."""

    def begin(who: str = "U02EMIL", where: str | None = None) -> Talk:
        return Talk(slack, who, where)

    return begin


@pytest.fixture
async def sender(slack: StandIn, tmp_path: Path) -> AsyncIterator[Sender]:
    async with sender_to(slack, tmp_path) as sender:
        yield sender


@pytest.fixture
async def served(slack: StandIn, tmp_path: Path) -> AsyncIterator[Served]:
    async with served_in(slack, tmp_path) as found:
        await found.talk().does("/roleshift myrole sre")
        yield found


@pytest.fixture
def writer(slack: StandIn, bot: Bot) -> Writer:
    return Writer(slack, bot)


def until_wednesday(now: datetime) -> timedelta:
    """Return the time until the next Wednesday morning, so that a test does not depend on the day on which it runs."""
    morning = now.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=(2 - now.weekday()) % 7)
    return morning - now if morning > now else morning + timedelta(weeks=1) - now


@pytest.fixture
async def life(tmp_path: Path, more_people: tuple[Person, ...], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Life]:
    """Return members, the bot, and jobs that run when the test says so. Slack may be asked without a pause."""
    monkeypatch.setattr(teams, "CALL_PAUSE", 0)
    people, clock = sample(), tmp_path / "clock"
    roster = replace(people, people=(*people.people, OUTSIDER, *more_people))
    async with StandIn(roster, clock_file=clock) as slack:
        slack.clock.advance(until_wednesday(slack.clock()))
        async with living(slack, tmp_path, clock) as life:
            yield life
        assert slack.refused == [], f"Slack refused: {slack.refused}"


@pytest.fixture
def team(life: Life) -> Team:
    return Team(life)


@pytest.fixture
async def many(tmp_path: Path) -> AsyncIterator[Many]:
    """Yield two workspaces with the same members, and a bot that they can install."""
    southwind = replace(sample(), id=SOUTH, name="South & <Wind>")
    clock = tmp_path / "clock"
    async with bot_for_many(tmp_path, sample(), southwind, clock_file=clock) as (slack, bot, address):
        yield Many(slack, bot, address, tmp_path)
