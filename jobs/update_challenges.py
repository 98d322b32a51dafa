"""Keep the live message of each challenge true: the first five changes at once, later ones every 30 seconds."""

import asyncio
import logging

from bot.coach import live
from bot.core.challenges import Challenge
from bot.core.outbox import NotYet, Outcome, Refused, Sent, Touches
from bot.metrics import SENDS
from bot.slack.screens.challenge import card
from jobs.desk import Desk

log = logging.getLogger(__name__)


async def update_challenges(desk: Desk, stopping: asyncio.Event) -> None:
    """Those whose message says something else than what is true now; a change that failed is made later."""
    for one in await desk.store.read(live.outdated, desk.clock.now()):
        if stopping.is_set():
            return
        if not await desk.store.write(live.claim, one.challenge, desk.clock.now()):
            continue  # another worker has it, or its workspace waits
        found, ts = one.challenge, one.challenge.ts
        assert ts is not None  # noqa: S101 - it is there
        outcome = await desk.gateway.change(found.channel, ts, card.live(found, one.standing))
        SENDS.labels(kind="update", outcome=type(outcome).__name__.lower()).inc()
        if _is_settled(outcome):
            await desk.store.write(live.showed, one, desk.clock.now())
        if not isinstance(outcome, Sent):
            await _failed(desk, found, outcome)


def _is_settled(outcome: Outcome) -> bool:
    """Whether this needs no second try: Slack has it, or will not have it of this message."""
    return isinstance(outcome, Sent) or (isinstance(outcome, Refused) and outcome.touches is not Touches.WORKSPACE)


async def _failed(desk: Desk, one: Challenge, outcome: Outcome) -> None:
    assert not isinstance(outcome, Sent)  # noqa: S101 - it failed
    where = {"workspace_id": one.workspace_id, "challenge": one.challenge_id, "reason": outcome.reason}
    log.warning("challenge.not_updated", extra=where)
    if isinstance(outcome, NotYet) and outcome.pause is not None:
        await desk.store.write(live.wait, one, outcome.pause)
    if isinstance(outcome, Refused) and outcome.touches is Touches.WORKSPACE:
        await desk.store.write(live.disconnected, one, outcome.reason, desk.clock.now())
