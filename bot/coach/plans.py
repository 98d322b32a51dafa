"""When a member wants to do a tip: plan one reminder for it, take that back, and list what is planned."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach import practice
from bot.coach.act import Act
from bot.coach.practice import A_TIP, TipSeen, WeeklyKey
from bot.core.calendar import week_of, zone_of
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson
from bot.core.errors import NextStep, UserError
from bot.core.next_step import said_of
from bot.core.outbox import Copy, Kind, NewDelivery, TipSubject, reminder_key
from bot.core.practice import MOVES_ON, CannotPlan, Plan, ReminderWish, Step, WishPart, days_ahead
from bot.core.record import Record
from bot.outbox import deliveries
from bot.store import facts

ANSWERED = {*MOVES_ON, Step.NOT_MY_WORK}


class ToPlan(NamedTuple):
    lesson: Lesson
    at: datetime
    cue: str | None
    zone: str | None
    now: datetime


class Item(NamedTuple):
    title: str
    lesson: Lesson | None  # None for a tip that is no longer given
    plan: Plan


class Agenda(NamedTuple):
    """The reminders that are still to come, the next one first. `cancelled`: the one that was cancelled just now."""

    items: tuple[Item, ...]
    zone: str | None
    cancelled: Lesson | None = None


def to_plan(act: Act, tip_id: str) -> ToPlan:
    """Return what the form shows for a tip. Raise UserError where no reminder can come."""
    lesson, record = practice.lesson_of(act.catalog, tip_id), act.read()
    _check_may_plan(record, lesson)
    hours, plan = record.hours, record.plan_of(lesson.tip)
    is_planned = plan is not None and not plan.ended and plan.at > act.now
    at, cue = (plan.at, plan.cue) if plan and is_planned else (hours.next_hour(act.now), None)
    return ToPlan(lesson, at, cue, hours.zone, act.now)


def plan(act: Act, tip_id: str, key: WeeklyKey, wish: ReminderWish) -> TipSeen:
    """Plan one reminder of a tip, in place of an earlier one. The same wish again changes nothing.

    Raise CannotPlan where it would not come at that moment, UserError where none can come, and NotMet.
    """
    seen = practice.locked(act, tip_id, key)
    _check_may_plan(seen.record, seen.lesson)
    hours = seen.record.hours
    wished = wish.at(hours.zone, act.now)
    at, old = hours.decent(wished), seen.plan
    if old is not None and (old.at, old.cue) == (at, wish.cue):
        return replace(seen, moved=at != wished)
    _check_comes(act.tx, seen.record, old, at, act.now)
    new = Plan(tip_id, secrets.token_hex(8), at, wish.cue)
    record = seen.record
    if old is not None and old.tip != tip_id:  # of a tip that this one replaces
        record = facts.end_plan(act.tx, record, old, act.now)
    record = facts.save_plan(act.tx, record, new, act.now)
    if old is not None:
        deliveries.cancel(act.tx, act.who.workspace_id, reminder_key(act.who, old.plan_id), "planned anew", act.now)
    copy = Copy(*act.who, reminder_key(act.who, new.plan_id), seen.record.weekly.dm_channel)
    until, week, about = hours.next_day_ends(at), week_of(at, hours.zone), TipSubject(tip=tip_id)
    deliveries.put(act.tx, NewDelivery([copy], Kind.REMINDER, due_at=at, until=until, week=week, subject=about))
    return replace(seen, record=record, moved=at != wished)


def unplan(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Take the plan for a tip back and cancel its reminder. A second call changes nothing. Raise UserError, NotMet."""
    seen = practice.locked(act, tip_id, key)
    return replace(practice.without_plan(act, seen, "taken back"), cancelled=True)


def agenda(catalog: Catalog, record: Record, now: datetime, cancelled: Lesson | None = None) -> Agenda:
    plans = sorted(record.plans.values(), key=lambda plan: plan.at)
    to_come = (plan for plan in plans if not plan.ended and plan.at > now)
    titled = ((catalog.title_of(plan.tip), plan) for plan in to_come)
    items = (Item(title, catalog.lessons.get(plan.tip), plan) for title, plan in titled if title)
    return Agenda(tuple(items), record.zone, cancelled)


def _check_may_plan(record: Record, lesson: Lesson) -> None:
    if not record.gets_tips:
        off = "Reminders come only with weekly tips, and yours are off."
        raise UserError(off, NextStep("Start weekly tips", "tips", "on"))
    said = said_of(record, lesson.tip)
    if said is not None and said.step in ANSWERED:
        raise UserError("You answered this tip already. Press *Undo* on it first.", A_TIP)


def _check_comes(tx: Connection, record: Record, old: Plan | None, at: datetime, now: datetime) -> None:
    """Raise CannotPlan if the reminder would not come: in a pause, or in a week whose budget is used."""
    who, schedule, budget = record.member.key, record.weekly, record.here.dm_budget
    if schedule.paused_until is not None and now < schedule.paused_until and at < schedule.paused_until:
        end = schedule.paused_until.astimezone(zone_of(schedule.zone))
        until = f"{end:%A} {end.day} {end:%B}"
        said = f"Your tips are paused until {until}. Pick a later day, or type `/roleshift resume` first."
        raise CannotPlan(WishPart.DAY, said)
    replaced = {reminder_key(who, old.plan_id if old else "")}
    if record.has_budget(deliveries.counted_this_week(tx, who, replaced, week_of(at, schedule.zone)), at, now):
        return
    if budget == 1 and schedule.rhythm.every == 1:
        said = "Your workspace allows one message a week, which is your tip, so no reminder can come. Type `/remind`."
        raise CannotPlan(WishPart.DAY, said)
    day = at.astimezone(zone_of(schedule.zone)).date()
    monday, other = day + timedelta(days=7 - day.weekday()), "Pick another week."
    if monday <= days_ahead(now, schedule.zone)[-1]:
        other = f"Pick a day from {monday:%A} {monday.day} {monday:%B} on."
    messages = "one message" if budget == 1 else f"{budget} messages"
    raise CannotPlan(WishPart.DAY, f"You get {messages} in that week already, and no more may come. {other}")
