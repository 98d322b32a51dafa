"""Unsigned requests get an empty 401; signed but malformed ones never get a 500."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from prometheus_client import REGISTRY

from bot.playground.emulator.delivery import signature
from bot.slack import door
from tests.driver.standin import StandIn
from tests.every import try_every
from tests.running import every_row
from tests.slack.posting import PATH, Sender, sender_to

COMMAND = {
    "command": "/roleshift", "text": "learn cost spikes", "team_id": "T01NORTHWIND", "user_id": "U02EMIL",
    "channel_id": "C01GENERAL", "response_url": "http://127.0.0.1:1/", "trigger_id": "1.2", "api_app_id": "A0ROLESHIFT",
}  # fmt: skip
BODY = urlencode(COMMAND).encode()
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@pytest.fixture
async def sender(slack: StandIn, tmp_path: Path) -> AsyncIterator[Sender]:
    async with sender_to(slack, tmp_path) as sender:
        before = list(every_row(tmp_path))
        yield sender
        assert list(every_row(tmp_path)) == before, "a request that was turned away changed something"


def now() -> str:
    return str(int(time.time()))


def headers_of(stamp: str, sign: str) -> dict[str, str]:
    return {"content-type": FORM, "x-slack-request-timestamp": stamp, "x-slack-signature": sign}


FORGED = {
    "no signature": {"x-slack-request-timestamp": now()},
    "no timestamp": {"x-slack-signature": f"v0={'a' * 64}"},
    "a signature of another secret": headers_of(now(), signature("0" * 32, now(), BODY)),
    "a signature that is no ASCII": headers_of(now(), f"v0={'ä' * 64}"),
    "a timestamp in words": headers_of("yesterday", f"v0={'0' * 64}"),
    "a timestamp below zero": headers_of("-123456789", f"v0={'0' * 64}"),
    "a timestamp that never ends": headers_of("9" * 400, f"v0={'0' * 64}"),
}


async def test_a_request_that_is_forged_old_changed_or_too_large_gets_an_empty_401(sender: Sender) -> None:
    async def check(headers: dict[str, str]) -> None:
        reply = await sender.send(BODY, headers)
        assert (reply.status, reply.body) == (401, b"")

    await try_every(FORGED, check)
    changed, large = BODY.replace(b"U02EMIL", b"U03ASHA"), BODY + b"&x=" + b"a" * 1_000_000
    of_large = headers_of(now(), signature(sender.secret, now(), large))
    replies = [
        *[await sender.signed(BODY, at=at) for at in (-301, -3_600, 301, 86_400)],
        await sender.send(changed, headers_of(now(), signature(sender.secret, now(), BODY))),
        *[await sender.send(large, of_large, chunk=chunk) for chunk in (0, 65_536)],
        *[await sender.signed(body) for body in (BODY + b"\xff", b"\x80", b"\xed\xa0\x80")],  # no UTF-8
    ]
    assert [(reply.status, reply.body) for reply in replies] == [(401, b"")] * len(replies)


async def test_nothing_parses_a_body_before_its_signature_is_verified(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check(case: tuple[str, bytes]) -> None:
        content_type, body = case
        parsed: list[object] = []
        monkeypatch.setattr("slack_bolt.request.async_request.parse_body", lambda *body, **_: parsed.append(body))
        forged = headers_of(now(), f"v0={'0' * 64}") | {"content-type": content_type}
        reply = await sender.send(body[:1_000_000], forged)
        assert (reply.status, reply.body) == (401, b"")
        assert parsed == []

    await try_every(product([FORM, JSON], [b"{", b"payload=%7B", b"[" * 100_000, b"a&" * 500_000, b"\xff"]), check)


async def test_a_body_with_a_too_large_content_length_is_rejected_before_it_is_read(sender: Sender) -> None:
    async def receive() -> dict[str, object]:
        raise AssertionError("the body was read")

    for length in ("1000001", "9" * 5_000, "-1", "1e3"):
        assert await answer_to(sender, receive, {"content-length": length}) == (401, b""), length


async def answer_to(sender: Sender, receive: door.Receive, headers: dict[str, str]) -> tuple[int, bytes]:
    """Send a forged request whose body is what `receive` gives. Return the status and the body of the answer."""
    sent: list[Any] = []

    async def send(message: object) -> None:
        sent.append(message)

    forged = headers_of(now(), f"v0={'0' * 64}") | headers
    named = [(name.encode(), value.encode()) for name, value in forged.items()]
    await sender.asgi({"type": "http", "method": "POST", "path": PATH, "headers": named}, receive, send)
    return sent[0]["status"], sent[1]["body"]


async def test_a_body_that_does_not_come_in_time_is_given_up(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then does not put the deadline off."""
    monkeypatch.setattr(door, "BODY_DEADLINE", 0.1)

    async def receive() -> dict[str, object]:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"a", "more_body": True}

    def rejected() -> float:
        return REGISTRY.get_sample_value("roleshift_requests_rejected_total", {"reason": "slow"}) or 0

    before = rejected()
    assert await answer_to(sender, receive, {}) == (401, b"")
    assert rejected() == before + 1


