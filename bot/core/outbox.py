"""The outbox: every kind of message in one table, the states of a delivery, its subject and its idempotency key.

A delivery is a message to a member or to a channel. No two deliveries have the same idempotency key, so that nothing is
planned twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.core.member import MemberKey


class Subject(BaseModel):
    """What a delivery is about. The outbox stores it as JSON."""

    model_config = ConfigDict(frozen=True)
    is_written: ClassVar[bool] = False  # it holds words, which are deleted once they are sent or cancelled

    def stored(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


class CheckName(NamedTuple):
    """The slug of a skill and the id of a check on it. The skill is kept in case the check is no longer there."""

    skill: str
    check: str


class TipSubject(Subject):
    """A delivery about a tip, or with projects to choose from; and the one question that it asks, if any."""

    tip: str | None = None
    small: bool = False
    begins: str | None = None  # the project that begins with it
    choose: tuple[str, ...] = Field(default=(), max_length=3)
    check: CheckName | None = None
    still: str | None = None  # is asked about: whether it is still done
    asks_rhythm: bool = False  # how to go on

    @model_validator(mode="after")
    def _is_a_tip_or_a_choice(self) -> Self:
        if bool(self.tip) is bool(self.choose) or ((self.small or self.begins) and not self.tip):
            raise ValueError("it needs either a tip or projects to choose from")
        return self


class ChallengeSubject(Subject):
    challenge_id: str


class NoticeSubject(Subject):
    """A delivery about another delivery that failed. `key` is the idempotency key of the failed one."""

    key: str

    @property
    def challenge_id(self) -> str:
        return challenge_in(self.key)


class DrawnSubject(Subject):
    """An answer to what a person wrote, drawn when they wrote it: a text, and blocks as JSON."""

    is_written = True
    text: str
    blocks: str = "[]"


class AdminSubject(Subject):
    """What an admin has to do, or what became of something. `words` are ids, codes, and words that somebody wrote."""

    is_written = True
    task: str
    words: tuple[str, ...] = ()


class TeamSubject(Subject):
    """A message to the lead of a team. `turn` counts those that were planned; 0 tells them that they were named.

    `zone`: theirs, by Slack, if they were named: they may be no member, of whom it would be known.
    """

    team_id: str
    turn: int
    zone: str | None = None


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


@dataclass(frozen=True, slots=True)
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
    Kind.WELCOME: KindRules(None, "when tips come, and how to stop"),
    Kind.NUDGE: KindRules(TipSubject, "a tip", budget=Budget.FIRST, waits_for_decent_hours=True, brings_a_tip=True),
    Kind.REMINDER: KindRules(
        TipSubject, "a tip that they planned", budget=Budget.REST, waits_for_decent_hours=True, brings_a_tip=True
    ),
    Kind.CHALLENGE: KindRules(ChallengeSubject, "a challenge", needs_consent=False),
    Kind.RECAP: KindRules(ChallengeSubject, "what came of a challenge", needs_consent=False, may_be_late=WEEK),
    # Both answer what their reader did, so they need no opt-in to weekly tips.
    Kind.UNJOINED: KindRules(
        ChallengeSubject, "that nobody joined their challenge", needs_consent=False, waits_for_decent_hours=True,
        may_be_late=WEEK,
    ),
    Kind.NOTICE: KindRules(
        NoticeSubject, "a challenge that could not be posted, and the fix", needs_consent=False, may_be_late=WEEK
    ),
    # It answers what its reader wrote, at any hour: they wait for it.
    Kind.ANSWER: KindRules(DrawnSubject, "the answer to what they wrote", needs_consent=False),
    Kind.REPLY: KindRules(DrawnSubject, "the answer to a mention, in its thread", needs_consent=False),
    Kind.TASK: KindRules(AdminSubject, "what an admin has to do", needs_consent=False),
    Kind.INTRODUCTION: KindRules(DrawnSubject, "who the coach is, and what it never does", needs_consent=False),
    Kind.NEWS: KindRules(
        AdminSubject, "what became of what they shared or suggested", budget=Budget.REST, waits_for_decent_hours=True,
        may_be_late=WEEK,
    ),
    # Leads consent to it by itself, with `lead on`; see coach/posts/leads.py.
    Kind.LEAD: KindRules(
        TeamSubject, "what a lead can do with the team this month", needs_consent=False, budget=Budget.REST,
        waits_for_decent_hours=True, may_be_late=WEEK,
    ),
}  # fmt: skip
WEEKLY = [kind for kind, rules in KINDS.items() if rules.budget is Budget.FIRST]  # the weekly tip


def key_of(kind: Kind, *parts: str | int | datetime) -> str:
    """Return an idempotency key: `put` ignores a delivery whose key is there already. Moments are to the second."""
    words = (f"{part:%Y%m%dT%H%M%S}" if isinstance(part, datetime) else str(part) for part in parts)
    return ":".join((kind, *words))


def nudge_key(who: MemberKey, week: str) -> str:
    return key_of(Kind.NUDGE, who.member_id, week)


def reminder_key(who: MemberKey, plan_id: str) -> str:
    return key_of(Kind.REMINDER, who.member_id, plan_id)


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


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """What a planner puts into the outbox, in one copy or many."""

    copies: Sequence[Copy]
    kind: Kind
    _: KW_ONLY
    due_at: datetime  # it may be sent from then on
    until: datetime  # it may be sent until then, or as much later as its kind allows
    thread: str | None = None  # the ts of the message whose thread it is posted to
    week: str | None = None  # the member's local ISO week, for kinds that count against the weekly budget
    subject: Subject | None = None
    try_at: datetime | None = None  # it may be sent from then on, if that is later than `due_at`
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


class Known(NamedTuple):
    delivery: Delivery
    state: DeliveryState
    try_at: datetime
    ended_at: datetime | None
