"""Draw messages anew after what they show has changed. Nothing that was stored depends on whether this succeeds."""

import logging

import aiohttp

from bot.core.errors import NothingChanged, NotInstalled
from bot.core.member import MemberKey
from bot.core.outcomes import Sent
from bot.outbox import deliveries
from bot.run.services import Services
from bot.slack.form import Form, Saved
from bot.slack.message import Message

log = logging.getLogger(__name__)


async def redraw(services: Services, who: MemberKey, saved: Saved, response_url: str) -> None:
    """Draw the message anew whose button opened a form, and another one that shows the same."""
    await _draw(services, who, saved.redrawn, saved.key, response_url)
    await redraw_also(services, who, saved.redrawn)


async def redraw_also(services: Services, who: MemberKey, said: Message | Form) -> None:
    """Draw the delivered message anew that shows the same as this answer, if there is one."""
    if isinstance(said, Message) and said.also is not None:
        await _draw(services, who, said.also.message, said.also.key)


async def _draw(services: Services, who: MemberKey, message: Message, key: str | None, response_url: str = "") -> None:
    """Update a delivered message where the outbox says that it is; else replace it at the click's `response_url`."""
    try:
        posted = await services.store.read(deliveries.posted, who.workspace_id, key) if key else None
        reason = (
            await _at_url(services, message, response_url)
            if posted is None
            else await _in_channel(services, who, message, posted)
        )
    except (NothingChanged, NotInstalled) as error:
        reason = type(error).__name__
    if reason:
        log.warning("message.not_redrawn", extra={"workspace_id": who.workspace_id, "reason": reason})


async def _in_channel(services: Services, who: MemberKey, message: Message, posted: Sent) -> str:
    """Return why the message was not updated; empty if it was."""
    slack = services.gateway.for_workspace(who.workspace_id)
    outcome = await slack.change(posted.channel, posted.ts, message)
    return "" if isinstance(outcome, Sent) else outcome.reason


async def _at_url(services: Services, message: Message, response_url: str) -> str:
    """Return why the message was not replaced; empty if it was. A `response_url` works for 30 minutes."""
    if not services.gateway.leads_to_slack(response_url):
        return "no response_url"
    try:
        await services.gateway.respond(response_url, message, replace=True)
    except (aiohttp.ClientError, TimeoutError) as error:
        return type(error).__name__
    return ""
