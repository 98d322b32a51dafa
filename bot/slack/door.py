"""Verify each HTTP request over its raw bytes, before Bolt parses it. Count those that are rejected.

A body may have 1 MB and take 10 s. uvicorn has no limit for heads and connections, so it listens on 127.0.0.1 unless
ROLESHIFT_HOST says otherwise, and a proxy stands in front; `python -m tests.faults strangers --long` attacks both.
"""

import asyncio
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from enum import StrEnum
from typing import Any

from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.responses import Response

from bot.metrics import REJECTED

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH = "/slack/events"
MAX_BODY = 1_000_000  # bytes
BODY_DEADLINE = 10  # seconds
MAX_AGE = 300  # seconds, as in the SDK's verifier
WARN_EVERY = 60  # seconds


class Fault(StrEnum):
    """Why a request was rejected. The metric and the log use these values."""

    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"
    SIZE = "size"
    MALFORMED = "malformed"
    SLOW = "slow"
    TOKEN = "token"  # noqa: S105 - the reason's name


LIKELY_CAUSES = {
    Fault.SIGNATURE: "signature wrong: is SLACK_SIGNING_SECRET that of this app? If it is, strangers send requests",
    Fault.TIMESTAMP: "the request is too old or from the future: is this machine's clock right?",
    Fault.SIZE: "a body is larger than any of Slack's: strangers send requests",
    Fault.MALFORMED: "a request has Slack's signature, but this version can't read it",
    Fault.TOKEN: "the token of an assistant is wrong, revoked or over: its member makes a new one",
    Fault.SLOW: "a body did not come in time: a slow network, or strangers, and no proxy of .github/deploy in front",
}

for _reason in Fault:
    REJECTED.labels(_reason)  # a counter that starts at 0 lets a dashboard see the first rejection


class Rejections:
    """Count each rejection. Write one warning a minute for each reason, so that a flood can't fill the log."""

    def __init__(self) -> None:
        self._unreported = dict.fromkeys(Fault, 0)
        self._silent_until = dict.fromkeys(Fault, 0.0)

    def add(self, reason: Fault, likely_cause: str | None = None, error: BaseException | None = None) -> None:
        """Count a rejection. `likely_cause` replaces the general sentence; it must not quote the request."""
        REJECTED.labels(reason).inc()
        self._unreported[reason] += 1
        now = time.monotonic()
        if now < self._silent_until[reason]:
            return
        self._silent_until[reason] = now + WARN_EVERY
        count, self._unreported[reason] = self._unreported[reason], 0
        fields = {"reason": reason, "likely_cause": likely_cause or LIKELY_CAUSES[reason], "count": count}
        log.warning("request.rejected", extra=fields, exc_info=error)


class Rejected(Exception):
    """The request must not be read any further."""

    def __init__(self, reason: Fault, likely_cause: str | None = None) -> None:
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
            body = await read_body(headers, receive)
            if body is None:
                return
            verify(verifier, headers, body)
            try:
                await handler(dict(scope), _read_already(body), send)
            except Exception as error:  # the app has an error handler of its own, so Bolt failed on a strange body
                raise Rejected(Fault.MALFORMED) from error
        except Rejected as rejected:
            rejections.add(rejected.reason, rejected.likely_cause, rejected.__cause__)
            await Response(status_code=400 if rejected.reason is Fault.MALFORMED else 401)(scope, receive, send)

    return app


async def read_body(headers: Mapping[str, str], receive: Receive) -> bytes | None:
    """Return the body; None if the client hung up. Raise Rejected if it is too large or too slow."""
    length = headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > 9 or int(length) > MAX_BODY:
        raise Rejected(Fault.SIZE)
    body, more = bytearray(), True
    try:
        async with asyncio.timeout(BODY_DEADLINE):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                body += message.get("body", b"")
                if len(body) > MAX_BODY:
                    raise Rejected(Fault.SIZE)
                more = message.get("more_body", False)
    except TimeoutError:
        raise Rejected(Fault.SLOW) from None
    return bytes(body)


def verify(verifier: SignatureVerifier, headers: Mapping[str, str], body: bytes) -> None:
    """Raise Rejected unless the signature is right and the timestamp is at most five minutes off."""
    stamp, signature = headers.get("x-slack-request-timestamp"), headers.get("x-slack-signature")
    if stamp is None or signature is None:
        raise Rejected(Fault.SIGNATURE, "no Slack signature: strangers, or a health check with a wrong address")
    try:
        if verifier.is_valid(body, stamp, signature):
            return
        age = time.time() - int(stamp)
        signed = verifier.generate_signature(timestamp=stamp, body=body) if abs(age) > MAX_AGE else None
        is_signed = signed is not None and hmac.compare_digest(signed, signature)
    except (ValueError, TypeError, OverflowError):  # the SDK raises them for odd headers and bytes
        raise Rejected(Fault.SIGNATURE) from None
    if is_signed:  # so the timestamp is Slack's, and says something about this machine's clock
        off = f"{abs(age):.0f} s {'ahead' if age > 0 else 'behind'}"
        raise Rejected(Fault.TIMESTAMP, f"this machine's clock is {off} of Slack's, or an old request is repeated")
    raise Rejected(Fault.SIGNATURE)


def _read_already(body: bytes) -> Receive:
    """Return what hands the whole body to Bolt.

    Bolt takes a form in which the word "payload" occurs, but which has no such field, for an empty one.
    """
    if not body.startswith((b"{", b"payload=")):
        body = body.replace(b"payload", b"%70ayload")

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
