"""Plans the nudge of each member whose slot has come, once Slack was asked who is still there."""

import asyncio
import logging

from bot.coach import schedules
from jobs.desk import Desk
from jobs.refresh_members import refresh_members

log = logging.getLogger(__name__)

ON_THE_LOOP = 200  # members a transaction on SQLite, where it holds the loop meanwhile
PAUSE = 0.005  # seconds between two transactions; an answer to a person takes several turns of the loop


async def plan_nudges(desk: Desk, stopping: asyncio.Event) -> None:
    """A few hundred members a transaction, until nobody is left; others get their turn between two."""
    most = ON_THE_LOOP if desk.store.embedded else schedules.PLAN_MOST
    await refresh_members(desk, stopping)
    planned = 0
    while not stopping.is_set():
        come = await desk.store.write(schedules.plan_due, desk.clock.now(), most)
        planned += come
        if come < most:
            break
        await asyncio.sleep(PAUSE)
    if planned:
        log.info("nudges.planned", extra={"members": planned})
