"""The page's API shows what one person may see, reports every change, and refuses other web pages."""

import ast
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from block_kit_samples import Json, actions, button, modal, section
from bolt_app import heard, responding
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.emulator import refusal, web_api
from bot.playground.emulator.exchanges import MAX_CHARACTERS, MAX_EXCHANGES, Exchanges
from tests.driver.apps import listening_app
from tests.driver.standin import StandIn

NORA, EMIL, ISLA = "U01NORA", "U02EMIL", "U05ISLA"


class Browser:
    def __init__(self, session: aiohttp.ClientSession, stream: aiohttp.ClientResponse, person_id: str) -> None:
        self.session, self.stream, self.person_id = session, stream, person_id

    async def post(self, act: str, **body: Any) -> Json:
        async with self.session.post(f"/page/{act}", json={"as": self.person_id, **body}) as answer:
            answered: Json = await answer.json()
            return answered

    async def state(self) -> Json:
        async with self.session.get(f"/page/state?as={self.person_id}") as answer:
            state: Json = await answer.json()
            return state

    async def told(self, kind: str) -> Json:
        async for line in self.stream.content:
            if line.startswith(b"data: "):
                event: Json = json.loads(line.removeprefix(b"data: "))
                if event["type"] == kind:
                    return event
        raise AssertionError(f"no {kind} came")


@asynccontextmanager
async def browser(slack: StandIn, person_id: str) -> AsyncIterator[Browser]:
    headers = {"Origin": slack.url}
    async with (
        aiohttp.ClientSession(slack.url, headers=headers) as session,
        session.get(f"/page/events?as={person_id}") as stream,
    ):
        assert stream.content_type == "text/event-stream"
        await stream.content.readline()
        yield Browser(session, stream, person_id)


async def test_a_guest_sees_only_where_they_were_invited(slack: StandIn) -> None:
    async with browser(slack, ISLA) as page:
        assert [c["name"] for c in (await page.state())["conversations"]] == ["ai-guild", "design", "roleshift"]
        said = await page.post("say", conversation="C01GENERAL", text="Hello")
        assert said == {"ok": False, "error": "You are not in that channel."}


async def test_a_shortcut_on_a_message_opens_its_modal_on_the_page(
    slack: StandIn, bolt: AsyncApp, client: AsyncWebClient
) -> None:
    @bolt.message_shortcut("keep")
    async def _(ack: AsyncAck, body: Json) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal())
        await ack()

    written = slack.workspace.post("C01GENERAL", NORA, "Hello")
    async with browser(slack, EMIL) as page:
        assert (await page.state())["shortcuts"] == list(slack.app.shortcuts)
        used = {"callback_id": "keep", "conversation": "C01GENERAL", "ts": written.ts}
        assert await page.post("shortcut", **used) == {"ok": True}
        assert len((await page.told("views"))["views"]) == 1
        refused = await page.post("shortcut", callback_id="keep")
        assert refused == {"ok": False, "error": "The app has no such global shortcut."}
        gone = await page.post("shortcut", **(used | {"ts": "1.000001"}))
        assert gone == {"ok": False, "error": "That is no longer there."}


async def test_nobody_acts_in_somebody_elses_window(slack: StandIn) -> None:
    view = slack.workspace.screens.open(EMIL, modal())
    async with browser(slack, NORA) as page:
        refused = {"ok": False, "error": "That is somebody else's window."}
        assert await page.post("submit", view_id=view.id) == refused
        assert await page.post("close", view_id=view.id) == refused
    async with browser(slack, EMIL) as page:
        assert await page.post("close", view_id=view.id) == {"ok": True}
        assert (await page.told("views"))["views"] == []
        home = slack.workspace.screens.publish(EMIL, {"type": "home", "blocks": []})
        assert (await page.post("close", view_id=home.id))["error"] == "That is no longer there."


async def test_what_is_unread_is_counted_and_then_read(slack: StandIn, client: AsyncWebClient) -> None:
    async with browser(slack, EMIL) as page:
        await client.chat_postMessage(channel=EMIL, text="One")
        assert await page.told("unread") == {"type": "unread", "conversation": "D02EMIL", "unread": 1, "badge": 1}
        await page.post("read", conversation="D02EMIL")
        assert (await page.told("unread"))["unread"] == 0
        ts = (await client.chat_postMessage(channel="C01GENERAL", text="Two"))["ts"]
        await client.chat_delete(channel="C01GENERAL", ts=ts)
        assert await page.told("message_deleted") == {"type": "message_deleted", "conversation": "C01GENERAL", "ts": ts}


