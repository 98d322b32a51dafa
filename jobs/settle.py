"""Finds out what became of a send whose answer was lost, and ends what is too late."""

import asyncio
import logging
import secrets

from bot.coach import sending
from jobs.desk import Desk

log = logging.getLogger(__name__)

AT_ONCE = 10  # look-ups a round; Slack allows some fifty a minute


async def settle(desk: Desk, stopping: asyncio.Event) -> None:
    """Looks up each doubtful post in its channel's history; what can't be looked up now waits for the next time."""
    for kind in await desk.store.write(sending.expire, desk.clock.now()):
        log.warning("delivery.missed", extra={"kind": kind.value})
    token = secrets.token_hex(12)
    doubtful = await desk.store.write(sending.unsettled, desk.pace, token, AT_ONCE)
    for one in doubtful:
        if stopping.is_set():
            return
        where = {"workspace_id": one.workspace_id, "delivery": one.id}
        try:
            finding = await desk.gateway.find_post(one, one.started_at or one.due_at)
        except Exception as error:  # an answer that can't be read must not hold up the look-ups after it
            log.warning("delivery.unsettled", exc_info=error, extra=where)
            continue
        state = await desk.store.write(sending.settle, token, one, finding, desk.clock.now())
        log.info("delivery.settled", extra={**where, "state": state.value})
