"""What a member does with a nudge that came: another one, a reminder, not useful."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.coach.schedules import schedule_of
from bot.coach.tips import learners
from bot.core.calendar import next_decent, next_slot_of_day, window_end
from bot.core.catalog import Catalog, Lesson
from bot.core.delivery import Delivery, Kind, State
from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.core.nudges import Choice, choose_tip
from bot.store import deliveries, tips, workspaces


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
    """One more tip beside the week's nudge; asked again, the same."""
    nudge = _own(tx, who, key)
    learner = learners(tx, catalog, who.workspace_id, [who.member_id])[who.member_id]
    before = deliveries.find(tx, who.workspace_id, f"another:{who.member_id}:{nudge.week}")
    lesson = catalog.lessons.get(before.subject) if before and before.subject else None
    choice = choose_tip(catalog, learner, only=lesson)
    if lesson is None:
        deliveries.plan(tx, [_row(nudge, Kind.ANOTHER, choice.lesson.tip.id, now, now, State.SENT)])
        tips.give(tx, [(who, choice.lesson.tip.id)], now)
    return Another(choice, new=lesson is None)


def remind_tomorrow(tx: Connection, who: MemberKey, key: str, now: datetime) -> Reminder:
    """The same tip once more, tomorrow at the member's usual time; raises UserError where the week has no such hour."""
    nudge = _own(tx, who, key)
    schedule = schedule_of(tx, who)
    manners = workspaces.house(tx, who.workspace_id).manners
    tomorrow = next_slot_of_day(now, timedelta(days=1), schedule.slot, schedule.zone)
    at = next_decent(tomorrow, schedule.slot, manners, schedule.zone)
    end = window_end(now, schedule.slot, manners, schedule.zone)
    if at >= end:
        raise UserError("This week is over by then. The next tip comes as usual; `/roleshift tip` gives you one now.")
    row = _row(nudge, Kind.REMINDER, nudge.subject, at, end, State.PLANNED)
    deliveries.plan(tx, [row])
    planned = deliveries.find(tx, who.workspace_id, str(row["key"]))
    return Reminder(planned.due_at if planned else at, schedule.zone)


def not_useful(tx: Connection, catalog: Catalog, who: MemberKey, tip_id: str) -> Lesson:
    """Notes that a tip was of no use, so that fewer of its kind come; raises UserError for a tip that is gone."""
    lesson = catalog.lessons.get(tip_id)
    if lesson is None:
        raise UserError("That tip is no longer there. Try `/roleshift tip`.")
    tips.judge(tx, who, lesson.tip.id, tips.NOT_USEFUL)
    return lesson


def _own(tx: Connection, who: MemberKey, key: str) -> Delivery:
    found = deliveries.find(tx, who.workspace_id, key)
    if found is None or found.member_id != who.member_id or found.kind is not Kind.NUDGE:
        raise UserError("That button belongs to a tip that is not yours, or is gone. Try `/roleshift tip`.")
    return found


def _row(nudge: Delivery, kind: Kind, tip: str | None, at: datetime, end: datetime, state: State) -> dict[str, object]:
    return deliveries.row(
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
