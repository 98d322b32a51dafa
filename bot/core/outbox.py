"""The outbox: every kind of message in one table, the states of a delivery, and its idempotency key.

A delivery is a message to a member or to a channel. No two deliveries have the same idempotency key, so that nothing is
planned twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.core.member import MemberKey
from bot.core.subjects import (
    AdminSubject,
    ChallengeSubject,
    DrawnSubject,
    NoticeSubject,
    Subject,
    TeamSubject,
    TipSubject,
)


class DeliveryState(StrEnum):
    """The state of a delivery. All but PLANNED, SENDING and UNCONFIRMED are final."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    MISSED = "missed"
    CANCELLED = "cancelled"
    UNCONFIRMED = "unconfirmed"


class Kind(StrEnum):
    """Every kind of message. `KINDS` has all that is pure about each, `POSTS` what it means, `RENDER` how it looks."""

    WELCOME = "welcome"
    NUDGE = "nudge"
    REMINDER = "reminder"
    CHALLENGE = "challenge"
    RECAP = "recap"
    UNJOINED = "unjoined"
    NOTICE = "notice"
    ANSWER = "answer"
    REPLY = "reply"
    TASK = "task"
    INTRODUCTION = "introduction"
    LEAD = "lead"
    NEWS = "news"


class Budget(StrEnum):
    """How a kind counts against the weekly budget of direct messages."""

    FREE = "free"  # it does not count
    FIRST = "first"  # it counts, and is sent even if nothing is left; it counts while it is still planned
    REST = "rest"  # it counts, while it is still planned too, and is sent only if something is left


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRules:
    subject: type[Subject] | None  # what it is about; a delivery has none until its tip is chosen
    says: str  # for the operator's forecast
    needs_consent: bool = True  # to weekly tips; a pause cancels it, and its planner plans nothing into one
    budget: Budget = Budget.FREE
    waits_for_decent_hours: bool = False  # it is not sent at night or on a weekend
    brings_a_tip: bool = False
    may_be_late: timedelta = timedelta(0)  # added to the end of the window that its planner sets


WEEK = timedelta(days=7)
KINDS: Mapping[Kind, KindRules] = {
    Kind.WELCOME: KindRules(subject=None, says="when tips come, and how to stop"),
    Kind.NUDGE: KindRules(
        subject=TipSubject, says="a tip", budget=Budget.FIRST, waits_for_decent_hours=True, brings_a_tip=True
    ),
    Kind.REMINDER: KindRules(
        subject=TipSubject,
        says="a tip that they planned",
        budget=Budget.REST,
        waits_for_decent_hours=True,
        brings_a_tip=True,
    ),
    Kind.CHALLENGE: KindRules(subject=ChallengeSubject, says="a challenge", needs_consent=False),
    Kind.RECAP: KindRules(
        subject=ChallengeSubject, says="what came of a challenge", needs_consent=False, may_be_late=WEEK
    ),
    # Both answer what their reader did, so they need no opt-in to weekly tips.
    Kind.UNJOINED: KindRules(
        subject=ChallengeSubject,
        says="that nobody joined their challenge",
        needs_consent=False,
        waits_for_decent_hours=True,
        may_be_late=WEEK,
    ),
    Kind.NOTICE: KindRules(
        subject=NoticeSubject,
        says="a challenge that could not be posted, and the fix",
        needs_consent=False,
        may_be_late=WEEK,
    ),
    # It answers what its reader wrote, at any hour: they wait for it.
    Kind.ANSWER: KindRules(subject=DrawnSubject, says="the answer to what they wrote", needs_consent=False),
    Kind.REPLY: KindRules(subject=DrawnSubject, says="the answer to a mention, in its thread", needs_consent=False),
    Kind.TASK: KindRules(subject=AdminSubject, says="what an admin has to do", needs_consent=False),
    Kind.INTRODUCTION: KindRules(
        subject=DrawnSubject, says="who the coach is, and what it never does", needs_consent=False
    ),
    Kind.NEWS: KindRules(
        subject=AdminSubject,
        says="what became of what they shared or suggested",
        budget=Budget.REST,
        waits_for_decent_hours=True,
        may_be_late=WEEK,
    ),
    # Leads consent to it by itself, with `lead on`; see coach/posts/leads.py.
    Kind.LEAD: KindRules(
        subject=TeamSubject,
        says="what a lead can do with the team this month",
        needs_consent=False,
        budget=Budget.REST,
        waits_for_decent_hours=True,
        may_be_late=WEEK,
    ),
}
WEEKLY = [kind for kind, rules in KINDS.items() if rules.budget is Budget.FIRST]  # the weekly tip


