"""The program that asks Slack about every screen, against the emulator's own `blocks.validate`."""

import asyncio

import pytest

from tests.driver.standin import StandIn
from tests.slack.screens import validate
from tests.slack.screens.situations import situations
from tests.slack.screens.small_catalog import SMALL


async def test_every_screen_is_asked_about(slack: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert await asyncio.to_thread(validate.main, ["--url", slack.api_url]) == 0
    assert capsys.readouterr().out == "Slack takes every screen.\n"
    asked = [each for each in slack.hub.exchanges.after(0) if each["name"] == "blocks.validate"]
    assert len(asked) == min(len(dict(situations(SMALL))), 200)  # as many as the emulator keeps


async def test_what_slack_would_refuse_is_named(slack: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"type": "modal", "title": {"type": "plain_text", "text": "x" * 25}, "blocks": []}
    monkeypatch.setattr(validate, "situations", lambda _: iter([("too-long", broken)]))
    monkeypatch.setattr(validate, "on_surface", lambda screen: (screen, "modal"))
    (said,) = await asyncio.to_thread(list, validate.wrong(slack.api_url))
    assert said.startswith("too-long: invalid_view")
    assert "/view/title/text" in said
    slack.refused.clear()
