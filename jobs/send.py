"""Send a few deliveries that start together: begin them, post each once, and record what became of them."""

import asyncio
import logging
from collections.abc import Sequence

from bot.coach import sending
from bot.coach.sending import Claimed
from bot.core.outbox import Delivery, NotYet, Outcome, Refused, Sent, Touches, Unknown
from bot.metrics import SENDS
from bot.services import Services
from bot.slack.gateway import WorkspaceGateway
from bot.slack.posts import Letter, Names, render

log = logging.getLogger(__name__)


async def send(services: Services, token: str, group: Sequence[Claimed]) -> None:
    """Send to one workspace what may still be sent. All calls to Slack are made outside of a transaction."""
    slack = services.gateway.for_workspace(group[0].delivery.workspace_id)
    channels = {one.delivery.id: await _channel(services, slack, one.delivery) for one in group}
    names = {one.delivery.id: await _names(slack, one) for one in group}

    def draw(one: Claimed) -> Letter:
        """Draw what the transaction has read that marks the delivery as started: no member's words are older."""
        return render(services.catalog, one, names[one.delivery.id])

    letters = await services.store.write(sending.begin, token, group, services.clock.now(), draw)
    started = [one for one in group if one.delivery.id in letters]
    outcomes = await asyncio.gather(
        *(_post(slack, one.delivery, channels[one.delivery.id], letters[one.delivery.id]) for one in started)
    )
    ended = list(zip(started, outcomes, strict=True))
    if ended:
        await services.store.write(sending.finish, token, ended, services.clock.now())
    for one, outcome in ended:
        _tell(one.delivery, outcome)


async def _post(slack: WorkspaceGateway, one: Delivery, channel: str, letter: Letter) -> Outcome:
    return await slack.post(one, channel, letter.message, letter.thread)


async def _names(slack: WorkspaceGateway, one: Claimed) -> Names:
    """Return the names of the members whom a delivery quotes."""
    authors = one.content.authors
    return await slack.names(authors) if authors else {}


async def _channel(services: Services, slack: WorkspaceGateway, one: Delivery) -> str:
    """Return the channel to post in. A direct message is opened before the first post, to look up a lost answer."""
    if one.channel is not None:
        return one.channel
    channel = await slack.open_dm(one.member.member_id)
    if channel is None:
        return one.member.member_id
    await services.store.write(sending.know_dm, one, channel)
    return channel


def _tell(one: Delivery, outcome: Outcome) -> None:
    SENDS.labels(kind=one.kind.value, outcome=type(outcome).__name__.lower()).inc()
    where = {"workspace_id": one.workspace_id, "delivery": one.id}
    if isinstance(outcome, Sent):
        log.info("delivery.sent", extra=where)
    elif isinstance(outcome, Refused) and outcome.touches in {Touches.CONTENT, Touches.OPERATOR, Touches.WORKSPACE}:
        log.error("delivery.refused", extra={**where, "reason": outcome.reason, "touches": outcome.touches.value})
    elif isinstance(outcome, Refused | NotYet | Unknown):
        log.warning("delivery.failed", extra={**where, "reason": outcome.reason, "outcome": type(outcome).__name__})
