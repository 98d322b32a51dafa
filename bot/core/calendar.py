"""Compute in local time: weekly slots, ISO weeks and decent hours. All functions take and return UTC datetimes.

If a clock change skips a local time, the time moves forward by the gap (02:30 becomes 03:30). If a local time occurs
twice, the first is used. Days are days of the local calendar, which are not always 24 hours long.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HOUR, DAY = 60, 24 * 60  # minutes
SLOT_HOUR = timedelta(hours=1)  # the bot may send in this hour after the member's slot, even in quiet hours


@dataclass(frozen=True, slots=True)
class Slot:
    """A time of the week: `weekday` from 0 (Monday), `minute` of the local day."""

    weekday: int
    minute: int


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When the bot sends nothing: between two minutes of the local day, and on the days of the weekend."""

    quiet_from: int = 20 * HOUR
    quiet_to: int = 8 * HOUR
    weekend: frozenset[int] = frozenset({5, 6})

    def is_quiet(self, minute: int) -> bool:
        """Return whether a minute of the local day is quiet. The quiet time may span midnight."""
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= minute < self.quiet_to
        return minute >= self.quiet_from or minute < self.quiet_to


DEFAULT_SLOT = Slot(weekday=1, minute=9 * HOUR + 30)  # Tuesday, 09:30
DEFAULT_QUIET_HOURS = QuietHours()


@lru_cache(maxsize=1024)
def zone_of(name: str | None) -> ZoneInfo:
    return ZoneInfo(name or "UTC")


def place_of(zone: str) -> str:
    """Return the place after which a zone is named, such as `New York`."""
    return zone.rpartition("/")[2].replace("_", " ")


def week_of(at: datetime, zone: str | None) -> str:
    """Return the local ISO week, such as `2026-W49`."""
    year, week, _ = at.astimezone(zone_of(zone)).isocalendar()
    return f"{year}-W{week:02}"


def slot_in_week(at: datetime, slot: Slot, zone: str | None, weeks_later: int = 0) -> datetime:
    """Return the slot's moment in the local ISO week of `at`, which may be before `at`; or in a later week."""
    today = at.astimezone(zone_of(zone)).date()
    days = 7 * weeks_later + slot.weekday - today.weekday()
    return at_local(today + timedelta(days=days), slot.minute, zone)


def next_slot(after: datetime, slot: Slot, zone: str | None) -> datetime:
    """Return the slot's first moment that is later than `after`."""
    this_week = slot_in_week(after, slot, zone)
    return this_week if this_week > after else slot_in_week(after, slot, zone, weeks_later=1)


def same_week(due_at: datetime, slot: Slot, old_zone: str | None, zone: str | None) -> datetime:
    """Return the slot's moment in a new zone, in the ISO week of `due_at` in the old one: so each week has a tip."""
    day = due_at.astimezone(zone_of(old_zone)).date()
    return at_local(day + timedelta(days=slot.weekday - day.weekday()), slot.minute, zone)


@dataclass(frozen=True, slots=True)
class Hours:
    slot: Slot
    quiet_hours: QuietHours
    zone: str | None

    @lru_cache(maxsize=256)  # noqa: B019 - most members of a batch share their hours, and few are kept
    def decent(self, at: datetime) -> datetime:
        """Return the first moment from `at` on at which they may get one. In the hour after the slot, it always may."""
        if self._are_decent(at):
            return at
        today = at.astimezone(zone_of(self.zone)).date()
        starts = sorted({self.quiet_hours.quiet_to % DAY, self.slot.minute, 0})
        for offset in range(9):  # a week holds the slot itself, which is always decent
            for minute in starts:
                moment = at_local(today + timedelta(days=offset), minute, self.zone)
                if moment > at and self._are_decent(moment):
                    return moment
        raise AssertionError  # cannot happen: the slot's own moment is among them

    def _are_decent(self, at: datetime) -> bool:
        slot, slot_at, local = self.slot, slot_in_week(at, self.slot, self.zone), at.astimezone(zone_of(self.zone))
        in_slot = timedelta(0) <= at - slot_at < SLOT_HOUR
        if in_slot and slot_at.astimezone(zone_of(self.zone)).weekday() != slot.weekday:
            return True  # a clock change moved it: in Greenland a Saturday's 23:30 becomes a Sunday's 00:30
        if local.weekday() in self.quiet_hours.weekend and local.weekday() != slot.weekday:
            return False
        minute = local.hour * HOUR + local.minute
        return in_slot or slot.minute <= minute < slot.minute + HOUR or not self.quiet_hours.is_quiet(minute)

    def week_ends(self, at: datetime) -> datetime:
        """Return the end of the last decent minute in the local ISO week of `at`."""
        today, quiet = at.astimezone(zone_of(self.zone)).date(), self.quiet_hours
        last_day = max(day for day in range(7) if day not in quiet.weekend or day == self.slot.weekday)
        quiet_at = DAY if quiet.quiet_from <= quiet.quiet_to < DAY else quiet.quiet_from
        minute = max(quiet_at, min(self.slot.minute + HOUR, DAY))
        end = at_local(today + timedelta(days=last_day - today.weekday()), minute, self.zone)
        slot_at = slot_in_week(at, self.slot, self.zone)
        return end if slot_at < end else slot_at + SLOT_HOUR  # a clock change moved the slot beyond its day

    def next_day_ends(self, at: datetime) -> datetime:
        """Return the end of the next local day after `at` on which messages may be sent."""
        tomorrow = at.astimezone(zone_of(self.zone)).date() + timedelta(days=1)
        day = self.decent(at_local(tomorrow, 0, self.zone)).astimezone(zone_of(self.zone)).date()
        return at_local(day, DAY, self.zone)

    def next_hour(self, now: datetime) -> datetime:
        """Return the first full local hour, at least an hour from `now`, that is decent."""
        local = (now + timedelta(hours=1)).astimezone(zone_of(self.zone))
        hour = local.hour + bool(local.minute or local.second)
        return self.decent(at_local(local.date(), hour * HOUR, self.zone))


@lru_cache(maxsize=1024)  # the members of a workspace share a few slots
def at_local(day: date, minute: int, zone: str | None) -> datetime:
    """Return a local minute of a day as UTC. Minute 1440 is the next midnight. Raise OverflowError past year 9999."""
    days, minute = divmod(minute, DAY)
    wall = datetime.combine(day + timedelta(days=days), time(*divmod(minute, HOUR)), zone_of(zone))
    return wall.astimezone(UTC)
