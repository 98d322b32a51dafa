"""A minimal Slack for a sender: it answers every `chat.postMessage` at once, and counts them at /posted."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import uvicorn

NUMBERS = count(1)
ANSWER_AFTER = float(os.environ.get("ANSWER_AFTER", "0"))  # seconds
OTHERS = {
    "/api/auth.test": b'{"ok":true,"team_id":"T0","bot_id":"B0BENCH","user_id":"U0BOT"}',
    "/api/conversations.open": b'{"ok":true,"channel":{"id":"D0BENCH"}}',
    "/posted": b"0",
}


async def app(
    scope: dict[str, Any], receive: Callable[..., Awaitable[Any]], send: Callable[..., Awaitable[None]]
) -> None:
    while (await receive()).get("more_body"):
        pass
    if (body := OTHERS.get(scope["path"])) is None:
        if ANSWER_AFTER:
            await asyncio.sleep(ANSWER_AFTER)
        number = next(NUMBERS)
        body = b'{"ok":true,"channel":"D0BENCH","ts":"1790000000.%06d","message":{"text":"Hello!"}}' % number
        OTHERS["/posted"] = b"%d" % number
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    port = int(os.environ["PORT"])
    uvicorn.run(
        app, host="127.0.0.1", port=port, lifespan="off", access_log=False, log_level="warning", timeout_keep_alive=60
    )
