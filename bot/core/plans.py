"""When the nudge of a week comes, and a reminder that a member planned, and until when each still may. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.calendar import DAY as MINUTES_OF_A_DAY
from bot.core.calendar import (
    Hours,
    QuietHours,
    Slot,
    at_local,
    next_decent,
    slot_in_week,
    slot_in_week_after,
    week_of,
    window_end,
    zone_of,
)
from bot.core.errors import UserError

MAX_DAYS_AHEAD = 28


class WishPart(StrEnum):
    """The part of a wish that must change if no reminder can come then."""

    DAY = "day"
    TIME = "time"


class CannotPlan(UserError):
    """No reminder would come at that moment. `part` is what the member must change."""

    def __init__(self, part: WishPart, text: str) -> None:
        self.part = part
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class ReminderWish:
    """When a member wants to be reminded, in their own zone. `cue` is "when …", in their words.

    `shown_in` names the delivered message in which they planned it, if there is one, so that it can be drawn anew.
    """

    day: date
    minute: int
    cue: str | None = None
    shown_in: str | None = None


def days_ahead(now: datetime, zone: str | None) -> list[date]:
    today = now.astimezone(zone_of(zone)).date()
    return [today + timedelta(days=number) for number in range(MAX_DAYS_AHEAD + 1)]


def wished_at(wish: ReminderWish, zone: str | None, now: datetime) -> datetime:
    """Return the moment that a member wished for. Raise CannotPlan if it is over or too far ahead."""
    days = days_ahead(now, zone)
    if wish.day > days[-1]:
        raise CannotPlan(WishPart.DAY, "I can remind you at most four weeks ahead. Pick an earlier day.")
    if wish.day < days[0]:
        raise CannotPlan(WishPart.DAY, "That day is over. Pick a later one.")
    at = at_local(wish.day, wish.minute, zone)
    if at <= now:
        raise CannotPlan(WishPart.TIME, "That time is over. Pick a later one.")
    return at


def suggested_at(hours: Hours, now: datetime) -> datetime:
    """Return the moment that the form shows first: a full local hour, at least an hour from now, that is decent."""
    local = (now + timedelta(hours=1)).astimezone(zone_of(hours.zone))
    minute = local.hour * 60 + (60 if local.minute or local.second else 0)
    day, minute = local.date() + timedelta(days=minute // MINUTES_OF_A_DAY), minute % MINUTES_OF_A_DAY
    return hours.decent(at_local(day, minute, hours.zone))


def last_moment(at: datetime, hours: Hours) -> datetime:
    """Return the end of a reminder's window: the end of the next local day after `at` on which messages may be sent.

    A reminder for Friday evening can then still come on Monday. Later than that it would not help any more.
    """
    after = at.astimezone(zone_of(hours.zone)).date() + timedelta(days=1)
    last = hours.decent(at_local(after, 0, hours.zone)).astimezone(zone_of(hours.zone)).date()
    return at_local(last, MINUTES_OF_A_DAY, hours.zone)


@dataclass(frozen=True, slots=True)
class Nudge:
    """One week's nudge: the ISO week that it is for, when it should come, and until when it still may."""

    week: str
    due_at: datetime
    try_at: datetime
    window_ends_at: datetime

    @property
    def can_come(self) -> bool:
        """Return whether its week still has a decent hour."""
        return self.try_at < self.window_ends_at


@dataclass(frozen=True, slots=True)
class NudgePlan:
    """What follows from a slot that has come: the nudge to send, if any, and the next moment to look again.

    `missed`: a week in which the bot did not run at all; nothing is sent for it any more.
    """

    nudge: Nudge | None
    missed: Nudge | None
    next_due_at: datetime


def plan_nudge(due_at: datetime, slot: Slot, quiet_hours: QuietHours, zone: str | None, now: datetime) -> NudgePlan:
    """Plan the local week of `now` for a member whose slot came at `due_at`: one nudge at most, however late."""
    missed = None if week_of(due_at, zone) == week_of(now, zone) else _nudge(due_at, due_at, slot, quiet_hours, zone)
    this_week = due_at if missed is None else slot_in_week(now, slot, zone)
    if this_week > now:
        return NudgePlan(None, missed, this_week)
    return NudgePlan(_nudge(this_week, now, slot, quiet_hours, zone), missed, slot_in_week_after(now, slot, zone))


def _nudge(due_at: datetime, now: datetime, slot: Slot, quiet_hours: QuietHours, zone: str | None) -> Nudge:
    return Nudge(
        week=week_of(due_at, zone),
        due_at=due_at,
        try_at=next_decent(max(due_at, now), slot, quiet_hours, zone),
        window_ends_at=window_end(due_at, slot, quiet_hours, zone),
    )
