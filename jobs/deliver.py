"""Sends what is owed: claims it, stamps the start, posts it once, and writes down what became of it."""

import asyncio
import logging
import secrets
from collections.abc import Sequence

from bot.coach import deliveries, schedules
from bot.coach.deliveries import Claimed
from bot.coach.postings import Posting
from bot.core.delivery import Delivery, Kind, NotYet, Outcome, Refused, Sent, Touches, Unknown
from bot.metrics import SENDS
from bot.slack.message import Message
from bot.slack.views import challenge, challenges, nudge
from jobs.desk import Desk

log = logging.getLogger(__name__)

TOGETHER = 0.02  # seconds: what is due within so long starts in one transaction


async def deliver(desk: Desk, stopping: asyncio.Event) -> None:
    """Claims and sends until nothing is due, at the pace of each workspace."""
    sending: set[asyncio.Task[None]] = set()
    try:
        while not stopping.is_set():
            token = secrets.token_hex(12)  # of one claim: after a long sleep of the machine we are a stale worker, too
            claimed = await desk.store.write(deliveries.claim, desk.catalog, desk.pace, token, desk.clock.now())
            if not claimed and not sending:
                break
            if not claimed:
                await asyncio.wait(sending, timeout=1, return_when=asyncio.FIRST_COMPLETED)
                continue
            for wait, group in _groups(claimed):
                task = asyncio.create_task(_send_after(desk, token, wait, group, stopping))
                sending.add(task)
                task.add_done_callback(sending.discard)
            await _until_the_next(claimed, stopping)
    finally:
        if sending:
            await asyncio.wait(set(sending))


def _groups(claimed: Sequence[Claimed]) -> list[tuple[float, list[Claimed]]]:
    """What starts together, with the seconds until then."""
    groups: list[tuple[float, list[Claimed]]] = []
    for one in sorted(claimed, key=lambda one: one.wait):
        if groups and one.wait - groups[-1][0] < TOGETHER:
            groups[-1][1].append(one)
        else:
            groups.append((one.wait, [one]))
    return groups


async def _until_the_next(claimed: Sequence[Claimed], stopping: asyncio.Event) -> None:
    """The last slot that was claimed, less the second by which a claim may be early."""
    pause = max(one.wait for one in claimed) - deliveries.SLOT_HORIZON
    if pause > 0:
        await _sleep(pause, stopping)


async def _send_after(desk: Desk, token: str, wait: float, group: list[Claimed], stopping: asyncio.Event) -> None:
    await _sleep(wait, stopping)
    try:
        if stopping.is_set():
            await desk.store.write(deliveries.release, token)
        else:
            await _send(desk, token, group)
    except Exception:  # the rows are in the database: their lease ends, and settling takes what had started
        log.exception("delivery.broke")


async def _send(desk: Desk, token: str, group: list[Claimed]) -> None:
    channels = {one.delivery.id: await _channel(desk, one.delivery) for one in group}
    messages = {one.delivery.id: await _message(desk, one) for one in group}  # rendered before anything starts
    begun = await desk.store.write(deliveries.begin, token, [one.delivery for one in group], desk.clock.now())
    started = [one for one in group if one.delivery.id in begun]
    outcomes = await asyncio.gather(
        *(
            desk.gateway.post(one.delivery, channels[one.delivery.id], messages[one.delivery.id], _thread(one))
            for one in started
        )
    )
    ended = list(zip(started, outcomes, strict=True))
    if ended:
        await desk.store.write(deliveries.finish, token, ended, desk.clock.now())
    for one, outcome in ended:
        _tell(one.delivery, outcome)


async def _channel(desk: Desk, one: Delivery) -> str:
    """The direct message, opened before the first post so that a lost answer can be looked up; else the person."""
    if one.channel is not None:
        return one.channel
    channel = await desk.gateway.open_dm(one.member)
    if channel is None:
        return one.member.member_id
    await desk.store.write(deliveries.know_dm, one, channel)
    return channel


async def _message(desk: Desk, one: Claimed) -> Message:
    if one.delivery.kind is Kind.WELCOME:
        found = await desk.store.read(schedules.state, one.delivery.member)
        return nudge.welcome(found.schedule)
    if one.posting is not None:
        return await _about_a_challenge(desk, one.delivery, one.posting)
    assert one.choice is not None  # noqa: S101 - the claim chose a tip for all other kinds
    if one.delivery.kind is Kind.REMINDER:
        return nudge.reminder(desk.catalog, one.choice)
    return nudge.weekly(desk.catalog, one.delivery, one.choice)


async def _about_a_challenge(desk: Desk, one: Delivery, posting: Posting) -> Message:
    if one.kind is Kind.NOTICE:
        return challenges.notice(posting)
    if one.kind is Kind.LAST_CALL:
        return challenge.last_call(posting.challenge)
    if one.kind is Kind.CHALLENGE:
        return challenge.live(posting.challenge, posting.standing)
    names = await desk.gateway.names(one.workspace_id, posting.authors)
    if one.kind is Kind.LINE:
        return challenge.line(posting, names)
    return challenge.recap(desk.catalog, posting, names)


def _thread(one: Claimed) -> str | None:
    """Lines go below the live message."""
    return one.posting.challenge.ts if one.posting is not None and one.delivery.kind is Kind.LINE else None


def _tell(one: Delivery, outcome: Outcome) -> None:
    SENDS.labels(kind=one.kind.value, outcome=type(outcome).__name__.lower()).inc()
    where = {"workspace_id": one.workspace_id, "delivery": one.id}
    if isinstance(outcome, Sent):
        log.info("delivery.sent", extra=where)
    elif isinstance(outcome, Refused) and outcome.touches in {Touches.CONTENT, Touches.OPERATOR, Touches.WORKSPACE}:
        log.error("delivery.refused", extra={**where, "reason": outcome.reason, "touches": outcome.touches.value})
    elif isinstance(outcome, Refused | NotYet | Unknown):
        log.warning("delivery.failed", extra={**where, "reason": outcome.reason, "outcome": type(outcome).__name__})


async def _sleep(seconds: float, stopping: asyncio.Event) -> None:
    """Until the time is over, or the worker is told to stop."""
    try:
        await asyncio.wait_for(stopping.wait(), max(seconds, 0))
    except TimeoutError:
        return
