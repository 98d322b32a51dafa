"""Modals: open one for a click, put one above another, or draw one anew."""

from collections.abc import Awaitable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.core.errors import NothingChanged
from bot.slack.message import Block
from bot.slack.web_client import WebClient


class Views:
    """The calls for the modals of one workspace. A trigger id works once, and for three seconds."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    async def open_view(self, trigger_id: str, view: Block) -> None:
        """Open a form for the click that asked for it. Raise NothingChanged if Slack does not open it."""
        await _done(self._client.views_open(trigger_id=trigger_id, view=view))

    async def push_view(self, trigger_id: str, view: Block) -> None:
        """Open a form above the one in which a button was clicked. Raise NothingChanged if Slack does not open it."""
        await _done(self._client.views_push(trigger_id=trigger_id, view=view))

    async def update_view(self, view_id: str, known: str | None, view: Block) -> None:
        """Show an open form differently, unless it changed after `known`, its hash. Raise NothingChanged."""
        await _done(self._client.views_update(view_id=view_id, hash=known, view=view))


async def _done(call: Awaitable[Any]) -> None:
    try:
        await call
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        raise NothingChanged from error
