"""Send the outbox: a worker claims deliveries, begins them, sends each once, and records how it ended.

A claim is a lease, and its token is a fencing token: it stops a worker whose lease is over. `Messages` knows what a
delivery says, and what follows from its outcome. Lost answers of Slack are settled here too.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from bot.core.outbox import Delivery, DeliveryState, Kind, Subject
from bot.core.outcomes import CannotLook, Finding, NotYet, Outcome, Refused, Sent, Touches, Unknown, back_off
from bot.outbox import leases
from bot.outbox.leases import SLOT_HORIZON
from bot.outbox.messages import Content, Later, Messages, Never
from bot.store import members, schedules as schedule_rows, workspaces

Drawn = TypeVar("Drawn")

# Per claim. It takes a few deliveries of each workspace, so that a busy one does not starve the others. To find those
# with something due it looks at every workspace, so the more it claims, the less of that work a delivery costs.
MAX_WORKSPACES = 40
MAX_PER_WORKSPACE = 100
CHANNEL_PAUSE = timedelta(seconds=1)  # between two posts to one channel, as Slack asks


@dataclass(frozen=True, slots=True)
class Pace:
    """Rate limits of a workspace, in calls per minute, and two times in seconds of the database's clock."""

    per_minute: float = 240.0
    lease: float = 60.0  # how long a claim lasts; longer than any post may take
    settling: float = 90.0  # a post that is not found after this time counts as never arrived
    asks_per_minute: float = 72.0  # about members, by all workers together; Slack allows a hundred


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker may send `wait` seconds after the claim, and what it says."""

    delivery: Delivery
    wait: float
    content: Content


def claim(tx: Connection, messages: Messages, rules: Pace, token: str, now: datetime) -> list[Claimed]:
    """Claim deliveries that may be sent within a second, within the rate limit of each workspace."""
    claimed: list[Claimed] = []
    gap = 60 / rules.per_minute
    for workspace_id, next_send_at, db_now in leases.ready(tx, now, MAX_WORKSPACES, gap):
        first = max(next_send_at, db_now)
        free = min(1 + int((db_now + SLOT_HORIZON - first) / gap), MAX_PER_WORKSPACE)
        taken = leases.take(tx, workspace_id, now, free, token, rules.lease)
        fit = _fit(tx, messages, taken, token, now)
        claimed += (Claimed(owed, first + number * gap - db_now, says) for number, (owed, says) in enumerate(fit))
        if fit:
            leases.set_next_send_at(tx, workspace_id, first + len(fit) * gap)
    return claimed


def _fit(
    tx: Connection, messages: Messages, taken: Sequence[Delivery], token: str, now: datetime
) -> list[tuple[Delivery, Content]]:
    """Return the deliveries that may be sent now, with their content. End or put off the others."""
    answers = messages.wanted(tx, taken, now)
    fit: list[tuple[Delivery, Content]] = []
    chosen: list[tuple[Delivery, Subject]] = []
    posts: Counter[str] = Counter()  # to each channel
    for delivery in taken:
        answer = answers[delivery.id]
        if isinstance(answer, Never):
            leases.end(tx, token, delivery, answer.state, answer.reason, now)
            continue
        if isinstance(answer, Later):
            leases.put_off(tx, token, delivery, now + answer.wait)
            continue
        if delivery.member_id is None and delivery.channel is not None:
            posts[delivery.channel] += 1
            if (before := posts[delivery.channel] - 1) > 0:
                leases.put_off(tx, token, delivery, now + before * CHANNEL_PAUSE)
                continue
        subject = answer.subject
        if subject is None or subject == delivery.subject:
            fit.append((delivery, answer))
        else:
            chosen.append((delivery, subject))
            fit.append((replace(delivery, subject=subject), answer))
    leases.set_subjects(tx, token, chosen)
    return fit


def begin(
    tx: Connection,
    messages: Messages,
    token: str,
    claimed: Sequence[Claimed],
    now: datetime,
    draw: Callable[[Claimed], Drawn],
) -> dict[str, Drawn]:
    """Mark deliveries of a workspace as started. Return those that may be sent, by id, as `draw` renders them.

    Read their content again and lock it until the commit: what a member deleted since the claim is cancelled here. A
    later opt-out or *forget me* can no longer stop these, and tells the member so. A delivery that now quotes more
    members than at the claim waits for the next claim: their names are not known yet.
    """
    answers = messages.still_wanted(tx, [(post.delivery, post.content) for post in claimed])
    fresh = []
    for post in claimed:
        delivery, answer = post.delivery, answers[post.delivery.id]
        if isinstance(answer, Never):
            leases.end(tx, token, delivery, answer.state, answer.reason, now)
        elif isinstance(answer, Later):
            leases.put_off(tx, token, delivery, now + answer.wait)
        elif answer is post.content:
            fresh.append(post)
        elif set(answer.authors) <= set(post.content.authors):
            fresh.append(replace(post, content=answer))
        else:
            leases.put_off(tx, token, delivery, now)
    begun = leases.begin(tx, token, [post.delivery for post in fresh], now) if fresh else set()
    return {post.delivery.id: draw(post) for post in fresh if post.delivery.id in begun}


def finish(
    tx: Connection, messages: Messages, token: str, ended: Sequence[tuple[Claimed, Outcome]], now: datetime
) -> None:
    lock_members(tx, [post.delivery for post, _ in ended])
    sent = [(post.delivery, outcome.channel, outcome.ts) for post, outcome in ended if isinstance(outcome, Sent)]
    if sent:
        confirm(tx, messages, token, sent, now)
    for post, outcome in ended:
        delivery = post.delivery
        if isinstance(outcome, Refused):
            _refused(tx, messages, token, delivery, outcome, now)
        elif isinstance(outcome, NotYet) and outcome.pause is not None:
            workspaces.pause(tx, delivery.workspace_id, outcome.pause.total_seconds())
            leases.again(tx, token, delivery, outcome.reason, now)
        elif isinstance(outcome, NotYet):
            leases.again(tx, token, delivery, outcome.reason, now + back_off(delivery.attempts))
        elif isinstance(outcome, Unknown):
            leases.lost(tx, token, delivery, outcome.reason)


def lock_members(tx: Connection, about: Sequence[Delivery]) -> None:
    """Lock the members to whom something was sent, before rows about them are written. SQLite needs no lock."""
    keys = {delivery.member for delivery in about if delivery.member_id is not None}
    if keys and tx.dialect.name == "postgresql":
        members.lock(tx, keys)


def confirm(
    tx: Connection, messages: Messages, token: str, sent: Sequence[tuple[Delivery, str, str]], now: datetime
) -> None:
    """Record deliveries of a workspace as sent, each with its channel and ts, and what follows from that."""
    mine = leases.confirm(tx, token, sent, now)
    messages.sent(tx, [(delivery, ts) for delivery, _, ts in sent if delivery.id in mine], now)


def _refused(
    tx: Connection, messages: Messages, token: str, delivery: Delivery, outcome: Refused, now: datetime
) -> None:
    if messages.refused(tx, delivery, outcome, now):
        leases.again(tx, token, delivery, outcome.reason, now)
    elif outcome.touches is Touches.WORKSPACE:
        leases.again(tx, token, delivery, outcome.reason, now + back_off(delivery.attempts))
    elif outcome.touches is Touches.CHANNEL and delivery.member_id is not None and delivery.channel is not None:
        know_dm(tx, token, delivery, None)  # opened anew: only that tells whether the member can be reached
        leases.again(tx, token, delivery, outcome.reason, now)
    elif leases.end(tx, token, delivery, DeliveryState.REFUSED, outcome.reason, now):
        messages.failed(tx, delivery, outcome, now)


def know_dm(tx: Connection, token: str, delivery: Delivery, channel: str | None) -> None:
    """Store the channel of the direct messages with a member, before anything is posted there. None: it is gone."""
    schedule_rows.set_dm(tx, delivery.member, channel)  # first, as *forget me* locks the rows in this order
    leases.set_channel(tx, token, delivery, channel)


MAX_EXPIRED = 500  # in one transaction


def expire(tx: Connection, rules: Pace, now: datetime) -> list[Kind]:
    """Release deliveries that a dead worker claimed but did not start, and end those whose window is over.

    Return the kind of each that ended: MAX_EXPIRED at most, so that a call ends soon, also after days of standstill.
    """
    leases.release_abandoned(tx, rules.lease)
    return leases.expire(tx, now, MAX_EXPIRED)


def settle(
    tx: Connection, messages: Messages, token: str, delivery: Delivery, finding: Finding, now: datetime
) -> DeliveryState:
    """Reconcile a delivery with what was found in Slack, and return the state that follows from it.

    A post that was found is sent. One that was not found is planned again while its window is open. If nobody can look,
    it stays unconfirmed.
    """
    lock_members(tx, [delivery])
    if isinstance(finding, Sent):
        confirm(tx, messages, token, [(delivery, finding.channel, finding.ts)], now)
        return DeliveryState.SENT
    if isinstance(finding, CannotLook):
        if leases.end(
            tx, token, delivery, DeliveryState.UNCONFIRMED, finding.reason, now
        ):  # else it was seen, or is gone
            messages.failed(tx, delivery, Unknown(finding.reason), now)
        return DeliveryState.UNCONFIRMED
    leases.again(tx, token, delivery, "not found in Slack", now)
    return DeliveryState.PLANNED
