"""Send a few deliveries that start together: begin them, post each once, and record what became of them."""

import asyncio
import logging
from collections.abc import Sequence

from bot.coach import sending
from bot.coach.sending import Claimed
from bot.core.outbox import Delivery
from bot.core.outcomes import NotYet, Outcome, Refused, Sent, Touches, Unknown
from bot.run.metrics import SENDS
from bot.run.services import Services
from bot.slack.gateway import WorkspaceGateway
from bot.slack.posts import Letter, Names, render

log = logging.getLogger(__name__)


async def send(services: Services, turns: asyncio.Semaphore, token: str, group: Sequence[Claimed]) -> None:
    """Send to one workspace what may still be sent. All calls to Slack are made outside of a transaction.

    Each transaction waits for one of the worker's `turns`.
    """
    workspace_id = group[0].delivery.workspace_id
    slack = services.gateway.for_workspace(workspace_id)
    channels = {claim.delivery.id: await _channel(services, slack, claim.delivery) for claim in group}
    names = {claim.delivery.id: await _names(slack, claim) for claim in group}

    def draw(claim: Claimed) -> Letter:
        """Draw what the transaction has read that marks the delivery as started: no member's words are older."""
        return render(services.catalog, claim, names[claim.delivery.id])

    async with turns:
        letters = await services.store.write(sending.begin, token, group, services.clock.now(), draw)
    started = [claim for claim in group if claim.delivery.id in letters]
    outcomes = await asyncio.gather(
        *(_post(slack, claim.delivery, channels[claim.delivery.id], letters[claim.delivery.id]) for claim in started)
    )
    ended = list(zip(started, outcomes, strict=True))
    if ended:
        async with turns:
            await services.store.write(sending.finish, token, ended, services.clock.now())
    _log([(claim.delivery, outcome) for claim, outcome in ended])


async def _post(slack: WorkspaceGateway, delivery: Delivery, channel: str, letter: Letter) -> Outcome:
    return await slack.post(delivery, channel, letter.message, letter.thread)


async def _names(slack: WorkspaceGateway, claim: Claimed) -> Names:
    """Return the names of the members whom a delivery quotes."""
    authors = claim.content.authors
    return await slack.names(authors) if authors else {}


async def _channel(services: Services, slack: WorkspaceGateway, delivery: Delivery) -> str:
    """Return the channel to post in. A direct message is opened before the first post, to look up a lost answer."""
    if delivery.channel is not None:
        return delivery.channel
    channel = await slack.open_dm(delivery.member.member_id)
    if channel is None:
        return delivery.member.member_id
    await services.store.write(sending.know_dm, delivery, channel)
    return channel


def _log(ended: Sequence[tuple[Delivery, Outcome]]) -> None:
    """Count the outcomes. Write one line for all that were sent, and one for each failure."""
    for delivery, outcome in ended:
        SENDS.labels(kind=delivery.kind.value, outcome=type(outcome).__name__.lower()).inc()
        if not isinstance(outcome, Sent):
            _log_failure(delivery, outcome)
    if sent := [delivery for delivery, outcome in ended if isinstance(outcome, Sent)]:
        ids = [delivery.id for delivery in sent]
        log.info("deliveries.sent", extra={"workspace_id": sent[0].workspace_id, "deliveries": ids})


def _log_failure(delivery: Delivery, outcome: Refused | NotYet | Unknown) -> None:
    where = {"workspace_id": delivery.workspace_id, "delivery": delivery.id}
    if isinstance(outcome, Refused) and outcome.touches in {Touches.CONTENT, Touches.OPERATOR, Touches.WORKSPACE}:
        log.error("delivery.refused", extra={**where, "reason": outcome.reason, "touches": outcome.touches.value})
    else:
        log.warning("delivery.failed", extra={**where, "reason": outcome.reason, "outcome": type(outcome).__name__})
