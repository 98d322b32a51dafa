"""Close challenges that have ended, plan their messages, and keep their live messages up to date.

Two changes are five seconds apart.
"""

import asyncio
import logging

from bot.coach import challenges, installing
from bot.core.challenges import Challenge
from bot.core.errors import NotInstalled
from bot.core.outcomes import NotYet, Outcome, Refused, Sent, Touches
from bot.metrics import SENDS
from bot.slack.challenge import card
from bot.slack.services import Services
from bot.store import workspaces
from bot.store.challenges import Live

log = logging.getLogger(__name__)


async def close_challenges(services: Services, _stopping: asyncio.Event) -> None:
    """Close challenges and plan their messages. Each happens once, even if several workers run this job."""
    closed = await services.store.write(challenges.close_due, services.clock.now())
    if closed:
        log.info("challenges.closed", extra={"challenges": closed})


async def update_challenges(services: Services, stopping: asyncio.Event) -> None:
    """Change each live message that is out of date. A failed change is tried again later."""
    for outdated in await services.store.read(challenges.outdated, services.clock.now()):
        if stopping.is_set():
            return
        lease = await services.store.write(challenges.claim_update, outdated.challenge, services.clock.now())
        if lease is None:
            continue  # another worker does it, or the workspace is paused
        outcome = await _change(services, outdated)
        SENDS.labels(kind="update", outcome=type(outcome).__name__.lower()).inc()
        is_of_workspace = isinstance(outcome, Refused) and outcome.touches is Touches.WORKSPACE
        if isinstance(outcome, Sent | Refused) and not is_of_workspace:  # no second try would change that
            await services.store.write(challenges.showed, outdated, lease, services.clock.now())
        if not isinstance(outcome, Sent):
            await _failed(services, outdated.challenge, outcome)


async def _change(services: Services, outdated: Live) -> Outcome:
    found, ts = outdated.challenge, outdated.challenge.ts
    assert ts is not None  # noqa: S101 - only posted challenges have a live message
    message = card.live(found, outdated.standing)
    try:
        return await services.gateway.for_workspace(found.workspace_id).change(found.channel, ts, message)
    except NotInstalled:
        return NotYet("not_installed")  # by this process


async def _failed(services: Services, challenge: Challenge, outcome: Outcome) -> None:
    assert not isinstance(outcome, Sent)  # noqa: S101 - it failed
    where = {"workspace_id": challenge.workspace_id, "challenge": challenge.challenge_id, "reason": outcome.reason}
    log.warning("challenge.not_updated", extra=where)
    if isinstance(outcome, NotYet) and outcome.pause is not None:
        await services.store.write(workspaces.pause, challenge.workspace_id, outcome.pause.total_seconds())
    if isinstance(outcome, Refused) and outcome.touches is Touches.WORKSPACE:
        await services.store.write(installing.doubt, challenge.workspace_id, outcome.reason, services.clock.now())
