"""Verify each HTTP request over its raw bytes, before Bolt parses it."""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.responses import Response

from bot.slack.rejections import Reason, Rejections

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH = "/slack/events"
MAX_BODY = 1_000_000  # bytes
BODY_DEADLINE = 10  # seconds
MAX_AGE = 300  # seconds, as in the SDK's verifier


class Rejected(Exception):
    """The request must not be read any further."""

    def __init__(self, reason: Reason, likely_cause: str | None = None) -> None:
        self.reason, self.likely_cause = reason, likely_cause
        super().__init__(reason)


def door(bolt: AsyncApp, others: AsgiApp, signing_secret: str, rejections: Rejections) -> AsgiApp:
    """Return an app that passes verified requests from Slack to Bolt, and requests for all other paths to `others`.

    It answers 401 with an empty body if the signature, the timestamp or the size of the body is wrong, and 400 if the
    request is signed but malformed, for which Bolt's own adapter answers 500.
    """
    verifier, handler = SignatureVerifier(signing_secret), AsyncSlackRequestHandler(bolt, PATH)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await others(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            body = await _body(headers, receive)
            if body is not None:
                _verify(verifier, headers, body)
                await to_bolt(scope, body, send)
        except Rejected as rejected:
            rejections.add(rejected.reason, rejected.likely_cause, rejected.__cause__)
            await Response(status_code=400 if rejected.reason is Reason.MALFORMED else 401)(scope, receive, send)

    async def to_bolt(scope: Scope, body: bytes, send: Send) -> None:
        try:
            await handler(dict(scope), _read_already(body), send)
        except Exception as error:  # the app has an error handler of its own, so Bolt failed on a strange body
            raise Rejected(Reason.MALFORMED) from error

    return app


async def _body(headers: Mapping[str, str], receive: Receive) -> bytes | None:
    """Return the body; None if the client hung up. Raise Rejected if it is too large or too slow."""
    length = headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > 9 or int(length) > MAX_BODY:
        raise Rejected(Reason.SIZE)
    body, more = bytearray(), True
    try:
        async with asyncio.timeout(BODY_DEADLINE):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                body += message.get("body", b"")
                if len(body) > MAX_BODY:
                    raise Rejected(Reason.SIZE)
                more = message.get("more_body", False)
    except TimeoutError:
        raise Rejected(Reason.SLOW) from None
    return bytes(body)


def _verify(verifier: SignatureVerifier, headers: Mapping[str, str], body: bytes) -> None:
    """Raise Rejected unless the signature is right and the timestamp is at most five minutes off."""
    stamp, signature = headers.get("x-slack-request-timestamp"), headers.get("x-slack-signature")
    if stamp is None or signature is None:
        raise Rejected(Reason.SIGNATURE, "no Slack signature: strangers, or a health check with a wrong address")
    try:
        if verifier.is_valid(body, stamp, signature):
            return
        age = time.time() - int(stamp)
        signed = verifier.generate_signature(timestamp=stamp, body=body) if abs(age) > MAX_AGE else None
        is_signed = signed is not None and hmac.compare_digest(signed, signature)
    except (
        ValueError,
        TypeError,
        OverflowError,
    ):  # the SDK raises them for odd headers and bytes
        raise Rejected(Reason.SIGNATURE) from None
    if is_signed:  # so the timestamp is Slack's, and says something about this machine's clock
        off = f"{abs(age):.0f} s {'ahead' if age > 0 else 'behind'}"
        raise Rejected(Reason.TIMESTAMP, f"this machine's clock is {off} of Slack's, or an old request is repeated")
    raise Rejected(Reason.SIGNATURE)


def _read_already(body: bytes) -> Receive:
    """Return what hands the whole body to Bolt.

    Bolt takes a form in which the word "payload" occurs, but which has no such field, for an empty one.
    """
    if not body.startswith((b"{", b"payload=")):
        body = body.replace(b"payload", b"%70ayload")

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