# Idempotency keys: `put` ignores a delivery whose key is there already.


def welcome_key(who: MemberKey, at: datetime) -> str:
    """Return the key of the welcome that follows an opt-in: one for each opt-in."""
    return f"{Kind.WELCOME}:{who.member_id}:{at:%Y%m%dT%H%M%S}"


def nudge_key(who: MemberKey, week: str) -> str:
    return f"{Kind.NUDGE}:{who.member_id}:{week}"


def reminder_key(who: MemberKey, plan_id: str) -> str:
    return f"{Kind.REMINDER}:{who.member_id}:{plan_id}"


LIVE_MESSAGE = f"{Kind.CHALLENGE}:"  # what the keys of live messages begin with


def challenge_key(challenge_id: str, posting: int) -> str:
    """Return the key of a live message; `posting` counts how often the challenge was posted."""
    return f"{LIVE_MESSAGE}{challenge_id}:{posting}"


def recap_key(challenge_id: str) -> str:
    return f"{Kind.RECAP}:{challenge_id}"


def unjoined_key(challenge_id: str) -> str:
    return f"{Kind.UNJOINED}:{challenge_id}"


def notice_key(failed: str, at: datetime) -> str:
    """Return the key of a notice about a failed delivery. `failed` is the key of the failed one."""
    return f"{Kind.NOTICE}:{failed}:{at:%Y%m%dT%H%M%S}"


def answer_key(event_id: str) -> str:
    return f"{Kind.ANSWER}:{event_id}"


def reply_key(event_id: str) -> str:
    return f"{Kind.REPLY}:{event_id}"


def task_key(about: str) -> str:
    return f"{Kind.TASK}:{about}"


def introduction_key(channel: str, form_id: str) -> str:
    """Return the key of an introduction in a channel. `form_id` is that of the form which asked for it."""
    return f"{Kind.INTRODUCTION}:{channel}:{form_id}"


def lead_key(who: MemberKey, at: datetime) -> str:
    return f"{Kind.LEAD}:{who.member_id}:{at:%Y-%m}"


def news_key(about: str) -> str:
    return f"{Kind.NEWS}:{about}"


def named_key(team_id: str, dm_channel: str) -> str:
    """Return the key of the message to somebody who was named lead of a team: they are told once."""
    return f"{Kind.LEAD}:{team_id}:{dm_channel}"


def challenge_in(key: str) -> str:
    """Return the id of the challenge in the key of its live message or recap; else an empty string."""
    kind, *words = key.split(":")
    lengths = {Kind.CHALLENGE.value: 2, Kind.RECAP.value: 1}
    return words[0] if lengths.get(kind) == len(words) else ""


class Copy(NamedTuple):
    """What a delivery does not share with others that say the same."""

    workspace_id: str
    member_id: str | None
    key: str
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """What a planner puts into the outbox, in one copy or many.

    It may be sent from `due_at` on, or from `try_at` if that is later. It may be sent until `until`, or as much later
    as its kind allows (`may_be_late`).
    """

    copies: Sequence[Copy]
    kind: Kind
    due_at: datetime
    until: datetime
    thread: str | None = None  # the ts of the message whose thread it is posted to
    week: str | None = None  # the member's local ISO week, for kinds that count against the weekly budget
    subject: Subject | None = None
    try_at: datetime | None = None
    state: DeliveryState = DeliveryState.PLANNED
    reason: str | None = None

    def __post_init__(self) -> None:
        assert self.week or KINDS[self.kind].budget is Budget.FREE, self.kind  # noqa: S101 - else it would not count

    @property
    def window_ends_at(self) -> datetime:
        return self.until + KINDS[self.kind].may_be_late


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message in the outbox. `id` is random and opaque, `key` is the idempotency key."""

    workspace_id: str
    key: str
    id: str
    kind: Kind
    member_id: str | None
    channel: str | None
    week: str | None
    subject: Subject | None
    reason: str | None
    due_at: datetime
    window_ends_at: datetime
    attempts: int
    started_at: datetime | None
    thread: str | None = None

    @property
    def member(self) -> MemberKey:
        assert self.member_id is not None  # noqa: S101 - a delivery to a channel is never asked
        return MemberKey(self.workspace_id, self.member_id)

    @property
    def rules(self) -> KindRules:
        return KINDS[self.kind]

    @property
    def tip(self) -> str | None:
        return self.subject.tip if isinstance(self.subject, TipSubject) else None
