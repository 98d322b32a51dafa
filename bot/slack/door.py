"""The door before Bolt: what does not even look like a request of Slack's is turned away without a word."""

import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
Headers = list[tuple[bytes, bytes]]

PATH = "/slack/events"
BODY_MOST = 1_000_000  # bytes
TIMESTAMP = re.compile(rb"[0-9]{10}")
SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")
MALFORMED, REFUSED = 400, 401


class _TurnedAway(Exception):
    pass


def door(dispatch: Dispatch, site: AsgiApp) -> AsgiApp:
    """Has Bolt dispatch Slack's requests, and sends all else to the site; Bolt's own adapter would read them anew.

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
            await _hand_over(dispatch, scope["headers"], body, send)

    return app


async def _body(headers: Headers, receive: Receive) -> str | None:
    """The whole body as text; None if the caller hung up."""
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
    try:
        return b"".join(parts).decode()
    except UnicodeDecodeError:
        raise _TurnedAway from None


async def _hand_over(dispatch: Dispatch, headers: Headers, body: str, send: Send) -> None:
    named: dict[str, str | Sequence[str]] = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
    try:
        response = await dispatch(AsyncBoltRequest(body=body, headers=named))
    except Exception:
        log.exception("request.malformed")
        await _answer(send, MALFORMED)
        return
    if response.status == REFUSED:
        await _answer(send, REFUSED)  # Bolt says why; a stranger is told nothing
    else:
        head = [(name.encode(), value.encode()) for name, values in response.headers.items() for value in values]
        await _answer(send, response.status, response.body.encode(), head)


async def _answer(send: Send, status: int, body: bytes = b"", headers: Headers | None = None) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*(headers or ()), length]})
    await send({"type": "http.response.body", "body": body})
