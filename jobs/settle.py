"""Reconcile deliveries whose answer was lost with Slack's history, and expire deliveries that are too late."""

import asyncio
import logging
import secrets

from bot.coach import sending
from bot.services import Services

log = logging.getLogger(__name__)

MAX_LOOKUPS = 10  # in each run; Slack allows about fifty a minute


async def settle(services: Services, stopping: asyncio.Event) -> None:
    """Look up each unconfirmed delivery in its channel. If a look-up fails, a later run tries again."""
    for kind in await services.store.write(sending.expire, services.pace, services.clock.now()):
        log.warning("delivery.missed", extra={"kind": kind.value})
    token = secrets.token_hex(12)
    unconfirmed = await services.store.write(sending.unsettled, services.pace, token, MAX_LOOKUPS)
    for delivery in unconfirmed:
        if stopping.is_set():
            return
        where = {"workspace_id": delivery.workspace_id, "delivery": delivery.id}
        try:
            slack = services.gateway.for_workspace(delivery.workspace_id)
            finding = await slack.find_post(delivery, delivery.started_at or delivery.due_at)
        except Exception as error:  # one failed look-up must not stop those of other workspaces
            log.warning("delivery.unsettled", exc_info=error, extra=where)
            continue
        state = await services.store.write(sending.settle, token, delivery, finding, services.clock.now())
        log.info("delivery.settled", extra={**where, "state": state.value})
