"""Plan the nudge of each member whose slot has come, after asking Slack who is still there."""

import asyncio
import logging
from collections import Counter

from bot.coach import schedules
from bot.run.services import Services
from bot.store.schedules import BEGINNING
from jobs.refresh_members import refresh_members

log = logging.getLogger(__name__)

ON_THE_LOOP = 100  # members in a transaction on SQLite, which blocks the event loop meanwhile
MAX_WAITING = 20  # workspaces that wait for others at the same time
PAUSE = 0.005  # seconds between two transactions, so that requests of people get the loop


async def plan_nudges(services: Services, stopping: asyncio.Event) -> None:
    """Plan a hundred members or more in each transaction until nobody is left. Pause in between for other work.

    A workspace whose members take most of a transaction then waits until all others had their turn, so that thousands
    of members who are due at once do not delay the few of another workspace.
    """
    most = ON_THE_LOOP if services.store.embedded else schedules.MAX_PLANNED
    await refresh_members(services, stopping)
    await asyncio.sleep(PAUSE)
    planned, waiting, after = 0, set[str](), BEGINNING
    while not stopping.is_set():
        due = await services.store.write(schedules.plan_due, services.clock.now(), most, waiting, after)
        planned += len(due)
        if len(due) < most and not waiting:
            break
        if len(due) < most or len(waiting) == MAX_WAITING:
            waiting.clear()
            after = BEGINNING
        else:
            workspaces = Counter(each.key.workspace_id for each in due)
            waiting.update(busy for busy, members in workspaces.items() if members > most / 2)
            after = due[-1].cursor
        await asyncio.sleep(PAUSE)
    if planned:
        log.info("nudges.planned", extra={"members": planned})
