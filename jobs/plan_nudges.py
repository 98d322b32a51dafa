"""Plans the nudge of each member whose slot has come, once Slack was asked who is still there."""

import asyncio
import logging

from bot.coach import schedules
from jobs.desk import Desk
from jobs.refresh_members import refresh_members

log = logging.getLogger(__name__)

PAUSE = 0.005  # seconds between two transactions; an answer to a person takes several turns of the loop


async def plan_nudges(desk: Desk, stopping: asyncio.Event) -> None:
    """Five hundred members a transaction, until nobody is left; others get their turn between two."""
    await refresh_members(desk, stopping)
    planned = 0
    while not stopping.is_set():
        come = await desk.store.write(schedules.plan_due, desk.clock.now())
        planned += come
        if come < schedules.PLAN_MOST:
            break
        await asyncio.sleep(PAUSE)
    if planned:
        log.info("nudges.planned", extra={"members": planned})
