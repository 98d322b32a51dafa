"""The inspector's list of requests and answers, with the reasons of refusals and without secrets."""

import ast
import json
from pathlib import Path

import aiohttp
from block_kit_samples import Json, actions, button, section
from bolt_app import heard, responding
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.emulator import refusal, web_api
from bot.playground.emulator.exchanges import MAX_CHARACTERS, MAX_EXCHANGES, Exchanges
from tests.driver.standin import StandIn

EMIL = "U02EMIL"


async def shown(slack: StandIn, after: int = 0) -> list[Json]:
    async with aiohttp.ClientSession() as session, session.get(f"{slack.url}/page/exchanges?after={after}") as answer:
        found: Json = await answer.json()
    exchanges: list[Json] = found["exchanges"]
    return exchanges


async def test_an_answer_that_slack_refuses_carries_the_reason(slack: StandIn, bolt: AsyncApp) -> None:
    heard(bolt.command("/roleshift"), text="x", blocks=[{"type": "section"}])
    await slack.command(EMIL, "/roleshift")
    (command,) = [exchange for exchange in await shown(slack) if exchange["sender"] == "slack"]
    assert command["refusal"].startswith("A block breaks a rule of Block Kit. Detail: ")


async def test_no_secret_is_shown(slack: StandIn, bolt: AsyncApp, client: AsyncWebClient) -> None:
    clicks = responding(bolt.action("press"), text=f"my token is {slack.bot_token}")
    await client.chat_postMessage(channel="C01GENERAL", blocks=[section(), actions(button())], text="x")
    await client.api_call("auth.test", params={"token": slack.bot_token})
    (message,) = slack.reads(EMIL, "general")
    await slack.click(EMIL, message, "press")
    exchanges = await shown(slack)
    url, trigger_id = clicks[0]["response_url"], clicks[0]["trigger_id"]
    assert {"block_actions press", "response_url", "auth.test"} <= {exchange["name"] for exchange in exchanges}
    text = json.dumps(exchanges)
    for secret in (slack.bot_token, slack.app.app_token, slack.app.signing_secret, trigger_id, url.rpartition("/")[2]):
        assert secret not in text
    assert "ticket=" not in text


async def test_the_list_is_bounded_in_number_and_in_length() -> None:
    exchanges = Exchanges(set)
    for number in range(MAX_EXCHANGES + 5):
        exchanges.end(exchanges.begin("app", str(number), {"text": "x" * 2 * MAX_CHARACTERS}))
    assert [exchange["name"] for exchange in exchanges.after(0)] == [str(n) for n in range(5, MAX_EXCHANGES + 5)]
    assert all(len(exchange["request"]) < MAX_CHARACTERS + 100 for exchange in exchanges.after(0))


def test_every_refusal_of_the_emulator_is_explained() -> None:
    folder = Path(web_api.__file__).parent
    calls = [
        node
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "SlackRefusal" and node.args
    ]
    names = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    assert len(names) > 40
    assert names - set(refusal.IN_WORDS) == set()
