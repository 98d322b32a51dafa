"""Plan the nudge of each member whose next tip is due, after refreshing their profiles from Slack."""

import asyncio
import logging

from bot.coach import schedules
from bot.services import Services
from jobs.refresh_members import refresh_members

log = logging.getLogger(__name__)

MAX_ON_SQLITE = 200  # members in one transaction on SQLite, which blocks the event loop
PAUSE = 0.005  # seconds between two transactions, in which the event loop answers requests


async def plan_nudges(services: Services, stopping: asyncio.Event) -> None:
    """Plan a few hundred members in each transaction until nobody is left. Pause in between for other work."""
    most = MAX_ON_SQLITE if services.store.embedded else schedules.MAX_PLANNED
    await refresh_members(services, stopping)
    planned = 0
    while not stopping.is_set():
        looked_at = await services.store.write(schedules.plan_due, services.clock.now(), most)
        planned += looked_at
        if looked_at < most:
            break
        await asyncio.sleep(PAUSE)
    if planned:
        log.info("nudges.planned", extra={"members": planned})
