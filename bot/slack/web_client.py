"""The SDK's client on the bot's shared session: with its timeout, without retries, and with a token that may change."""

import asyncio
from typing import Any, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core.outcomes import TOKENS, Token
from bot.slack.refusals import error_name

TIMEOUT = 10  # seconds
ANOTHER_MAY_WORK = {Token.GONE, Token.UNUSABLE}


class WebClient(AsyncWebClient):
    """A client that keeps its timeout. On a shared session, the SDK ignores `timeout` and waits for five minutes."""

    async def api_call(self, *args: Any, **kwargs: Any) -> AsyncSlackResponse:  # noqa: ANN401 - the SDK's signature
        """Call a method, as the SDK does it."""
        async with asyncio.timeout(self.timeout):
            return await super().api_call(*args, **kwargs)


class Tokens(Protocol):
    """The stored tokens of many workspaces."""

    async def current(self, workspace_id: str) -> str:
        """Return the token of a workspace. Raise NotInstalled, or NothingChanged if it can't be had now."""

    async def newer(self, workspace_id: str, refused: str) -> str | None:
        """Return the token that replaced one which Slack refused; None if there is none, and none will come.

        Raise NothingChanged if there may be one soon.
        """


class InstalledClient(WebClient):
    """A client that asks for its workspace's token at each call, as tokens are revoked and replaced."""

    tokens: Tokens
    workspace_id: str

    async def api_call(self, *args: Any, **kwargs: Any) -> AsyncSlackResponse:  # noqa: ANN401 - the SDK's signature
        """Call Slack. If it refuses the token and there is a newer one, call again: nothing was done the first time.

        Each call reads `self.token` before it first waits, so calls at the same time do not mix their tokens up.
        """
        token = await self.tokens.current(self.workspace_id)
        self.token = token
        try:
            return await super().api_call(*args, **kwargs)
        except SlackApiError as error:
            if TOKENS.get(error_name(error) or "") not in ANOTHER_MAY_WORK:
                raise
            newer = await self.tokens.newer(self.workspace_id, token)
            if newer is None:
                raise
        self.token = newer
        return await super().api_call(*args, **kwargs)


def web_client(session: aiohttp.ClientSession, api_url: str, token: str | None, timeout: int = TIMEOUT) -> WebClient:
    """Return a client on the shared session. It never retries: after a lost answer, a retry would post twice."""
    client = WebClient(token=token, base_url=api_url, session=session, timeout=timeout)
    client.retry_handlers = []
    return client


def installed_client(
    session: aiohttp.ClientSession, api_url: str, tokens: Tokens, workspace_id: str, timeout: int = TIMEOUT
) -> InstalledClient:
    """Return a client that calls one workspace with its current token. It never retries, as `web_client` never does."""
    # An organisation's token is for many workspaces, so each call names one. Slack ignores it with a workspace's own.
    client = InstalledClient(base_url=api_url, session=session, timeout=timeout, team_id=workspace_id)
    client.tokens, client.workspace_id = tokens, workspace_id
    client.retry_handlers = []
    return client
