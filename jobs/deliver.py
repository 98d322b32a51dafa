"""Send what is in the outbox: claim what is due, and send it within the rate limit of each workspace."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from bot.core.outcomes import NotYet, Outcome, Refused, Sent, Touches
from bot.metrics import SENDS
from bot.outbox import leases, sending
from bot.outbox.leases import SLOT_HORIZON
from bot.outbox.sending import Claimed
from bot.slack.challenge.card import Names
from bot.slack.gateway import TooMany, WorkspaceGateway
from bot.slack.message import Message
from bot.slack.posts import RENDER
from bot.slack.services import Services

log = logging.getLogger(__name__)

MAX_AT_ONCE = 400  # groups that are claimed and not finished: more could not begin before their lease is over
MAX_TRANSACTIONS = 5  # at the same time; the others wait here, as the pool gives up after two seconds
TOGETHER = 0.02  # seconds: deliveries of a workspace that are due within this time start in one transaction
PAUSED = NotYet("paused", timedelta(0))  # for as long as the workspace is paused already


class Prepared(NamedTuple):
    """What Slack told about a post: the channel that it goes to, and the names that it shows."""

    channel: str
    names: Names


async def deliver(services: Services, stopping: asyncio.Event) -> None:
    """Claim and send until nothing is due. Each claim has a token of its own, which fences off a worker that slept."""
    tasks: set[asyncio.Task[None]] = set()
    turns = asyncio.Semaphore(MAX_TRANSACTIONS)
    try:
        while not stopping.is_set():
            while len(tasks) >= MAX_AT_ONCE:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            token, now = secrets.token_hex(12), services.clock.now()
            claimed = await services.store.write(sending.claim, services.messages, services.pace, token, now)
            if not claimed and not tasks:
                break
            if not claimed:
                await asyncio.wait(tasks, timeout=1, return_when=asyncio.FIRST_COMPLETED)
                continue
            for wait, group in _groups(claimed):
                task = asyncio.create_task(_send_after(services, turns, token, wait, group, stopping))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            pause = max(claim.wait for claim in claimed) - SLOT_HORIZON  # a claim may be a second early
            if pause > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), pause)
    finally:
        if tasks:
            await asyncio.wait(set(tasks))


def _groups(claimed: Sequence[Claimed]) -> list[tuple[float, list[Claimed]]]:
    groups: list[tuple[float, list[Claimed]]] = []
    for claim in sorted(claimed, key=lambda claim: (claim.delivery.workspace_id, claim.wait)):
        starts, together = groups[-1] if groups else (0.0, [])
        of_same = bool(together) and together[0].delivery.workspace_id == claim.delivery.workspace_id
        if of_same and claim.wait - starts < TOGETHER:
            together.append(claim)
        else:
            groups.append((claim.wait, [claim]))
    return groups


async def _send_after(
    services: Services, turns: asyncio.Semaphore, token: str, wait: float, group: list[Claimed], stopping: asyncio.Event
) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), max(wait, 0))
    try:
        if not stopping.is_set():
            await send(services, turns, token, group)
            return
        async with turns:
            await services.store.write(leases.release, token)
    except Exception:  # after the lease, started deliveries are settled, others claimed again
        log.exception("delivery.broke")


async def send(services: Services, turns: asyncio.Semaphore, token: str, group: Sequence[Claimed]) -> None:
    """Send to one workspace what may still be sent. Slack is called outside of transactions, which wait for `turns`."""
    slack, catalog = services.gateway.for_workspace(group[0].delivery.workspace_id), services.catalog
    ready: dict[str, Prepared] = {}
    for claim in group:
        found = await _prepare(services, turns, token, slack, claim)
        if isinstance(found, Prepared):
            ready[claim.delivery.id] = found
        else:  # recorded at once: a 429 pauses the workspace before Slack is asked about the next one
            await _record(services, turns, token, [(claim, found)])
    prepared = [claim for claim in group if claim.delivery.id in ready]
    if not prepared:
        return

    def draw(claim: Claimed) -> tuple[Message, str | None]:
        """Draw what the transaction has read that marks the delivery as started: no member's words are older."""
        message = RENDER[claim.delivery.kind](catalog, claim, ready[claim.delivery.id].names)
        return message, claim.delivery.thread

    async with turns:
        now = services.clock.now()
        drawn = await services.store.write(sending.begin, services.messages, token, prepared, now, draw)
    started = [claim for claim in prepared if claim.delivery.id in drawn]
    owed = (claim.delivery for claim in started)
    outcomes = await asyncio.gather(*(slack.post(each, ready[each.id].channel, *drawn[each.id]) for each in owed))
    await _record(services, turns, token, list(zip(started, outcomes, strict=True)))


async def _record(
    services: Services, turns: asyncio.Semaphore, token: str, ended: Sequence[tuple[Claimed, Outcome]]
) -> None:
    """Store and count the outcomes. Write one line for all that were sent, and one for each failure."""
    if not ended:
        return
    async with turns:
        await services.store.write(sending.finish, services.messages, token, ended, services.clock.now())
    sent, workspace_id = [], ended[0][0].delivery.workspace_id
    for claim, outcome in ended:
        delivery, name = claim.delivery, type(outcome).__name__
        SENDS.labels(kind=delivery.kind.value, outcome=name.lower()).inc()
        if isinstance(outcome, Sent):
            sent.append(delivery.id)
            continue
        where = {"workspace_id": workspace_id, "delivery": delivery.id, "reason": outcome.reason}
        if isinstance(outcome, Refused) and outcome.touches in {Touches.CONTENT, Touches.OPERATOR, Touches.WORKSPACE}:
            log.error("delivery.refused", extra={**where, "touches": outcome.touches.value})
        else:
            log.warning("delivery.failed", extra={**where, "outcome": name})
    if sent:
        log.info("deliveries.sent", extra={"workspace_id": workspace_id, "deliveries": sent})


async def _prepare(
    services: Services, turns: asyncio.Semaphore, token: str, slack: WorkspaceGateway, claim: Claimed
) -> Prepared | Refused | NotYet:
    """Ask Slack what is missing for a post: the channel, and the names of the members whom it quotes.

    A direct message is opened before the first post, to look up a lost answer. Without the scope for that, nobody can
    look: the post goes to the member's id.
    """
    delivery, authors = claim.delivery, claim.content.authors
    if delivery.channel is not None and not authors:
        return Prepared(delivery.channel, {})
    async with turns:
        if await services.store.read(leases.is_paused, delivery.workspace_id):
            return PAUSED
    channel = delivery.channel
    if channel is None:
        opened = await slack.open_dm(delivery.member.member_id)
        if isinstance(opened, Refused | NotYet):
            return opened
        if opened is not None:
            async with turns:
                await services.store.write(sending.know_dm, token, delivery, opened)
        channel = opened or delivery.member.member_id
    try:
        return Prepared(channel, await slack.names(authors) if authors else {})
    except TooMany as error:
        return NotYet("ratelimited", error.pause)
