"""A member's Home tab: everything that it shows, in a constant number of statements."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.coach import desk, schedules
from bot.coach.desk import Desk
from bot.coach.plans import Item, coming
from bot.coach.practice import TipSeen
from bot.coach.tips import given_this_week
from bot.core.calendar import week_of
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Quiz
from bot.core.learning import Path, path_of
from bot.core.member import Member, MemberKey, Schedule
from bot.core.next_tip import Learner, Reason, choose_tip, reason_of
from bot.core.outbox import DeliveryState, nudge_key
from bot.core.practice import WEEK, History, practised_skills
from bot.core.subjects import TipSubject
from bot.core.weekly_questions import due_check
from bot.outbox import deliveries
from bot.outbox.deliveries import Found
from bot.store import challenges, members
from bot.store.challenges import Seen
from bot.store.members import MemberMarks

ARRIVED = {DeliveryState.SENT, DeliveryState.UNCONFIRMED}


@dataclass(frozen=True, slots=True)
class WeekTip:
    """The tip of this week, as its member sees it, and the check that came with it.

    `week`: in which it came as the weekly message; None if the member took it by themselves.
    `weeks`: for how many weeks the skill of the check was learned then; None if it was not. `still`: the tip of which
    the message asked whether its member still does it.
    """

    seen: TipSeen
    reason: Reason
    week: str | None
    check: Quiz | None = None
    weeks: int | None = None
    still: str | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """What a member's Home shows.

    `path` is None if they have no role, `tip` before they got one this week, and `desk` for everybody but admins.
    `lesson` is the tip to start with if they got none this week, and `is_new` says that they never got one.
    `planned` are reminders that are still to come.
    """

    catalog: Catalog
    member: Member
    zone: str | None
    path: Path | None
    schedule: Schedule  # theirs, or the one that a yes to weekly tips would give them
    tip: WeekTip | None
    lesson: Lesson | None
    is_new: bool
    planned: tuple[Item, ...]
    due_check: Quiz | None
    challenges: tuple[Seen, ...]
    desk: Desk | None
    now: datetime


def home(tx: Connection, catalog: Catalog, who: MemberKey, now: datetime, *, is_admin: bool = False) -> Home:
    """Return everything that a member's Home shows, in ten statements; an admin's takes four more."""
    known, seen = members.with_marks(tx, who), challenges.seen_by(tx, who, now)
    zone, role = known.reads_in, catalog.role_of(known.member.role)
    nudge = deliveries.find(tx, who.workspace_id, nudge_key(who, week_of(now, zone)))
    given, learner, history = given_this_week(tx, catalog, known, now)
    path = path_of(catalog, role, known.learned, practised_skills(catalog, history)) if role else None
    tip, lesson = _week_tip(catalog, known, learner, history, path, nudge, now), None
    if tip is None and path is not None:
        if given is None:
            lesson = choose_tip(catalog, learner).lesson
        else:
            of_week = TipSeen(given, role, history, known.learned, zone, now, path=path)
            tip = WeekTip(of_week, reason_of(catalog, learner, given), None)
    return Home(
        catalog=catalog,
        member=known.member,
        zone=zone,
        path=path,
        schedule=schedules.of_member(known).as_of(now),
        tip=tip,
        lesson=lesson,
        is_new=not learner.given,
        planned=coming(catalog, history, now),
        due_check=due_check(catalog, known.learned_at, history.checked, now, history.uses.kept(catalog)),
        challenges=tuple(each for each in seen if each.challenge.is_on(now)),
        desk=desk.desk(tx, catalog, who.workspace_id, now) if is_admin else None,
        now=now,
    )


def _week_tip(
    catalog: Catalog,
    known: MemberMarks,
    learner: Learner,
    history: History,
    path: Path | None,
    nudge: Found | None,
    now: datetime,
) -> WeekTip | None:
    """Return the tip that came this week; None before it has come."""
    about = nudge.delivery.subject if nudge is not None and nudge.state in ARRIVED else None
    if nudge is None or not isinstance(about, TipSubject):
        return None
    lesson, named = catalog.lessons.get(about.tip), about.check
    if lesson is None:
        return None
    who, zone = known.member.key, known.reads_in
    week, role = week_of(now, zone), path.role if path else None
    seen = TipSeen(lesson, role, history, known.learned, zone, now, nudge_key(who, week), path=path)
    quiz = catalog.quizzes.get(named.check) if named else None
    learned_at = known.learned_at.get(quiz.skill.slug) if quiz else None
    weeks = max(1, (nudge.delivery.due_at - learned_at) // WEEK) if learned_at else None
    return WeekTip(seen, reason_of(catalog, learner, lesson), week, quiz, weeks, about.still)
