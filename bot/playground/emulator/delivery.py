"""Send payloads to the app: over the WebSockets that it opened (Socket Mode), or as signed HTTP requests."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode, urlsplit

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.playground.emulator.blocks import Json

if TYPE_CHECKING:
    import aiohttp

PayloadKind = Literal["slash_commands", "interactive", "events_api"]
MOST_LINKS = 10
LOOK_EVERY = 0.1  # seconds between two looks for the app's web server


@dataclass(frozen=True)
class Retry:
    """Marks an event that is sent again."""

    number: int
    reason: str


@dataclass(frozen=True)
class Answer:
    """The app's acknowledgement of a payload with its body, or why there was none."""

    body: Json = field(default_factory=dict)
    failure: str | None = None
    no_retry: bool = False
    exchange: int | None = field(default=None, compare=False)  # its number among the exchanges


NO_ANSWER = Answer(failure="timeout")


@dataclass(eq=False)
class Link:
    """One WebSocket that the app holds open."""

    socket: WebSocket
    number: int
    owed: set[str] = field(default_factory=set)
    closing: bool = False


class SocketDelivery:
    """Socket Mode. Each payload goes to one of the app's WebSockets, in rotation."""

    def __init__(self, app_id: str, timeout: float, changed: Callable[[], None]) -> None:
        self.app_id, self.timeout, self.changed = app_id, timeout, changed
        self.links: list[Link] = []
        self.sent: list[Json] = []
        self.linked = asyncio.Event()
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._tickets: set[str] = set()
        self._numbers = 0

    @property
    def connected(self) -> bool:
        return any(not link.closing for link in self.links)

    async def reached(self) -> None:
        """Return once the app can be reached."""
        await self.linked.wait()

    def ticket(self) -> str:
        """Return a secret with which the app may open one WebSocket."""
        ticket = secrets.token_hex(12)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """Serve one WebSocket, from `hello` until either side closes it."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets or len(self.links) >= MOST_LINKS:
            await socket.close(4001)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        self._numbers += 1
        link = Link(socket, self._numbers)
        self.links.append(link)
        try:
            debug = {"host": "emulator", "build_number": 1, "approximate_connection_time": 3600}
            hello = {"type": "hello", "num_connections": len(self.links), "debug_info": debug}
            await socket.send_json(hello | {"connection_info": {"app_id": self.app_id}})
            self._told()
            await self._listen(link)
        except WebSocketDisconnect:
            pass
        finally:
            self.links.remove(link)
            for envelope_id in link.owed:
                self._settle(envelope_id, Answer(failure="connection closed"))
            self._told()

    async def _listen(self, link: Link) -> None:
        while True:
            ack = await socket_json(link.socket)
            envelope_id = ack.get("envelope_id", "")
            if envelope_id in link.owed:
                link.owed.discard(envelope_id)
                self._settle(envelope_id, answer_of(ack.get("payload")))

    def _settle(self, envelope_id: str, answer: Answer) -> None:
        future = self._waiting.get(envelope_id)
        if future and not future.done():
            future.set_result(answer)

    async def send(self, kind: PayloadKind, payload: Json, retry: Retry | None = None) -> Answer:
        link = self._next_link()
        if link is None:
            return Answer(failure="not connected")
        envelope_id = secrets.token_hex(8)
        envelope: Json = {"envelope_id": envelope_id, "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            envelope |= {"retry_attempt": retry.number if retry else 0, "retry_reason": retry.reason if retry else ""}
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = future
        link.owed.add(envelope_id)
        self.sent.append(envelope)
        try:
            async with asyncio.timeout(self.timeout):
                await link.socket.send_json(envelope)
                await future
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            return NO_ANSWER
        finally:
            link.owed.discard(envelope_id)
            del self._waiting[envelope_id]
        return future.result()

    def _next_link(self) -> Link | None:
        for link in self.links:
            if not link.closing:
                self.links.append(self.links.pop(self.links.index(link)))
                return link
        return None

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask the app to replace every WebSocket by a new one, as Slack does every few hours."""
        await self._close({"type": "disconnect", "reason": reason, "debug_info": {"host": "emulator"}})

    async def stop(self) -> None:
        await self._close()

    async def _close(self, farewell: Json | None = None) -> None:
        closing = [link for link in self.links if not link.closing]
        for link in closing:
            link.closing = True
        self._told()
        for link in closing:
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # the app closed it meanwhile
                if farewell:
                    await link.socket.send_json(farewell)
                await link.socket.close()

    def _told(self) -> None:
        (self.linked.set if self.connected else self.linked.clear)()
        self.changed()


async def socket_json(socket: WebSocket) -> Json:
    """Return the next message, or an empty object if it is no JSON object: Slack ignores such acknowledgements."""
    text = await socket.receive_text()
    try:
        message = json.loads(text)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def signature(signing_secret: str, timestamp: str, body: bytes) -> str:
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(signing_secret.encode(), base, hashlib.sha256).hexdigest()


class HttpDelivery:
    """Signed POSTs to the app's request url."""

    def __init__(self, bot_url: str, signing_secret: str, timeout: float) -> None:
        self.bot_url, self.signing_secret, self.timeout = bot_url, signing_secret, timeout
        self.sent: list[Json] = []
        self._session: aiohttp.ClientSession | None = None

    @property
    def connected(self) -> bool:
        return True

    async def reached(self) -> None:
        """Return once the app's web server listens."""
        parts = urlsplit(self.bot_url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(parts.hostname, port)
                writer.close()
                return
            await asyncio.sleep(LOOK_EVERY)

    async def send(self, kind: PayloadKind, payload: Json, retry: Retry | None = None) -> Answer:
        body, content_type = encode(kind, payload)
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.signing_secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
        self.sent.append({"type": kind, "payload": payload, "headers": headers})
        import aiohttp  # noqa: PLC0415 - takes a third of the playground's start, which never comes here

        if self._session is None:
            self._session = aiohttp.ClientSession()
        limit = aiohttp.ClientTimeout(total=self.timeout)
        try:
            async with self._session.post(self.bot_url, data=body, headers=headers, timeout=limit) as response:
                return read_answer(response, await response.read())
        except TimeoutError:
            return NO_ANSWER
        except aiohttp.ClientError as error:
            return Answer(failure=type(error).__name__)

    async def stop(self) -> None:
        if self._session:
            await self._session.close()


Delivery = SocketDelivery | HttpDelivery


def encode(kind: PayloadKind, payload: Json) -> tuple[bytes, str]:
    """Encode a payload: events as JSON, commands as a form, interactions as a form with one JSON field."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def read_answer(response: aiohttp.ClientResponse, body: bytes) -> Answer:
    if not 200 <= response.status < 300:
        no_retry = response.headers.get("X-Slack-No-Retry") == "1"
        return Answer(failure=f"HTTP {response.status}", no_retry=no_retry)
    text = body.decode("utf-8", "replace")
    if response.content_type != "application/json":
        return Answer({"text": text} if text else {})
    try:
        return answer_of(json.loads(text) if text else None)
    except ValueError:
        return Answer(failure="invalid JSON")


def answer_of(body: object) -> Answer:
    """Return the answer in the body of an acknowledgement, which must be a JSON object or empty."""
    if not body:
        return Answer()
    return Answer(body) if isinstance(body, dict) else Answer(failure="invalid JSON")
