"""The SDK's client on the bot's shared session: with its timeout, without retries, and with a lean way to post."""

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NoReturn

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

    async def send_json(self, method: str, body: str) -> Mapping[str, Any]:
        """Call a method with a body that is JSON already; `api_call` would render it again. Raise what that raises."""
        assert self.session is not None  # noqa: S101 - `web_client` sets it
        async with self.session.post(
            self.base_url + method,
            data=body.encode(),
            headers={
                **self.headers,
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json; charset=utf-8",
            },
            proxy=self.proxy,
            timeout=aiohttp.ClientTimeout(total=self.timeout),
        ) as answer:
            data = _parsed(await answer.read())
        if answer.status != HTTPStatus.OK or not data.get("ok"):
            self._raise(method, data, answer)
        return data

    def _raise(self, method: str, data: dict[str, Any], answer: aiohttp.ClientResponse) -> NoReturn:
        """Raise the error that the SDK raises for such an answer."""
        response = AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=method,
            req_args={},
            data=data,
            headers=dict(answer.headers),
            status_code=answer.status,
        )
        response.validate()  # type: ignore[no-untyped-call]  # slack_sdk has no types here
        raise AssertionError("the SDK accepts an answer without `ok`")


def web_client(session: aiohttp.ClientSession, api_url: str, token: str | None, timeout: int = TIMEOUT) -> WebClient:
    """Return a client on the shared session. It never retries: after a lost answer, a retry would post twice."""
    client = WebClient(token=token, base_url=api_url, session=session, timeout=timeout)
    client.retry_handlers = []
    return client


def _parsed(body: bytes) -> dict[str, Any]:
    """Return an answer of Slack's; an empty one for anything else, which `validate` takes for an error."""
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
