"""Bolt alone, with the least that answers a click: an acknowledgement, then one POST to its `response_url`."""

import asyncio
import os
import re
from typing import Any

import aiohttp
import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

ANSWER = b'{"text":"Hello!","response_type":"ephemeral","replace_original":false}'
HEADERS = {"content-type": "application/json; charset=utf-8"}


def click_app() -> AsyncApp:
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"], process_before_response=True)
    sessions: list[aiohttp.ClientSession] = []  # it wants a running loop to be made in
    posts: set[asyncio.Task[None]] = set()

    async def post(url: str) -> None:
        async with sessions[0].post(url, data=ANSWER, headers=HEADERS) as answer:
            answer.raise_for_status()

    async def click(ack: AsyncAck, body: dict[str, Any]) -> None:
        if not sessions:
            sessions.append(aiohttp.ClientSession())
        await ack()
        task = asyncio.ensure_future(post(body["response_url"]))
        posts.add(task)
        task.add_done_callback(posts.discard)

    app.action(re.compile("^roleshift:"))(click)
    return app


if __name__ == "__main__":
    handler, port = AsyncSlackRequestHandler(click_app()), int(os.environ["PORT"])
    uvicorn.run(handler, host="127.0.0.1", port=port, lifespan="off", access_log=False, log_level="warning")
