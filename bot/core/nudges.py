"""When the nudge of a week comes, and until when it still may. Pure."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.calendar import QuietHours, Slot, next_decent, slot_in_week, slot_in_week_after, week_of, window_end


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
