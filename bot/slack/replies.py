"""Answers at the `response_url` of a command or a click, and charts where a workspace shows them.

The direct answer to a command does not tell whether Slack showed it. A message with charts therefore goes to the
command's `response_url` first: if Slack refuses it there, the direct answer is the message with texts in their place.
"""

import logging
from datetime import datetime, timedelta

import aiohttp

from bot.run.clock import Clock
from bot.slack.gateway import Gateway
from bot.slack.message import Message
from bot.slack.refusals import BlocksRefused

log = logging.getLogger(__name__)

CHARTS_REFUSED_FOR = timedelta(days=1)  # then the workspace is tried again
MAX_WAIT = 1.0  # seconds for charts, while a command waits for its answer; Slack gives it three


class Replies:
    """Answers at a `response_url`. Each process remembers by itself which workspaces refused charts lately."""

    def __init__(self, gateway: Gateway, clock: Clock) -> None:
        self._gateway, self._clock = gateway, clock
        self._refused_at: dict[str, datetime] = {}

    async def follow(self, url: str, body: str) -> None:
        """Give the late answer to a command, as a new message: Slack can't replace what it was answered with."""
        if not url:
            return
        try:
            await self._gateway.send_reply(url, body)
        except (aiohttp.ClientError, TimeoutError):
            log.warning("late.unanswered")

    async def show_charts(self, workspace_id: str, url: str, message: Message) -> Message | None:
        """Show a command's answer at its `response_url` if it has charts. Return what its direct answer still must say.

        After a lost answer that is the message without charts: better shown twice than not at all.
        """
        message = self._for_workspace(workspace_id, message)
        if message.without_charts is None or not url:
            return message.without_charts or message
        try:
            await self._gateway.respond(url, message, replace=False, seconds=MAX_WAIT)
        except (aiohttp.ClientError, TimeoutError) as error:
            self._see(workspace_id, error)
            return message.without_charts
        return None

    async def answer(self, workspace_id: str, url: str, message: Message, *, replace: bool) -> None:
        """Answer a click. Where that fails with charts, try once more without them."""
        message = self._for_workspace(workspace_id, message)
        try:
            await self._gateway.respond(url, message, replace=replace)
        except (aiohttp.ClientError, TimeoutError) as error:
            if message.without_charts is None:
                log.warning("click.unanswered")  # what was clicked is stored; the member sees it in /roleshift progress
                return
            self._see(workspace_id, error)
            await self.answer(workspace_id, url, message.without_charts, replace=replace)

    def _for_workspace(self, workspace_id: str, message: Message) -> Message:
        refused_at = self._refused_at.get(workspace_id)
        refuses = refused_at is not None and self._clock.now() < refused_at + CHARTS_REFUSED_FOR
        return message.without_charts or message if refuses else message

    def _see(self, workspace_id: str, error: Exception) -> None:
        """Remember a workspace that refused charts; after any other error it may show them the next time."""
        if isinstance(error, BlocksRefused):
            self._refused_at[workspace_id] = self._clock.now()
        log.warning("charts.not_shown", extra={"workspace_id": workspace_id, "reason": type(error).__name__})