async def test_a_page_does_not_wait_for_an_event_to_be_tried_again() -> None:
    async with StandIn(app=listening_app(), timeout=0.01, retry_after=(600.0,)) as slack, browser(slack, EMIL) as page:
        assert await page.post("say", conversation="D02EMIL", text="how?") == {"ok": True}
        assert await page.post("home") == {"ok": True}


async def test_a_read_only_messages_tab_has_no_composer() -> None:
    async with StandIn(app=listening_app(messages_read_only=True)) as slack, browser(slack, EMIL) as page:
        assert (await page.state())["conversations"][-1]["writable"] is False
        said = await page.post("say", conversation="D02EMIL", text="/roleshift")
        assert said == {"ok": False, "error": "Sending messages to this app has been turned off."}


async def test_the_clock_moves_for_page_and_bot(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    async with StandIn(clock_file=clock) as slack, browser(slack, EMIL) as page:
        before = (await page.state())["now"]
        await page.post("clock", advance="week")
        assert (await page.told("clock"))["now"] > before
        assert await page.told("news") == {"type": "news", "text": "The clock was moved."}
        assert 7 * 86_400 <= int(clock.read_text()) <= 7 * 86_400 + 1
        message = slack.workspace.post("C01GENERAL", EMIL, "Next week")
        await page.post("clock", reset=True)
        assert clock.read_text() == "0"
        later = slack.workspace.post("C01GENERAL", EMIL, "Today again")
        assert later.ts > message.ts, "messages stay in order"
        assert later.at < message.at
        assert (await page.post("clock", advance="year"))["ok"] is False


async def test_foreign_pages_and_hosts_are_refused(slack: StandIn) -> None:
    body = json.dumps({"as": EMIL, "conversation": "C01GENERAL", "text": "Hello"})
    async with aiohttp.ClientSession(slack.url) as session:
        for foreign in (
            {"Host": "roleshift.example"},
            {"Origin": "https://evil.example"},
            {"Origin": "http://127.0.0.1:1"},
            {"Content-Type": "text/plain"},  # a form
        ):
            headers = {"Origin": slack.url, "Content-Type": "application/json"} | foreign
            async with session.post("/page/say", data=body, headers=headers) as answer:
                assert answer.status == 403, foreign
        async with session.post("/page/say", json={}) as answer:
            assert answer.status == 403, "without an origin"
        for path in ("/", "/page/state", "/api/auth.test"):
            async with session.get(path, headers={"Host": "roleshift.example"}) as answer:
                assert answer.status == 403, path
    assert slack.workspace.messages["C01GENERAL"] == []


async def test_nonsense_is_answered_in_words(slack: StandIn) -> None:
    async with browser(slack, EMIL) as page:
        for body in ("{", "[]", '{"as": []}', '{"as": "U0NOBODY"}', "{}"):
            headers = {"Content-Type": "application/json"}
            async with page.session.post("/page/say", data=body, headers=headers) as answer:
                assert (await answer.json())["ok"] is False
        async with page.session.get("/page/state?as=U0NOBODY") as answer:
            assert answer.status == 404


async def test_the_page_comes_with_its_policy_and_nothing_else_is_served(slack: StandIn) -> None:
    async with aiohttp.ClientSession(slack.url) as session:
        async with session.get("/") as answer:
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
            assert answer.content_type == "text/html"
        async with session.get("/web/app.js") as answer:
            assert (answer.status, answer.content_type) == (200, "text/javascript")
        for path in ("/web/../page.py", "/web/%2e%2e/page.py", "/web/none.js", "/web/"):
            async with session.get(path) as answer:
                assert answer.status == 404


# The inspector's list of requests and answers, with the reasons of refusals and without secrets.


async def shown(slack: StandIn) -> list[Json]:
    async with aiohttp.ClientSession() as session, session.get(f"{slack.url}/page/exchanges?after=0") as answer:
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
