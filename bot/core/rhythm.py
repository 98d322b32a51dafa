"""When a member's weekly tips come: as often as the member chose, and less often while they press nothing."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.core.calendar import Hours, Slot, slot_in_week, week_of, zone_of

ASKS_AFTER = 2  # tips without any click: the next one asks how to go on
MONTHLY_AFTER = ASKS_AFTER + 4  # the one that asked, and three more
SHORT = 10  # minutes
GAP = timedelta(days=20)  # without a tip: the next one is the first after a gap
PAUSE = timedelta(weeks=4)


class Wish(StrEnum):
    """What a member answers when a tip asks how to go on."""

    SECOND = "second"
    SHORT = "short"
    PAUSE = "pause"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Rhythm:
    every: int = 1  # in weeks, as chosen
    short: bool = False  # tips take 10 minutes at most
    unanswered: int = 0  # tips since the member last pressed, typed or opened anything
    nudged_at: datetime | None = None  # when the last one was due
    is_back: bool = False  # they pressed something after tips had come less often, and got no tip since

    @property
    def weeks(self) -> int:
        if self.unanswered <= ASKS_AFTER:
            return self.every
        return max(self.every, 2 if self.unanswered < MONTHLY_AFTER else 4)

    @property
    def is_slow(self) -> bool:
        """Return whether tips come less often because the member pressed nothing."""
        return self.unanswered > ASKS_AFTER

    @property
    def asks(self) -> bool:
        return self.unanswered == ASKS_AFTER

    def is_due(self, slot_at: datetime, zone: str | None) -> bool:
        if self.nudged_at is None or self.weeks == 1:
            return True
        return weeks_between(self.nudged_at, slot_at, zone) >= self.weeks

    def next_due(self, slot_at: datetime, slot: Slot, zone: str | None) -> datetime:
        while not self.is_due(slot_at, zone):
            slot_at = slot_in_week(slot_at, slot, zone, weeks_later=1)
        return slot_at

    def heard(self) -> "Rhythm":
        return replace(self, unanswered=0, is_back=self.is_back or self.unanswered > ASKS_AFTER)

    def as_wished(self, wish: Wish) -> "Rhythm":
        wished = {Wish.SECOND: (2, self.short), Wish.SHORT: (self.every, True), Wish.WEEKLY: (1, False)}
        every, short = wished.get(wish, (self.every, self.short))
        return replace(self, every=every, short=short)


AS_USUAL = Rhythm()


def weeks_between(start: datetime, end: datetime, zone: str | None) -> int:
    """Return how many Mondays there are from one local day to another. The first day of the calendar was a Monday."""
    first, last = ((at.astimezone(zone_of(zone)).toordinal() - 1) // 7 for at in (start, end))
    return last - first


class Nudge(NamedTuple):
    """One week's nudge: the ISO week that it is for, when it should come, and until when it still may."""

    week: str
    due_at: datetime
    try_at: datetime
    window_ends_at: datetime


class NudgePlan(NamedTuple):
    nudge: Nudge | None  # to send
    missed: Nudge | None  # in a week in which the bot did not run at all; nothing is sent for it any more
    next_due_at: datetime  # when to look again


def plan_nudge(due_at: datetime, hours: Hours, now: datetime) -> NudgePlan:
    """Plan the local week of `now` for a member whose slot came at `due_at`: one nudge at most, however late."""

    def nudge(due_at: datetime, now: datetime) -> Nudge:
        return Nudge(week_of(due_at, hours.zone), due_at, hours.decent(max(due_at, now)), hours.week_ends(due_at))

    missed = None if week_of(due_at, hours.zone) == week_of(now, hours.zone) else nudge(due_at, due_at)
    this_week = due_at if missed is None else slot_in_week(now, hours.slot, hours.zone)
    if this_week > now:
        return NudgePlan(None, missed, this_week)
    next_week = slot_in_week(now, hours.slot, hours.zone, weeks_later=1)
    return NudgePlan(nudge(this_week, now), missed, next_week)
