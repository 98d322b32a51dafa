"""Delete rows that nobody needs any more."""

import asyncio
import logging
from datetime import timedelta

from bot.coach import challenges, membership
from bot.services import Services

log = logging.getLogger(__name__)

REDELIVERED_WITHIN = timedelta(days=1)  # Slack gives up on an event after minutes
DRAFTS_WAIT = timedelta(days=7)


async def sweep_tombstones(services: Services, _stopping: asyncio.Event) -> None:
    """Delete what is kept for ten minutes about members who were forgotten."""
    await services.store.write(membership.sweep_tombstones, services.clock.now())


async def sweep(services: Services, _stopping: asyncio.Event) -> None:
    """Delete events that were seen long ago, and drafts of challenges that ended long ago."""
    gone = await services.store.write(membership.sweep, services.clock.now() - REDELIVERED_WITHIN)
    if gone:
        log.info("events.swept", extra={"events": gone})
    drafts = await services.store.write(challenges.sweep, services.clock.now() - DRAFTS_WAIT)
    if drafts:
        log.info("drafts.swept", extra={"drafts": drafts})
