"""Ask Slack again about members whose next tip comes soon: whether they are still there, and in which zone."""

import asyncio
import logging
from datetime import timedelta

from bot.coach import membership
from bot.core.errors import NothingChanged, NotInstalled
from bot.services import Services
from bot.slack.gateway import TooMany

log = logging.getLogger(__name__)

SOON, OLD = timedelta(hours=2), timedelta(hours=24)
MAX_ASKED = 6  # in each run, about seventy a minute; Slack allows a hundred
PAUSE = 0.05  # seconds between two calls, so that Slack sees no burst


async def refresh_members(services: Services, stopping: asyncio.Event, most: int = MAX_ASKED) -> None:
    """Ask about members in the order of their next tips. Stop asking about a workspace at its rate limit."""
    now = services.clock.now()
    paused: set[str] = set()
    for who in await services.store.read(membership.stale, now + SOON, now - OLD, most):
        if stopping.is_set():
            return
        if who.workspace_id in paused:
            continue
        store = services.store.within(who.workspace_id)
        try:
            profile = await services.gateway.for_workspace(who.workspace_id).profile(who.member_id)
        except TooMany as error:
            paused.add(who.workspace_id)
            await store.write(membership.hold, who.workspace_id, error.pause)
            continue
        except (NothingChanged, NotInstalled):
            log.warning("member.unrefreshed", extra={"workspace_id": who.workspace_id})
            continue
        await store.write(membership.see_profile, who, profile, now)
        await asyncio.sleep(PAUSE)
