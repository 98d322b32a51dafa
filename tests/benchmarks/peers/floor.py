"""The least that any server for Slack's commands must do: check the signature and parse the form."""

import hashlib
import hmac
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

SECRET = os.environ["SLACK_SIGNING_SECRET"].encode()
MAX_AGE = 300  # seconds
ANSWER = b'{"text":"Hello!"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]


async def app(
    scope: dict[str, Any], receive: Callable[..., Awaitable[Any]], send: Callable[..., Awaitable[None]]
) -> None:
    headers = dict(scope["headers"])
    body = (await receive())["body"]
    timestamp = headers.get(b"x-slack-request-timestamp", b"0")
    digest = hmac.new(SECRET, b"v0:%b:%b" % (timestamp, body), hashlib.sha256).hexdigest()
    genuine = hmac.compare_digest(f"v0={digest}".encode(), headers.get(b"x-slack-signature", b""))
    if not genuine or abs(time.time() - int(timestamp)) > MAX_AGE:
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    fields = dict(parse_qsl(body.decode()))
    assert fields["command"] == "/roleshift"
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})


if __name__ == "__main__":
    port = int(os.environ["PORT"])
    uvicorn.run(app, host="127.0.0.1", port=port, lifespan="off", access_log=False, log_level="warning")
