"""Conversations over signed HTTP have the same words as over Socket Mode."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.emulator.people import Person
from tests.driver.standin import StandIn
from tests.running import bot_behind_http
from tests.slack.talk import Talk
from tests.slack.test_conversations import every_conversation_goes_as_written, twins_of_emil


@pytest.fixture
async def emil(slack: StandIn, tmp_path: Path) -> AsyncIterator[Talk]:
    async with bot_behind_http(slack, tmp_path):
        yield Talk(slack, "U02EMIL")


@pytest.fixture
def more_people() -> tuple[Person, ...]:
    return twins_of_emil()


@pytest.mark.usefixtures("emil")
async def test_conversations_over_http_have_the_same_answers(slack: StandIn) -> None:
    await every_conversation_goes_as_written(slack)


async def test_a_failed_event_over_http_is_requested_again(
    emil: Talk, slack: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await emil.does("/roleshift learn cost spikes")
    monkeypatch.setattr("bot.coach.membership.changed", lambda *_: 1 / 0)
    (answer,) = await slack.change_person("U02EMIL", zone="Asia/Tokyo")
    assert answer.failure == "HTTP 500"
    slack.refused.clear()
