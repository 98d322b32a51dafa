"""Verify each HTTP request over its raw bytes, before Bolt or anything else parses it."""

import json
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from yarl import query_to_pairs

from bot.slack.bolt import SIGNED_AT
from bot.slack.rejections import Reason, Rejections
from bot.slack.signature import Rejected, Verification

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
Headers = Mapping[bytes, bytes]

PATH = "/slack/events"
MAX_BODY = 1_000_000  # bytes
BAD_REQUEST, UNAUTHORIZED = 400, 401
JSON = b"application/json"
PARSED = "socket_mode"  # Bolt's mode for requests whose body is parsed already


def door(dispatch: Dispatch, others: AsgiApp, signing_secret: str, rejections: Rejections) -> AsgiApp:
    """Return an app that passes verified requests from Slack to Bolt, and requests for all other paths to `others`.

    It answers 401 with an empty body if the signature or the timestamp is wrong, or if the body is larger than 1 MB,
    and 400 if the request is signed but malformed. Bolt's own adapter would parse the body before it verifies it, which
    costs time that a stranger could exploit, and would answer some malformed requests with 500.
    """
    secret = signing_secret.encode()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await others(scope, receive, send)
            return
        try:
            headers = dict(scope["headers"])
            body = await _verified_body(secret, headers, receive)
            if body is not None:
                await _answer(send, await _dispatched(dispatch, headers, body))
        except Rejected as rejected:
            rejections.add(rejected.reason, rejected.likely_cause, rejected.__cause__)
            status = BAD_REQUEST if rejected.reason is Reason.MALFORMED else UNAUTHORIZED
            await _answer(send, BoltResponse(status=status))

    return app


async def _verified_body(secret: bytes, headers: Headers, receive: Receive) -> bytes | None:
    """Return the body once its signature is verified; None if the client hung up. Raise Rejected."""
    verification = Verification(headers)
    length = headers.get(b"content-length", b"0")
    if (
        not length.isdigit() or len(length) > 9 or int(length) > MAX_BODY
    ):  # rejected before the first byte of the body is read
        raise Rejected(Reason.SIZE)
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece = message.get("body", b"")
        if len(body) + len(piece) > MAX_BODY:
            raise Rejected(Reason.SIZE)
        body += piece
        more = message.get("more_body", False)
    verification.check(secret, body, time.time())
    return bytes(body)


async def _dispatched(dispatch: Dispatch, headers: Headers, body: bytes) -> BoltResponse:
    """Let Bolt dispatch the request, and return its response. Raise Rejected if Bolt can't read the request."""
    try:
        fields = parsed(body.decode(), is_json=headers.get(b"content-type", b"").partition(b";")[0] == JSON)
        signed_at: dict[str, str | Sequence[str]] = {SIGNED_AT: headers[SIGNED_AT.encode()].decode()}
        return await dispatch(AsyncBoltRequest(body=fields, headers=signed_at, mode=PARSED))
    except Exception as error:  # the edge handles its own errors, so Bolt failed on a strange body
        raise Rejected(Reason.MALFORMED) from error


def parsed(body: str, *, is_json: bool) -> dict[str, Any]:
    """Return the fields of a body as Bolt would, whose parser of forms takes three times as long.

    Raise ValueError, or RecursionError for JSON that nests too deep.
    """
    fields: object
    if is_json or body.startswith("{"):
        fields = json.loads(body)
    else:
        fields = dict(query_to_pairs(body))
        if "payload" in fields:
            fields = json.loads(fields["payload"])
    if not isinstance(fields, dict):
        raise ValueError("no object")  # noqa: TRY004 - the text is wrong, not its type
    return fields


async def _answer(send: Send, response: BoltResponse) -> None:
    body = response.body.encode()
    headers = [(name.encode(), value.encode()) for name, values in response.headers.items() for value in values]
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
