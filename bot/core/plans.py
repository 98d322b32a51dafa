"""When a member may be reminded of a tip, until when the reminder still may come, and it as a calendar file. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from bot.core.calendar import DAY as MINUTES_OF_A_DAY
from bot.core.calendar import Hours, at_local, zone_of
from bot.core.content_types import Tip
from bot.core.errors import UserError
from bot.core.practice import Plan

MAX_DAYS_AHEAD = 28
MAX_OCTETS = 73  # of a line of a calendar file, whose lines have 75 at most


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
    """When a member wants to be reminded, in their own zone. `cue` is "when …", in their words."""

    day: date
    minute: int
    cue: str | None = None


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
    """Return the end of a reminder's window: that of the next local day after `at` on which messages may be sent."""
    after = at.astimezone(zone_of(hours.zone)).date() + timedelta(days=1)
    last = hours.decent(at_local(after, 0, hours.zone)).astimezone(zone_of(hours.zone)).date()
    return at_local(last, MINUTES_OF_A_DAY, hours.zone)


def calendar_file(plan: Plan, tip: Tip, now: datetime) -> str:
    """Return a reminder as an iCalendar file (RFC 5545), which any calendar opens."""
    about = "\n".join((*(f"{number}. {each}" for number, each in enumerate(tip.do, 1)), f"Done when {tip.done_when}"))
    stamps = [f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" for at in (now, plan.at)]
    title, description = (re.sub(r"([\\;,])", r"\\\1", text).replace("\n", "\\n") for text in (tip.title, about))
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//roleshift//EN", "BEGIN:VEVENT", f"UID:{plan.plan_id}@roleshift",
        f"DTSTAMP:{stamps[0]}", f"DTSTART:{stamps[1]}", f"DURATION:PT{tip.minutes}M",
        f"SUMMARY:{title}", f"DESCRIPTION:{description}", "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _folded(line: str) -> str:
    """Return a line with breaks where it is too long, none of them within a letter."""
    rows = [""]
    for letter in line:
        if len((rows[-1] + letter).encode()) > MAX_OCTETS:
            rows.append("")
        rows[-1] += letter
    return "\r\n ".join(rows)
