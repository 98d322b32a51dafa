"""Assistants that call the bot: with a member's token, or as Slackbot; by the official client, or with any bytes."""

import json
import re
import time
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from bot.playground.emulator.delivery import signature
from bot.playground.emulator.server import Server
from bot.run.app import Bot
from tests.driver.driver import Driver
from tests.driver.standin import StandIn
from tests.patience import LONG
from tests.running import bot_in, every_row
from tests.slack.talk import Talk

EMIL, NORTH = "U02EMIL", "T01NORTHWIND"
TOKEN = re.compile(r"rsk-[\w.-]+")


class BySlack(httpx2.Auth):
    """Signs each request as Slack does."""

    requires_request_body = True

    def __init__(self, secret: str, age: int = 0) -> None:
        self.secret, self.age = secret, age

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        stamp = str(int(time.time()) - self.age)
        request.headers["x-slack-request-timestamp"] = stamp
        request.headers["x-slack-signature"] = signature(self.secret, stamp, request.content)
        yield request


@dataclass
class Served:
    slack: StandIn
    bot: Bot
    address: str
    folder: Path
    driver: Driver | None = None  # of another workspace than the first

    @property
    def url(self) -> str:
        return f"{self.address}/mcp"

    def talk(self, who: str = EMIL) -> Talk:
        return Talk(self.driver or self.slack, who)

    async def token(self, who: str = EMIL) -> str:
        """Return a token that a member made. Raise LookupError if they can't."""
        talk = self.talk(who)
        await talk.does("/roleshift connect")
        shown = TOKEN.search(await talk.does("[Make a token]"))
        if shown is None:
            raise LookupError("they have five, or admins keep assistants out")
        (view,) = talk.slack.workspace.screens.stacks[who]
        await talk.slack.close(who, view)
        return shown[0]

    def by_token(self, token: str) -> "Calls":
        return Calls(self.url, headers={"authorization": f"Bearer {token}"})

    def by_slack(self, who: str = EMIL, workspace: str = NORTH, age: int = 0, secret: str = "") -> "Calls":
        auth = BySlack(secret or self.slack.app.signing_secret, age)
        return Calls(self.url, auth=auth, meta={"slack": {"team_id": workspace, "user_id": who}})

    def rows(self) -> list[tuple[Any, ...]]:
        return list(every_row(self.folder))


@asynccontextmanager
async def served_in(slack: StandIn, folder: Path, **more: str) -> AsyncIterator[Served]:
    """Run the bot beside Socket Mode, with /mcp open."""
    server = Server()
    async with bot_in(slack, folder, ROLESHIFT_MCP_URL=server.url, **more) as bot:
        await server.start(bot.asgi)
        yield Served(slack, bot, server.url, folder)
        await server.stop()


@dataclass
class Calls:
    """Calls of one assistant."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    auth: httpx2.Auth | None = None
    meta: Any = None

    @asynccontextmanager
    async def client(self, mode: str = "auto") -> AsyncIterator[Client]:
        async with (
            httpx2.AsyncClient(headers=self.headers, auth=self.auth, timeout=LONG) as http,
            Client(streamable_http_client(self.url, http_client=http), mode=mode) as client,
        ):
            yield client

    async def post(self, body: bytes | object, **headers: str) -> httpx2.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with httpx2.AsyncClient(auth=self.auth, timeout=LONG) as http:
            return await http.post(self.url, content=content, headers={**self.headers, **headers})

    def call(self, tool: str, **arguments: object) -> dict[str, Any]:
        params = {"name": tool, "arguments": arguments, "_meta": self.meta or {}}
        return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}

    async def says(self, tool: str, **arguments: object) -> str:
        """Return what a tool says, also if it is a refusal."""
        answer = await self.post(self.call(tool, **arguments))
        assert answer.status_code == 200, answer.text
        (content,) = answer.json()["result"]["content"]
        return str(content["text"])
