"""One thread through the whole stand-in with Slack's own libraries: command, click, modal, page."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.playground.standin import StandIn

BUTTON = {"type": "button", "action_id": "press", "value": "1", "text": {"type": "plain_text", "text": "Press"}}
BLOCKS: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Hello*"}},
    {"type": "actions", "elements": [BUTTON]},
]
NORA = "U01NORA"


async def test_a_command_is_answered_in_its_acknowledgement_and_its_button_by_response_url(
    slack: StandIn, bolt: AsyncApp
) -> None:
    @bolt.command("/roleshift")
    async def _(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack(text=command["text"], blocks=BLOCKS)

    @bolt.action("press")
    async def _(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="pressed", replace_original=True)

    headers = {"Origin": slack.url}
    async with aiohttp.ClientSession(slack.url, headers=headers) as page, page.get(f"/page/events?as={NORA}") as events:
        say = {"as": NORA, "conversation": "C01GENERAL", "text": "/roleshift myrole @emil"}
        async with page.post("/page/say", json=say) as said:
            assert await said.json() == {"ok": True}
        message = (await next_event(events, "message"))["message"]
        assert message["ephemeral"]
        assert message["text"] == "myrole <@U02EMIL>"
        async with page.get(f"/page/state?as={NORA}") as answer:
            state = await answer.json()
        assert state["messages"]["C01GENERAL"] == [message]
        click: dict[str, Any] = {"as": NORA, "conversation": "C01GENERAL", "ts": message["ts"]}
        async with page.post(
            "/page/click", json=click | {"action": {"type": "button", "action_id": "press"}}
        ) as clicked:
            assert await clicked.json() == {"ok": True}
        assert (await next_event(events, "message"))["message"]["text"] == "pressed"


async def next_event(events: aiohttp.ClientResponse, kind: str) -> dict[str, Any]:
    async for line in events.content:
        if line.startswith(b"data: "):
            event: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
            if event["type"] == kind:
                return event
    raise AssertionError(f"no {kind} came")
