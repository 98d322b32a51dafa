"""Sending what is in the outbox: deliveries are claimed by one worker, begun, sent once, and settled.

A claim holds a lease, and its token fences off a worker that is too late. What a delivery says, and what follows from
its outcome, is known by the modules in `posts`.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from bot.coach import budget, schedules
from bot.coach.posts import POSTS, by_family
from bot.coach.posts.content import Answer, Content, Later, Never
from bot.core.calendar import next_decent, week_of
from bot.core.catalog import Catalog
from bot.core.member import Consent
from bot.core.outbox import (
    Budget,
    CannotLook,
    Delivery,
    DeliveryState,
    Finding,
    Kind,
    NotYet,
    Outcome,
    Refused,
    Sent,
    Touches,
    Unknown,
    back_off,
)
from bot.store import limiter, members, outbox, sending, workspaces
from bot.store import schedules as schedule_rows
from bot.store.schedules import Terms

Drawn = TypeVar("Drawn")

MAX_WORKSPACES = 10  # a claim; each gives a few, so that a busy one does not starve the others
MAX_PER_WORKSPACE = 50
SLOT_HORIZON = limiter.SLOT_HORIZON
CHANNEL_PAUSE = timedelta(seconds=1)  # between two posts to one channel, as Slack asks


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast, and how patiently: posts a minute to one workspace, and seconds by the database's clock."""

    per_minute: float = 240.0
    lease: float = 60.0  # that a claim holds; longer than any post may take
    settling: float = 90.0  # after which a post that was not found is taken to have never arrived


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker may send, `wait` seconds after the claim; `content` is what it says."""

    delivery: Delivery
    wait: float
    content: Content


def claim(tx: Connection, catalog: Catalog, rules: Pace, token: str, now: datetime) -> list[Claimed]:
    """Claim deliveries that may be sent within a second, within the rate limit of each workspace."""
    claimed: list[Claimed] = []
    gap = 60 / rules.per_minute
    for ready in limiter.ready(tx, now, MAX_WORKSPACES):
        first = max(ready.next_send_at, ready.now)
        free = min(1 + int((ready.now + SLOT_HORIZON - first) / gap), MAX_PER_WORKSPACE)
        taken = sending.take(tx, ready.workspace_id, now, free, token, rules.lease)
        fit = _fit(tx, catalog, ready.workspace_id, taken, token, now)
        for number, (one, content) in enumerate(fit):
            about = replace(one, subject=one.subject if content.subject is None else content.subject)
            claimed.append(Claimed(about, first + number * gap - ready.now, content))
        if fit:
            limiter.set_next_send_at(tx, ready.workspace_id, first + len(fit) * gap)
    return claimed


def begin(
    tx: Connection, token: str, claimed: Sequence[Claimed], now: datetime, draw: Callable[[Claimed], Drawn]
) -> dict[str, Drawn]:
    """Mark deliveries as started that may be sent now, and return what `draw` makes of each, by its id.

    Their content is read again and stays as it is until the commit: what a member took back is cancelled here. An
    opt-out or a forgetting that comes later can no longer stop these, and says so.
    """
    fresh = _read_again(tx, token, claimed, now)
    begun = sending.begin(tx, token, [one.delivery for one in fresh], now) if fresh else set()
    return {one.delivery.id: draw(one) for one in fresh if one.delivery.id in begun}


def finish(tx: Connection, token: str, ended: Sequence[tuple[Claimed, Outcome]], now: datetime) -> None:
    """Writes down what became of each post."""
    _lock_members(tx, [one.delivery for one, _ in ended])
    sent = [(one.delivery, outcome.channel, outcome.ts) for one, outcome in ended if isinstance(outcome, Sent)]
    if sent:
        _confirm(tx, token, sent, now)
    for one, outcome in ended:
        if isinstance(outcome, Refused):
            _refused(tx, token, one.delivery, outcome, now)
        elif isinstance(outcome, NotYet):
            _again(tx, token, one.delivery, outcome, now)
        elif isinstance(outcome, Unknown):
            sending.lost(tx, token, one.delivery, outcome.reason)


def release(tx: Connection, token: str) -> int:
    """Gives back what was claimed and not started, when a worker stops."""
    return sending.release(tx, token)


def expire(tx: Connection, now: datetime) -> list[Kind]:
    """Ends what is too late to send, and gives back what a dead worker had claimed and not started."""
    sending.release_abandoned(tx)
    return sending.expire(tx, now)


def unsettled(tx: Connection, rules: Pace, token: str, most: int) -> list[Delivery]:
    """What was started and never confirmed, once lease and settling time are over: look each up, then `settle` it."""
    return sending.claim_unsettled(tx, token, rules.settling, most)


def settle(tx: Connection, token: str, one: Delivery, finding: Finding, now: datetime) -> DeliveryState:
    """Ends the doubt: found is sent; not found is planned anew while its window is open; else it stays unconfirmed."""
    _lock_members(tx, [one])
    if isinstance(finding, Sent):
        _confirm(tx, token, [(one, finding.channel, finding.ts)], now)
        return DeliveryState.SENT
    if isinstance(finding, CannotLook) and (ts := POSTS[one.kind].seen_as(tx, one)) is not None:
        _confirm(tx, token, [(one, one.channel or "", ts)], now)
        return DeliveryState.SENT
    if isinstance(finding, CannotLook):
        _leave_unconfirmed(tx, token, one, finding.reason, now)
        return DeliveryState.UNCONFIRMED
    sending.again(tx, token, one, "not found in Slack", now)
    return DeliveryState.PLANNED


def undelivered(tx: Connection) -> list[outbox.Undelivered]:
    """All that was refused, missed or never confirmed."""
    return outbox.undelivered(tx)


def counts(tx: Connection) -> list[tuple[Kind, DeliveryState, int]]:
    """How many deliveries of each kind are in each state."""
    return outbox.outcomes(tx)


def _read_again(tx: Connection, token: str, claimed: Sequence[Claimed], now: datetime) -> list[Claimed]:
    """Return the claimed deliveries with what they say at this moment, without those that must not go now.

    A delivery that names other members than at the claim waits for the next claim: their names are not known yet.
    """
    by_id = {one.delivery.id: one for one in claimed}
    fresh = []
    for family, about in by_family([one.delivery for one in claimed]):
        answers = family.still_wanted(tx, [(one, by_id[one.id].content) for one in about])
        for one in about:
            before, answer = by_id[one.id], answers[one.id]
            if isinstance(answer, Never):
                sending.end(tx, token, one, DeliveryState.CANCELLED, answer.reason, now)
            elif isinstance(answer, Later):
                sending.put_off(tx, token, one, now + answer.wait)
            elif set(answer.authors) <= set(before.content.authors):
                fresh.append(replace(before, content=answer))
            else:
                sending.put_off(tx, token, one, now)
    return fresh


def _lock_members(tx: Connection, about: Sequence[Delivery]) -> None:
    """Lock those to whom something went, as rows about them follow. On SQLite a transaction has the file to itself."""
    keys = {one.member for one in about if one.member_id is not None}
    if keys and tx.dialect.name == "postgresql":
        members.lock(tx, keys)


def _fit(
    tx: Connection, catalog: Catalog, workspace_id: str, taken: Sequence[Delivery], token: str, now: datetime
) -> list[tuple[Delivery, Content]]:
    """Return what may be sent at this moment. End or put off the rest."""
    ids = [one.member_id for one in taken if one.member_id]
    terms = schedule_rows.terms(tx, workspace_id, ids) if ids else {}
    answers = _wanted(tx, catalog, taken, terms)
    fit: list[tuple[Delivery, Content]] = []
    channels: Counter[str] = Counter()
    for one in taken:
        its, answer = terms.get(one.member_id or ""), answers[one.id]
        if isinstance(answer, Never):
            sending.end(tx, token, one, DeliveryState.CANCELLED, answer.reason, now)
        elif isinstance(answer, Later):
            sending.put_off(tx, token, one, now + answer.wait)
        elif later := _later(one, its, channels, now):
            sending.put_off(tx, token, one, later)
        elif its is not None and _is_beyond_budget(tx, one, its, now):
            sending.end(tx, token, one, DeliveryState.MISSED, "weekly budget used", now)
        else:
            fit.append((one, answer))
    chosen = [(one, content.subject) for one, content in fit if content.subject is not None]
    sending.set_subjects(tx, token, [(one, subject) for one, subject in chosen if subject != one.subject])
    return fit


def _wanted(
    tx: Connection, catalog: Catalog, taken: Sequence[Delivery], terms: Mapping[str, Terms]
) -> dict[str, Answer]:
    """Return what each delivery says now, or why not. Without consent it says nothing."""
    answers: dict[str, Answer] = {}
    for one in taken:
        its = terms.get(one.member_id or "")
        if one.rules.needs_consent and (its is None or its.consent is not Consent.YES):
            answers[one.id] = Never("tips off")
    for family, about in by_family([one for one in taken if one.id not in answers]):
        answers |= family.wanted(tx, catalog, about)
    return answers


def _later(one: Delivery, terms: Terms | None, channels: Counter[str], now: datetime) -> datetime | None:
    """Return when a delivery may go that must not go now; None if it may."""
    if one.member_id is None and one.channel is not None:
        before = channels[one.channel]
        channels[one.channel] += 1
        return now + before * CHANNEL_PAUSE if before else None
    if terms is not None and one.rules.waits_for_decent_hours:
        decent = next_decent(now, terms.slot, terms.quiet_hours, terms.zone)
        return decent if decent > now else None
    return None


def _is_beyond_budget(tx: Connection, one: Delivery, terms: Terms, now: datetime) -> bool:
    """Return whether the member had, or will have, enough direct messages this week."""
    if one.rules.budget in {Budget.FREE, Budget.FIRST} or one.week is None:
        return False
    week = week_of(now, terms.zone) if one.rules.budget is Budget.REST_WHEN_SENT else one.week
    if week != one.week:
        sending.set_week(tx, one, week)
    return budget.is_used(tx, one.member, one.key, week, terms)


def _leave_unconfirmed(tx: Connection, token: str, one: Delivery, why: str, now: datetime) -> None:
    """Record that nobody can find out. A worker that is too late, or whose member was forgotten, records nothing."""
    if sending.leave_unconfirmed(tx, token, one, why, now):
        POSTS[one.kind].failed(tx, one, Unknown(why), now)


def _confirm(tx: Connection, token: str, sent: Sequence[tuple[Delivery, str, str]], now: datetime) -> None:
    mine = sending.confirm(tx, token, sent, now)
    ts_of = {one.id: ts for one, _, ts in sent}
    for family, about in by_family([one for one, _, _ in sent if one.id in mine]):
        family.sent(tx, [(one, ts_of[one.id]) for one in about], now)


def _refused(tx: Connection, token: str, one: Delivery, outcome: Refused, now: datetime) -> None:
    family = POSTS[one.kind]
    if outcome.touches is Touches.CONTENT and family.content_refused(tx, one, outcome.reason, now):
        sending.again(tx, token, one, outcome.reason, now)
        return
    if outcome.touches is Touches.WORKSPACE:
        workspaces.disconnect(tx, one.workspace_id, outcome.reason, now)
        sending.again(tx, token, one, outcome.reason, now)  # waits until the workspace connects again
        return
    if sending.end(tx, token, one, DeliveryState.REFUSED, outcome.reason, now):
        family.failed(tx, one, outcome, now)
    if one.member_id is not None and outcome.touches is Touches.MEMBER:
        schedules.leave(tx, one.member, outcome.reason, now)


def _again(tx: Connection, token: str, one: Delivery, outcome: NotYet, now: datetime) -> None:
    if outcome.pause is not None:
        limiter.pause(tx, one.workspace_id, outcome.pause.total_seconds())
        sending.again(tx, token, one, outcome.reason, now)
    else:
        sending.again(tx, token, one, outcome.reason, now + back_off(one.attempts))


def know_dm(tx: Connection, one: Delivery, channel: str) -> None:
    """Remembers the channel of the direct messages with a member, before anything is posted there."""
    schedule_rows.set_dm(tx, one.member, channel)  # first, in the order in which a forgetting takes them
    sending.set_channel(tx, one, channel)
