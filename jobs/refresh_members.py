"""Asks Slack again about members whose next tip comes soon: whether they are still there, and in which zone."""

import asyncio
import logging
from datetime import timedelta

from bot.coach import membership
from bot.core.errors import NothingChanged
from bot.slack.gateway import TooMany
from jobs.desk import Desk

log = logging.getLogger(__name__)

SOON, OLD = timedelta(hours=2), timedelta(hours=24)
MOST = 6  # each time that nudges are planned, some seventy a minute; Slack allows a hundred
PAUSE = 0.05  # seconds between two, so that no burst is seen


async def refresh_members(desk: Desk, stopping: asyncio.Event, most: int = MOST) -> None:
    """Those whose turn comes first are asked about first; where Slack has had enough, nobody is asked about."""
    now = desk.clock.now()
    for who in await desk.store.read(membership.stale, now + SOON, now - OLD, most):
        if stopping.is_set():
            return
        try:
            profile = await desk.gateway.profile(who)
        except TooMany as error:
            await desk.store.write(membership.hold, who.workspace_id, error.pause)
            return
        except NothingChanged:
            log.warning("member.unrefreshed", extra={"workspace_id": who.workspace_id})
            continue
        await desk.store.write(membership.see_profile, who, profile, now)
        await asyncio.sleep(PAUSE)
