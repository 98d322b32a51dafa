"""Publish the Home tabs that a change concerns, including changes that another process made."""

import asyncio
import logging
import secrets

from bot.coach import homes as verbs
from bot.run.services import Services
from bot.slack import homes
from bot.store.homes import ClaimedHome

log = logging.getLogger(__name__)

MAX_AT_ONCE = 20  # a second; Slack takes more than a hundred a minute of each workspace, and says when it is too many


async def publish_homes(services: Services, stopping: asyncio.Event) -> None:
    """Publish the Homes that are due, those opened last first. What is left is claimed by the next run."""
    if stopping.is_set():
        return
    token = secrets.token_hex(12)
    lease, now = services.pace.lease, services.clock.now()
    claimed = await services.store.write(verbs.claim, lease, token, now, MAX_AT_ONCE)
    await asyncio.gather(*(_publish(services, each) for each in claimed))


async def _publish(services: Services, claimed: ClaimedHome) -> None:
    try:
        await homes.publish(services, claimed)
    except Exception:  # after the lease it is claimed again
        log.exception("home.broke", extra={"workspace_id": claimed.who.workspace_id})
