"""Send the outbox: a worker claims deliveries, begins them, sends each once, and records how it ended.

A claim is a lease, and its token is a fencing token: it stops a worker whose lease is over. The modules in `posts` know
what a delivery says, and what follows from its outcome.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from bot.coach import budget, doubts, homes, schedules
from bot.coach.posts import POSTS, by_family
from bot.coach.posts.content import Answer, Content, Later, Never
from bot.core.calendar import next_decent, week_of
from bot.core.catalog import Catalog
from bot.core.member import Consent
from bot.core.outbox import Budget, Delivery, DeliveryState, Kind
from bot.core.outcomes import NotYet, Outcome, Refused, Sent, Touches, Unknown, back_off
from bot.outbox import leases, limiter, reports
from bot.store import members, pauses, workspaces
from bot.store import schedules as schedule_rows
from bot.store.schedules import Terms

Drawn = TypeVar("Drawn")

# Per claim. It takes a few deliveries of each workspace, so that a busy one does not starve the others. To find those
# with something due it looks at every workspace, so the more it claims, the less of that work a delivery costs.
MAX_WORKSPACES = 40
MAX_PER_WORKSPACE = 50
SLOT_HORIZON = limiter.SLOT_HORIZON
A_DAY, MANY_FAILURES = timedelta(days=1), 10  # failures of a day that an operator should know of
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


def claim(tx: Connection, catalog: Catalog, rules: Pace, token: str, now: datetime) -> list[Claimed]:
    """Claim deliveries that may be sent within a second, within the rate limit of each workspace."""
    claimed: list[Claimed] = []
    gap = 60 / rules.per_minute
    for ready in limiter.ready(tx, now, MAX_WORKSPACES, gap):
        first = max(ready.next_send_at, ready.now)
        free = min(1 + int((ready.now + SLOT_HORIZON - first) / gap), MAX_PER_WORKSPACE)
        taken = leases.take(tx, ready.workspace_id, now, free, token, rules.lease)
        fit = _fit(tx, catalog, ready.workspace_id, taken, token, now)
        for number, (delivery, content) in enumerate(fit):
            claimed.append(Claimed(delivery, first + number * gap - ready.now, content))
        if fit:
            limiter.set_next_send_at(tx, ready.workspace_id, first + len(fit) * gap)
    return claimed


def begin(
    tx: Connection, token: str, claimed: Sequence[Claimed], now: datetime, draw: Callable[[Claimed], Drawn]
) -> dict[str, Drawn]:
    """Mark deliveries as started, and return those that may be sent, by id, as `draw` renders them.

    Read their content again and lock it until the commit: what a member deleted since the claim is cancelled here. A
    later opt-out or *forget me* can no longer stop these, and tells the member so.
    """
    fresh = _read_again(tx, token, claimed, now)
    begun = leases.begin(tx, token, [post.delivery for post in fresh], now) if fresh else set()
    return {post.delivery.id: draw(post) for post in fresh if post.delivery.id in begun}


def finish(tx: Connection, token: str, ended: Sequence[tuple[Claimed, Outcome]], now: datetime) -> None:
    """Record the outcome of each post."""
    lock_members(tx, [post.delivery for post, _ in ended])
    sent = [(post.delivery, outcome.channel, outcome.ts) for post, outcome in ended if isinstance(outcome, Sent)]
    if sent:
        confirm(tx, token, sent, now)
    for post, outcome in ended:
        if isinstance(outcome, Refused):
            _refused(tx, token, post.delivery, outcome, now)
        elif isinstance(outcome, NotYet):
            _again(tx, token, post.delivery, outcome, now)
        elif isinstance(outcome, Unknown):
            leases.lost(tx, token, post.delivery, outcome.reason)
    homes.delivered(tx, [post.delivery for post, _ in ended], now)


def release(tx: Connection, token: str) -> int:
    """Release the deliveries that this worker claimed but did not start. Return their number."""
    return leases.release(tx, token)


def undelivered(tx: Connection) -> list[reports.Undelivered]:
    """Return all deliveries that were refused, missed or never confirmed."""
    return reports.undelivered(tx)


def counts(tx: Connection) -> list[tuple[Kind, DeliveryState, int]]:
    """Return how many deliveries of each kind are in each state that is not final."""
    return reports.count_open(tx)


def failing(tx: Connection, now: datetime) -> dict[DeliveryState, int]:
    """Return in how many workspaces many posts of the last day were refused, or never confirmed."""
    return workspaces.count_failing(tx, now - A_DAY, MANY_FAILURES)


def _read_again(tx: Connection, token: str, claimed: Sequence[Claimed], now: datetime) -> list[Claimed]:
    """Return the claimed deliveries with their current content, without those that must not be sent now.

    A delivery that now quotes more members than at the claim waits for the next claim: their names are not known yet.
    """
    by_id = {post.delivery.id: post for post in claimed}
    fresh = []
    for family, about in by_family([post.delivery for post in claimed]):
        answers = family.still_wanted(tx, [(delivery, by_id[delivery.id].content) for delivery in about])
        for delivery in about:
            before, answer = by_id[delivery.id], answers[delivery.id]
            if isinstance(answer, Never):
                leases.end(tx, token, delivery, DeliveryState.CANCELLED, answer.reason, now)
            elif isinstance(answer, Later):
                leases.put_off(tx, token, delivery, now + answer.wait)
            elif answer is before.content:
                fresh.append(before)
            elif set(answer.authors) <= set(before.content.authors):
                fresh.append(replace(before, content=answer))
            else:
                leases.put_off(tx, token, delivery, now)
    return fresh


def lock_members(tx: Connection, about: Sequence[Delivery]) -> None:
    """Lock the members to whom something was sent, before rows about them are written. SQLite needs no lock."""
    keys = {delivery.member for delivery in about if delivery.member_id is not None}
    if keys and tx.dialect.name == "postgresql":
        members.lock(tx, keys)


def _fit(
    tx: Connection, catalog: Catalog, workspace_id: str, taken: Sequence[Delivery], token: str, now: datetime
) -> list[tuple[Delivery, Content]]:
    """Return the deliveries that may be sent now, with their content. End or put off the others."""
    ids = [delivery.member_id for delivery in taken if delivery.member_id]
    terms = schedule_rows.terms(tx, workspace_id, ids) if ids else {}
    answers = _wanted(tx, catalog, taken, terms, now)
    fit: list[tuple[Delivery, Content]] = []
    channels: Counter[str] = Counter()
    for delivery in taken:
        member_terms, answer = terms.get(delivery.member_id or ""), answers[delivery.id]
        if isinstance(answer, Never):
            leases.end(tx, token, delivery, DeliveryState.CANCELLED, answer.reason, now)
        elif isinstance(answer, Later):
            leases.put_off(tx, token, delivery, now + answer.wait)
        elif later := _later(delivery, member_terms, channels, now):
            leases.put_off(tx, token, delivery, later)
        elif member_terms is not None and _is_beyond_budget(tx, delivery, member_terms, now):
            leases.end(tx, token, delivery, DeliveryState.MISSED, "weekly budget used", now)
        else:
            fit.append((delivery, answer))
    return _with_subjects(tx, token, fit)


def _with_subjects(
    tx: Connection, token: str, fit: Sequence[tuple[Delivery, Content]]
) -> list[tuple[Delivery, Content]]:
    """Record what these deliveries are about where that was decided now, and return them with it."""
    found, chosen = [], []
    for delivery, content in fit:
        subject = content.subject
        if subject is not None and subject != delivery.subject:
            chosen.append((delivery, subject))
            found.append((replace(delivery, subject=subject), content))
        else:
            found.append((delivery, content))
    leases.set_subjects(tx, token, chosen)
    return found


def _wanted(
    tx: Connection, catalog: Catalog, taken: Sequence[Delivery], terms: Mapping[str, Terms], now: datetime
) -> dict[str, Answer]:
    """Return what each delivery says now, or why it says nothing: the member may have opted out."""
    answers: dict[str, Answer] = {}
    for delivery in taken:
        member_terms = terms.get(delivery.member_id or "")
        if delivery.rules.needs_consent and (member_terms is None or member_terms.consent is not Consent.YES):
            answers[delivery.id] = Never("tips off")
    for family, about in by_family([delivery for delivery in taken if delivery.id not in answers]):
        answers |= family.wanted(tx, catalog, about, now)
    return answers


def _later(delivery: Delivery, terms: Terms | None, channels: Counter[str], now: datetime) -> datetime | None:
    """Return when a delivery may be sent that must wait; None if it may be sent now."""
    if delivery.member_id is None and delivery.channel is not None:
        before = channels[delivery.channel]
        channels[delivery.channel] += 1
        return now + before * CHANNEL_PAUSE if before else None
    if terms is not None and delivery.rules.waits_for_decent_hours:
        decent = next_decent(now, terms.slot, terms.quiet_hours, terms.zone)
        return decent if decent > now else None
    return None


def _is_beyond_budget(tx: Connection, delivery: Delivery, terms: Terms, now: datetime) -> bool:
    """Return whether the member's weekly budget is used up for this delivery."""
    if delivery.rules.budget in {Budget.FREE, Budget.FIRST} or delivery.week is None:
        return False
    week = week_of(now, terms.zone)
    if week != delivery.week:
        leases.set_week(tx, delivery, week)
    return budget.is_used(tx, delivery.member, delivery.key, week, terms)


