"""Refresh the tokens of workspaces before they expire."""

import asyncio

from bot.run.services import Services


async def refresh_tokens(services: Services, stopping: asyncio.Event) -> None:
    """Refresh what expires within six hours. Each token is refreshed by one process."""
    await services.installations.refresh_due(stopping)
