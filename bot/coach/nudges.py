"""Answer the buttons of a nudge: another tip, a reminder, useful or not."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.coach import budget
from bot.coach.tips import learners
from bot.core.calendar import next_decent, next_slot_of_day, week_of, window_end
from bot.core.catalog import Catalog, Lesson
from bot.core.errors import Step, UserError
from bot.core.member import Consent, MemberKey
from bot.core.nudges import Choice, choose_tip
from bot.core.outbox import Delivery, DeliveryState, Kind, NewDelivery, another_key, reminder_key
from bot.core.subjects import TipSubject
from bot.store import members, outbox, schedules, tips

A_TIP = Step("A tip now", "tip")


@dataclass(frozen=True, slots=True)
class Another:
    """The second tip of a week. `new` is False if it was given before."""

    choice: Choice
    new: bool


@dataclass(frozen=True, slots=True)
class Reminder:
    """When a tip comes a second time."""

    at: datetime
    zone: str | None


def another(tx: Connection, catalog: Catalog, who: MemberKey, key: str, now: datetime) -> Another:
    """Give a second tip in addition to the week's nudge. A second call returns the same tip. Raise NotMet."""
    members.lock_known(tx, who)
    nudge = _own(tx, who, key)
    learner = learners(tx, catalog, who.workspace_id, [who.member_id])[who.member_id]
    if nudge.tip:  # its button was pressed, so it arrived, even if Slack's answer was lost
        learner = replace(learner, given={nudge.tip: 1, **learner.given})
    before = outbox.find(tx, who.workspace_id, another_key(who, _week(nudge)))
    lesson = catalog.lessons.get(before.tip) if before and before.tip else None
    choice = choose_tip(catalog, learner, only=lesson)
    if lesson is None:
        outbox.put(tx, [_another(nudge, choice.lesson.tip.id, now)])
        tips.give(tx, [(who, choice.lesson.tip.id)], now)
    return Another(choice, new=lesson is None)


def remind_tomorrow(tx: Connection, who: MemberKey, key: str, now: datetime) -> Reminder:
    """Plan the same tip again for tomorrow at the member's usual time. Raise UserError if it can't come, and NotMet."""
    members.lock_known(tx, who)
    nudge = _own(tx, who, key)
    terms = schedules.terms(tx, who.workspace_id, [who.member_id]).get(who.member_id)
    if terms is None or terms.consent is not Consent.YES:
        raise UserError("Weekly tips are off, so I can't remind you.", Step("Start weekly tips", "tips", "on"), A_TIP)
    tomorrow = next_slot_of_day(now, timedelta(days=1), terms.slot, terms.zone)
    at = next_decent(tomorrow, terms.slot, terms.quiet_hours, terms.zone)
    end = window_end(now, terms.slot, terms.quiet_hours, terms.zone)
    reminder = _reminder(nudge, at, end, terms.zone)
    if before := _planned_before(tx, who, reminder.key):
        return Reminder(before.due_at, terms.zone)
    if at >= end:
        raise UserError("This week is over by then. The next tip comes as usual.", A_TIP)
    if budget.is_used(tx, who, reminder.key, week_of(at, terms.zone), terms):
        raise UserError("You have had all your messages for this week.", A_TIP)
    outbox.put(tx, [reminder])
    return Reminder(at, terms.zone)


def _planned_before(tx: Connection, who: MemberKey, key: str) -> Delivery | None:
    """Return the reminder that is already planned. Raise UserError if it was sent or cancelled."""
    state = outbox.state_of(tx, who.workspace_id, key)
    if state not in {None, DeliveryState.PLANNED, DeliveryState.SENDING}:
        raise UserError("I can remind you of a tip only once.", A_TIP)
    return outbox.find(tx, who.workspace_id, key)


def useful(tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, now: datetime) -> Lesson:
    """Record that a tip was useful. The last verdict counts. Raise UserError if the tip is gone, and NotMet."""
    return _judge(tx, catalog, who, tip_id, tips.USEFUL, now)


def not_useful(tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, now: datetime) -> Lesson:
    """Record that a tip was not useful, so that fewer of its kind come. Raise UserError and NotMet as `useful` does."""
    return _judge(tx, catalog, who, tip_id, tips.NOT_USEFUL, now)


def _judge(tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, verdict: str, now: datetime) -> Lesson:
    members.lock_known(tx, who)
    lesson = catalog.lessons.get(tip_id)
    if lesson is None:
        raise UserError("That tip is no longer there.", A_TIP)
    tips.judge(tx, who, lesson.tip.id, verdict, now)
    return lesson


def _own(tx: Connection, who: MemberKey, key: str) -> Delivery:
    nudge = outbox.find(tx, who.workspace_id, key)
    if nudge is None or nudge.member_id != who.member_id or nudge.kind is not Kind.NUDGE:
        raise UserError("That button belongs to a tip that is not yours, or is gone.", A_TIP)
    return nudge


def _week(nudge: Delivery) -> str:
    assert nudge.week is not None  # noqa: S101 - each tip of the week has one
    return nudge.week


def _another(nudge: Delivery, tip: str, now: datetime) -> NewDelivery:
    return NewDelivery(
        workspace_id=nudge.workspace_id,
        key=another_key(nudge.member, _week(nudge)),
        kind=Kind.ANOTHER,
        member_id=nudge.member_id,
        channel=nudge.channel,
        week=nudge.week,
        subject=TipSubject(tip),
        due_at=now,
        until=now,
        state=DeliveryState.SENT,
    )


def _reminder(nudge: Delivery, at: datetime, end: datetime, zone: str | None) -> NewDelivery:
    return NewDelivery(
        workspace_id=nudge.workspace_id,
        key=reminder_key(nudge.member, _week(nudge)),
        kind=Kind.REMINDER,
        member_id=nudge.member_id,
        channel=nudge.channel,
        week=week_of(at, zone),
        subject=nudge.subject,
        due_at=at,
        until=end,
    )
