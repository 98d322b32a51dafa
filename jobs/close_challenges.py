"""Ends challenges whose time is over, and owes their recaps; two days before, a word to those who have not done it."""

import asyncio
import logging

from bot.coach import challenges
from jobs.desk import Desk

log = logging.getLogger(__name__)


async def close_challenges(desk: Desk, _stopping: asyncio.Event) -> None:
    """Each once, however many workers do it."""
    closed = await desk.store.write(challenges.close_due, desk.clock.now())
    if closed:
        log.info("challenges.closed", extra={"challenges": closed})
    called = await desk.store.write(challenges.call_last, desk.clock.now())
    if called:
        log.info("challenges.called", extra={"challenges": called})
