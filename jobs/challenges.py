"""Close challenges that have ended, plan their messages, and keep their live messages up to date.

Two changes are five seconds apart.
"""

import asyncio
import logging

from bot.coach import challenges, installing
from bot.coach.posts.challenges import as_it_is
from bot.core.challenges import Challenge
from bot.core.errors import NotInstalled
from bot.core.outcomes import NotYet, Outcome, Refused, Sent, Touches
from bot.metrics import SENDS
from bot.slack.challenge import card
from bot.slack.services import Services
from bot.store import workspaces

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
        challenge = outdated.challenge
        lease = await services.store.write(challenges.claim_update, challenge, services.clock.now())
        if lease is None:
            continue  # another worker does it, or the workspace is paused
        outcome = await _change(services, challenge)
        SENDS.labels(kind="update", outcome=type(outcome).__name__.lower()).inc()
        is_of_workspace = isinstance(outcome, Refused) and outcome.touches is Touches.WORKSPACE
        if isinstance(outcome, Sent | Refused) and not is_of_workspace:  # no second try would change that
            await services.store.write(challenges.showed, outdated, lease, services.clock.now())
        if isinstance(outcome, Sent):
            continue
        where = {"workspace_id": challenge.workspace_id, "challenge": challenge.challenge_id, "reason": outcome.reason}
        log.warning("challenge.not_updated", extra=where)
        if isinstance(outcome, NotYet) and outcome.pause is not None:
            await services.store.write(workspaces.pause, challenge.workspace_id, outcome.pause.total_seconds())
        if is_of_workspace:
            await services.store.write(installing.doubt, challenge.workspace_id, outcome.reason, services.clock.now())


async def _change(services: Services, challenge: Challenge) -> Outcome:
    """Change the live message and the recap that is kept up to date. Return how it ended, the last failure first.

    What each says is read right before it is sent: between the two, a member may take a line back.
    """
    outcome: Outcome = NotYet("nothing_to_change")
    try:
        slack = services.gateway.for_workspace(challenge.workspace_id)
    except NotInstalled:
        return NotYet("not_installed")  # by this process
    for ts in (challenge.ts, challenge.recap_ts):
        if ts is None:
            continue
        now = await services.store.read(as_it_is, challenge)
        live, recap = card.live(now), card.project_recap(challenge, now.lines)
        changed = await slack.change(challenge.channel, ts, recap if ts == challenge.recap_ts else live)
        if isinstance(changed, NotYet):
            return changed
        outcome = changed if isinstance(outcome, NotYet | Sent) else outcome
    return outcome
