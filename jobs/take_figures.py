"""Take the weekly figures of each workspace, so that the team's desk can show growth."""

import asyncio
import logging

from bot.coach import team
from bot.services import Services

log = logging.getLogger(__name__)


async def take_figures(services: Services, _stopping: asyncio.Event) -> None:
    """Take this week's figures where they are missing and the bot has met at least five members."""
    workspaces = await services.store.write(team.take_figures, services.catalog, services.clock.now())
    if workspaces:
        log.info("figures.taken", extra={"workspaces": workspaces})
