"""Sends what is owed: claims it, stamps the start, posts it once, and writes down what became of it."""

import asyncio
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.coach import schedules, sending
from bot.coach.posts.challenges import Posting
from bot.coach.sending import Claimed
from bot.core.outbox import Delivery, Kind, NotYet, Outcome, Refused, Sent, Touches, Unknown
from bot.metrics import SENDS
from bot.services import Services
from bot.slack.gateway import WorkspaceGateway
from bot.slack.message import Message
from bot.slack.screens import nudge
from bot.slack.screens.challenge import card
from bot.slack.screens.challenge import list as listing

log = logging.getLogger(__name__)

Names = Mapping[str, str]  # what members are called, by id

TOGETHER = 0.02  # seconds: deliveries of a workspace that are due within this time start in one transaction


@dataclass(frozen=True, slots=True)
class Letter:
    """What is posted, and the thread that it belongs to."""

    message: Message
    thread: str | None = None


async def deliver(services: Services, stopping: asyncio.Event) -> None:
    """Claims and sends until nothing is due, at the pace of each workspace."""
    tasks: set[asyncio.Task[None]] = set()
    try:
        while not stopping.is_set():
            now = services.clock.now()
            token = secrets.token_hex(12)  # of one claim: after a long sleep of the machine we are a stale worker, too
            claimed = await services.store.write(sending.claim, services.catalog, services.pace, token, now)
            if not claimed and not tasks:
                break
            if not claimed:
                await asyncio.wait(tasks, timeout=1, return_when=asyncio.FIRST_COMPLETED)
                continue
            for wait, group in _groups(claimed):
                task = asyncio.create_task(_send_after(services, token, wait, group, stopping))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            await _until_the_next(claimed, stopping)
    finally:
        if tasks:
            await asyncio.wait(set(tasks))


def _groups(claimed: Sequence[Claimed]) -> list[tuple[float, list[Claimed]]]:
    """Return the deliveries of a workspace that start together, with the seconds until then."""
    groups: list[tuple[float, list[Claimed]]] = []
    for one in sorted(claimed, key=lambda one: (one.delivery.workspace_id, one.wait)):
        if groups and _start_together(groups[-1], one):
            groups[-1][1].append(one)
        else:
            groups.append((one.wait, [one]))
    return groups


def _start_together(group: tuple[float, list[Claimed]], one: Claimed) -> bool:
    wait, claimed = group
    return claimed[0].delivery.workspace_id == one.delivery.workspace_id and one.wait - wait < TOGETHER


async def _until_the_next(claimed: Sequence[Claimed], stopping: asyncio.Event) -> None:
    """The last slot that was claimed, less the second by which a claim may be early."""
    pause = max(one.wait for one in claimed) - sending.SLOT_HORIZON
    if pause > 0:
        await _sleep(pause, stopping)


async def _send_after(
    services: Services, token: str, wait: float, group: list[Claimed], stopping: asyncio.Event
) -> None:
    await _sleep(wait, stopping)
    try:
        if stopping.is_set():
            await services.store.write(sending.release, token)
        else:
            await _send(services, token, group)
    except Exception:  # the rows are in the database: their lease ends, and settling takes what had started
        log.exception("delivery.broke")


async def _send(services: Services, token: str, group: list[Claimed]) -> None:
    slack = services.gateway.for_workspace(group[0].delivery.workspace_id)
    channels = {one.delivery.id: await _channel(services, slack, one.delivery) for one in group}
    tips = {one.delivery.id: await _tip(services, one) for one in group if one.posting is None}
    names = {one.delivery.id: await _names(slack, one) for one in group}

    def render(one: Claimed) -> Letter:
        """Write what the transaction has read that marks the delivery as started: no member's words are older."""
        if one.posting is None:
            return Letter(tips[one.delivery.id])
        return _about_a_challenge(services, one.delivery, one.posting, names[one.delivery.id])

    letters = await services.store.write(sending.begin, token, group, services.clock.now(), render)
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
    """Return the names of those whom a delivery quotes. Slack is asked before it starts, outside of any transaction."""
    authors = one.posting.authors if one.posting is not None else ()
    return await slack.names(authors) if authors else {}


async def _channel(services: Services, slack: WorkspaceGateway, one: Delivery) -> str:
    """The direct message, opened before the first post so that a lost answer can be looked up; else the person."""
    if one.channel is not None:
        return one.channel
    channel = await slack.open_dm(one.member.member_id)
    if channel is None:
        return one.member.member_id
    await services.store.write(sending.know_dm, one, channel)
    return channel


async def _tip(services: Services, one: Claimed) -> Message:
    if one.delivery.kind is Kind.WELCOME:
        found = await services.store.read(schedules.state, one.delivery.member)
        return nudge.welcome(found.schedule)
    assert one.choice is not None  # noqa: S101 - the claim chose a tip for all other kinds
    if one.delivery.kind is Kind.REMINDER:
        return nudge.reminder(services.catalog, one.choice)
    return nudge.weekly(services.catalog, one.delivery, one.choice)


def _about_a_challenge(services: Services, one: Delivery, posting: Posting, names: Names) -> Letter:
    if one.kind is Kind.NOTICE:
        return Letter(listing.notice(posting))
    if one.kind is Kind.LAST_CALL:
        return Letter(card.last_call(posting.challenge))
    if one.kind is Kind.CHALLENGE:
        return Letter(card.live(posting.challenge, posting.standing))
    if one.kind is Kind.LINE:
        return Letter(card.line(posting, names), thread=posting.challenge.ts)
    return Letter(card.recap(services.catalog, posting, names))


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
