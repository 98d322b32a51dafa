"""The SDK's client on the bot's shared session: with its timeout, and without retries."""

import asyncio
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

TIMEOUT = 10  # seconds


class WebClient(AsyncWebClient):
    """A client that keeps its timeout. On a shared session, the SDK ignores `timeout` and waits for five minutes."""

    async def api_call(self, *args: Any, **kwargs: Any) -> AsyncSlackResponse:  # noqa: ANN401 - the SDK's signature
        """Call a method, as the SDK does it."""
        async with asyncio.timeout(self.timeout):
            return await super().api_call(*args, **kwargs)


def web_client(session: aiohttp.ClientSession, api_url: str, token: str | None, timeout: int = TIMEOUT) -> WebClient:
    """Return a client on the shared session. It never retries: after a lost answer, a retry would post twice."""
    client = WebClient(token=token, base_url=api_url, session=session, timeout=timeout)
    client.retry_handlers = []
    return client
