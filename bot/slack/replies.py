"""Answers at a `response_url`, with texts where Slack shows no charts; and messages that are drawn anew."""

import logging
from contextlib import suppress

import aiohttp

from bot.coach.messages import arrived
from bot.core.errors import NothingChanged, NotInstalled, UserError
from bot.core.member import MemberKey
from bot.core.outcomes import Sent
from bot.outbox import deliveries
from bot.slack.message import Message
from bot.slack.payloads import Address
from bot.slack.services import Services
from bot.slack.sorry import apology
from bot.slack.web_client import FAILED

log = logging.getLogger(__name__)


class Replies:
    def __init__(self, services: Services) -> None:
        self._services, self._gateway, self._clock = services, services.gateway, services.clock

    async def follow(self, url: str, body: str) -> None:
        """Give the late answer to a command, as a new message: Slack can't replace what it was answered with."""
        if not url:
            return
        try:
            await self._gateway.send_reply(url, body)
        except (aiohttp.ClientError, TimeoutError):
            log.warning("late.unanswered")

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
            log.info("charts.not_shown", extra={"workspace_id": who.workspace_id, "reason": type(error).__name__})
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
