"""The same conversations over signed HTTP: the way in does not change a word."""

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
async def test_a_conversation_goes_the_same_way_over_http(emil: Talk, steps: Steps) -> None:
    for step, expected in steps:
        assert expected in await emil.does(step), step


async def test_a_click_over_http_is_acknowledged_with_nothing(emil: Talk, slack: StandIn) -> None:
    await emil.does("/roleshift")
    assert emil.last is not None
    action = {"type": "button", "action_id": "roleshift:tip"}
    answer = await slack.acts.click(slack.workspace.person("U02EMIL"), emil.last, action)
    assert (answer.failure, answer.body) == (None, {})


async def test_a_failing_event_is_asked_for_again_over_http(
    emil: Talk, slack: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await emil.does("/roleshift learn cost spikes")
    monkeypatch.setattr("bot.coach.membership.changed", lambda *_: 1 / 0)
    (answer,) = await slack.change_person("U02EMIL", zone="Asia/Tokyo")
    assert answer.failure == "HTTP 500"
    slack.refused.clear()
