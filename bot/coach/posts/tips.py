"""Messages of the weekly tips: the welcome, the tip of the week, and its reminder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.coach.posts.content import Answer, Content, Never
from bot.coach.tips import learners
from bot.core.catalog import Catalog
from bot.core.nudges import Choice, Learner, choose_tip
from bot.core.outbox import Delivery, Kind, Refused, Unknown
from bot.core.subjects import Subject, TipSubject
from bot.store import schedules, tips

KINDS_OF_TIPS = (Kind.WELCOME, Kind.NUDGE, Kind.REMINDER, Kind.ANOTHER)
MAX_TRIES = 5  # of a nudge whose content Slack refuses: a fault in every tip must not set all of them aside


@dataclass(frozen=True, slots=True)
class TipPost:
    """A tip, and why it was chosen."""

    choice: Choice

    @property
    def subject(self) -> Subject:
        """Return the tip."""
        return TipSubject(self.choice.lesson.tip.id)

    @property
    def authors(self) -> tuple[str, ...]:
        """Return nobody: a tip quotes no member."""
        return ()


@dataclass(frozen=True, slots=True)
class WelcomePost:
    """When the first tip comes, and in which zone that is meant."""

    first_due_at: datetime | None
    zone: str | None
    subject: Subject | None = None
    authors: tuple[str, ...] = ()


def wanted(tx: Connection, catalog: Catalog, planned: Sequence[Delivery]) -> dict[str, Answer]:
    """Choose the tips, in three statements; welcomes take one more."""
    answers = _welcomes(tx, [one for one in planned if one.kind is Kind.WELCOME])
    about_tips = [one for one in planned if one.rules.brings_a_tip]
    if not about_tips:
        return answers
    ids = list(dict.fromkeys(one.member.member_id for one in about_tips))
    learner_of = learners(tx, catalog, about_tips[0].workspace_id, ids)
    return answers | {one.id: _tip(catalog, learner_of[one.member.member_id], one) for one in about_tips}


def still_wanted(tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> dict[str, Answer]:
    """Keep the tips that were chosen at the claim, and read again when the first one comes."""
    kept: dict[str, Answer] = {one.id: content for one, content in claimed if one.kind is not Kind.WELCOME}
    return kept | _welcomes(tx, [one for one, _ in claimed if one.kind is Kind.WELCOME])


def sent(tx: Connection, sent: Sequence[tuple[Delivery, str]], now: datetime) -> None:
    """Count the tips of the week as given."""
    tips.give(tx, [(one.member, one.tip) for one, _ in sent if one.kind is Kind.NUDGE and one.tip], now)


def failed(tx: Connection, one: Delivery, outcome: Refused | Unknown, now: datetime) -> None:
    """Count a tip as given that may have arrived."""
    if isinstance(outcome, Unknown) and one.kind is Kind.NUDGE and one.tip:
        tips.give(tx, [(one.member, one.tip)], now)


def content_refused(tx: Connection, one: Delivery, reason: str, now: datetime) -> bool:
    """Set the tip aside, so that nobody else gets it. The tip of the week is then another one."""
    if one.tip is None:
        return False
    tips.set_aside(tx, one.workspace_id, one.tip, reason, now)
    return one.kind is Kind.NUDGE and one.attempts < MAX_TRIES


def seen_as(_tx: Connection, _one: Delivery) -> str | None:
    """Return None: a tip's buttons say nothing about its ts."""
    return None


def _tip(catalog: Catalog, learner: Learner, one: Delivery) -> Answer:
    """Keep the tip that was chosen before, so that a second try says the same, unless Slack would refuse it again."""
    before = catalog.lessons.get(one.tip) if one.tip else None
    if one.kind is Kind.REMINDER and one.tip and before is None:
        return Never("tip is gone")
    if before is None or (before.tip.id in learner.set_aside and one.kind is Kind.NUDGE):
        return TipPost(choose_tip(catalog, learner))
    return TipPost(choose_tip(catalog, learner, only=before))


def _welcomes(tx: Connection, welcomes: Sequence[Delivery]) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for workspace_id in dict.fromkeys(one.workspace_id for one in welcomes):
        here = [one for one in welcomes if one.workspace_id == workspace_id]
        terms = schedules.terms(tx, workspace_id, [one.member.member_id for one in here])
        for one in here:
            its = terms.get(one.member.member_id)
            answers[one.id] = WelcomePost(its.next_due_at, its.zone) if its else WelcomePost(None, None)
    return answers