async def test_what_is_rejected_warns_once_a_minute_with_the_likely_cause(
    sender: Sender, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000.0]
    monkeypatch.setattr("bot.slack.door.time.monotonic", lambda: clock[0])
    for _ in range(100):
        await sender.send(BODY, headers_of(now(), f"v0={'0' * 64}"))
    clock[0] += 61
    an_hour_ago = str(int(time.time()) - 3_600)  # a stranger can't make this machine's clock look wrong
    await sender.send(BODY, headers_of(an_hour_ago, f"v0={'0' * 64}"))
    for at in (-4_000, 4_000):  # Slack's own signature: here the clock is off
        clock[0] += 61
        await sender.signed(BODY, at=at)
    told = [vars(record) for record in caplog.records if record.message == "request.rejected"]
    reasons = [(each["reason"], each["count"]) for each in told]
    assert reasons == [("signature", 1), ("signature", 100), ("timestamp", 1), ("timestamp", 1)]
    assert "is SLACK_SIGNING_SECRET that of this app?" in told[0]["likely_cause"]
    for each, off in zip(told[2:], ("ahead", "behind"), strict=True):
        assert re.match(rf"this machine's clock is (3999|400[01]) s {off} of Slack's", each["likely_cause"])


MALFORMED = {
    "nothing": (b"", FORM),
    "no JSON": (b"{", JSON),
    "JSON that is a list": (b"[1, 2]", JSON),
    "JSON that is null": (b"null", JSON),
    "JSON that nests 100,000 deep": (b"[" * 100_000, JSON),
    "a payload that is no JSON": (b"payload=%7B", FORM),
    "a payload that is a list": (b"payload=%5B%5D", FORM),
    "a payload of an unknown type": (b"payload=%7B%22type%22%3A%22dance%22%7D", FORM),
    "a command that is not ours": (urlencode({**COMMAND, "command": "/other"}).encode(), FORM),
    "a command of another workspace": (urlencode({**COMMAND, "team_id": "T0OTHER"}).encode(), FORM),
    "a form with control characters": (b"command=%00&text=%0d%0a", FORM),
    "a form of nothing but ampersands": (b"&" * 10_000, FORM),
    "a form that calls itself JSON": (BODY, JSON),
    "JSON that calls itself a form": (b'{"command": "/roleshift"}', FORM),
}  # fmt: skip


async def test_a_signed_but_malformed_request_is_never_a_500(sender: Sender) -> None:
    async def check(case: tuple[bytes, str]) -> None:
        body, content_type = case
        reply = await sender.signed(body, content_type)
        assert reply.status in {200, 400, 404}
        assert b"Traceback" not in reply.body
        assert len(reply.body) < 500

    await try_every(MALFORMED, check)


async def test_a_command_in_which_the_word_payload_occurs_is_read(sender: Sender) -> None:
    """Bolt would take it for a form without fields."""
    for word in ("payload", "payload=", "&payload=%7B%7D", "the payload is {}"):
        reply = await sender.signed(urlencode({**COMMAND, "text": f"skill {word}"}).encode())
        assert (reply.status, b"payload" in reply.body) == (200, True), word


async def test_only_post_is_accepted_at_slacks_path_and_health_needs_no_signature(sender: Sender) -> None:
    assert (await sender.send(b"", {}, "GET", "/healthz")).body == b"ok"
    assert (await sender.send(b"", {}, "GET", "/readyz")).body == b"ready"
    for method in ("GET", "PUT", "DELETE", "HEAD", "OPTIONS"):
        assert (await sender.send(BODY, {}, method)).status in {404, 405}
    assert (await sender.send(b"{}", path="/mcp")).status == 404, "only with its setting there is such an address"
