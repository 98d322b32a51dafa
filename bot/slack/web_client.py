"""The SDK's client on the bot's shared session, and what its errors mean for a delivery.

It keeps its timeout, never retries, and asks for a token that may change.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core.errors import NothingChanged, NotInstalled
from bot.core.outcomes import TOKENS, NotYet, Refused, Token, Touches, Unknown

TIMEOUT = 10  # seconds
ANOTHER_MAY_WORK = {Token.GONE, Token.UNUSABLE}


class WebClient(AsyncWebClient):
    """A client that keeps its timeout. On a shared session, the SDK ignores `timeout` and waits for five minutes."""

    async def api_call(self, *args: Any, **kwargs: Any) -> AsyncSlackResponse:  # noqa: ANN401 - the SDK's signature
        async with asyncio.timeout(self.timeout):
            return await super().api_call(*args, **kwargs)


class Tokens(Protocol):
    """The stored tokens of many workspaces: see `InstalledWorkspaces`."""

    async def current(self, workspace_id: str) -> str: ...

    async def newer(self, workspace_id: str, refused: str) -> str | None: ...


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


def web_client(
    session: aiohttp.ClientSession,
    api_url: str,
    token: str | Tokens | None,
    timeout: int = TIMEOUT,
    workspace_id: str = "",
) -> WebClient:
    """Return a client on the shared session. It never retries: after a lost answer, a retry would post twice.

    With stored tokens, it calls one workspace with its current token. An organisation's token is for many workspaces,
    so each call names one; Slack ignores that with a workspace's own.
    """
    client: WebClient
    if token is None or isinstance(token, str):
        client = WebClient(token=token, base_url=api_url, session=session, timeout=timeout)
    else:
        client = InstalledClient(base_url=api_url, session=session, timeout=timeout, team_id=workspace_id)
        client.tokens, client.workspace_id = token, workspace_id
    client.retry_handlers = []
    return client


DEFAULT_PAUSE = 30  # seconds, where a 429 does not say how long

OF_A_MEMBER = "user_disabled user_not_found user_not_visible cannot_dm_bot user_is_bot users_not_found"
OF_A_CHANNEL = """
    is_archived not_in_channel channel_not_found restricted_action restricted_action_read_only_channel
    restricted_action_thread_only_channel restricted_action_non_threadable_channel
"""
OF_THE_CONTENT = """
    msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format no_text invalid_arguments metadata_too_large
    metadata_must_be_sent_from_app invalid_metadata_format invalid_metadata_schema
"""
TOUCHES: Mapping[str, Touches] = {
    **dict.fromkeys(TOKENS, Touches.WORKSPACE),
    **dict.fromkeys(OF_A_MEMBER.split(), Touches.MEMBER),
    **dict.fromkeys(OF_A_CHANNEL.split(), Touches.CHANNEL),
    **dict.fromkeys(OF_THE_CONTENT.split(), Touches.CONTENT),
    "messages_tab_disabled": Touches.OPERATOR,
}
PAUSES = {
    "ratelimited": timedelta(seconds=DEFAULT_PAUSE),
    "rate_limited": timedelta(seconds=DEFAULT_PAUSE),
    "message_limit_exceeded": timedelta(hours=1),
}
UNCLEAR = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
NOTHING_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)  # no connection, so nothing was sent

NO_TOKEN = (NotInstalled, NothingChanged)  # there was none to call with, or it could not be read
UNANSWERED = (SlackApiError, aiohttp.ClientError, TimeoutError)
FAILED = (*UNANSWERED, *NO_TOKEN)  # what a call of the Web API raises


class BlocksRefused(aiohttp.ClientError):
    """Slack does not show a block of a message."""


def read_failure(error: Exception, *, to_member: bool) -> Refused | NotYet | Unknown:
    """Return what an exception means for a post: Unknown if the post may have arrived. It is then looked up later."""
    if isinstance(error, (*NOTHING_SENT, *NO_TOKEN)):
        return NotYet("no token" if isinstance(error, NO_TOKEN) else "unreachable")
    if not isinstance(error, SlackApiError):
        return Unknown(type(error).__name__)
    response = error.response
    status = getattr(response, "status_code", HTTPStatus.OK)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        try:
            seconds = max(float(response.headers["Retry-After"]), 1.0)
        except (KeyError, ValueError):
            seconds = DEFAULT_PAUSE
        return NotYet("ratelimited", timedelta(seconds=seconds))
    name = error_name(error)
    if name is None or name in UNCLEAR or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unknown(name or "no answer")
    if name in PAUSES:
        return NotYet(name, PAUSES[name])
    is_gone = to_member and name == "channel_not_found"  # the direct messages are
    return Refused(name, Touches.MEMBER if is_gone else TOUCHES.get(name, Touches.OPERATOR))


def is_refused(error: Exception) -> bool:
    """Return whether a post at a `response_url`, which may expire, certainly failed. Else the post may be there."""
    is_answered = isinstance(error, aiohttp.ClientResponseError) and error.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return is_answered or isinstance(error, (aiohttp.InvalidURL, BlocksRefused, *NOTHING_SENT))


def sent_at(answer: AsyncSlackResponse) -> datetime | None:
    """Return Slack's time, by which its events are compared with what it answers."""
    try:
        return parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def error_name(error: SlackApiError) -> str | None:
    """Return Slack's name for an error; None where its answer is not JSON."""
    data = getattr(error.response, "data", None)
    name = data.get("error") if isinstance(data, dict) else None
    return name if isinstance(name, str) else None


def is_slacks(api_url: str, given_url: str) -> bool:
    """Return whether an address is one of Slack's: that of its Web API, or of a host below it."""
    api, given = urlsplit(api_url), urlsplit(given_url)
    is_below = bool(api.hostname) and (given.hostname or "").endswith(f".{api.hostname}")
    return given.scheme == api.scheme and (given.netloc == api.netloc or is_below)
