"""What a member does with a nudge that came: another one, a reminder, useful or not."""

import secrets
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
from bot.core.outbox import Delivery, DeliveryState, Kind
from bot.store import members, outbox, tips

A_TIP = Step("A tip now", "tip")


@dataclass(frozen=True, slots=True)
class Another:
    """The other tip of a week; `new` is False where it was given before."""

    choice: Choice
    new: bool


@dataclass(frozen=True, slots=True)
class Reminder:
    """When the same tip comes once more."""

    at: datetime
    zone: str | None


def another(tx: Connection, catalog: Catalog, who: MemberKey, key: str, now: datetime) -> Another:
    """One more tip beside the week's nudge; asked again, the same. Raises NotMet."""
    members.held(tx, who)
    nudge = _own(tx, who, key)
    learner = learners(tx, catalog, who.workspace_id, [who.member_id])[who.member_id]
    if nudge.subject:  # it came, as its button was pressed, even where Slack's answer was lost
        learner = replace(learner, given={nudge.subject: 1, **learner.given})
    before = outbox.find(tx, who.workspace_id, f"another:{who.member_id}:{nudge.week}")
    lesson = catalog.lessons.get(before.subject) if before and before.subject else None
    choice = choose_tip(catalog, learner, only=lesson)
    if lesson is None:
        outbox.plan(tx, [_row(nudge, Kind.ANOTHER, choice.lesson.tip.id, now, now, DeliveryState.SENT)])
        tips.give(tx, [(who, choice.lesson.tip.id)], now)
    return Another(choice, new=lesson is None)


def remind_tomorrow(tx: Connection, who: MemberKey, key: str, now: datetime) -> Reminder:
    """The same tip once more, tomorrow at the member's usual time. Raises UserError where that can't be, and NotMet."""
    members.held(tx, who)
    nudge = _own(tx, who, key)
    terms = outbox.terms(tx, who.workspace_id, [who.member_id]).get(who.member_id)
    if terms is None or terms.consent is not Consent.YES:
        raise UserError("Weekly tips are off, so I can't remind you.", Step("Start weekly tips", "tips", "on"), A_TIP)
    tomorrow = next_slot_of_day(now, timedelta(days=1), terms.slot, terms.zone)
    at = next_decent(tomorrow, terms.slot, terms.quiet_hours, terms.zone)
    end = window_end(now, terms.slot, terms.quiet_hours, terms.zone)
    row = _row(nudge, Kind.REMINDER, nudge.subject, at, end, DeliveryState.PLANNED) | {"week": week_of(at, terms.zone)}
    if before := _planned_before(tx, who, str(row["key"])):
        return Reminder(before.due_at, terms.zone)
    if at >= end:
        raise UserError("This week is over by then. The next tip comes as usual.", A_TIP)
    if budget.is_used(tx, replace(nudge, key=str(row["key"])), str(row["week"]), terms):
        raise UserError("You have had all your messages for this week.", A_TIP)
    outbox.plan(tx, [row])
    return Reminder(at, terms.zone)


def _planned_before(tx: Connection, who: MemberKey, key: str) -> Delivery | None:
    """The reminder that was asked for before; raises UserError where it came, or was called off."""
    state = outbox.state_of(tx, who.workspace_id, key)
    if state not in {None, DeliveryState.PLANNED, DeliveryState.SENDING}:
        raise UserError("I can remind you of a tip only once.", A_TIP)
    return outbox.find(tx, who.workspace_id, key)


def useful(tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, now: datetime) -> Lesson:
    """Note that a tip was of use; the last word counts, once. Raises UserError for a tip that is gone, and NotMet."""
    return _judge(tx, catalog, who, tip_id, tips.USEFUL, now)


def not_useful(tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, now: datetime) -> Lesson:
    """Notes that a tip was of no use, so that fewer of its kind come; likewise."""
    return _judge(tx, catalog, who, tip_id, tips.NOT_USEFUL, now)


def _judge(tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str, verdict: str, now: datetime) -> Lesson:
    members.held(tx, who)
    lesson = catalog.lessons.get(tip_id)
    if lesson is None:
        raise UserError("That tip is no longer there.", A_TIP)
    tips.judge(tx, who, lesson.tip.id, verdict, now)
    return lesson


def _own(tx: Connection, who: MemberKey, key: str) -> Delivery:
    found = outbox.find(tx, who.workspace_id, key)
    if found is None or found.member_id != who.member_id or found.kind is not Kind.NUDGE:
        raise UserError("That button belongs to a tip that is not yours, or is gone.", A_TIP)
    return found


def _row(
    nudge: Delivery, kind: Kind, tip: str | None, at: datetime, end: datetime, state: DeliveryState
) -> dict[str, object]:
    return outbox.row(
        workspace_id=nudge.workspace_id,
        key=f"{kind}:{nudge.member_id}:{nudge.week}",
        id=secrets.token_hex(12),
        kind=kind,
        member_id=nudge.member_id,
        channel=nudge.channel,
        week=nudge.week,
        subject=tip,
        due_at=at,
        try_at=at,
        window_ends_at=end,
        state=state,
    )
