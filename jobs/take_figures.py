"""Take the weekly figures of each workspace, for the team's desk."""

import asyncio
import logging
from datetime import datetime

from bot.coach import desk
from bot.run.services import Services

log = logging.getLogger(__name__)

PAUSE = 0.005  # seconds between two transactions, so that requests of people get the loop


async def take_figures(services: Services, stopping: asyncio.Event) -> None:
    """Take this week's figures where they are missing and the bot has met at least five members.

    Each workspace has a transaction of its own: thousands of workspaces begin their week at the same time. It is
    counted aside, as counting a large one would keep people's requests waiting.
    """
    taken = 0
    for workspace_id, week, since, until in await services.store.read(desk.without_figures, services.clock.now()):
        if stopping.is_set():
            break
        try:
            taken += await _take(services, workspace_id, week, since, until)
        except Exception:  # the next run tries again; one workspace must not stop the others
            log.exception("figures.broke", extra={"workspace_id": workspace_id})
        await asyncio.sleep(PAUSE)
    if taken:
        log.info("figures.taken", extra={"workspaces": taken})


async def _take(services: Services, workspace_id: str, week: str, since: datetime, until: datetime) -> bool:
    shown = await services.store.read_aside(desk.count, workspace_id, since, until)
    return await services.store.write(desk.keep_figures, workspace_id, week, shown, services.clock.now())
