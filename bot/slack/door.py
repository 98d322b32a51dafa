"""Verify each HTTP request over its raw bytes, before Bolt parses it. Count those that are rejected. Slow down floods.

A body may have 1 MB and take 10 s. uvicorn has no limit for heads and connections, so it listens on 127.0.0.1 unless
ROLESHIFT_HOST says otherwise, and a proxy stands in front; `python -m tests.faults strangers --long` attacks both.

A member who sends more than a person can is refused: a token bucket for each member, in memory. Commands, clicks,
forms, shortcuts, messages to the bot, mentions and openings of Home count alike. Each web process counts for itself. A
request that is refused costs no transaction and no call to Slack.
"""

import asyncio
import hmac
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.responses import Response

from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.metrics import REJECTED, SLOWED

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
KeyT = TypeVar("KeyT")

PATH = "/slack/events"
MAX_BODY = 1_000_000  # bytes
BODY_DEADLINE = 10  # seconds
MAX_AGE = 300  # seconds, as in the SDK's verifier
WARN_EVERY = 60  # seconds
BURST_SECONDS = 30  # a full bucket holds what a member may send in so many seconds
MAX_BUCKETS = 50_000  # in half a minute, when the first one is full again, a process can't answer so many members
REPLY_AGAIN = 10  # seconds between two replies to clicks and messages that are refused, as each is a request to Slack


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
            if not body.startswith((b"{", b"payload=")):  # Bolt takes a form with this word but no such field for empty
                body = body.replace(b"payload", b"%70ayload")
            whole = {"type": "http.request", "body": body, "more_body": False}

            async def receive_again() -> MutableMapping[str, Any]:
                return whole

            try:
                await handler(dict(scope), receive_again, send)
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


class TooFast(UserError):
    """A member sends requests faster than one member may. `quiet`: they read this sentence a moment ago."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        super().__init__("That was too fast for me, so nothing was changed. Wait ten seconds, then try again.")


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float
    told_at: float | None = None


class Buckets(Generic[KeyT]):
    """A token bucket for each key: so many at once, then so many a second. Full ones are dropped to save memory."""

    def __init__(self, at_once: float, per_second: float, now: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._per_second, self._now = at_once, per_second, now
        self._buckets: OrderedDict[KeyT, _Bucket] = OrderedDict()  # the one used last stands at the end

    def take(self, key: KeyT) -> bool:
        now = self._now()
        bucket = self._buckets.pop(key, None) or _Bucket(self._at_once, now)
        bucket.tokens = min(bucket.tokens + (now - bucket.filled_at) * self._per_second, self._at_once)
        bucket.filled_at = now
        self._buckets[key] = bucket
        full = now - self._at_once / self._per_second  # a bucket that was last used before that is
        while len(self._buckets) > MAX_BUCKETS or next(iter(self._buckets.values())).filled_at <= full:
            self._buckets.popitem(last=False)
        allowed = bucket.tokens >= 1
        bucket.tokens -= allowed
        return allowed


class MemberBuckets(Buckets[MemberKey]):
    def __init__(self, per_minute: float, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(max(per_minute / 60 * BURST_SECONDS, 1), per_minute / 60, now)

    def check(self, who: MemberKey) -> None:
        """Take a token for a request of this member. Raise TooFast if there is none."""
        if self.take(who):
            return
        SLOWED.inc()
        bucket = self._buckets[who]
        quiet = bucket.told_at is not None and bucket.filled_at - bucket.told_at < REPLY_AGAIN
        if not quiet:
            bucket.told_at = bucket.filled_at
        raise TooFast(quiet=quiet)
