"""Modals: open them for a click, or put them in the place of the interim one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.core.errors import NothingChanged
from bot.slack.message import Block
from bot.slack.refusals import NO_TOKEN
from bot.slack.web_client import WebClient

MAX_INTERIM = 1_000  # interim answers that are remembered, the newest


class Views:
    """The calls for the modals of one workspace.

    A trigger id works once, and for three seconds. If an interim modal used it up, what comes later for the same click
    takes that modal's place.
    """

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._interim: dict[str, asyncio.Task[bool]] = {}  # by trigger id: whether Slack shows it

    def show_interim(self, trigger_id: str, view: Block, *, above: bool) -> asyncio.Task[bool]:
        """Begin to show an interim modal, `above` another or alone, once for each click. The task never raises."""
        if trigger_id not in self._interim:
            call = self._client.views_push if above else self._client.views_open
            shown = _is_done(call(trigger_id=trigger_id, view=named(view, trigger_id)))
            self._interim[trigger_id] = asyncio.ensure_future(shown)
            if len(self._interim) > MAX_INTERIM:
                self._interim.pop(next(iter(self._interim)))
        return self._interim[trigger_id]

    def has_interim(self, trigger_id: str) -> bool:
        """Return whether an interim modal was shown for this click, or is about to be."""
        return trigger_id in self._interim

    async def open_view(self, trigger_id: str, view: Block) -> None:
        """Open a form for the click that asked for it. Raise NothingChanged if Slack does not open it."""
        await self._show(self._client.views_open, trigger_id, view)

    async def push_view(self, trigger_id: str, view: Block) -> None:
        """Open a form above the one in which a button was clicked. Raise NothingChanged if Slack does not open it."""
        await self._show(self._client.views_push, trigger_id, view)

    async def update_view(self, view_id: str, known: str | None, view: Block) -> None:
        """Show an open form differently, unless it changed after `known`, its hash. Raise NothingChanged."""
        await _done(self._client.views_update(view_id=view_id, hash=known, view=view))

    async def replace_interim(self, trigger_id: str, view: Block) -> None:
        """Show a modal in the place of the interim one. Raise NothingChanged if that is closed."""
        await _done(self._client.views_update(external_id=trigger_id, view=named(view, trigger_id)))

    async def _show(self, call: Callable[..., Awaitable[Any]], trigger_id: str, view: Block) -> None:
        interim = self._interim.get(trigger_id)
        if interim is not None and await interim:
            await self.replace_interim(trigger_id, view)
        else:
            await _done(call(trigger_id=trigger_id, view=view))


def named(view: Block, trigger_id: str) -> Block:
    """Return an interim modal under the name by which it is found again."""
    return {**view, "external_id": trigger_id}


async def _done(call: Awaitable[Any]) -> None:
    try:
        await call
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        raise NothingChanged from error


async def _is_done(call: Awaitable[Any]) -> bool:
    try:
        await _done(call)
    except NO_TOKEN:
        return False
    return True
