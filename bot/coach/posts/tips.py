"""Messages of the weekly tips: the welcome, the tip of the week, and its reminder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.coach.tips import pupils
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Quiz
from bot.core.next_tip import Choice, choose_tip
from bot.core.outbox import Delivery, Kind, reminder_key
from bot.core.outcomes import Refused, Unknown
from bot.core.practice import Answer as Asking
from bot.core.practice import Asked, Plan, Use
from bot.core.rhythm import Pupil, WeeklyQuestion
from bot.core.subjects import CheckName, TipSubject
from bot.outbox.messages import Answer, Content, Never
from bot.store import record as record_rows
from bot.store import schedules

KINDS_OF_TIPS = (Kind.WELCOME, Kind.NUDGE, Kind.REMINDER)
ENDED = Never("plan ended")
MAX_TRIES = 5  # of a nudge whose content Slack refuses; so a fault in all tips does not withhold all of them


@dataclass(frozen=True, slots=True)
class TipPost(Content):
    """A tip, why it was chosen, and what its message asks: a check, or whether a tip is `still` done."""

    choice: Choice
    check: Quiz | None = None
    learned_at: datetime | None = None  # when the member learned the skill of the check
    plan: Plan | None = None  # of a reminder
    still: Lesson | None = None
    asks_rhythm: bool = False
    is_back: bool = False  # the first tip after a gap

    @property
    def subject(self) -> TipSubject:
        check = CheckName(self.check.skill.slug, self.check.check.id) if self.check else None
        still = self.still.tip.id if self.still else None
        return TipSubject(self.choice.lesson.tip.id, check, still, self.asks_rhythm)


@dataclass(frozen=True, slots=True)
class WelcomePost(Content):
    first_due_at: datetime | None
    zone: str | None


def wanted(tx: Connection, catalog: Catalog, planned: Sequence[Delivery], now: datetime) -> dict[str, Answer]:
    """Choose tips and questions in eight statements. Welcomes and reminders add one each."""
    answers = _welcomes(tx, [delivery for delivery in planned if delivery.kind is Kind.WELCOME])
    about_tips = [delivery for delivery in planned if delivery.rules.brings_a_tip]
    if not about_tips:
        return answers
    ids = list(dict.fromkeys(delivery.member.member_id for delivery in about_tips))
    pupil_of = pupils(tx, catalog, about_tips[0].workspace_id, ids)
    plan_of = _plans(tx, about_tips)
    return answers | {
        each.id: _reminder(catalog, pupil_of[each.member.member_id], each, plan_of.get(each.id))
        if each.kind is Kind.REMINDER
        else _tip(catalog, pupil_of[each.member.member_id], each, now)
        for each in about_tips
    }


def still_wanted(tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> dict[str, Answer]:
    """Keep the tips that were chosen at the claim, but no reminder whose plan ended since, or changed.

    Read again when the first tip of a welcome comes.
    """
    plan_of = _plans(tx, [delivery for delivery, _ in claimed], lock=True)
    kept: dict[str, Answer] = {
        each.id: ENDED if each.kind is Kind.REMINDER and each.id not in plan_of else content
        for each, content in claimed
        if each.kind is not Kind.WELCOME
    }
    return kept | _welcomes(tx, [delivery for delivery, _ in claimed if delivery.kind is Kind.WELCOME])


def sent(tx: Connection, sent: Sequence[tuple[Delivery, str]], now: datetime) -> None:
    """Count the sent tips of the week as given, and their checks as asked."""
    _count(tx, [delivery for delivery, _ in sent if delivery.kind is Kind.NUDGE], now)


def failed(tx: Connection, delivery: Delivery, outcome: Refused | Unknown, now: datetime) -> None:
    """Count an unconfirmed tip as given, as it may have arrived."""
    if isinstance(outcome, Unknown) and delivery.kind is Kind.NUDGE:
        _count(tx, [delivery], now)


def content_refused(tx: Connection, delivery: Delivery, reason: str, now: datetime) -> bool:
    """Withhold the tip, so that nobody else in the workspace gets it. Return whether to retry with another tip."""
    if delivery.tip is None:
        return False
    record_rows.withhold(tx, delivery.workspace_id, delivery.tip, reason, now)
    return delivery.kind is Kind.NUDGE and delivery.attempts < MAX_TRIES


def _count(tx: Connection, nudges: Sequence[Delivery], now: datetime) -> None:
    subjects = [(each, each.subject) for each in nudges if isinstance(each.subject, TipSubject)]
    record_rows.give(tx, [(each.member, subject.tip) for each, subject in subjects], now)
    schedules.count_unanswered(tx, {each.member: each.due_at for each, _ in subjects})
    asked = [
        (each.member, Asked(subject.check.check, subject.check.skill, now, asking=each.key))
        for each, subject in subjects
        if subject.check is not None
    ]
    record_rows.ask(tx, asked)
    still = [(each, subject.still) for each, subject in subjects if subject.still is not None]
    record_rows.add_uses(tx, [(each.member, Use(tip, Asking.ASKED, now, each.key)) for each, tip in still])


def _tip(catalog: Catalog, pupil: Pupil, delivery: Delivery, now: datetime) -> Answer:
    """Keep the tip that was chosen before, so that a retry says the same.

    Choose another if Slack refused that tip, or if the team's content hides or forbids it meanwhile.
    """
    learner, before = pupil.weekly_learner(now), _permitted(catalog, delivery)
    quiz, still, asks_rhythm = _question(catalog, pupil, delivery, now)
    learned_at = pupil.learned.get(quiz.skill.slug) if quiz else None
    only = None if before is None or before.tip.id in learner.withheld else before
    choice, is_back = choose_tip(catalog, learner, only=only), pupil.rhythm.greets(pupil.last_at, now)
    return TipPost(choice, quiz, learned_at, still=still, asks_rhythm=asks_rhythm, is_back=is_back)


def _permitted(catalog: Catalog, delivery: Delivery) -> Lesson | None:
    """Return the tip that was chosen before, unless it is gone or the team forbids it meanwhile."""
    before = catalog.lessons.get(delivery.tip) if delivery.tip else None
    allowed = before is None or catalog.policy is None or catalog.policy.permits(before.tip.needs)
    return before if allowed else None


def _reminder(catalog: Catalog, pupil: Pupil, delivery: Delivery, plan: Plan | None) -> Answer:
    """Return the tip that the member planned, unless they ended the plan."""
    lesson = _permitted(catalog, delivery)
    if lesson is None:
        return Never("tip is gone")
    return TipPost(choose_tip(catalog, pupil.learner, only=lesson), plan=plan) if plan else ENDED


def _plans(tx: Connection, about: Sequence[Delivery], *, lock: bool = False) -> dict[str, Plan]:
    """Return the plans of the reminders among these deliveries that did not end, by the delivery's id."""
    reminders = [each for each in about if each.kind is Kind.REMINDER]
    if not reminders:
        return {}
    keys = {
        (who.workspace_id, reminder_key(who, plan_id)): plan
        for (who, plan_id), plan in record_rows.open_plans(tx, {each.member for each in reminders}, lock=lock).items()
    }
    found = {each.id: keys.get((each.workspace_id, each.key)) for each in reminders}
    return {delivery_id: plan for delivery_id, plan in found.items() if plan is not None}


def _question(catalog: Catalog, pupil: Pupil, delivery: Delivery, now: datetime) -> WeeklyQuestion:
    """Return the one question of a weekly tip. A retry keeps what was chosen."""
    before = delivery.subject
    if isinstance(before, TipSubject):
        quiz = catalog.quizzes.get(before.check.check) if before.check else None
        return WeeklyQuestion(quiz, catalog.lessons.get(before.still or ""), before.asks_rhythm)
    return pupil.question(catalog, now)


def _welcomes(tx: Connection, welcomes: Sequence[Delivery]) -> dict[str, Answer]:
    if not welcomes:
        return {}
    terms = schedules.terms(tx, welcomes[0].workspace_id, [delivery.member.member_id for delivery in welcomes])
    answers: dict[str, Answer] = {}
    for delivery in welcomes:
        known = terms.get(delivery.member.member_id)
        answers[delivery.id] = WelcomePost(known.next_due_at, known.zone) if known else WelcomePost(None, None)
    return answers
