"""Answers at a `response_url`, charts where a workspace shows them, and messages that are drawn anew.

The direct answer to a command does not tell whether Slack showed it. A message with charts therefore goes to the
command's `response_url` first: if Slack refuses it there, the direct answer is the message with texts in their place.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

import aiohttp

from bot.coach.messages import arrived
from bot.core.errors import NothingChanged, NotInstalled, UserError
from bot.core.member import MemberKey
from bot.core.outcomes import Sent
from bot.outbox import deliveries
from bot.slack.form import Form
from bot.slack.message import Message
from bot.slack.payloads import Address
from bot.slack.services import Services
from bot.slack.sorry import apology
from bot.slack.web_client import FAILED, BlocksRefused

log = logging.getLogger(__name__)

CHARTS_REFUSED_FOR = timedelta(days=1)  # then the workspace is tried again
MAX_WAIT = 1.0  # seconds for charts, while a command waits for its answer; Slack gives it three


class Replies:
    """Answers at a `response_url`. Each process remembers by itself which workspaces refused charts lately."""

    def __init__(self, services: Services) -> None:
        self._services, self._gateway, self._clock = services, services.gateway, services.clock
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

    async def to_click(self, who: MemberKey, address: Address, message: Message) -> None:
        """Answer a click, and note that the message arrived.

        That comes first where the answer takes the message's place: only for `chat.update` does Slack document that
        metadata stay.
        """
        if message.replaces:
            await self._note_arrival(who, address)
        await self._answer(who, address, message)
        if not message.replaces:
            await self._note_arrival(who, address)

    async def _note_arrival(self, who: MemberKey, address: Address) -> None:
        if not address.delivery:
            return
        store, now = self._services.store, self._clock.now()
        with suppress(NothingChanged):
            seen = await store.read(deliveries.doubtful, who.workspace_id, address.delivery)
            if seen is not None:
                at = Sent(address.channel, address.ts)
                await store.write(arrived, self._services.messages, who, seen, at, now)

    async def _answer(self, who: MemberKey, address: Address, message: Message) -> None:
        """Where this fails with charts, try once more without them."""
        message = self._for_workspace(who.workspace_id, message)
        reader_alone = address.is_ephemeral and not message.for_all
        replace = reader_alone if message.replaces is None else message.replaces
        try:
            if address.thread and not replace and not message.for_all and await self._in_thread(who, address, message):
                return
            await self._gateway.respond(address.url, message, replace=replace, thread=address.thread)
        except (aiohttp.ClientError, TimeoutError) as error:
            if message.without_charts is None:
                log.warning("click.unanswered")  # what was clicked is stored; the member sees it in /roleshift progress
                return
            self._see(who.workspace_id, error)
            await self._answer(who, address, message.without_charts)
        except UserError as error:  # what it shows is gone since, or the database does not answer
            await self._answer(who, address, apology(error))

    async def _in_thread(self, who: MemberKey, address: Address, message: Message) -> bool:
        """Show a message to one person in a thread, where a `response_url` can't. Return False if Slack does not."""
        try:
            slack = self._gateway.for_workspace(who.workspace_id)
            said = await message.again() if message.again else message
            await slack.show_in_thread(address.channel, address.thread, who.member_id, said)
        except FAILED as error:
            log.warning("thread.not_shown", extra={"workspace_id": who.workspace_id, "reason": type(error).__name__})
            return False
        return True

    def _for_workspace(self, workspace_id: str, message: Message) -> Message:
        refused_at = self._refused_at.get(workspace_id)
        refuses = refused_at is not None and self._clock.now() < refused_at + CHARTS_REFUSED_FOR
        return message.without_charts or message if refuses else message

    def _see(self, workspace_id: str, error: Exception) -> None:
        """Remember a workspace that refused charts; after any other error it may show them the next time."""
        if isinstance(error, BlocksRefused):
            self._refused_at[workspace_id] = self._clock.now()
        log.warning("charts.not_shown", extra={"workspace_id": workspace_id, "reason": type(error).__name__})


async def redraw_also(services: Services, who: MemberKey, said: Message | Form) -> None:
    """Draw the delivered message anew that shows the same as this answer, if there is one."""
    if isinstance(said, Message) and said.also is not None:
        await redraw(services, who, said.also.message, said.also.key)


async def redraw(services: Services, who: MemberKey, message: Message, key: str) -> bool:
    """Update a delivered message where the outbox says that it is. Return whether it is known there."""
    try:
        posted = await services.store.read(deliveries.posted, who.workspace_id, key)
        if posted is None:
            return False
        outcome = await services.gateway.for_workspace(who.workspace_id).change(posted.channel, posted.ts, message)
        reason = "" if isinstance(outcome, Sent) else outcome.reason
    except (NothingChanged, NotInstalled) as error:
        reason = type(error).__name__
    if reason:
        log.warning("message.not_redrawn", extra={"workspace_id": who.workspace_id, "reason": reason})
    return True
