"""Keeps the live message of each challenge true, however many click, with one change every thirty seconds at most."""

import asyncio
import logging

from bot.coach import live
from bot.core.delivery import NotYet, Refused, Sent
from bot.metrics import SENDS
from bot.slack.views import challenge
from jobs.desk import Desk

log = logging.getLogger(__name__)


async def update_challenges(desk: Desk, stopping: asyncio.Event) -> None:
    """Those whose message says something else than what is true now; a change that failed is made later."""
    for one in await desk.store.read(live.outdated, desk.clock.now()):
        if stopping.is_set():
            return
        if not await desk.store.write(live.claim, one.challenge, desk.clock.now()):
            continue  # another worker has it
        found, ts = one.challenge, one.challenge.ts
        assert ts is not None  # noqa: S101 - it is there
        outcome = await desk.gateway.change(found.channel, ts, challenge.live(found, one.standing, desk.clock.now()))
        where = {"workspace_id": found.workspace_id, "challenge": found.challenge_id}
        SENDS.labels(kind="update", outcome=type(outcome).__name__.lower()).inc()
        if isinstance(outcome, Sent | Refused):
            await desk.store.write(live.showed, one, desk.clock.now())
        if isinstance(outcome, NotYet) and outcome.pause is not None:
            await desk.store.write(live.wait, one.challenge, outcome.pause)
        if not isinstance(outcome, Sent):
            log.warning("challenge.not_updated", extra={**where, "reason": outcome.reason})
