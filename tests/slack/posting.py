"""Send any bytes and headers to the bot's web application, without a server."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.playground.emulator.delivery import PayloadKind, encode, signature
from bot.run import app
from tests.driver.standin import StandIn
from tests.running import settings_for

PATH = "/slack/events"
EMIL, WORKSPACE = "U02EMIL", "T01NORTHWIND"


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    headers: dict[bytes, bytes]

    @property
    def text(self) -> str:
        said: str = json.loads(self.body)["text"]
        return said


class Sender:
    """Sends requests to a bot that runs, with signatures made with this secret."""

    def __init__(self, bot: app.Bot, secret: str) -> None:
        self.bot, self.asgi, self.secret = bot, bot.asgi, secret

    async def signed(self, body: bytes, content_type: str = "application/x-www-form-urlencoded", at: int = 0) -> Reply:
        """Send a signed request; `at` is in seconds from now."""
        stamp = str(int(time.time()) + at)
        headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature(self.secret, stamp, body)}
        return await self.send(body, {"content-type": content_type, **headers})

    async def payload(self, kind: PayloadKind, payload: dict[str, Any]) -> Reply:
        return await self.signed(*encode(kind, payload))

    async def types(self, text: str) -> Reply:
        """Type a command as Emil."""
        command = {"command": "/roleshift", "text": text, "team_id": WORKSPACE, "user_id": EMIL}
        return await self.payload("slash_commands", command)

    async def presses(self, action_id: str, value: str = "-") -> Reply:
        """Press a button as Emil, on a message that he alone sees."""
        pressed = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
        who = {"team": {"id": WORKSPACE}, "user": {"id": EMIL, "team_id": WORKSPACE}}
        where = {"type": "message", "is_ephemeral": True}
        return await self.payload(
            "interactive", {"type": "block_actions", "actions": [pressed], "container": where, **who}
        )

    async def send(
        self, body: bytes, headers: dict[str, str] | None = None, method: str = "POST", path: str = PATH, chunk: int = 0
    ) -> Reply:
        """Send a request and return the response; with `chunk` the body comes in pieces of so many bytes."""
        size = chunk or max(len(body), 1)
        pieces = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if not pieces:
                return {"type": "http.disconnect"}
            piece = pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
            "query_string": b"", "scheme": "http", "server": ("127.0.0.1", 3000), "client": ("127.0.0.1", 5000),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in (headers or {}).items()],
        }  # fmt: skip
        await self.asgi(scope, receive, send)
        start, *rest = sent
        return Reply(start["status"], b"".join(part.get("body", b"") for part in rest), dict(start["headers"]))


@asynccontextmanager
async def sender_to(slack: StandIn, folder: Path, **more: str) -> AsyncIterator[Sender]:
    async with app.start(settings_for(slack, folder, SLACK_APP_TOKEN="", **more)) as bot:
        yield Sender(bot, slack.app.signing_secret)
