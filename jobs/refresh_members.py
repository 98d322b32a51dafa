"""Ask Slack again about members whose next tip comes soon: whether they are still there, and in which zone."""

import asyncio
import logging
from datetime import datetime, timedelta

from bot.coach import membership
from bot.core.errors import NothingChanged, NotInstalled
from bot.core.member import MemberKey
from bot.services import Services
from bot.slack.gateway import TooMany

log = logging.getLogger(__name__)

SOON, OLD = timedelta(hours=2), timedelta(hours=24)
MAX_ASKED = 6  # in each run, about seventy a minute; Slack allows a hundred
MAX_READS = 10  # in each run: one more for each workspace that is left out
PAUSE = 0.05  # seconds between two calls, so that Slack sees no burst


async def refresh_members(services: Services, stopping: asyncio.Event, most: int = MAX_ASKED) -> None:
    """Ask about members in the order of their next tips.

    A workspace at its rate limit, or where Slack does not answer, is left out until the next run. So its members do not
    take the turns of all others.
    """
    now, left_out = services.clock.now(), set[str]()
    for _ in range(MAX_READS):
        before = len(left_out)
        for who in await services.store.read(membership.stale, now + SOON, now - OLD, most, left_out):
            if stopping.is_set():
                return
            if who.workspace_id in left_out:
                continue
            if await _ask(services, who, now):
                most -= 1
                await asyncio.sleep(PAUSE)
            else:
                left_out.add(who.workspace_id)
        if len(left_out) == before or most <= 0:
            return


async def _ask(services: Services, who: MemberKey, now: datetime) -> bool:
    """Ask Slack about a member, and store the answer. Return False if there was none."""
    store = services.store.within(who.workspace_id)
    try:
        profile = await services.gateway.for_workspace(who.workspace_id).profile(who.member_id)
    except TooMany as error:
        await store.write(membership.hold, who.workspace_id, error.pause)
        return False
    except (NothingChanged, NotInstalled):
        log.warning("member.unrefreshed", extra={"workspace_id": who.workspace_id})
        return False
    await store.write(membership.see_profile, who, profile, now)
    return True
