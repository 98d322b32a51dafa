"""Reconcile sends whose answer was lost with Slack's history, and expire what is too late."""

import asyncio
import logging
import secrets
from datetime import timedelta

from bot.core.outcomes import CannotLook, Finding
from bot.metrics import MISSED
from bot.outbox import leases, sending
from bot.slack.gateway import TooMany
from bot.slack.services import Services
from bot.store import workspaces

log = logging.getLogger(__name__)

GIVE_UP = timedelta(days=1)  # after the post began, if its window is over then
AT_ONCE = 4  # look-ups in a run, of every five seconds; Slack allows about fifty a minute
PAUSE = 0.005  # seconds between two transactions, so that requests of people get the loop


async def settle(services: Services, stopping: asyncio.Event) -> None:
    """End deliveries that are too late, and look up each doubtful post in its channel.

    If a look-up fails, a later run tries again while there is time. A 429 pauses the workspace: no worker begins a
    look-up or a post there until Retry-After is over.
    """
    while True:
        missed = await services.store.write(sending.expire, services.pace, services.clock.now())
        for kind in missed:
            MISSED.labels(kind=kind.value).inc()
            log.warning("delivery.missed", extra={"kind": kind.value})
        if stopping.is_set() or len(missed) < sending.MAX_EXPIRED:
            break
        await asyncio.sleep(PAUSE)
    token = secrets.token_hex(12)
    doubtful = await services.store.write(leases.take_unsettled, token, services.pace.settling, AT_ONCE)
    for delivery in doubtful:
        if stopping.is_set():
            return
        if await services.store.read(leases.is_paused, delivery.workspace_id):  # since the claim
            continue
        where = {"workspace_id": delivery.workspace_id, "delivery": delivery.id}
        began = delivery.started_at
        assert began is not None  # noqa: S101 - else there is no doubt
        finding: Finding
        try:
            finding = await services.gateway.for_workspace(delivery.workspace_id).find_post(delivery, began)
        except Exception as error:  # one failed look-up must not stop those of other workspaces
            log.warning("delivery.unsettled", exc_info=error, extra=where)
            if isinstance(error, TooMany):
                await services.store.write(workspaces.pause, delivery.workspace_id, error.pause.total_seconds())
                continue
            if services.clock.now() < max(began + GIVE_UP, delivery.window_ends_at):
                continue
            finding = CannotLook("all look-ups failed")
        now = services.clock.now()
        state = await services.store.write(sending.settle, services.messages, token, delivery, finding, now)
        log.info("delivery.settled", extra={**where, "state": state.value})
