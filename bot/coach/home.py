"""A member's Home tab: everything that it shows, in a constant number of statements."""

from dataclasses import dataclass
from datetime import datetime

from bot.coach import admins, desk
from bot.coach.act import Act
from bot.coach.desk import Desk
from bot.coach.plans import Item, agenda
from bot.coach.practice import TipSeen
from bot.core.calendar import week_of
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Quiz
from bot.core.learning import Path, RoleLine, own_path, role_lines
from bot.core.member import FirstDay, Schedule
from bot.core.next_step import Place, next_place, said_of
from bot.core.next_tip import Reason, choice_of, choose_tip, due_check
from bot.core.outbox import DeliveryState, TipSubject, nudge_key
from bot.core.practice import HAS_RESULT, WEEK
from bot.core.team import Team
from bot.outbox import deliveries
from bot.store import challenges, teams
from bot.store.challenges import Seen


@dataclass(frozen=True, slots=True)
class WeekTip:
    seen: TipSeen
    reason: Reason
    week: str | None  # in which it came as the weekly message; None if the member took it by themselves
    check: Quiz | None = None
    weeks: int | None = None  # for how many weeks the skill of the check was learned then, if it was
    still: str | None = None  # the tip of which the message asked whether its member still does it


@dataclass(frozen=True, slots=True)
class Home:
    catalog: Catalog
    zone: str | None
    path: Path | None  # None without a role
    schedule: Schedule  # theirs, or the one that a yes to weekly tips would give them
    tip: WeekTip | None  # None before they got one this week
    lesson: Lesson | None  # the step or tip to start with if they got none this week; None before the first visit
    place: Place | None  # where the step is in its project
    done: int  # steps of that project which they did or had already
    lines: tuple[RoleLine, ...]  # of their role
    is_new: bool  # they never got a tip
    planned: tuple[Item, ...]  # reminders that are still to come
    due_check: Quiz | None
    challenges: tuple[Seen, ...]
    desk: Desk | None  # for admins alone
    now: datetime
    first_day: FirstDay | None = None  # for admins alone, while something of it is left
    leads: Team | None = None


def home(act: Act, *, is_admin: bool = False) -> Home:
    record, seen = act.read(), challenges.seen_by(act.tx, act.who, act.now)
    week = week_of(act.now, record.zone)
    nudge = deliveries.find(act.tx, act.who.workspace_id, nudge_key(act.who, week))
    path, place = own_path(act.catalog, record), next_place(act.catalog, record)
    said = [said_of(record, step) for step in place.project.main_steps] if place else []
    lead = teams.led_by(act.tx, act.who)
    tip, lesson = None, None
    has_come = nudge is not None and nudge.state in {DeliveryState.SENT, DeliveryState.UNCONFIRMED}
    about = nudge.delivery.subject if nudge is not None and has_come else None
    came = act.catalog.lessons.get(about.tip or "") if isinstance(about, TipSubject) else None
    if nudge is not None and isinstance(about, TipSubject) and came is not None:
        quiz = act.catalog.quizzes.get(about.check.check) if about.check else None
        learned_at = record.learned_at.get(quiz.skill.slug) if quiz else None
        weeks = max(1, (nudge.delivery.due_at - learned_at) // WEEK) if learned_at else None
        of_week = TipSeen(came, record, act.now, nudge_key(act.who, week))
        tip = WeekTip(of_week, choice_of(act.catalog, came).reason, week, quiz, weeks, about.still)
    elif path is not None or record.given:
        given = act.catalog.lessons.get(record.of_this_week(act.now) or "")
        if given is not None:
            tip = WeekTip(TipSeen(given, record, act.now), choice_of(act.catalog, given).reason, None)
        elif place is not None:
            lesson = act.catalog.lessons[place.step.id]
        else:
            lesson = choose_tip(act.catalog, record).lesson
    return Home(
        catalog=act.catalog,
        zone=record.zone,
        path=path,
        schedule=record.weekly.as_of(act.now),
        tip=tip,
        lesson=lesson,
        place=place,
        done=sum(practised is not None and practised.step in HAS_RESULT for practised in said),
        lines=role_lines(act.catalog, path.role, record) if path else (),
        is_new=not record.given,
        planned=agenda(act.catalog, record, act.now).items,
        due_check=due_check(act.catalog, record, act.now),
        challenges=tuple(each for each in seen if each.challenge.is_on(act.now)),
        desk=desk.desk(act.tx, act.who.workspace_id, act.now) if is_admin else None,
        now=act.now,
        first_day=admins.first_day(act.tx, act.who.workspace_id, act.now, act.catalog.policy) if is_admin else None,
        leads=lead.team if lead else None,
    )