def confirm(tx: Connection, token: str, sent: Sequence[tuple[Delivery, str, str]], now: datetime) -> None:
    """Record deliveries as sent, each with its channel and ts, and what follows from that."""
    mine = leases.confirm(tx, token, sent, now)
    ts_of = {delivery.id: ts for delivery, _, ts in sent}
    for family, about in by_family([delivery for delivery, _, _ in sent if delivery.id in mine]):
        family.sent(tx, [(delivery, ts_of[delivery.id]) for delivery in about], now)


def _refused(tx: Connection, token: str, delivery: Delivery, outcome: Refused, now: datetime) -> None:
    family = POSTS[delivery.kind]
    if outcome.touches is Touches.CONTENT and family.content_refused(tx, delivery, outcome.reason, now):
        leases.again(tx, token, delivery, outcome.reason, now)
        return
    if outcome.touches is Touches.WORKSPACE:
        doubts.doubt(tx, delivery.workspace_id, outcome.reason, now)
        leases.again(tx, token, delivery, outcome.reason, now + back_off(delivery.attempts))
        return
    if leases.end(tx, token, delivery, DeliveryState.REFUSED, outcome.reason, now):
        family.failed(tx, delivery, outcome, now)
    if delivery.member_id is not None and outcome.touches is Touches.MEMBER:
        schedules.leave(tx, delivery.member, outcome.reason, now)


def _again(tx: Connection, token: str, delivery: Delivery, outcome: NotYet, now: datetime) -> None:
    if outcome.pause is not None:
        pauses.pause(tx, delivery.workspace_id, outcome.pause.total_seconds())
        leases.again(tx, token, delivery, outcome.reason, now)
    else:
        leases.again(tx, token, delivery, outcome.reason, now + back_off(delivery.attempts))


def know_dm(tx: Connection, delivery: Delivery, channel: str) -> None:
    """Store the channel of the direct messages with a member, before anything is posted there."""
    schedule_rows.set_dm(tx, delivery.member, channel)  # first, as *forget me* locks the rows in this order
    leases.set_channel(tx, delivery, channel)
