"""What Bolt puts into the context of a request: a client that costs little, with the token of its workspace alone."""

import pytest
from slack_bolt.app import async_app
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.run.app import Bot
from tests.driver.standin import StandIn

EMIL = "U02EMIL"


async def test_a_request_has_a_copy_of_the_client(bot: Bot, slack: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(async_app, "AsyncWebClient", None)  # so that Bolt can't make one
    asked = {"command": "/roleshift", "text": "", "user_id": EMIL, "team_id": slack.workspace.id}
    request = AsyncBoltRequest(body=asked, mode="socket_mode")
    answer = await bot.edge.app.async_dispatch(request)
    assert (answer.status, "How is your role changing?" in answer.body) == (200, True)
    client, shared = request.context.client, bot.services.gateway.client
    assert client is not shared
    assert client.token == request.context.bot_token != shared.token
    assert (client.base_url, client.session) == (shared.base_url, shared.session)
