"""The door before Bolt: what does not even look like a request of Slack's is turned away without a word."""

import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH = "/slack/events"
BODY_MOST = 1_000_000  # bytes
TIMESTAMP = re.compile(rb"[0-9]{10}")
SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")
MALFORMED, REFUSED = 400, 401


class _TurnedAway(Exception):
    pass


def door(bolt: AsgiApp, site: AsgiApp) -> AsgiApp:
    """Sends Slack's requests to Bolt and all else to the site.

    Answers 401 with an empty body to what bears no well-formed signature, is larger than 1 MB or is not UTF-8: Bolt
    would answer 500 with a traceback, or log a stranger's whole body. Answers 400 to what is signed but malformed.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await site(scope, receive, send)
            return
        try:
            body = await _body(scope["headers"], receive)
        except _TurnedAway:
            await _answer(send, REFUSED)
            return
        if body is not None:
            await _hand_over(bolt, scope, body, send)

    return app


async def _body(headers: list[tuple[bytes, bytes]], receive: Receive) -> bytes | None:
    """The whole body; None if the caller hung up."""
    found = dict(headers)
    timestamp, signature = found.get(b"x-slack-request-timestamp", b""), found.get(b"x-slack-signature", b"")
    if not TIMESTAMP.fullmatch(timestamp) or not SIGNATURE.fullmatch(signature):
        raise _TurnedAway
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > BODY_MOST:
            raise _TurnedAway
        more = message.get("more_body", False)
    body = b"".join(parts)
    try:
        body.decode()
    except UnicodeDecodeError:
        raise _TurnedAway from None
    return body


async def _hand_over(bolt: AsgiApp, scope: Scope, body: bytes, send: Send) -> None:
    started = False

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def watched(message: MutableMapping[str, Any]) -> None:
        nonlocal started
        if message.get("status") == REFUSED:
            raise _TurnedAway  # Bolt says why; a stranger is told nothing
        started = True
        await send(message)

    try:
        await bolt(scope, receive, watched)
    except _TurnedAway:
        await _answer(send, REFUSED)
    except Exception:
        log.exception("request.malformed")
        if not started:
            await _answer(send, MALFORMED)


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
