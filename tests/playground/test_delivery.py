"""Payloads reach the app as Slack sends them: over one WebSocket each, signed, and events until acknowledged."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from bolt_app import heard, linked
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.playground.emulator.server import Server
from tests.driver.standin import StandIn

Json = dict[str, Any]
EMIL = "U02EMIL"
EVENT = {"type": "user_change", "user": {"id": EMIL}}


@asynccontextmanager
async def link(slack: StandIn) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    client = AsyncWebClient(base_url=slack.api_url)
    opened = await client.apps_connections_open(app_token=slack.app.app_token)
    async with aiohttp.ClientSession() as session, session.ws_connect(opened["url"]) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["connection_info"]) == ("hello", {"app_id": slack.app.id})
        yield socket


async def test_each_payload_goes_to_exactly_one_of_the_links(slack: StandIn) -> None:
    async with link(slack) as first, link(slack) as second:
        acts = [asyncio.create_task(slack.command(EMIL, f"/roleshift {n}")) for n in range(4)]
        for socket in (first, second, first, second):
            envelope = await socket.receive_json()
            assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
            answer = {"envelope_id": envelope["envelope_id"], "payload": {"text": envelope["payload"]["text"]}}
            await socket.send_json(answer)
        await asyncio.gather(*acts)
    assert sorted(post.text for post in slack.posts) == ["0", "1", "2", "3"]


async def test_an_acknowledgement_counts_only_on_the_link_it_was_asked_on(slack: StandIn) -> None:
    async with link(slack) as first, link(slack) as second:
        act = asyncio.create_task(slack.event(EVENT))
        envelope = await first.receive_json()
        await second.send_str("no JSON")
        await second.send_json({"envelope_id": envelope["envelope_id"]})
        await first.send_json({"envelope_id": "unknown"})
        await first.close()
        retried = await second.receive_json()
        assert retried["payload"]["event_id"] == envelope["payload"]["event_id"]
        assert (retried["retry_attempt"], retried["retry_reason"]) == (1, "http_error")
        await second.send_json({"envelope_id": retried["envelope_id"]})
        assert [answer.failure for answer in await act] == [None]


async def test_without_a_link_the_app_did_not_respond(slack: StandIn) -> None:
    assert (await slack.command(EMIL, "/roleshift help")).toast == "roleshift did not respond"


async def test_a_ticket_opens_one_link(slack: StandIn) -> None:
    opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app.app_token)
    async with aiohttp.ClientSession() as session, session.ws_connect(opened["url"]):
        for url in (opened["url"], f"{opened['url']}x", slack.url.replace("http", "ws") + "/link/"):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)


async def test_bolt_comes_back_after_a_refresh(slack: StandIn, client: AsyncWebClient) -> None:
    bolt = AsyncApp(client=client, process_before_response=True)
    bodies = heard(bolt.event("user_change"))
    async with linked(slack, bolt):
        await slack.event(EVENT)
        await slack.socket.refresh()
        assert not slack.hub.delivery.connected
        await slack.socket.linked.wait()
        await slack.event(EVENT)
    assert len({body["event_id"] for body in bodies}) == 2


class App:
    """A bare request url that answers with the statuses it is given, and keeps what it got."""

    def __init__(self, *statuses: int, headers: dict[str, str] | None = None) -> None:
        self.statuses, self.headers = list(statuses), headers
        self.got: list[tuple[dict[str, str], bytes]] = []

    async def answer(self, request: Request) -> Response:
        self.got.append((dict(request.headers), await request.body()))
        return Response(status_code=self.statuses.pop(0), headers=self.headers)

    @asynccontextmanager
    async def served(self, slack: StandIn) -> AsyncIterator[None]:
        server = Server()
        await server.start(Starlette(routes=[Route("/slack/events", self.answer, methods=["POST"])]))
        slack.deliver_to(f"{server.url}/slack/events")
        yield
        await server.stop()


async def test_an_event_is_sent_again_until_it_is_taken(slack: StandIn) -> None:
    app = App(500, 404, 200)
    async with app.served(slack):
        (answer,) = await slack.event(EVENT)
    assert answer.failure is None
    retries = [(headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason")) for headers, _ in app.got]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in app.got}) == 1


async def test_an_event_is_given_up_after_three_retries_or_when_the_app_asks_for_that(slack: StandIn) -> None:
    stubborn, modest = App(500, 500, 500, 500), App(500, headers={"X-Slack-No-Retry": "1"})
    for app, times in ((stubborn, 4), (modest, 1)):
        async with app.served(slack):
            (answer,) = await slack.event(EVENT)
        assert (answer.failure, len(app.got)) == ("HTTP 500", times)


async def test_requests_are_signed_and_shaped_as_slacks(slack: StandIn) -> None:
    app = App(200, 200)
    async with app.served(slack):
        await slack.event(EVENT)
        slack.patience = 0.01
        await slack.command(EMIL, "/roleshift a b")
    verifier = SignatureVerifier(slack.app.signing_secret)
    assert all(verifier.is_valid_request(body, headers) for headers, body in app.got)
    types = [headers["content-type"] for headers, _ in app.got]
    assert types == ["application/json", "application/x-www-form-urlencoded"]
    assert b"text=a+b&" in app.got[1][1]


async def test_commands_are_not_sent_again_and_other_events_than_those_of_the_manifest_never(slack: StandIn) -> None:
    app = App(500)
    async with app.served(slack):
        assert (await slack.command(EMIL, "/roleshift help")).toast == "roleshift did not respond"
        await slack.event({"type": "reaction_added"})
    assert len(app.got) == 1


async def test_an_uninstalled_app_gets_the_event_and_then_no_more(slack: StandIn) -> None:
    app = App(200, 200)
    async with app.served(slack):
        await slack.uninstall()
        await slack.event(EVENT)
    assert [json.loads(body)["event"]["type"] for _, body in app.got] == ["tokens_revoked", "app_uninstalled"]
