"""Takes the figures for the team's desk once a week, so that growth can be told whenever somebody looks."""

import asyncio
import logging

from bot.coach import team
from jobs.desk import Desk

log = logging.getLogger(__name__)


async def take_figures(desk: Desk, _stopping: asyncio.Event) -> None:
    """Wherever this week's are not taken yet, and five members are met."""
    workspaces = await desk.store.write(team.take_figures, desk.catalog, desk.clock.now())
    if workspaces:
        log.info("figures.taken", extra={"workspaces": workspaces})
