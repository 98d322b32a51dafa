"""Plan the nudge of each member whose slot has come, after asking Slack who is still there."""

import asyncio
import logging

from bot.coach import schedules
from bot.services import Services
from jobs.refresh_members import refresh_members

log = logging.getLogger(__name__)

ON_THE_LOOP = 200  # members in a transaction on SQLite, which blocks the event loop meanwhile
PAUSE = 0.005  # seconds between two transactions, so that requests of people get the loop


async def plan_nudges(services: Services, stopping: asyncio.Event) -> None:
    """Plan a few hundred members in each transaction until nobody is left. Pause in between for other work."""
    most = ON_THE_LOOP if services.store.embedded else schedules.MAX_PLANNED
    await refresh_members(services, stopping)
    planned = 0
    while not stopping.is_set():
        come = await services.store.write(schedules.plan_due, services.clock.now(), most)
        planned += come
        if come < most:
            break
        await asyncio.sleep(PAUSE)
    if planned:
        log.info("nudges.planned", extra={"members": planned})
