"""Bringing what is owed to Slack: claimed by one worker, sent once, and followed to its end."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from bot.coach import budget, schedules, tips
from bot.coach.posts import challenges as posts
from bot.coach.posts.challenges import Posting
from bot.core.calendar import next_decent, week_of
from bot.core.catalog import Catalog
from bot.core.member import Consent
from bot.core.nudges import Choice, Learner, choose_tip
from bot.core.outbox import (
    BRING_A_TIP,
    COUNTED,
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
from bot.store import tips as tip_rows
from bot.store.outbox import Terms

Said = TypeVar("Said")

WORKSPACES_MOST = 10  # a claim; each gives a few, so that a busy one does not starve the others
PER_WORKSPACE_MOST = 50
SLOT_HORIZON = limiter.SLOT_HORIZON
CHANNEL_PAUSE = timedelta(seconds=1)  # between two posts to one channel, as Slack asks
THREAD_PAUSE = timedelta(minutes=1)  # until a line is tried again whose thread is not there yet
NOTHING_TO_SAY = "nothing to say any more"
TRIES_MOST = 5  # of a nudge whose content Slack refuses: a fault in every tip must not set all of them aside


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast, and how patiently: posts a minute to one workspace, and seconds by the database's clock."""

    per_minute: float = 240.0
    lease: float = 60.0  # that a claim holds; longer than any post may take
    settling: float = 90.0  # after which a post that was not found is taken to have never arrived


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is this worker's to send, in so many seconds from the claim on."""

    delivery: Delivery
    wait: float
    choice: Choice | None = None  # of a nudge and its reminder
    posting: Posting | None = None  # of what is said about a challenge


def claim(tx: Connection, catalog: Catalog, rules: Pace, token: str, now: datetime) -> list[Claimed]:
    """Takes what is owed and may go within a second, at each workspace's pace; the tip is chosen here."""
    claimed: list[Claimed] = []
    gap = 60 / rules.per_minute
    for place in limiter.ready(tx, now, WORKSPACES_MOST):
        first = max(place.next_slot, place.now)
        free = min(1 + int((place.now + SLOT_HORIZON - first) / gap), PER_WORKSPACE_MOST)
        taken = sending.take(tx, place.workspace_id, now, free, token, rules.lease)
        fit = _fit(tx, catalog, place.workspace_id, taken, token, now)
        choices = _choose(tx, catalog, place.workspace_id, [one for one, _ in fit], token)
        for number, (one, posting) in enumerate(fit):
            choice = choices.get(one.id)
            chosen = replace(one, subject=choice.lesson.tip.id) if choice else one
            claimed.append(Claimed(chosen, first + number * gap - place.now, choice, posting))
        if fit:
            limiter.set_next_slot(tx, place.workspace_id, first + len(fit) * gap)
    return claimed


def begin(
    tx: Connection, token: str, claimed: Sequence[Claimed], now: datetime, render: Callable[[Claimed], Said]
) -> dict[str, Said]:
    """Mark deliveries as started that may be sent now, and return what `render` makes of each, by its id.

    What is said about a challenge is read again, and stays as it is until the commit: what a member took back, or left,
    is cancelled here. An opt-out or a forgetting that comes later can no longer stop these, and says so.
    """
    fresh = _read_again(tx, token, claimed, now)
    begun = sending.begin(tx, token, [one.delivery for one in fresh], now) if fresh else set()
    return {one.delivery.id: render(one) for one in fresh if one.delivery.id in begun}


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
    if isinstance(finding, CannotLook) and (ts := posts.seen_as(tx, one)) is not None:
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
    """Return the claimed deliveries as they read at this moment, without those that must not go now.

    One that quotes somebody else than at the claim waits for the next claim, as nobody has asked for their name.
    """
    about = [one.delivery for one in claimed if one.posting is not None]
    said = posts.of(tx, about, lock=True) if about else {}
    fresh = []
    for one in claimed:
        posting = said.get(one.delivery.id)
        if one.posting is None:
            fresh.append(one)
        elif posting is None:
            sending.end(tx, token, one.delivery, DeliveryState.CANCELLED, NOTHING_TO_SAY, now)
        elif set(posting.authors) <= set(one.posting.authors):
            fresh.append(replace(one, posting=posting))
        else:
            sending.put_off(tx, token, one.delivery, now)
    return fresh


def _lock_members(tx: Connection, about: Sequence[Delivery]) -> None:
    """Lock those to whom something went, as rows about them follow. On SQLite a transaction has the file to itself."""
    keys = {one.member for one in about if one.member_id is not None}
    if keys and tx.dialect.name == "postgresql":
        members.lock(tx, keys)


def _choose(
    tx: Connection, catalog: Catalog, workspace_id: str, claimed: Sequence[Delivery], token: str
) -> dict[str, Choice]:
    about_tips = [one for one in claimed if one.kind in BRING_A_TIP and one.member_id]
    if not about_tips:
        return {}
    ids = list(dict.fromkeys(one.member.member_id for one in about_tips))
    learners = tips.learners(tx, catalog, workspace_id, ids)
    choices = {one.id: _choice(catalog, learners[one.member.member_id], one) for one in about_tips}
    new = [(one, choices[one.id].lesson.tip.id) for one in about_tips if one.subject != choices[one.id].lesson.tip.id]
    sending.choose(tx, token, new)
    return choices


def _choice(catalog: Catalog, learner: Learner, one: Delivery) -> Choice:
    """The tip chosen before, so that a second try says the same, unless Slack would refuse it again."""
    before = catalog.lessons.get(one.subject) if one.subject else None
    if before is None or (before.tip.id in learner.set_aside and one.kind is Kind.NUDGE):
        return choose_tip(catalog, learner)
    return choose_tip(catalog, learner, only=before)


