"""Close challenges that have ended, plan their recaps, and plan last calls two days before an end."""

import asyncio
import logging

from bot.coach import challenges
from bot.run.services import Services

log = logging.getLogger(__name__)


async def close_challenges(services: Services, _stopping: asyncio.Event) -> None:
    """Close challenges and plan their messages. Each happens once, even if several workers run this job."""
    closed = await services.store.write(challenges.close_due, services.clock.now())
    if closed:
        log.info("challenges.closed", extra={"challenges": closed})
    called = await services.store.write(challenges.call_last, services.clock.now())
    if called:
        log.info("challenges.called", extra={"challenges": called})
