"""Conversations over signed HTTP have the same words as over Socket Mode."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.driver.standin import StandIn
from tests.running import bot_behind_http
from tests.slack.talk import Talk
from tests.slack.test_conversations import CONVERSATIONS, Steps


@pytest.fixture
async def emil(slack: StandIn, tmp_path: Path) -> AsyncIterator[Talk]:
    async with bot_behind_http(slack, tmp_path):
        yield Talk(slack, "U02EMIL")


@pytest.mark.parametrize("steps", CONVERSATIONS.values(), ids=CONVERSATIONS)
async def test_a_conversation_over_http_has_the_same_answers(emil: Talk, steps: Steps) -> None:
    for step, expected in steps:
        assert expected in await emil.does(step), step


async def test_a_click_over_http_gets_an_empty_acknowledgement(emil: Talk, slack: StandIn) -> None:
    await emil.does("/roleshift")
    assert emil.last is not None
    action = {"type": "button", "action_id": "roleshift:tip"}
    answer = await slack.acts.click(slack.workspace.person("U02EMIL"), emil.last, action)
    assert (answer.failure, answer.body) == (None, {})


async def test_a_failed_event_over_http_is_requested_again(
    emil: Talk, slack: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await emil.does("/roleshift learn cost spikes")
    monkeypatch.setattr("bot.coach.membership.changed", lambda *_: 1 / 0)
    (answer,) = await slack.change_person("U02EMIL", zone="Asia/Tokyo")
    assert answer.failure == "HTTP 500"
    slack.refused.clear()
