"""Send any bytes and headers to the bot's web application, without a server."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.playground.emulator.delivery import Kind, encode, signature
from bot.run import app
from bot.run.app import Bot
from bot.slack.door import AsgiApp
from tests.driver.standin import StandIn
from tests.running import settings_for

PATH = "/slack/events"


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    headers: dict[bytes, bytes]


class Sender:
    def __init__(self, asgi: AsgiApp, secret: str) -> None:
        self.asgi, self.secret = asgi, secret

    async def signed(self, body: bytes, content_type: str = "application/x-www-form-urlencoded", at: int = 0) -> Reply:
        """Send a signed request; `at` is in seconds from now."""
        stamp = str(int(time.time()) + at)
        headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature(self.secret, stamp, body)}
        return await self.send(body, {"content-type": content_type, **headers})

    async def payload(self, kind: Kind, payload: dict[str, Any]) -> Reply:
        return await self.signed(*encode(kind, payload))

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
async def sender_to(slack: StandIn, folder: Path, **more: str) -> AsyncIterator[tuple[Sender, Bot]]:
    async with app.start(settings_for(slack, folder, SLACK_APP_TOKEN="", **more)) as bot:
        yield Sender(bot.asgi, slack.signing_secret), bot