def _fit(
    tx: Connection, catalog: Catalog, workspace_id: str, taken: Sequence[Delivery], token: str, now: datetime
) -> list[tuple[Delivery, Posting | None]]:
    """What may go at this moment; the rest is ended or put off."""
    ids = [one.member_id for one in taken if one.member_id]
    terms = outbox.terms(tx, workspace_id, ids) if ids else {}
    said = posts.of(tx, taken)
    fit: list[tuple[Delivery, Posting | None]] = []
    channels: Counter[str] = Counter()
    for one in taken:
        its = terms.get(one.member_id or "")
        posting = said.get(one.id)
        if never := _why_never(catalog, one, its, posting):
            sending.end(tx, token, one, *never, now)
        elif later := _later(one, its, posting, channels, now):
            sending.put_off(tx, token, one, later)
        elif its is not None and _beyond_the_budget(tx, one, its, now):
            sending.end(tx, token, one, DeliveryState.MISSED, "weekly budget used", now)
        else:
            fit.append((one, posting))
    return fit


def _later(
    one: Delivery, terms: Terms | None, posting: Posting | None, channels: Counter[str], now: datetime
) -> datetime | None:
    """When a delivery may go that must not go now; None if it may."""
    if posting is not None and posting.must_wait:
        return now + THREAD_PAUSE
    if one.member_id is None and one.channel is not None:
        before = channels[one.channel]
        channels[one.channel] += 1
        return now + before * CHANNEL_PAUSE if before else None
    if terms is not None and one.kind in COUNTED:  # what comes late waits for a decent hour
        decent = next_decent(now, terms.slot, terms.quiet_hours, terms.zone)
        return decent if decent > now else None
    return None


def _why_never(
    catalog: Catalog, one: Delivery, terms: Terms | None, posting: Posting | None
) -> tuple[DeliveryState, str] | None:
    """How a claimed delivery ends unsent, and why; None if it may go."""
    if one.kind in posts.OF_A_CHALLENGE and posting is None:
        return DeliveryState.CANCELLED, NOTHING_TO_SAY
    if one.member_id is None or one.kind is Kind.NOTICE:
        return None
    if terms is None or terms.consent is not Consent.YES:
        return DeliveryState.CANCELLED, "tips off"
    if one.kind is Kind.REMINDER and one.subject is not None and one.subject not in catalog.lessons:
        return DeliveryState.CANCELLED, "tip is gone"
    return None


def _beyond_the_budget(tx: Connection, one: Delivery, terms: Terms, now: datetime) -> bool:
    """Whether the member had, or will have, enough this week; a last call counts in the week in which it goes."""
    if one.kind not in COUNTED or one.kind is Kind.NUDGE or one.week is None:
        return False
    week = one.week if one.kind is not Kind.LAST_CALL else week_of(now, terms.zone)
    if week != one.week:
        sending.set_week(tx, one, week)
    return budget.is_used(tx, one, week, terms)


def _leave_unconfirmed(tx: Connection, token: str, one: Delivery, why: str, now: datetime) -> None:
    """Its tip counts as given, as it may have arrived; nothing is said by who is too late, or of a member forgotten."""
    if not sending.leave_unconfirmed(tx, token, one, why, now):
        return
    if one.kind is Kind.NUDGE and one.subject is not None:
        tip_rows.give(tx, [(one.member, one.subject)], now)
    if one.member_id is None:
        posts.failed(tx, one, now, in_doubt=True)


def _confirm(tx: Connection, token: str, sent: Sequence[tuple[Delivery, str, str]], now: datetime) -> None:
    mine = sending.confirm(tx, token, sent, now)
    given = [(one.member, one.subject) for one, _, _ in sent if one.id in mine and one.kind is Kind.NUDGE]
    tip_rows.give(tx, [(who, tip) for who, tip in given if tip is not None], now)
    posts.confirmed(tx, [(one, ts) for one, _, ts in sent if one.id in mine], now)


def _refused(tx: Connection, token: str, one: Delivery, outcome: Refused, now: datetime) -> None:
    if outcome.touches is Touches.CONTENT and one.subject is not None and one.kind in BRING_A_TIP:
        tip_rows.set_aside(tx, one.workspace_id, one.subject, outcome.reason, now)
        if one.kind is Kind.NUDGE and one.attempts < TRIES_MOST:
            sending.again(tx, token, one, outcome.reason, now)  # with another tip
            return
    if outcome.touches is Touches.WORKSPACE:
        workspaces.disconnect(tx, one.workspace_id, outcome.reason, now)
        sending.again(tx, token, one, outcome.reason, now)  # waits until the workspace connects again
        return
    mine = sending.end(tx, token, one, DeliveryState.REFUSED, outcome.reason, now)
    if one.member_id is None and mine:
        posts.failed(tx, one, now)
    elif one.member_id is not None and outcome.touches is Touches.MEMBER:
        schedules.leave(tx, one.member, outcome.reason, now)


def _again(tx: Connection, token: str, one: Delivery, outcome: NotYet, now: datetime) -> None:
    if outcome.pause is not None:
        limiter.hold(tx, one.workspace_id, outcome.pause.total_seconds())
        sending.again(tx, token, one, outcome.reason, now)
    else:
        sending.again(tx, token, one, outcome.reason, now + back_off(one.attempts))


def know_dm(tx: Connection, one: Delivery, channel: str) -> None:
    """Remembers the channel of the direct messages with a member, before anything is posted there."""
    schedule_rows.set_dm(tx, one.member, channel)  # first, in the order in which a forgetting takes them
    sending.set_channel(tx, one, channel)
