"""Messages of the weekly tips: the welcome, the tip of the week, and its reminder."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Quiz
from bot.core.member import MemberKey
from bot.core.next_step import ChooseOne, in_hand, unchosen
from bot.core.next_tip import Choice, choice_of, message_of, question_for
from bot.core.outbox import CheckName, Delivery, Kind, TipSubject, reminder_key
from bot.core.outcomes import Refused, Unknown
from bot.core.practice import Answer as Asking, Asked, Plan, Practised, Use
from bot.core.projects import Project
from bot.core.record import Record, Records
from bot.outbox.messages import Answer, Content, Never
from bot.store import facts, record as record_rows, schedules, workspaces

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
    have: Practised | None = None  # of a step of a project: what its member said of an earlier one, as `in_hand` has it
    lacks: Collection[str] = ()  # what they don't have

    @property
    def subject(self) -> TipSubject:
        check = CheckName(self.check.skill.slug, self.check.check.id) if self.check else None
        still = self.still.tip.id if self.still else None
        asks = {"check": check, "still": still, "asks_rhythm": self.asks_rhythm}
        return self.choice.subject.model_copy(update=asks)


@dataclass(frozen=True, slots=True)
class ChoosePost(Content):
    """Projects of which to choose one, and what their reader lacks. `of_team`: that of their team, this month."""

    projects: tuple[Project, ...]
    lacks: Collection[str]
    is_back: bool = False  # it comes after a gap
    of_team: str | None = None
    otherwise: Project | None = None  # begins if its reader chooses none

    @property
    def subject(self) -> TipSubject:
        return TipSubject(choose=tuple(project.slug for project in self.projects))


@dataclass(frozen=True, slots=True)
class RetiredPost(Content):
    """What a reminder says of a tip that is no longer given, and the step that took its place."""

    title: str
    step: Lesson | None


@dataclass(frozen=True, slots=True)
class WelcomePost(Content):
    first_due_at: datetime | None
    zone: str | None


def wanted(_tx: Connection, catalog: Catalog, records: Records, delivery: Delivery, now: datetime) -> Answer:
    """Return what a message says. A retry keeps the tip, the projects and the question that were chosen before."""
    record = records[delivery.member.member_id]
    if delivery.kind is Kind.WELCOME:
        return WelcomePost(record.weekly.next_due_at, record.weekly.zone)
    if delivery.kind is Kind.REMINDER:
        return _reminder(catalog, record, delivery)
    before = delivery.subject if isinstance(delivery.subject, TipSubject) else None
    message, is_back = message_of(catalog, record, before, now), record.is_back(now)
    if isinstance(message, ChooseOne):
        of_team = record.team_project.project if record.team_project else None
        otherwise = unchosen(catalog, record, message.projects)
        return ChoosePost(message.projects, record.lacks(catalog), is_back, of_team, otherwise)
    if before is None or before.choose:
        quiz, still, asks_rhythm = question_for(catalog, record, now)
    else:
        quiz = catalog.quizzes.get(before.check.check) if before.check else None
        still, asks_rhythm = catalog.lessons.get(before.still or ""), before.asks_rhythm
    learned_at = record.learned_at.get(quiz.skill.slug) if quiz else None
    have, lacks = in_hand(catalog, record, message.lesson.tip, is_back=is_back), record.lacks(catalog)
    return TipPost(
        message, quiz, learned_at, still=still, asks_rhythm=asks_rhythm, is_back=is_back, have=have, lacks=lacks
    )


def still_wanted(tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> dict[str, Answer]:
    """Keep the tips of the claim, but no reminder whose plan ended. Read again what a welcome says."""
    workspace_id = claimed[0][0].workspace_id
    planning, welcomed = (
        [delivery.member.member_id for delivery, _ in claimed if delivery.kind is kind]
        for kind in (Kind.REMINDER, Kind.WELCOME)
    )
    plans = facts.lock_plans(tx, workspace_id, planning) if planning else set()
    records = record_rows.load(tx, workspace_id, welcomed) if welcomed else {}
    open_keys = {reminder_key(MemberKey(workspace_id, member_id), plan_id) for member_id, plan_id in plans}
    answers: dict[str, Answer] = {}
    for delivery, content in claimed:
        if delivery.kind is Kind.WELCOME:
            schedule = records[delivery.member.member_id].weekly
            answers[delivery.id] = WelcomePost(schedule.next_due_at, schedule.zone)
        else:
            is_over = delivery.kind is Kind.REMINDER and delivery.key not in open_keys
            answers[delivery.id] = ENDED if is_over else content
    return answers


def sent(tx: Connection, sent: Sequence[tuple[Delivery, str]], now: datetime) -> None:
    """Count the sent tips of the week as given, and their checks as asked."""
    nudges = [delivery for delivery, _ in sent if delivery.kind is Kind.NUDGE]
    subjects = [(each, each.subject) for each in nudges if isinstance(each.subject, TipSubject)]
    facts.give(tx, [(each.member, subject.tip) for each, subject in subjects if subject.tip], now)
    facts.begin(tx, [(each.member, subject.begins) for each, subject in subjects if subject.begins], now)
    schedules.count_unanswered(tx, {each.member: each.due_at for each, _ in subjects})
    checks, uses = [], []
    for each, subject in subjects:
        if subject.choose:
            facts.offer(tx, each.member, subject.choose, now)
        if subject.check:
            checks.append((each.member, Asked(subject.check.check, subject.check.skill, now, asking=each.key)))
        if subject.still:
            uses.append((each.member, Use(subject.still, Asking.ASKED, now, each.key)))
    facts.ask(tx, checks)
    facts.add_uses(tx, uses)


def failed(tx: Connection, delivery: Delivery, outcome: Refused | Unknown, now: datetime) -> None:
    """Count an unconfirmed tip as given, as it may have arrived."""
    if isinstance(outcome, Unknown):
        sent(tx, [(delivery, "")], now)


def content_refused(tx: Connection, delivery: Delivery, reason: str, now: datetime) -> bool:
    """Withhold the tip from everybody in the workspace. Return whether to retry with another tip."""
    subject = delivery.subject
    if not isinstance(subject, TipSubject):
        return False
    first = subject.tip or subject.choose[0]  # of projects, Slack does not say which of them it refuses
    workspaces.withhold(tx, delivery.workspace_id, first, reason, now)
    return delivery.kind is Kind.NUDGE and delivery.attempts < MAX_TRIES


def _reminder(catalog: Catalog, record: Record, delivery: Delivery) -> Answer:
    tip = delivery.tip or ""
    lesson, plan = catalog.lessons.get(tip), record.plans.get(tip)
    is_over = plan is None or plan.ended or reminder_key(delivery.member, plan.plan_id) != delivery.key
    if tip in catalog.retired and not is_over:
        retired = catalog.retired[tip]
        return RetiredPost(retired.title, catalog.lessons.get(retired.step or ""))
    if lesson is None or not catalog.permits(lesson):
        return Never("tip is gone")
    if is_over:
        return ENDED
    return TipPost(choice_of(catalog, lesson), plan=plan, have=in_hand(catalog, record, lesson.tip))
