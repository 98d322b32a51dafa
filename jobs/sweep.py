"""Lets go of what nobody needs any more."""

import asyncio
import logging
from datetime import timedelta

from bot.coach import challenges, membership
from jobs.desk import Desk

log = logging.getLogger(__name__)

REDELIVERED_WITHIN = timedelta(days=1)  # Slack gives up on an event after minutes
DRAFTS_WAIT = timedelta(days=7)


async def sweep_tombstones(desk: Desk, _stopping: asyncio.Event) -> None:
    """Delete what is kept for ten minutes about members who were forgotten."""
    await desk.store.write(membership.sweep_tombstones, desk.clock.now())


async def sweep(desk: Desk, _stopping: asyncio.Event) -> None:
    """Events that were seen long ago, and drafts of challenges whose end is long over."""
    gone = await desk.store.write(membership.sweep, desk.clock.now() - REDELIVERED_WITHIN)
    if gone:
        log.info("events.swept", extra={"events": gone})
    drafts = await desk.store.write(challenges.sweep, desk.clock.now() - DRAFTS_WAIT)
    if drafts:
        log.info("drafts.swept", extra={"drafts": drafts})
